"""The circuit breaker and the API budget as pure state machines: state and time in, verdict and new state out.

Times are seconds since the epoch, as floats. The state is stored by the caller, under its own row lock.
"""

from dataclasses import dataclass, replace

from .faults import FaultClass

LANES = ("critical", "standard", "bulk")
LANE_SHARE = {"critical": 0.98, "standard": 0.90, "bulk": 0.80}
FAILURE_THRESHOLD = 5
OPEN_SECONDS = 30.0
OPEN_SECONDS_MAX = 900.0
# A probe whose worker died reports nothing: after this time another one may go.
PROBE_SECONDS = 120.0
# A probe that lives ends within seconds. Who meets one looks again this soon, so that what is urgent does not wait
# for the time of a dead one.
LOOK_SECONDS = 2.0
# While the remote's count of our calls is older than this, one call may pass to learn it anew.
RECHECK_SECONDS = 900.0

# The remote did not do its part. Any other fault is an answer, and an answer proves that it works.
_OUTAGE = frozenset({FaultClass.transient, FaultClass.unknown})


@dataclass(frozen=True, slots=True)
class Verdict:
    """``wait``: seconds until asking again makes sense when a call is not ``allowed``. ``reason``: for a person."""

    allowed: bool
    wait: float = 0.0
    reason: str = ""


ALLOW = Verdict(True)


@dataclass(slots=True)
class BreakerState:
    """``state``: closed, open, half_open. ``forced``: "", "open" or "closed", set by hand and stronger than the rest.

    ``failures`` in a row; ``open_seconds`` of the latest opening, doubled each time a probe fails.
    """

    state: str = "closed"
    failures: int = 0
    opened_at: float = 0.0
    next_probe_at: float = 0.0
    forced: str = ""
    open_seconds: float = 0.0
    reason: str = ""


def breaker_before(state: BreakerState, now: float) -> tuple[Verdict, BreakerState]:
    """May a call go out? Store the new state: of all who ask while it is half open, it lets one probe through."""
    if state.forced == "closed":
        return ALLOW, state
    if state.forced == "open":
        return Verdict(False, 60.0, "The connection was switched off by hand."), state
    if state.state == "closed":
        return ALLOW, state
    # A clock that was set back must not keep the breaker open for longer than it ever would be.
    wait = min(state.next_probe_at - now, OPEN_SECONDS_MAX)
    if wait > 0 and state.state == "half_open":
        return Verdict(False, min(wait, LOOK_SECONDS), "A probe is under way."), state
    if wait > 0:
        return Verdict(False, wait, f"The connection is paused. {state.reason}".strip()), state
    return ALLOW, replace(state, state="half_open", next_probe_at=now + PROBE_SECONDS)


def breaker_after(
    state: BreakerState,
    now: float,
    ok: bool,
    fault_class: FaultClass | str | None = None,
    *,
    threshold: int = FAILURE_THRESHOLD,
    wide: bool = False,
    reason: str = "",
) -> BreakerState:
    """The state after a call that went well (``ok``) or ended in a fault of the given class.

    ``wide`` marks a contract fault that concerns the whole connection (the API is switched off) and not a single
    stream.
    """
    fault = None if ok else FaultClass(fault_class or FaultClass.unknown)
    at_once = fault is FaultClass.auth or (fault is FaultClass.contract and wide)
    if not at_once and fault not in _OUTAGE:
        # A late answer to a call from before the opening is no probe: the pause it caused goes on.
        if state.state == "open" and state.forced != "closed":
            return state
        return BreakerState(forced=state.forced)
    failures = state.failures + 1
    if state.state == "closed" and not at_once and failures < threshold:
        return replace(state, failures=failures)
    if state.state == "open":
        return replace(state, failures=failures)
    seconds = min(OPEN_SECONDS_MAX, state.open_seconds * 2) if state.state == "half_open" else OPEN_SECONDS
    return BreakerState("open", failures, now, now + seconds, state.forced, seconds, reason)


@dataclass(slots=True)
class BudgetState:
    """Calls within a window. ``limit`` is ``None`` until the remote reports it.

    ``used``: the remote's own count from its latest answer (other integrations included) plus our calls since; while
    it reports none, our calls alone. ``reported_at``: when it last reported; 0 for never.
    """

    window_start: float = 0.0
    window_seconds: float = 86400.0
    limit: int | None = None
    used: int = 0
    reported_at: float = 0.0
    throttled_until: float = 0.0


def _roll(state: BudgetState, now: float) -> BudgetState:
    # A clock behind the one that began the window (another node's, one set back) does not begin it anew: that would
    # forget the calls made since.
    if abs(now - state.window_start) < state.window_seconds:
        return state
    return replace(state, window_start=now, used=0, reported_at=0.0)


def budget_before(state: BudgetState, now: float, lane: str, calls: int = 1) -> tuple[Verdict, BudgetState]:
    """May ``calls`` more calls of this lane go out? Bulk stops first, the critical lane last. Store the new state."""
    if lane not in LANE_SHARE:
        raise ValueError(f"Unknown lane {lane!r}.")
    state = _roll(state, now)
    if state.throttled_until > now:
        wait = min(state.throttled_until - now, state.window_seconds)
        return Verdict(False, wait, "The other system asked us to slow down."), state
    share = LANE_SHARE[lane]
    if state.limit is None or state.used + calls <= state.limit * share:
        return ALLOW, state
    reason = f"{state.used} of {state.limit} API calls are used; the {lane} lane stops at {share:.0%}."
    until_end = min(state.window_start + state.window_seconds - now, state.window_seconds)
    if not state.reported_at:
        return Verdict(False, until_end, reason), state
    # The remote's window slides: what it counted an hour ago may have run out. Let a single call learn it; until its
    # answer comes, what the remote reported counts as nearly, not yet, too old.
    stale_in = state.reported_at + RECHECK_SECONDS - now
    if stale_in <= 0:
        return ALLOW, replace(state, reported_at=now - RECHECK_SECONDS + PROBE_SECONDS)
    if stale_in <= PROBE_SECONDS:
        stale_in = min(stale_in, LOOK_SECONDS)
    return Verdict(False, min(until_end, stale_in), reason), state


def budget_after(
    state: BudgetState,
    now: float,
    used_from_header: int | None = None,
    limit_from_header: int | None = None,
    retry_after: float | None = None,
    calls: int = 1,
) -> BudgetState:
    """The state after ``calls`` calls, with what the answer's headers said. ``retry_after`` in seconds."""
    state = _roll(state, now)
    until = max(state.throttled_until, now + retry_after) if retry_after and retry_after > 0 else state.throttled_until
    return replace(
        state,
        used=used_from_header if used_from_header is not None else state.used + calls,
        limit=limit_from_header if limit_from_header is not None else state.limit,
        reported_at=now if used_from_header is not None else state.reported_at,
        throttled_until=until,
    )
