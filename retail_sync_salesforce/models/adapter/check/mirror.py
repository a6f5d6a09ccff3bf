from odoo import api, models

from odoo.addons.retail_sync.adapter.checks import ERROR, WARNING, Check
from odoo.addons.retail_sync.adapter.contract import Stream

from ....mapping.mirror_lines import MIRROR_OBJECT


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The limits of the preset "mirror into standard Order", named before anything is written."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _check_mirror(self, stream: Stream) -> list[Check]:
        """Return what a standard order cannot hold, and what stands against mirroring into it."""
        name = self.env._("%s: mirrored into standard orders", stream.name)
        limits = (
            self.env._("Only products with a SKU and an active price in the standard price book can be on an order."),
            self.env._("Discounts, rewards and lines without a product are left out: the total is not Odoo's."),
            self.env._("Tax, invoices, payments, deliveries and the timeline have no place."),
            self.env._("After activation, lines cannot be removed, and changed only with Edit Activated Orders."),
            self.env._("A cancelled order stays activated. Each of these cases is an exception in Odoo."),
            self.env._("Private customers need an account: those kept as contacts without one get no order."),
        )
        step = self.env._("Nothing, if you can live with this. Else choose the own object on the connection.")
        checks = [self._check(name, WARNING, " ".join(limits), step)]
        incoming = stream.connection_id.stream_ids.filtered(
            lambda other: other.remote_object == MIRROR_OBJECT and other.entity != "order"
        )
        if incoming:
            text = self.env._(
                "The stream %s reads orders of Salesforce as well: what Odoo wrote would come back as new orders.",
                ", ".join(incoming.mapped("name")),
            )
            step = self.env._("Archive that stream, or choose the own object for the orders of Odoo.")
            checks.append(self._check(name, ERROR, text, step))
        return checks
