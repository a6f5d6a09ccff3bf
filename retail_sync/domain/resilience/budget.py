"""Budgets of remote calls with several windows at once: calls or points, per second, minute and day.

Pure: state and time in, permit and new state out. The caller stores the state (``to_json``) under its own row lock.
Times are seconds since the epoch, as floats.

``take`` counts a call when it is permitted, so calls under way are counted as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from .limits import LANE_SHARE, LOOK_SECONDS, PROBE_SECONDS, RECHECK_SECONDS

CALLS = "calls"
POINTS = "points"


class Shape(str, Enum):
    """``fixed``: the count starts anew when the window ends. ``leaky``: it runs out evenly, ``limit`` per window."""

    fixed = "fixed"
    leaky = "leaky"


class Refusal(str, Enum):
    """Why a call may not go out now."""

    throttled = "throttled"  # the other system asked us to wait
    used_up = "used_up"  # the lane's share of a window is used up
    too_large = "too_large"  # it costs more than the lane ever has in a window: waiting does not help


@dataclass(frozen=True, slots=True)
class Window:
    """One limit of a platform.

    ``limit``: units within ``seconds``; ``None`` while it is not known, and then nothing is refused. ``shares``: the
    part of the limit up to which each lane may go; what the most urgent lane has beyond the next is its reserve.
    Raises ValueError.
    """

    name: str
    seconds: float
    limit: float | None = None
    unit: str = CALLS
    shape: Shape = Shape.fixed
    shares: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(LANE_SHARE))

    def __post_init__(self) -> None:
        if not self.name or self.seconds <= 0 or (self.limit is not None and self.limit < 0):
            raise ValueError(f"Window {self.name!r} has a name, a length, and a limit that is not negative.")
        if not self.shares or not all(0 < share <= 1 for share in self.shares.values()):
            raise ValueError(f"Window {self.name!r}: the share of a lane is above 0, and 1 at most.")


@dataclass(frozen=True, slots=True)
class WindowState:
    """``start``: when a fixed window began; of a leaky one, when ``used`` was counted last.

    ``reported_at``: when the platform last reported its own count; 0 for never. ``limit``: as the platform reported it,
    which goes before the declared one.
    """

    start: float = 0.0
    used: float = 0.0
    reported_at: float = 0.0
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class BudgetState:
    """The state of a connection's windows, by name, and until when the platform asked us to wait."""

    windows: Mapping[str, WindowState] = field(default_factory=dict)
    throttled_until: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "windows": {name: asdict(window) for name, window in self.windows.items()},
            "throttled_until": self.throttled_until,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "BudgetState":
        windows = {name: WindowState(**values) for name, values in stored.get("windows", {}).items()}
        return cls(windows, stored.get("throttled_until", 0.0))


@dataclass(frozen=True, slots=True)
class Permit:
    """``wait``: seconds until asking again makes sense, when a call is not ``allowed``; ``window``: which is used up.

    For a sentence to people: ``used`` of ``limit`` units, ``share`` of which are the lane's.
    """

    allowed: bool
    wait: float = 0.0
    refusal: Refusal | None = None
    window: str = ""
    used: float = 0.0
    limit: float = 0.0
    share: float = 1.0


ALLOWED = Permit(True)


