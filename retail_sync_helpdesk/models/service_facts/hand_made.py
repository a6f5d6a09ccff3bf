"""Credit notes that people have made in Odoo: which billed lines they credit, by order line, product and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ...domain.currency import ZERO, Currency
from ...domain.service.money_facts import BilledLine, CreditLine
from .document_rows import Row

# What rounding leaves between a price that was copied and its share of the billed line.
_UNITS = 2


class Left:
    """What is left of billed lines while notes are read, one after the other."""

    def __init__(self, billed: Sequence[BilledLine]) -> None:
        """Begin with all that was billed."""
        self.billed = billed
        self.quantities = {line.id: line.quantity for line in billed}

    def take(self, line_id: int, quantity: Decimal) -> None:
        """Take a quantity off a billed line; an unknown one is of another order."""
        if line_id in self.quantities:
            self.quantities[line_id] = max(self.quantities[line_id] - quantity, ZERO)


def lines(
    rows: Sequence[Row],
    reversed_id: int,
    left: Left,
    products: Mapping[int, int],
    currency: Currency,
    amount: Callable[[Any], Decimal],
) -> tuple[list[CreditLine], Decimal]:
    """Return (what a note credits of billed lines, what it credits beside them). Takes quantities off ``left``.

    :param rows: of the note that are of the order, as the reader of documents has them
    :param products: {billed line id: product id}
    """
    found: list[CreditLine] = []
    beside = ZERO
    for row in rows:
        quantity, total = abs(row.in_unit_of_order), amount(row.total)
        targets = _targets(row, reversed_id, left, products)
        if not targets:
            beside += total
            continue
        found += _shared(quantity, total, targets, left, currency)
    return found, max(beside, ZERO)


def _shared(
    quantity: Decimal, total: Decimal, targets: Sequence[BilledLine], left: Left, currency: Currency
) -> list[CreditLine]:
    """Return what a line of a note takes of each billed line that it stands for, in their order."""
    found = []
    rest, rest_total = quantity, total
    for number, line in enumerate(targets, 1):
        last = number == len(targets)
        if _is_lower_price(quantity, total, line, currency):
            # A part of the price: the goods stay billed.
            return [*found, CreditLine(line.id, ZERO, rest_total)]
        taken = min(rest, left.quantities[line.id])
        part = rest_total if last or taken >= rest else currency.round(total * taken / quantity)
        if taken or last:
            found.append(CreditLine(line.id, taken, part))
            left.take(line.id, taken)
            rest, rest_total = rest - taken, rest_total - part
        if rest <= 0:
            break
    return found


def _is_lower_price(quantity: Decimal, total: Decimal, line: BilledLine, currency: Currency) -> bool:
    if quantity <= 0 or line.quantity <= 0:
        return True
    billed = line.total * quantity / line.quantity
    return abs(total) < abs(billed) - _UNITS * currency.unit


def _targets(row: Row, reversed_id: int, left: Left, products: Mapping[int, int]) -> list[BilledLine]:
    """Return the billed lines that a line of a note credits, the likeliest first.

    Of the same order line, in the invoice that the note reverses before others; without an order line, of the same
    product in that invoice, or a line that bills nothing of an order and has the same amount.
    """
    if row.line is not None:
        fitting = [line for line in left.billed if line.line_id == row.line]
    elif reversed_id and row.product:
        of_invoice = [line for line in left.billed if line.invoice_id == reversed_id]
        fitting = [line for line in of_invoice if products.get(line.id) == row.product]
    else:
        total = Decimal(str(row.total or 0))
        of_invoice = [line for line in left.billed if line.invoice_id == reversed_id and not line.line_id]
        fitting = [line for line in of_invoice if line.total == total]
    same_sign = [line for line in fitting if (line.total < 0) == (Decimal(str(row.total or 0)) < 0)]
    return sorted(same_sign, key=lambda line: (line.invoice_id != reversed_id, left.quantities[line.id] <= 0, line.id))
