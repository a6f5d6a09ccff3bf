from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from ..mapping.mirror_lines import MIRROR_OBJECT, ORDER_LOOKUP


class RetailSyncConnection(models.Model):
    """Where orders of Odoo go: into an object of their own, or into the standard one."""

    _inherit = "retail.sync.connection"

    sf_order_target = fields.Selection(
        [("own", "Own object ERP Order (recommended)"), ("standard", "Standard object Order")],
        string="Orders go to",
        default="own",
        required=True,
        help="The own object shows all that Odoo knows: amounts, deliveries, the timeline. The standard object takes "
        "headers and products only, and changes after activation become exceptions: the connection test names its "
        "limits. It can be changed until orders go live.",
    )

    def write(self, vals: dict[str, Any]) -> bool:
        """Give the order stream the other object and its mapping when the target changes."""
        target = vals.get("sf_order_target")
        turned = self.filtered(lambda connection: target and connection.sf_order_target != target)
        for connection in turned:
            connection._refuse_new_order_target(target)
        result = super().write(vals)
        for connection in turned:
            connection._turn_order_stream()
        return result

    def _all_streams(self) -> Any:
        return self.with_context(active_test=False).sudo().stream_ids

    def _refuse_new_order_target(self, target: Any) -> None:
        """Check that the target may still change.

        :raises UserError: orders are being sent already, or those of the org become orders of Odoo
        """
        if self._all_streams().filtered(lambda stream: stream.entity == "order" and stream.direction != "in"):
            raise UserError(
                self.env._("Orders are being sent already. The object they go to cannot be changed any more.")
            )
        incoming = self._all_streams().filtered(
            lambda stream: stream.active and stream.remote_object == MIRROR_OBJECT and stream.entity != "order"
        )
        if target == "standard" and incoming:
            raise UserError(
                self.env._(
                    "The stream %s makes orders of Odoo from orders of Salesforce: those that Odoo wrote would come "
                    "back. Archive that stream first.",
                    ", ".join(incoming.mapped("name")),
                )
            )

    def _turn_order_stream(self) -> None:
        """Make the order stream anew by its preset; lookups to the own object make no sense without it."""
        self._all_streams().filtered(lambda stream: stream.entity == "order").unlink()
        self.sudo()._ensure_streams()
        lines = self._all_streams().filtered("publishes").with_context(active_test=False).map_ids
        lines.filtered(lambda line: line.remote_path == ORDER_LOOKUP).active = self.sf_order_target == "own"
