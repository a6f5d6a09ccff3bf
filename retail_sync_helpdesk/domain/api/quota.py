"""How many requests an API key may make: an even rate with a burst, and a number per window. Headers say what is left.

Pure: state and time in, verdict and new state out; the caller keeps the state in a row that it locks. Times are whole
milliseconds since the epoch: fractions of floats would let a request too many pass now and then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Limit", "QuotaState", "QuotaVerdict", "Shape", "headers", "left", "take"]

SMOOTH = "smooth"
FIXED = "fixed"
Shape = str


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a key.

    :param requests: within the window
    :param seconds: length of the window
    :param shape: smooth: requests come back one by one, evenly; at most ``burst`` at once. fixed: the count starts anew
        at the end of each window, counted from the epoch (86400: days in UTC)
    :param burst: 0 stands for ``requests``
    :raises ValueError: a number that is not positive
    """

    name: str
    requests: int
    seconds: int
    shape: Shape = SMOOTH
    burst: int = 0

    def __post_init__(self) -> None:
        if not self.name or self.requests < 1 or self.seconds < 1 or self.burst < 0:
            raise ValueError("A limit has a name, and allows a positive number of requests in a positive time.")
        if self.shape not in (SMOOTH, FIXED):
            raise ValueError(f"A limit is {SMOOTH} or {FIXED}.")

    @property
    def interval(self) -> int:
        """Return the milliseconds after which one more request is allowed; rounded up, never in the caller's favour."""
        return -(-self.seconds * 1000 // self.requests)

    @property
    def most(self) -> int:
        """Return how many requests may come at once."""
        return self.burst or self.requests


@dataclass(frozen=True, slots=True)
class QuotaState:
    """State by the name of a limit. ``full_at``: when a smooth limit is whole again. ``used``: (window, requests)."""

    full_at: Mapping[str, int] = field(default_factory=dict)
    used: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuotaVerdict:
    """Whether a request may go on, and what is left of the limit that is nearest to its end.

    :param wait: milliseconds until asking again makes sense; 0 where it is allowed
    :param limit: the one that refuses, or of which least is left
    :param reset: seconds until that limit is whole again, rounded up
    """

    allowed: bool
    limit: Limit | None = None
    remaining: int = 0
    reset: int = 0
    wait: int = 0


def take(state: QuotaState, limits: Sequence[Limit], now: int) -> tuple[QuotaVerdict, QuotaState]:
    """Return whether a request may go on, and the state to store. A refused request uses up nothing.

    :param now: milliseconds since the epoch; a clock that was set back gives no second allowance
    """
    waits = {limit.name: _wait(state, limit, now) for limit in limits}
    refusing = [limit for limit in limits if waits[limit.name] > 0]
    if refusing:
        worst = max(refusing, key=lambda limit: waits[limit.name])
        remaining, reset = left(state, worst, now)
        return QuotaVerdict(False, worst, remaining, reset, waits[worst.name]), state
    # Limits that are declared no more leave no trace.
    full_at, used = {}, {}
    for limit in limits:
        if limit.shape == SMOOTH:
            full_at[limit.name] = max(state.full_at.get(limit.name, 0), now) + limit.interval
        else:
            window, count = _window(state, limit, now)
            used[limit.name] = (window, count + 1)
    after = QuotaState(full_at, used)
    if not limits:
        return QuotaVerdict(True), after
    nearest = min(limits, key=lambda limit: left(after, limit, now)[0] / limit.most)
    remaining, reset = left(after, nearest, now)
    return QuotaVerdict(True, nearest, remaining, reset), after


def headers(verdict: QuotaVerdict, limits: Sequence[Limit]) -> dict[str, str]:
    """Return the headers of the answer, as the drafts of ``RateLimit`` header fields name them; and Retry-After."""
    if verdict.limit is None:
        return {}
    found = {
        "RateLimit-Policy": ", ".join(f"{limit.requests};w={limit.seconds}" for limit in limits),
        "RateLimit-Limit": str(verdict.limit.most),
        "RateLimit-Remaining": str(verdict.remaining),
        "RateLimit-Reset": str(verdict.reset),
    }
    if not verdict.allowed:
        found["Retry-After"] = str(max(1, _seconds(verdict.wait)))
    return found


def _wait(state: QuotaState, limit: Limit, now: int) -> int:
    if limit.shape == FIXED:
        window, count = _window(state, limit, now)
        return (window + 1) * limit.seconds * 1000 - now if count >= limit.requests else 0
    ahead = max(state.full_at.get(limit.name, 0), now) + limit.interval - now
    return max(0, ahead - limit.most * limit.interval)


def left(state: QuotaState, limit: Limit, now: int) -> tuple[int, int]:
    """Return (requests that may come now, seconds until all may).

    :param now: milliseconds since the epoch
    """
    if limit.shape == FIXED:
        window, count = _window(state, limit, now)
        return max(limit.requests - count, 0), _seconds((window + 1) * limit.seconds * 1000 - now)
    ahead = max(state.full_at.get(limit.name, 0) - now, 0)
    return max((limit.most * limit.interval - ahead) // limit.interval, 0), _seconds(ahead)


def _window(state: QuotaState, limit: Limit, now: int) -> tuple[int, int]:
    present = now // (limit.seconds * 1000)
    window, count = state.used.get(limit.name, (present, 0))
    return (window, count) if window >= present else (present, 0)


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)
