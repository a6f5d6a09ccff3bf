from typing import Any

from odoo import api, fields, models

from .protected import refuse

OF_LINES = frozenset({"sync_replaces_line_id", "sync_credited_open", "sync_exchange_left", "sync_credited_before"})


class SaleOrderLine(models.Model):
    """A line that sends goods once more names the line that it makes good."""

    _inherit = "sale.order.line"

    sync_replaces_line_id = fields.Many2one(
        "sale.order.line",
        string="Replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Line of another order whose goods are delivered again, or are exchanged, by this one.",
    )
    sync_exchange_left = fields.Float(
        readonly=True,
        copy=False,
        string="Left of the exchange",
        help="What the goods that come back are worth more than those that are sent: it is paid back.",
    )
    sync_credited_before = fields.Float(
        readonly=True,
        copy=False,
        string="Credited before the exchange",
        help="What of the price of the goods that come back was credited before the exchange.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        refuse(self, vals_list, OF_LINES)
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        refuse(self, [vals], OF_LINES)
        result: bool = super().write(vals)
        return result
