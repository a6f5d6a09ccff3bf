"""Caps of machines: how many actions, and how much money, a key may spend in a window that moves with the time.

The windows slide: "10 an hour" holds for every hour, not for 20 around the full one. The journal of what was spent is
one row, which is locked and written by each action; without the write two actions would both see the last free place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ..currency import ZERO
from ..rules import Refusal, refusal

__all__ = ["Cap", "Spent", "spend"]


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap within a window.

    :param count: actions; None: any number
    :param amount: in the currency of the company; None: any amount
    :param single: the largest amount of one action; None: any
    :param actions: codes of the actions that count; empty: all
    :raises ValueError: the window has no length
    """

    name: str
    window: timedelta
    count: int | None = None
    amount: Decimal | None = None
    single: Decimal | None = None
    actions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.window <= timedelta():
            raise ValueError("A cap has a window of some length.")

    def counts(self, action: str) -> bool:
        """Return whether an action counts."""
        return not self.actions or action in self.actions


@dataclass(frozen=True, slots=True)
class Spent:
    """What was done at a moment (naive UTC), in the currency of the company."""

    at: datetime
    action: str
    amount: Decimal = ZERO


def spend(
    journal: Sequence[Spent], caps: Sequence[Cap], action: str, amount: Decimal, now: datetime
) -> tuple[tuple[Refusal, ...], tuple[Spent, ...]]:
    """Return (the caps that say no, the journal to store). What is refused is not written down.

    :param amount: what the action gives away: refunds, goodwill, the value of a replacement
    :param now: naive UTC; what lies in the future, after a clock was set back, counts too
    :raises ValueError: the amount is negative
    """
    if amount < 0:
        raise ValueError("An action gives away nothing or more.")
    longest = max((cap.window for cap in caps), default=timedelta())
    kept = tuple(entry for entry in journal if entry.at > now - longest)
    found = [refused for cap in caps if cap.counts(action) for refused in _refusals(kept, cap, amount, now)]
    if found:
        return tuple(found), kept
    return (), (*kept, Spent(now, action, amount))


def _refusals(journal: Sequence[Spent], cap: Cap, amount: Decimal, now: datetime) -> list[Refusal]:
    inside = [entry for entry in journal if entry.at > now - cap.window and cap.counts(entry.action)]
    found = []
    if cap.single is not None and amount > cap.single:
        found.append(refusal("machine_cap_single", cap=cap.name, most=cap.single, amount=amount))
    if cap.count is not None and len(inside) >= cap.count:
        free_at = _free_at(inside, cap, cap.count)
        found.append(refusal("machine_cap_count", cap=cap.name, most=cap.count, until=free_at))
    spent = sum((entry.amount for entry in inside), ZERO)
    if cap.amount is not None and spent + amount > cap.amount:
        found.append(refusal("machine_cap_amount", cap=cap.name, most=cap.amount, spent=spent, amount=amount))
    return found


def _free_at(inside: Sequence[Spent], cap: Cap, count: int) -> str:
    """Return when the next action fits, as ISO text; empty where none ever does."""
    if count < 1:
        return ""
    times = sorted(entry.at for entry in inside)
    return (times[len(times) - count] + cap.window).isoformat()
