"""The answer to "may this be done now": the rules that say no, what is possible at most, and what to know before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..currency import ZERO
from ..rules import Force, Refusal
from .claims import Offer

__all__ = ["LineVerdict", "Verdict", "verdict_of_lines"]


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """A line of an order.

    :param most: the quantity that no rule forbids
    :param refusals: why it is not more, or nothing
    :param owed: of a refund: what an exchange has left of its price, which is claimed by amount
    """

    line_id: int
    most: Decimal = ZERO
    refusals: tuple[Refusal, ...] = ()
    owed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an action is possible now.

    :param refusals: of the order, or of all of its lines
    :param lines: where the action is about lines
    :param amount: the most that can be given back, of actions with money
    :param offer: what would be done with money, of a request
    """

    action: str
    refusals: tuple[Refusal, ...] = ()
    lines: tuple[LineVerdict, ...] = ()
    notices: tuple[Refusal, ...] = ()
    amount: Decimal = ZERO
    offer: Offer | None = None

    @property
    def allowed(self) -> bool:
        """Return whether the action may be done without anyone's agreement."""
        return not self.refusals

    @property
    def approvable(self) -> bool:
        """Return whether an approval, or an override with a reason, would make it possible."""
        return bool(self.refusals) and all(refused.force is Force.policy for refused in self.refusals)

    def most(self, line_id: int) -> Decimal:
        """Return the quantity of a line that is possible at most."""
        return next((line.most for line in self.lines if line.line_id == line_id), ZERO)


def verdict_of_lines(
    action: str, lines: Iterable[LineVerdict], refusals: Iterable[Refusal] = (), notices: Iterable[Refusal] = ()
) -> Verdict:
    """Return the verdict of an action about lines: where none of them is possible, the rules of all say no."""
    found, refused = tuple(lines), list(refusals)
    if not any(line.most > 0 or line.owed > 0 for line in found):
        refused += [reason for line in found for reason in line.refusals]
    return Verdict(action, tuple(dict.fromkeys(refused)), found, tuple(notices))
