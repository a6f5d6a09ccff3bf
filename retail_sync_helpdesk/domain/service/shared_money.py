"""Shares amounts out to the smallest unit: a payment over its orders, an amount over taxes. The parts add up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from ..currency import ZERO, Currency

__all__ = ["payment_by_order", "share_by_weight"]

Key = TypeVar("Key", bound=Hashable)


def share_by_weight(amount: Decimal, weights: Mapping[Key, Decimal], currency: Currency) -> dict[Key, Decimal]:
    """Return {key: part of an amount}, by weight. The parts add up to the amount, and none is below zero.

    What rounding leaves goes to those that lost the most by it; of equals, to the first ones. Weights that are not
    above zero get nothing, unless none is: then the first key gets all.

    :param amount: not below zero
    """
    counting = {key: weight for key, weight in weights.items() if weight > 0}
    if not counting:
        return {key: amount if number == 0 else ZERO for number, key in enumerate(weights)}
    whole = sum(counting.values(), ZERO)
    exact = {key: amount * weight / whole for key, weight in counting.items()}
    found = {key: currency.floor(part) for key, part in exact.items()}
    rest = amount - sum(found.values(), ZERO)
    order: list[Any] = sorted(counting, key=lambda key: found[key] - exact[key])
    for key in order:
        part = min(rest, currency.unit)
        found[key] += part
        rest -= part
    return {key: found.get(key, ZERO) for key in weights}


def payment_by_order(amount: Decimal, owed: Mapping[int, Decimal], currency: Currency) -> dict[int, Decimal]:
    """Return {order id: part} of a payment that names several orders, by what each of them costs.

    The parts add up to the payment, whichever order asks: none of the money can be paid back twice.

    :param owed: {order id: total}, of all orders that the payment names
    """
    return share_by_weight(abs(amount), dict(sorted(owed.items())), currency)
