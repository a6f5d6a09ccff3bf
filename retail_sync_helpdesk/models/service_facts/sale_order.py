from decimal import Decimal
from typing import Any

from odoo import api, fields, models

from .protected import refuse

OF_ORDERS = frozenset({"sync_money_version", "sync_billed_again", "sync_total_before"})


class SaleOrder(models.Model):
    """An order counts what happens to its money."""

    _inherit = "sale.order"

    sync_money_version = fields.Integer(
        readonly=True,
        copy=False,
        string="Version of its money",
        help="Rises with each invoice, credit note, payment and action. A preview that saw another one is out of date.",
    )

    sync_total_before = fields.Float(
        readonly=True,
        copy=False,
        string="Total before it was lowered",
        help="Before service actions lowered what is ordered: a payment of several orders is shared out by it.",
    )

    def _sync_keep_total(self) -> None:
        """Keep the total that payments are shared out by, before a service action lowers the order."""
        for order in self.filtered(lambda found: found.sync_total_before < found.amount_total):
            order.sync_total_before = order.amount_total

    def _sync_back_reasons(self) -> dict[int, frozenset[str]]:
        """Hook: return {order line id: reasons of its returns}."""
        return {}

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        refuse(self, vals_list, OF_ORDERS)
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        refuse(self, [vals], OF_ORDERS)
        result: bool = super().write(vals)
        return result

    def _sync_goods_refused(self) -> dict[int, Decimal]:
        """Hook: return {order line id: quantity} that was received as a return, and was not these goods."""
        return {}
