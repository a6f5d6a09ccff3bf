from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ...runtime import actions
from .constants import OVERRIDE_GROUP
from .sale_order import WAIVED


class RetailSyncBlockConfirm(models.TransientModel):
    """Confirm orders although their customer is blocked: says who stopped it, and asks why."""

    _name = "retail.sync.block.confirm"
    _description = "Confirm despite a block"

    order_ids = fields.Many2many("sale.order", readonly=True)
    count = fields.Integer(compute="_compute_stops_text")
    stops_text = fields.Text(compute="_compute_stops_text", string="What stands in the way")
    reason = fields.Text(string="Why is it right?", help="Kept for good with your name, the time and the order.")

    @api.depends("order_ids")
    def _compute_stops_text(self):
        for wizard in self:
            stops = wizard.order_ids._stops(wizard.order_ids._stopping_kinds())
            wizard.count = len(wizard.order_ids)
            wizard.stops_text = "\n".join(
                f"{order.name}: {stop.text}" for order, found in stops.items() for stop in found
            )

    @api.model
    def _check_may_override(self):
        if not self.env.user.has_group(OVERRIDE_GROUP):
            raise AccessError(self.env._("Only users with the right 'Override account block' may do this."))

    @api.model
    def _ask(self, orders):
        self._check_may_override()
        wizard = self.create({"order_ids": orders.ids})
        return actions.dialog(
            self.env._("Confirm despite the block"), wizard, self.env.ref("retail_sync.view_block_confirm_form")
        )

    def action_apply(self):
        """Put the reason on record, and confirm. Either both happen, or neither."""
        self.ensure_one()
        self._check_may_override()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why this order is confirmed although the customer is blocked."))
        orders = self.order_ids
        orders.check_access("write")
        stops = orders._stops(orders._stopping_kinds())
        self.env["retail.sync.block.override"]._record(stops, reason)
        data = self.env.cr.precommit.data
        before = data.get(WAIVED, frozenset())
        data[WAIVED] = before | frozenset(orders.ids)
        try:
            orders.action_confirm()
        finally:
            data[WAIVED] = before
        for order, found in stops.items():
            lines = [
                self.env._("%s confirmed this order despite the block.", self.env.user.name),
                *(stop.text for stop in found),
                self.env._("Why it was confirmed: %s", reason),
            ]
            order._message_log(body=plaintext2html("\n".join(lines)))
        return actions.close()
