from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ...runtime import actions
from .constants import OVERRIDE_GROUP
from .sale_order import WAIVED


class RetailSyncBlockConfirm(models.TransientModel):
    """Confirm orders of blocked customers, with a reason that is kept."""

    _name = "retail.sync.block.confirm"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Confirm despite a block"
    _choices = ("order_ids",)

    order_ids = fields.Many2many("sale.order", readonly=True)
    count = fields.Integer(compute="_compute_stops_text")
    stops_text = fields.Text(compute="_compute_stops_text", string="Blocks")
    reason = fields.Text(
        help="Why the order is confirmed despite the block. It is kept with your name, the time and the order.",
    )

    @api.depends("order_ids")
    def _compute_stops_text(self) -> None:
        for wizard in self:
            stops = wizard.order_ids._stops(wizard.order_ids._stopping_kinds())
            wizard.count = len(wizard.order_ids)
            wizard.stops_text = "\n".join(
                f"{order.name}: {stop.text}" for order, order_stops in stops.items() for stop in order_stops
            )

    @api.model
    def _check_may_override(self) -> None:
        if not self.env.user.has_group(OVERRIDE_GROUP):
            raise AccessError(
                self.env._("Only users with the right 'Override account block' can do this. Ask one of them.")
            )

    @api.model
    def _ask(self, orders: models.BaseModel) -> dict[str, Any]:
        """Open the dialog for these orders.

        :raises AccessError: the user has no right to override blocks
        """
        self._check_may_override()
        wizard = self.create({"order_ids": orders.ids})
        return actions.dialog(
            self.env._("Confirm despite the block"), wizard, self.env.ref("retail_sync.view_block_confirm_form")
        )

    def action_apply(self) -> dict[str, Any]:
        """Record the reason and confirm the orders, both in one transaction.

        :raises UserError: the reason is missing
        """
        self.ensure_one()
        self._check_may_override()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("The reason is missing. Enter why the order is confirmed."))
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
        for order, order_stops in stops.items():
            lines = [
                self.env._("%s confirmed this order despite the block.", self.env.user.name),
                *(stop.text for stop in order_stops),
                self.env._("Reason: %s", reason),
            ]
            order._message_log(body=plaintext2html("\n".join(lines)))
        return actions.close()
