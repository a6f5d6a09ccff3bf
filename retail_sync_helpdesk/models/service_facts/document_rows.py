"""Lines of invoices and credit notes, as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from odoo.tools import SQL

_STEP = Decimal("0.000001")
_LINES = """
    SELECT item.id, item.move_id, item.quantity, item.price_total, item.price_subtotal, item.sync_billed_line_id,
           item.sync_credit_kind, item.sync_credit_quantity, item.sync_credit_total, item.sync_kept, line.id,
           line.order_id, line.is_downpayment, unit.factor / NULLIF(sold.factor, 0), item.product_id
      FROM account_move_line item
      LEFT JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
      LEFT JOIN sale_order_line line ON line.id = link.order_line_id
      LEFT JOIN uom_uom unit ON unit.id = item.product_uom_id
      LEFT JOIN uom_uom sold ON sold.id = line.product_uom_id
     WHERE item.move_id = ANY(%s) AND item.display_type = 'product'
     ORDER BY item.move_id, item.id, line.id
"""


class Row(NamedTuple):
    """A line of a document with an order line that it bills; a line that bills several has a row for each.

    :param item, move: ids of the line and of its document
    :param quantity: in the unit of the document
    :param billed, credit_kind, credit_quantity, credit_total, kept: what a credit note of ours says
    :param line, order: ids; None: it bills no order line
    :param factor: from the unit of the document to that of the order line
    """

    item: int
    move: int
    quantity: Any
    total: Any
    untaxed: Any
    billed: int | None
    credit_kind: str | None
    credit_quantity: Any
    credit_total: Any
    kept: Any
    line: int | None
    order: int | None
    down_payment: bool | None
    factor: Any
    product: int | None

    @property
    def in_unit_of_order(self) -> Decimal:
        """Return the quantity in the unit of the order line."""
        return number(Decimal(str(self.quantity or 0)) * Decimal(str(self.factor or 1)))


def read(env: Any, move_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Return {document id: rows of its lines}. One query."""
    ids = list(move_ids)
    found: dict[int, list[Row]] = defaultdict(list)
    if ids:
        for row in env.execute_query(SQL(_LINES, ids)):
            found[row[1]].append(Row(*row))
    return found


def number(value: Any) -> Decimal:
    """Return a quantity without the digits that conversions leave behind."""
    return Decimal(str(value or 0)).quantize(_STEP).normalize() + 0
