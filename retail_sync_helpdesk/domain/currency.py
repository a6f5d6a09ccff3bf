"""Amounts of money: Decimals that are counted in the smallest unit of a currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

__all__ = ["ZERO", "Currency"]

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency as it rounds.

    :param code: ISO 4217
    :param unit: the smallest amount that can be paid: 0.01, 0.05, 1
    :raises ValueError: the unit is not positive
    """

    code: str
    unit: Decimal = Decimal("0.01")

    def __post_init__(self) -> None:
        if not self.unit.is_finite() or self.unit <= 0:
            raise ValueError("The smallest unit of a currency is a positive number.")

    def round(self, amount: Decimal) -> Decimal:
        """Return the nearest amount that can be paid; halves go away from zero, as Odoo rounds them."""
        return self._units(amount, ROUND_HALF_UP)

    def floor(self, amount: Decimal) -> Decimal:
        """Return the largest amount that can be paid and is not further from zero: what a limit allows."""
        return self._units(amount, ROUND_DOWN)

    def is_exact(self, amount: Decimal) -> bool:
        """Return whether an amount can be paid as it is."""
        return amount.is_finite() and self.round(amount) == amount

    def text(self, amount: Decimal) -> str:
        """Return an amount as the API writes it, with all digits of the unit: "12.50", "1200"."""
        return f"{self.round(amount):f}"

    def _units(self, amount: Decimal, rounding: str) -> Decimal:
        if not amount.is_finite():
            raise ValueError("An amount is a finite number.")
        rounded = (amount / self.unit).quantize(Decimal(1), rounding) * self.unit
        # -0.00 is an amount that no reader expects.
        return rounded if rounded else rounded.copy_abs()
