"""The price that a line of a credit note needs to come to a total, by whatever taxes the billed line has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...domain.currency import ZERO, Currency

__all__ = ["currency_of", "decimal", "price_for_total"]

_TRIES = 4


def currency_of(record: Any) -> Currency:
    """Return how a ``res.currency`` rounds."""
    return Currency(record.name, Decimal(str(record.rounding)))


def decimal(currency: Any, amount: float) -> Decimal:
    """Return an amount of a document in a ``res.currency`` without the noise of floats."""
    return currency_of(currency).round(Decimal(str(amount)))


def price_for_total(line: Any, total: Decimal, taxes: Any = None) -> Decimal:
    """Return the price of a line with quantity 1 and the taxes of a billed line, taxes included where they are.

    With taxes on top some totals cannot be reached: the price is then the largest one that stays beneath, and the
    document needs a line of rounding. See ``domain/service/taxes.py``, which knows taxes by percent; these are asked.

    :param taxes: of the line, where it is not to have all of those of the billed line
    """
    taxes = line.tax_ids if taxes is None else taxes
    if not taxes:
        return total
    unit = currency_of(line.currency_id)
    step = unit.unit.copy_sign(total)
    fixed = _total(line, taxes, ZERO)
    # Taxes by percent are a share of the price, and those by amount are added: two totals give the line between them.
    slope = (_total(line, taxes, Decimal(10000)) - fixed) / 10000
    price = unit.round((total - fixed) / slope)
    for _ in range(_TRIES):
        if abs(_total(line, taxes, price)) <= abs(total):
            break
        price -= step
    return price


def _total(line: Any, taxes: Any, price: Decimal) -> Decimal:
    found = taxes.compute_all(
        float(price),
        currency=line.currency_id,
        quantity=1.0,
        product=line.product_id,
        partner=line.partner_id,
        is_refund=True,
        rounding_method="round_per_line",
    )
    return decimal(line.currency_id, found["total_included"])
