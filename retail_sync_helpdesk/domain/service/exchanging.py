"""What an exchange costs: the goods that are wanted against what the customer has for those that come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..currency import ZERO

__all__ = ["Exchange", "difference_by_line", "exchange_of"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """The amounts of an exchange, taxes included.

    :param wanted: price of the goods that are wanted
    :param back: what a refund of the goods that come back would give
    """

    wanted: Decimal
    back: Decimal

    @property
    def charge(self) -> Decimal:
        """Return what the customer pays on top."""
        return max(self.wanted - self.back, ZERO)

    @property
    def left(self) -> Decimal:
        """Return what the goods that come back are worth more than those that are wanted."""
        return max(self.back - self.wanted, ZERO)

    @property
    def advanced(self) -> Decimal:
        """Return what is sent without a charge before the goods are back."""
        return min(self.wanted, self.back)


def exchange_of(wanted: Decimal, back: Decimal) -> Exchange:
    """Return the amounts of an exchange. Negative values, of returns that cost more than they give, count as zero."""
    return Exchange(max(wanted, ZERO), max(back, ZERO))


def difference_by_line(exchange: Exchange, back: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return {order line id: part of the difference that is left}, taken off the lines by their ids.

    The difference is a lower price of the goods that came back, so it has their taxes; what the wanted goods are worth
    stays with the shop.

    :param back: {order line id: what a refund of the goods that come back would give}
    """
    rest = exchange.left
    found = {}
    for line_id in sorted(back):
        part = min(rest, max(back[line_id], ZERO))
        if part > 0:
            found[line_id] = part
            rest -= part
    return found
