"""The lines of the credit notes that an offer asks for, before anything knows of taxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from ..currency import ZERO, Currency
from .claims import Part

__all__ = ["LineKind", "NotePlan", "PlannedLine", "correction", "plan_notes"]

# What rounding may leave between a line by quantity and its share of the billed line: more is a lower price.
_CENTS = 2


class LineKind(str, Enum):
    """What a line of a credit note stands for."""

    quantity = "quantity"  # goods or services by quantity, at the price of the invoice
    price = "price"  # part of a billed line, of which all stays invoiced
    shipping = "shipping"
    kept = "kept"  # the fee, taken off what is credited
    correction = "correction"  # what a quantity is credited with, less or more than the price of the invoice
    goodwill = "goodwill"
    rounding = "rounding"


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line of a credit note.

    :param billed_id: line of the invoice; 0: none
    :param quantity: in the unit of the order; 0: by price
    :param total: taxes included, below zero where it takes something off
    :param kept: the fee that is kept of the billed line: said where its quantity is
    """

    kind: LineKind
    total: Decimal
    billed_id: int = 0
    quantity: Decimal = ZERO
    kept: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class NotePlan:
    """A credit note of one invoice. ``rounding``: what its total has beyond its lines."""

    invoice_id: int
    lines: tuple[PlannedLine, ...]
    total: Decimal
    rounding: Decimal = ZERO


def plan_notes(parts: Iterable[Part]) -> list[NotePlan]:
    """Return the plan of one credit note for each invoice, by the id of the invoice."""
    by_invoice: dict[int, list[Part]] = {}
    for part in parts:
        by_invoice.setdefault(part.invoice_id, []).append(part)
    return [_plan(invoice_id, by_invoice[invoice_id]) for invoice_id in sorted(by_invoice)]


def correction(planned: PlannedLine, calculated: Decimal, currency: Currency) -> Decimal:
    """Return what a line of its own has to add to a line by quantity; 0: rounding takes care of it.

    :param calculated: total of the line, at the price of the invoice
    """
    missing = planned.total - calculated
    return missing if abs(missing) > _CENTS * currency.unit else ZERO


def _plan(invoice_id: int, parts: list[Part]) -> NotePlan:
    lines: list[PlannedLine] = []
    by_quantity: dict[int, list[Part]] = {}
    for part in parts:
        if part.quantity:
            by_quantity.setdefault(part.billed_id, []).append(part)
    for billed_id, found in by_quantity.items():
        kept = sum((part.kept for part in found), ZERO)
        total = sum((part.total for part in found), ZERO) + kept
        quantity = sum((part.quantity for part in found), ZERO)
        lines.append(PlannedLine(LineKind.quantity, total, billed_id, quantity, kept))
        if kept:
            lines.append(PlannedLine(LineKind.kept, -kept, billed_id))
    for part in parts:
        if not part.quantity and part.kind != "rounding" and part.total:
            kind = LineKind(part.kind) if part.kind in ("shipping", "goodwill") else LineKind.price
            lines.append(PlannedLine(kind, part.total, part.billed_id))
    rounding = sum((part.total for part in parts if part.kind == "rounding"), ZERO)
    return NotePlan(invoice_id, tuple(lines), sum((part.total for part in parts), ZERO), rounding)
