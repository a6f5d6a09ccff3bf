"""From which payments of an order the money of a refund goes back, and what a person has to pay instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..currency import ZERO

__all__ = ["Share", "Source", "share_out"]


@dataclass(frozen=True, slots=True)
class Source:
    """A payment that came in.

    :param left: of its amount, after every refund that counts
    :param refunds: none, full or partial: what its provider can do
    """

    id: int
    amount: Decimal
    left: Decimal
    refunds: str = "partial"

    def can_give(self, amount: Decimal) -> bool:
        """Return whether the provider can send this amount back."""
        if self.refunds == "full":
            return amount == self.amount == self.left
        return self.refunds == "partial" and amount <= self.left


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a refund. ``source_id``: 0: no payment has it; ``cause``: why a person has to pay it, else empty."""

    amount: Decimal
    source_id: int = 0
    cause: str = ""


def share_out(amount: Decimal, sources: Sequence[Source]) -> list[Share]:
    """Return the parts in which an amount goes back.

    The newest payment that can give all of it does. Else each gives what it can, the newest first. What none can give
    is for a person, who sees which payment has it.

    :param sources: the newest first
    """
    whole = next((source for source in sources if source.can_give(amount)), None)
    if whole:
        return [Share(amount, whole.id)]
    found = []
    rest = amount
    for source in sources:
        part = source.amount if source.refunds == "full" else min(rest, source.left)
        if rest > 0 and 0 < part <= rest and source.can_give(part):
            found.append(Share(part, source.id))
            rest -= part
    given = {share.source_id for share in found}
    for source in sources:
        part = min(rest, source.left)
        if part > 0 and source.id not in given:
            cause = "provider_cannot" if source.refunds == "none" else "partial_not_possible"
            found.append(Share(part, source.id, cause))
            rest -= part
    if rest > ZERO:
        found.append(Share(rest, cause="no_transaction"))
    return found
