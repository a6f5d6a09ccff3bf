from odoo import fields, models


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
