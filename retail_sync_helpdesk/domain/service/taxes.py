"""Totals of a document from its lines, by either rule of rounding: to know beforehand what Odoo will make of a note.

Odoo calculates the lines of a credit note; the offer says what they must add up to. Where the two differ, the writer
puts the difference on the last line. ``price_for`` gives the price that a line by price needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ..currency import ZERO, Currency

__all__ = ["PER_DOCUMENT", "PER_LINE", "PricedLine", "Tax", "Totals", "price_for", "total_of"]

PER_LINE = "round_per_line"
PER_DOCUMENT = "round_globally"


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax by percent. ``included``: whether the price has it in it. Taxes on taxes are not known here."""

    percent: Decimal
    included: bool = False


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line as it is typed. ``discount``: percent."""

    price: Decimal
    quantity: Decimal = Decimal(1)
    discount: Decimal = ZERO
    taxes: tuple[Tax, ...] = ()


class Totals(NamedTuple):
    """Amounts of a document or of a line."""

    untaxed: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """Return the amount with taxes."""
        return self.untaxed + self.tax


def total_of(lines: Sequence[PricedLine], currency: Currency, rounding: str) -> Totals:
    """Return the totals of a document.

    :param rounding: PER_LINE: each line is rounded and they are added up; PER_DOCUMENT: the sums are rounded, so that
        the lines that are shown need not add up
    """
    if rounding == PER_LINE:
        return _sum(_rounded([line], currency) for line in lines)
    groups: dict[tuple[Tax, ...], list[PricedLine]] = {}
    for line in lines:
        groups.setdefault(line.taxes, []).append(line)
    return _sum(_rounded(group, currency) for group in groups.values())


def price_for(total: Decimal, taxes: Sequence[Tax], currency: Currency) -> tuple[Decimal, Decimal]:
    """Return (price of a line with quantity 1, what is missing to the total).

    With taxes on top, some totals cannot be reached: 0.03 at 21 % is 0.02 or 0.04. The rest needs a line without taxes.
    """
    on_top = sum((tax.percent for tax in taxes if not tax.included), ZERO)
    inside = sum((tax.percent for tax in taxes if tax.included), ZERO)
    # Taxes on top are taken of the base, which is less than a price that has other taxes in it.
    price = currency.round(total / (1 + on_top / (100 + inside)))
    found = _rounded([PricedLine(price, taxes=tuple(taxes))], currency).total
    while found > total:
        price -= currency.unit
        found = _rounded([PricedLine(price, taxes=tuple(taxes))], currency).total
    return price, total - found


def _rounded(lines: Sequence[PricedLine], currency: Currency) -> Totals:
    """Return the totals of lines with the same taxes, rounded once."""
    taxes = lines[0].taxes
    amount = sum((line.price * line.quantity * (1 - line.discount / 100) for line in lines), ZERO)
    inside = sum((tax.percent for tax in taxes if tax.included), ZERO)
    base = amount / (1 + inside / 100)
    parts = [currency.round(base * tax.percent / 100) for tax in taxes]
    included = sum((part for tax, part in zip(taxes, parts, strict=True) if tax.included), ZERO)
    # The price with taxes is what the customer agreed to: the base takes the cent that rounding leaves.
    return Totals(currency.round(amount) - included if inside else currency.round(base), sum(parts, ZERO))


def _sum(totals: Iterable[Totals]) -> Totals:
    untaxed = tax = ZERO
    for found in totals:
        untaxed += found.untaxed
        tax += found.tax
    return Totals(untaxed, tax)
