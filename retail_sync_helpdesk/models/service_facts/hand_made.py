"""Credit notes that people have made in Odoo: which billed lines they credit, by order line, product and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ...domain.currency import ZERO
from ...domain.service.money_facts import BilledLine, CreditLine
from .document_rows import Row


def lines(
    rows: Sequence[Row],
    reversed_id: int,
    billed: Sequence[BilledLine],
    left: dict[int, Decimal],
    amount: Callable[[Any], Decimal],
) -> tuple[list[CreditLine], Decimal]:
    """Return (what a note credits of billed lines, what it credits beside them). Takes quantities off ``left``.

    :param rows: of the note, as the reader of documents has them
    :param left: {billed line id: quantity that no note before has credited}
    """
    found: list[CreditLine] = []
    beside = ZERO
    seen = set()
    for row in rows:
        if row.item in seen:
            continue
        seen.add(row.item)
        quantity, total = row.in_unit_of_order, amount(row.total)
        target = _target(row, reversed_id, billed, left)
        if target is None:
            beside += total
            continue
        taken = min(quantity, max(left[target.id], ZERO))
        left[target.id] -= taken
        found.append(CreditLine(target.id, taken, total))
    return found, beside


def _target(row: Row, reversed_id: int, billed: Sequence[BilledLine], left: Mapping[int, Decimal]) -> BilledLine | None:
    """Return the billed line that a line of a note credits: of the same order line, in the invoice that it reverses."""
    fitting = [line for line in billed if row.line is not None and line.line_id == row.line]
    if row.line is None and reversed_id:
        # A line that bills nothing of an order is recognised by its amount.
        total = Decimal(str(row.total or 0))
        fitting = [entry for entry in billed if entry.invoice_id == reversed_id and not entry.line_id]
        fitting = [entry for entry in fitting if entry.total == total]
    if not fitting:
        return None
    return min(fitting, key=lambda line: (line.invoice_id != reversed_id, left[line.id] <= 0, line.id))
