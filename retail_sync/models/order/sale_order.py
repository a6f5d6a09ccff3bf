from decimal import Decimal

from odoo import models

from . import fact_values


class SaleOrder(models.Model):
    """An order shows its links, and can be sent again."""

    _name = "sale.order"
    _inherit = ["sale.order", "retail.sync.mixin"]

    def _retail_sync_shares(self) -> dict[int, dict[int, Decimal]]:
        """Return {order id: {document id: part that is the order's, 0 to 1}} of documents that bill several orders."""
        return fact_values.shares_of(self.env, self.ids)
