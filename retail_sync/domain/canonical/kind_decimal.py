"""Money and counted goods: exact decimals, rounded by their currency or by the declared precision."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from .currencies import currency_decimals
from .kind_base import NO_OPTIONS, Kind, KindError, Options, register_kind

# Enough for any sum of money; a number with more digits than this is an error of the sender.
_CONTEXT = Context(prec=40)
_LARGEST = 24


@dataclass(frozen=True, slots=True)
class Amount:
    """Money, exact as it was read. ``currency``: ISO 4217 code."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """Counted or measured goods. ``unit``: code of the unit; ``None``: pieces, or the unit of its record."""

    value: Decimal
    unit: str | None = None


class AmountKind(Kind):
    """Money: an ``Amount``, in JSON {"amount": "12.50", "currency": "EUR"}.

    Rounded to the decimals of its currency, or to ``options.digits``; halves away from zero. A plain number is money of
    ``options.currency``. Amounts of two currencies are never equal, and 0 is not empty.
    """

    name = "amount"
    sensitivity = "sensitive"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Amount | None:
        currency: Any = options.currency
        if isinstance(value, Amount):
            value, currency = value.value, value.currency
        elif isinstance(value, Mapping):
            currency = value.get("currency") or currency
            value = value.get("amount")
        number = exact(value)
        if number is None:
            return None
        if not (isinstance(currency, str) and len(currency.strip()) == 3 and currency.strip().isalpha()):
            raise KindError("NO_CURRENCY", "The amount names no currency, and the field declares none.")
        return Amount(number, currency.strip().upper())

    def to_json(self, value: Any, options: Options = NO_OPTIONS) -> dict[str, str] | None:
        amount = self.parse(value, options)
        if amount is None:
            return None
        digits = currency_decimals(amount.currency) if options.digits is None else options.digits
        return {"amount": fixed(amount.value, digits), "currency": amount.currency}


class QuantityKind(Kind):
    """A quantity: a ``Quantity``, in JSON {"quantity": "3.000", "unit": "kg"}.

    Rounded to ``options.digits``; without them every decimal counts, and trailing zeros do not. Units are not
    converted: 1 kg and 1000 g differ.
    """

    name = "quantity"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Quantity | None:
        unit: Any = options.unit
        if isinstance(value, Quantity):
            value, unit = value.value, value.unit or unit
        elif isinstance(value, Mapping):
            unit = value.get("unit") or unit
            value = value.get("quantity")
        number = exact(value)
        if number is None:
            return None
        if unit is not None and not isinstance(unit, str):
            raise KindError("BAD_UNIT", "The unit of a quantity is a code.")
        return Quantity(number, (unit or "").strip() or None)

    def to_json(self, value: Any, options: Options = NO_OPTIONS) -> dict[str, str | None] | None:
        quantity = self.parse(value, options)
        if quantity is None:
            return None
        return {"quantity": fixed(quantity.value, options.digits), "unit": quantity.unit}


def exact(value: Any) -> Decimal | None:
    """Return a finite Decimal of a number or its text, ``None`` of an empty value. Raises KindError (BAD_NUMBER).

    A float counts as the shortest text that stands for it: 0.1 is one tenth.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise KindError("BAD_NUMBER", "A number is expected.")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise KindError("BAD_NUMBER", "A number is expected.") from None
    if not number.is_finite() or (number and not -_LARGEST <= number.adjusted() <= _LARGEST):
        raise KindError("BAD_NUMBER", "The number is too large, too small, or not a number.")
    return number


def fixed(number: Decimal, digits: int | None) -> str:
    """Return the text of a number at ``digits`` decimals, without negative zero; ``None``: as many as it has."""
    if digits is not None:
        number = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _CONTEXT)
    else:
        number = number.normalize(Context(prec=max(len(number.as_tuple().digits), 1)))
    return f"{abs(number) if not number else number:f}"


register_kind(AmountKind())
register_kind(QuantityKind())