def take(
    state: BudgetState, windows: Iterable[Window], cost: float | Mapping[str, float], lane: str, now: float
) -> tuple[Permit, BudgetState]:
    """Permit a call and count it in every window, or say how long to wait. Store the new state in both cases.

    ``cost``: units by name, such as {"calls": 1, "points": 12}; a number means calls. A window whose unit it does not
    name is not concerned. Raises ValueError for a negative cost, and for a lane without a share.
    """
    costs = cost if isinstance(cost, Mapping) else {CALLS: cost}
    if any(units < 0 for units in costs.values()):
        raise ValueError("A call has no negative cost.")
    windows = list(windows)
    for window in windows:
        if lane not in window.shares:
            raise ValueError(f"Window {window.name!r} has no share for the lane {lane!r}.")
    rolled = {w.name: _rolled(state.windows.get(w.name, WindowState()), w, now) for w in windows}
    # States of windows that are not declared (any more) are dropped.
    state = BudgetState(rolled, state.throttled_until)
    if state.throttled_until > now:
        wait = state.throttled_until - now
        if windows:
            # A clock that was set back must not hold up calls for longer than the longest window.
            wait = min(wait, max(window.seconds for window in windows))
        return Permit(False, wait, Refusal.throttled), state
    taken = dict(rolled)
    refused: list[Permit] = []
    for window in windows:
        units = costs.get(window.unit, 0.0)
        if not units:
            continue
        permit, after = _ask(rolled[window.name], window, units, lane, now)
        if permit.allowed:
            taken[window.name] = replace(after, used=after.used + units)
        else:
            refused.append(permit)
    if refused:
        return max(refused, key=lambda permit: (permit.refusal is Refusal.too_large, permit.wait)), state
    return ALLOWED, replace(state, windows=taken)


def report(
    state: BudgetState,
    window: Window,
    now: float,
    *,
    used: float | None = None,
    limit: float | None = None,
) -> BudgetState:
    """Return the state with the platform's own figures of one window; ``used`` includes the calls of others."""
    current = _rolled(state.windows.get(window.name, WindowState()), window, now)
    if limit is not None:
        current = replace(current, limit=limit)
    if used is not None:
        current = replace(current, used=used, reported_at=now)
        if window.shape is Shape.leaky:
            current = replace(current, start=now)
    return replace(state, windows={**state.windows, window.name: current})


def throttle(state: BudgetState, now: float, retry_after: float | None) -> BudgetState:
    """Return the state after the platform asked us to wait ``retry_after`` seconds; a shorter wait changes nothing."""
    if not retry_after or retry_after <= 0:
        return state
    return replace(state, throttled_until=max(state.throttled_until, now + retry_after))


def _rolled(state: WindowState, window: Window, now: float) -> WindowState:
    """Return the state as time has left it."""
    # A clock behind the one that began the window (another node's, one that was set back) does not begin it anew: that
    # would forget the calls made since.
    if window.shape is Shape.fixed:
        if abs(now - state.start) < window.seconds:
            return state
        return replace(state, start=now, used=0.0, reported_at=0.0)
    limit = _limit(state, window)
    if now < state.start:
        return state if state.start - now < window.seconds else replace(state, start=now)
    if limit is None:
        return replace(state, start=now) if now - state.start >= window.seconds else state
    left = max(0.0, state.used - (now - state.start) * limit / window.seconds)
    return replace(state, start=now, used=left)


def _limit(state: WindowState, window: Window) -> float | None:
    return window.limit if state.limit is None else state.limit


def _ask(state: WindowState, window: Window, units: float, lane: str, now: float) -> tuple[Permit, WindowState]:
    """Return whether one window permits the units, and its state; the units are not counted yet."""
    limit, share = _limit(state, window), window.shares[lane]
    if limit is None or state.used + units <= limit * share:
        return ALLOWED, state
    refusal = Refusal.too_large if units > limit * share else Refusal.used_up

    def refused(wait: float) -> Permit:
        return Permit(False, wait, refusal, window.name, state.used, limit, share)

    if window.shape is Shape.leaky:
        excess = state.used + units - limit * share
        ahead = max(0.0, state.start - now)
        return refused(min(excess * window.seconds / limit, window.seconds) + ahead if limit else window.seconds), state
    until_end = min(state.start + window.seconds - now, window.seconds)
    if not state.reported_at:
        return refused(until_end), state
    # The platform's window slides: what it counted a while ago may have run out. Let a single call learn it; until its
    # answer comes, what the platform reported counts as nearly, not yet, too old.
    stale_in = state.reported_at + RECHECK_SECONDS - now
    if stale_in <= 0:
        return ALLOWED, replace(state, reported_at=now - RECHECK_SECONDS + PROBE_SECONDS)
    if stale_in <= PROBE_SECONDS:
        stale_in = min(stale_in, LOOK_SECONDS)
    return refused(min(until_end, stale_in)), state
