"""Whether a call may go out now, else when: several windows at once, for an account, an operation or a single record.

Pure: states and time in, permit and new states out. A window slides: within any stretch of its length no more units go
out than its limit, whether the desk's own window slides or begins anew each minute. Calls are counted in short pieces
of a window, so that a state stays small; a piece runs out as a whole, which can only err on the careful side.
Times are seconds since the epoch.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

#: Pieces into which a window is cut.
PIECES = 12
#: A call may be on its way this long, and the clocks of two workers may differ this much: a window is that much longer.
MARGIN_SECONDS = 3.0
#: A desk that asks to wait longer is asked again after this time: a header may be wrong.
LONGEST_PAUSE = 3600.0

ACCOUNT = "account"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """A limit: `limit` units within `seconds`. name: also the key under which its state is stored.

    shared: whether lanes of less urgent work leave a part of it to the others. Raises ValueError.
    """

    name: str
    seconds: float
    limit: int
    shared: bool = True

    def __post_init__(self) -> None:
        if not self.name or self.seconds <= 0 or self.limit < 1:
            raise ValueError(f"Window {self.name!r} has a name, a length and a limit above 0.")

    @property
    def piece(self) -> float:
        return self.seconds / PIECES


@dataclass(frozen=True, slots=True)
class WindowState:
    """pieces: (when a piece of the window began, units counted in it), oldest first. paused_until: as the desk asked.

    limit: as the desk reported it, which goes before the declared one. reported: (until when, how
    many units are left) of the desk's present window, which other programs use as well.
    """

    pieces: tuple[tuple[float, int], ...] = ()
    paused_until: float = 0.0
    limit: int | None = None
    reported: tuple[float, int] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "pieces": [list(piece) for piece in self.pieces],
            "paused_until": self.paused_until,
            "limit": self.limit,
            "reported": list(self.reported) if self.reported else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "WindowState":
        reported = stored.get("reported")
        return cls(
            tuple((float(start), int(units)) for start, units in stored.get("pieces", ())),
            float(stored.get("paused_until") or 0.0),
            stored.get("limit"),
            (float(reported[0]), int(reported[1])) if reported else None,
        )

    def is_over(self, window: Window, now: float) -> bool:
        """Whether nothing is left to remember, so that the stored state may be deleted."""
        state = rolled(self, window, now)
        return not state.pieces and not state.paused_until and state.limit is None and state.reported is None


@dataclass(frozen=True, slots=True)
class Permit:
    """wait: seconds until asking again makes sense, when a call is not allowed; window: the name of what refuses it."""

    allowed: bool
    wait: float = 0.0
    window: str = ""


ALLOWED = Permit(True)
States = Mapping[str, WindowState]


class BudgetStore(Protocol):
    """Where the workers of one account keep the states of its windows."""

    def change(self, names: Collection[str], step: Callable[[States], tuple[T, States]]) -> T:
        """The result of `step`, which gets the stored states of these names and gives the new ones.

        Under a lock that all workers of the account share, for these names at least; stored whether or not the caller's
        own work is.
        """


@dataclass(slots=True)
class MemoryBudgetStore:
    """A budget store for the threads of one process."""

    states: dict[str, WindowState] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def change(self, names: Collection[str], step: Callable[[States], tuple[T, States]]) -> T:
        with self._lock:
            result, states = step({name: self.states[name] for name in names if name in self.states})
            self.states.update(states)
            return result


def take(
    states: States, windows: Sequence[Window], now: float, *, share: float = 1.0, units: int = 1
) -> tuple[Permit, dict[str, WindowState]]:
    """Permit a call and count it in every window, or say how long to wait. Store the new states in both cases.

    share: the part of each shared limit up to which this lane may go, above 0 and 1 at most; one unit is always within
    it. Raises ValueError for another share, and for units below 1.
    """
    if not 0 < share <= 1 or units < 1:
        raise ValueError("A call costs one unit or more, and a share is above 0 and 1 at most.")
    now = max([now, *(_latest(states, window, now) for window in windows)])
    known = {window.name: rolled(states.get(window.name, WindowState()), window, now) for window in windows}
    refusals = []
    for window in windows:
        wait = _wait(known[window.name], window, now, share if window.shared else 1.0, units)
        if wait > 0:
            refusals.append(Permit(False, wait, window.name))
    if refusals:
        return max(refusals, key=lambda permit: permit.wait), known
    return ALLOWED, {window.name: _counted(known[window.name], window, now, units) for window in windows}


def pause(state: WindowState, now: float, seconds: float | None) -> WindowState:
    """The state after the desk asked to wait; a shorter wait than one that runs changes nothing."""
    if not seconds or seconds <= 0:
        return state
    return replace(state, paused_until=max(state.paused_until, now + min(seconds, LONGEST_PAUSE)))


def report(
    state: WindowState, now: float, *, limit: int | None = None, left: int | None = None, resets_in: float | None = None
) -> WindowState:
    """The state with the desk's own figures of a window: its limit, the units left, the seconds until it restarts."""
    if limit is not None and limit > 0:
        state = replace(state, limit=limit)
    if left is None or resets_in is None:
        return state
    until = now + max(0.0, min(resets_in, LONGEST_PAUSE))
    if state.reported and abs(state.reported[0] - until) < MARGIN_SECONDS:
        left = min(left, state.reported[1])  # answers overtake one another: the smaller figure is the later one
    return replace(state, reported=(until, max(0, left)))


def rolled(state: WindowState, window: Window, now: float) -> WindowState:
    """The state as time has left it; what a clock ahead of all others has noted counts for one window at most."""
    held = window.seconds + MARGIN_SECONDS
    pieces = tuple(
        (start, units) for start, units in state.pieces if start + window.piece + held > now and start - now <= held
    )
    paused = state.paused_until if now < state.paused_until <= now + LONGEST_PAUSE else 0.0
    reported = state.reported if state.reported and now < state.reported[0] <= now + LONGEST_PAUSE else None
    return WindowState(pieces, paused, state.limit, reported)


def _latest(states: States, window: Window, now: float) -> float:
    """The newest moment that was counted, unless it is too far ahead to be true: time does not run backwards."""
    state = states.get(window.name)
    start = state.pieces[-1][0] if state and state.pieces else now
    return start if start - now <= window.seconds + MARGIN_SECONDS else now


def _wait(state: WindowState, window: Window, now: float, share: float, units: int) -> float:
    limit = window.limit if state.limit is None else state.limit
    most = max(1, int(limit * share))
    wait = max(0.0, state.paused_until - now)
    if state.reported and state.reported[1] - units < limit - most:
        wait = max(wait, state.reported[0] - now)
    excess = sum(count for _start, count in state.pieces) + units - most
    for start, count in state.pieces:
        if excess <= 0:
            break
        excess -= count
        wait = max(wait, start + window.piece + window.seconds + MARGIN_SECONDS - now)
    return wait if excess <= 0 else max(wait, window.seconds)  # it costs more than the window ever has


def _counted(state: WindowState, window: Window, now: float, units: int) -> WindowState:
    pieces = list(state.pieces)
    if pieces and now < pieces[-1][0] + window.piece:
        pieces[-1] = (pieces[-1][0], pieces[-1][1] + units)
    else:
        pieces.append((now, units))
    reported = (state.reported[0], max(0, state.reported[1] - units)) if state.reported else None
    return replace(state, pieces=tuple(pieces), reported=reported)
