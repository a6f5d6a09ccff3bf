"""Tells OCA rma which parts of returns were paid back, by the quantities of posted credit notes."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from ...domain.returns.share_out import paid_parts
from ...domain.returns.state import Stage, stage_of

__all__ = ["by_notes", "of_lines", "open_again"]


def by_notes(notes: Any) -> None:
    """Mark the parts of returns that posted credit notes pay for."""
    lines = notes.sudo().invoice_line_ids.sale_line_ids
    if lines:
        of_lines(lines)


def of_lines(order_lines: Any) -> None:
    """Mark the received parts of these order lines as paid back, as far as credit notes reach: the oldest first."""
    env = order_lines.env
    parts = env["rma"].sudo().search([("sync_return_line_id.order_line_id", "in", order_lines.ids)], order="id")
    # Of a kit, each component is a part of its own, and all of them are paid for with their set.
    by_line: dict[tuple[Any, Any], list[Any]] = defaultdict(list)
    others = _with_other_goods(parts)
    for rma in parts - others:
        if _is_back(rma):
            by_line[rma.sync_return_line_id.order_line_id, rma.product_id].append(rma)
    for (line, _product), received in by_line.items():
        notes = _credit_lines(line)
        credited = sum((quantity for _line, quantity in notes), Decimal())
        quantities = [(rma.id, rma._line_quantity(), bool(rma.refund_id)) for rma in received]
        for rma in env["rma"].sudo().browse(paid_parts(credited, quantities)):
            _mark(rma, notes[-1][0])


def _is_back(rma: Any) -> bool:
    return rma.reception_move_id.state == "done" and stage_of(rma.state) in (Stage.received, Stage.finished)


def _with_other_goods(parts: Any) -> Any:
    """Return the parts in whose parcels other goods were: no credit note pays for them, and people close them."""
    found = parts.browse()
    for line, of_line in parts.grouped("sync_return_line_id").items():
        wrong = sum(inspection.quantity for inspection in line.inspection_ids if inspection.result == "wrong")
        for product_parts in of_line.filtered(_is_back).grouped("product_id").values():
            rest = Decimal(str(wrong))
            for rma in product_parts.sorted("id", reverse=True):
                if rest > 0:
                    found |= rma
                    rest -= rma._line_quantity()
    return found


def _credit_lines(line: Any) -> list[tuple[Any, Decimal]]:
    """Return [(line of a posted credit note, quantity in the unit of the order line)], the oldest first."""
    found = []
    for item in line.sudo().invoice_lines.sorted("id"):
        if item.move_id.move_type == "out_refund" and item.move_id.state == "posted" and item.quantity:
            quantity = item.product_uom_id._compute_quantity(item.quantity, line.product_uom_id, round=False)
            found.append((item, Decimal(str(round(quantity, 6)))))
    return found


def _mark(rma: Any, item: Any) -> None:
    """Let OCA rma know that a part is paid back: it offers no refund, and its receipt lowers what was delivered."""
    values = {"refund_id": item.move_id.id, "refund_line_id": item.id}
    if rma.state not in ("refunded", "finished", "returned", "replaced"):
        values["state"] = "refunded"
    rma.with_context(tracking_disable=True).write(values)
    rma._link_refund_with_reception_move()


def open_again(notes: Any) -> None:
    """Open the parts again that these credit notes had paid for: they are posted no longer."""
    parts = (
        notes.env["rma"]
        .sudo()
        .search([("refund_id", "in", notes.ids), ("sync_return_line_id", "!=", False), ("state", "=", "refunded")])
    )
    parts.reception_move_id.to_refund = False
    parts.write({"refund_id": False, "refund_line_id": False, "state": "received"})
