from typing import Any

from odoo import api, fields, models

from .protected import refuse

OF_LINES = frozenset({"sync_replaces_line_id", "sync_credited_open"})


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

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        refuse(self, vals_list, OF_LINES)
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        refuse(self, [vals], OF_LINES)
        result: bool = super().write(vals)
        return result
