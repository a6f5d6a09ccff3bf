"""Which goods of which delivery come back: the oldest first, so that a customer's window of return is not used up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Delivered", "Taken", "complete_sets", "paid_parts", "share_out"]

_ZERO = Decimal(0)
PRECISION = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A done delivery of a product. ``left``: what of it is neither back nor expected back, in its unit."""

    move_id: int
    product_id: int
    left: Decimal


@dataclass(frozen=True, slots=True)
class Taken:
    """A part of a return: a quantity of one delivery, in the unit of the delivery."""

    move_id: int
    product_id: int
    quantity: Decimal


def share_out(wanted: Mapping[int, Decimal], deliveries: Sequence[Delivered]) -> tuple[Taken, ...] | None:
    """Return the parts of a return; None where the deliveries have less left than is wanted.

    :param wanted: {product id: quantity, in the unit of its deliveries}
    :param deliveries: the oldest first
    """
    found = []
    for product_id, quantity in wanted.items():
        rest = quantity
        for delivered in deliveries:
            part = min(rest, delivered.left) if delivered.product_id == product_id else _ZERO
            if part > 0:
                found.append(Taken(delivered.move_id, product_id, part))
                rest -= part
        if rest >= PRECISION:
            return None
    return tuple(found)


def complete_sets(planned: Mapping[int, Decimal], there: Mapping[int, Decimal], quantity: Decimal) -> Decimal:
    """Return how much of an order line is there: of a kit, as many as all of its components are enough for.

    :param planned: {product id: quantity} that makes up ``quantity`` of the line
    :param there: {product id: quantity}
    """
    if not planned:
        return _ZERO
    share = min(there.get(product_id, _ZERO) / of_all for product_id, of_all in planned.items() if of_all)
    sets = quantity * share
    return sets if len(planned) == 1 else sets.quantize(PRECISION) // 1


def paid_parts(credited: Decimal, parts: Iterable[tuple[int, Decimal, bool]]) -> list[int]:
    """Return the ids of the parts of a line that credit notes have paid for: the first received first.

    :param credited: quantity of the line in posted credit notes
    :param parts: (id, quantity in the line's unit, whether it was paid for before), in the order of their receipt
    """
    waiting = list(parts)
    rest = credited - sum((quantity for _id, quantity, paid in waiting if paid), _ZERO)
    found = []
    for part_id, quantity, paid in waiting:
        if paid:
            continue
        if quantity > rest + PRECISION:
            break
        rest -= quantity
        found.append(part_id)
    return found
