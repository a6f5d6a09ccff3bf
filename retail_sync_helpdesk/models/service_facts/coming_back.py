"""What has come back of order lines, and what is on its way: transfers of Odoo, and RMAs with what they announce."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from odoo.tools import SQL

from ...domain.currency import ZERO
from .document_rows import number

# An RMA is about one product of one move: of a kit, about a component. `whole` is what of that product belongs to
# `share` of the order line: as our return announces it, else as the line was delivered.
_RMAS = """
    SELECT line.id, line.order_id, rma.product_id = line.product_id, rma.id, rma.product_id, received.picking_id,
           received.state = 'done', rma.state IN ('draft', 'confirmed'),
           rma.product_uom_qty * unit.factor,
           sold.factor,
           COALESCE(announced.quantity, line.product_uom_qty),
           CASE WHEN announced.id IS NOT NULL THEN (
                SELECT sum(part.product_uom_qty * part_unit.factor) FROM rma part
                  JOIN uom_uom part_unit ON part_unit.id = part.product_uom
                 WHERE part.sync_return_line_id = announced.id AND part.product_id = rma.product_id)
           ELSE (
                SELECT sum(sent.product_uom_qty * sent_unit.factor) FROM stock_move sent
                  JOIN uom_uom sent_unit ON sent_unit.id = sent.product_uom
                  JOIN stock_location target ON target.id = sent.location_dest_id AND target.usage = 'customer'
                 WHERE sent.sale_line_id = line.id AND sent.product_id = rma.product_id AND sent.state <> 'cancel'
                   AND sent.origin_returned_move_id IS NULL)
           END
      FROM rma
      JOIN stock_move move ON move.id = rma.move_id
      JOIN sale_order_line line ON line.id = move.sale_line_id
      JOIN uom_uom unit ON unit.id = rma.product_uom
      JOIN uom_uom sold ON sold.id = line.product_uom_id
      LEFT JOIN stock_move received ON received.id = rma.reception_move_id AND received.state <> 'cancel'
      LEFT JOIN retail_sync_return_line announced ON announced.id = rma.sync_return_line_id
     WHERE line.order_id = ANY(%s) AND rma.state <> 'cancelled'
"""


class Announced(NamedTuple):
    """What an RMA brings back.

    :param product: id; of a kit, of its component
    :param picking: transfer that receives it; 0: none
    :param quantity: in the unit of the order line; of a kit, of the sets that the component belongs to
    """

    line: int
    product: int
    picking: int
    received: bool
    open: bool
    quantity: Decimal


class Back(NamedTuple):
    """{order line id: quantity in its unit}."""

    received: dict[int, Decimal]
    expected: dict[int, Decimal]


def by_rma(env: Any, orders: Any) -> dict[int, list[Announced]]:
    """Return {order id: what its RMAs bring back}. One query."""
    env["rma"].flush_model()
    found: dict[int, list[Announced]] = defaultdict(list)
    for row in env.execute_query(SQL(_RMAS, orders.ids)):
        line, order, same, _rma, product, picking, received, is_open, amount, factor, share, whole = row
        if same:
            quantity = _number(amount) / _number(factor or 1)
        else:
            quantity = _number(amount) * _number(share) / _number(whole) if whole else ZERO
        found[order].append(Announced(line, product, picking or 0, bool(received), bool(is_open), number(quantity)))
    return found


def of_order(known: Any, rmas: dict[int, list[Announced]]) -> Back:
    """Return what came back of the lines of an order, and what is to come.

    :param known: facts of the engine: its returns that no RMA has announced count as they are
    """
    announced = rmas.get(known.id, [])
    by_rma_received = {entry.picking for entry in announced if entry.picking}
    received: dict[int, Decimal] = defaultdict(Decimal)
    expected: dict[int, Decimal] = defaultdict(Decimal)
    for moved in known.transfers:
        if moved.role != "return" or moved.id in by_rma_received or moved.state == "cancel":
            continue
        place = received if moved.done else expected
        for line_id, quantity in (moved.quantities if moved.done else moved.demand).items():
            place[line_id] += quantity
    for line_id, parts in _by_product(announced, lambda entry: entry.received).items():
        # A component alone is no set that came back, and all the same the customer has one set less.
        received[line_id] += min(parts.values())
    for line_id, parts in _by_product(announced, lambda entry: entry.open and not entry.received).items():
        expected[line_id] += max(parts.values())
    return Back(received, expected)


def _by_product(announced: Iterable[Announced], counts: Callable[[Announced], bool]) -> dict[int, dict[int, Decimal]]:
    """Return {line id: {product id: what counts of it}}, with zero for what does not."""
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for entry in announced:
        found[entry.line][entry.product] += entry.quantity if counts(entry) else ZERO
    return found


def _number(value: Any) -> Decimal:
    return Decimal(str(value or 0))
