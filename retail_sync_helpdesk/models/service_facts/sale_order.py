from decimal import Decimal

from odoo import fields, models


class SaleOrder(models.Model):
    """An order counts what happens to its money."""

    _inherit = "sale.order"

    sync_money_version = fields.Integer(
        readonly=True,
        copy=False,
        string="Version of its money",
        help="Rises with each invoice, credit note, payment and action. A preview that saw another one is out of date.",
    )

    def _sync_goods_refused(self) -> dict[int, Decimal]:
        """Hook: return {order line id: quantity} that was received as a return, and was not these goods."""
        return {}
