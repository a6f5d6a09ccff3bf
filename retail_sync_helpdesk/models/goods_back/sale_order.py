from decimal import Decimal

from odoo import models


class SaleOrder(models.Model):
    """Goods that an inspection found to be others are not back, although the warehouse received a parcel for them."""

    _inherit = "sale.order"

    def _sync_goods_refused(self) -> dict[int, Decimal]:
        found = super()._sync_goods_refused()
        rows = (
            self.env["retail.sync.return.inspection"]
            .sudo()
            ._read_group(
                [("result", "=", "wrong"), ("line_id.order_line_id.order_id", "in", self.ids)],
                ["line_id"],
                ["quantity:sum"],
            )
        )
        for line, quantity in rows:
            ordered = line.order_line_id.id
            found[ordered] = found.get(ordered, Decimal()) + Decimal(str(quantity))
        return found

    def _sync_back_reasons(self) -> dict[int, frozenset[str]]:
        found = super()._sync_back_reasons()
        lines = (
            self.env["retail.sync.return.line"]
            .sudo()
            .search([("return_id.order_id", "in", self.ids), ("return_id.state", "!=", "cancelled")])
        )
        for line in lines:
            code = line.reason or line.return_id.reason
            if code:
                found[line.order_line_id.id] = found.get(line.order_line_id.id, frozenset()) | {code}
        return found
