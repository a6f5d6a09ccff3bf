"""The circuit breaker as a pure state machine (state and time in, verdict and new state out), and the lanes' shares.

Times are seconds since the epoch, as floats. The state is stored by the caller, under its own row lock.
"""

from dataclasses import dataclass, replace
from enum import Enum

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


class Pause(str, Enum):
    """Why the breaker lets no call through."""

    manual = "manual"  # a person switched the connection off
    failures = "failures"  # calls failed; ``BreakerState.reason`` says of what
    probe = "probe"  # one call is on its way, to see whether the remote is back


class Cause(str, Enum):
    """What has to happen before calls pass again, once the breaker is open."""

    manual = "manual"  # a person allows them again
    credentials = "credentials"  # a person enters another secret, or gives a permission
    settings = "settings"  # a person changes a setting of the platform
    account = "account"  # a person decides which account of the platform this connection is about
    copy = "copy"  # a person says that this database is the original, and no copy of it
    outage = "outage"  # nothing: a probe finds out whether the platform is back


# Causes that a person ends, so that a test of the connection can find them to be gone.
NEEDS_PERSON = (Cause.credentials.value, Cause.settings.value, Cause.account.value, Cause.copy.value)

# Codes of faults that are a cause of their own, whatever their class.
OTHER_ACCOUNT = "OTHER_ACCOUNT"
DATABASE_COPY = "DATABASE_COPY"
_CAUSE_BY_CODE = {OTHER_ACCOUNT: Cause.account, DATABASE_COPY: Cause.copy}
# Seconds after which work looks again whether a person has decided.
DECISION_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``wait``: seconds until asking again makes sense when a call is not ``allowed``; ``pause``: why it is not."""

    allowed: bool
    wait: float = 0.0
    pause: Pause | None = None


ALLOW = Verdict(True)


@dataclass(slots=True)
class BreakerState:
    """``state``: closed, open, half_open. ``forced``: "", "open" or "closed", set by hand and stronger than the rest.

    ``failures`` in a row; ``open_seconds`` of the latest opening, doubled each time a probe fails; ``fault_class`` and
    ``code`` of the fault that opened it.
    """

    state: str = "closed"
    failures: int = 0
    opened_at: float = 0.0
    next_probe_at: float = 0.0
    forced: str = ""
    open_seconds: float = 0.0
    reason: str = ""
    fault_class: str = ""
    code: str = ""

    def cause(self) -> Cause | None:
        """Return what lets calls pass again; None while all pass."""
        if self.forced:
            return Cause.manual if self.forced == "open" else None
        if self.state == "closed":
            return None
        if self.code in _CAUSE_BY_CODE:
            return _CAUSE_BY_CODE[self.code]
        if self.fault_class == FaultClass.auth:
            return Cause.credentials
        return Cause.settings if self.fault_class == FaultClass.contract else Cause.outage


def breaker_before(state: BreakerState, now: float) -> tuple[Verdict, BreakerState]:
    """May a call go out? Store the new state: of all who ask while it is half open, it lets one probe through."""
    if state.forced == "closed":
        return ALLOW, state
    if state.forced == "open":
        return Verdict(False, 60.0, Pause.manual), state
    if state.state == "closed":
        return ALLOW, state
    # A clock that was set back must not keep the breaker open for longer than it ever would be.
    wait = min(state.next_probe_at - now, OPEN_SECONDS_MAX)
    if wait > 0 and state.state == "half_open":
        return Verdict(False, min(wait, LOOK_SECONDS), Pause.probe), state
    if wait > 0:
        return Verdict(False, wait, Pause.failures), state
    return ALLOW, replace(state, state="half_open", next_probe_at=now + PROBE_SECONDS)


def breaker_stopped(state: BreakerState, now: float, code: str, reason: str) -> BreakerState:
    """The state after a finding that a person has to decide about, before any call; found again, it stays as it is."""
    if state.state == "open" and state.code == code:
        return state
    return BreakerState(
        "open",
        state.failures + 1,
        now,
        now + DECISION_SECONDS,
        state.forced,
        DECISION_SECONDS,
        reason,
        FaultClass.contract.value,
        code,
    )


def breaker_with_other_sign_in(state: BreakerState, now: float, failed: str, present: str) -> BreakerState:
    """The state as it is for a sign-in other than the one that stopped the calls: a probe may go at once.

    ``failed`` and ``present``: fingerprints of the sign-in that was refused, and of the one that would be made now.
    """
    return replace(state, next_probe_at=now) if waits_for_sign_in(state) and failed not in ("", present) else state


def waits_for_sign_in(state: BreakerState) -> bool:
    """Whether calls pass again once there is another sign-in: other credentials, or another account to be about."""
    return state.state == "open" and (state.fault_class == FaultClass.auth or state.code == OTHER_ACCOUNT)


def breaker_after(
    state: BreakerState,
    now: float,
    ok: bool,
    fault_class: FaultClass | str | None = None,
    *,
    threshold: int = FAILURE_THRESHOLD,
    wide: bool = False,
    reason: str = "",
    code: str = "",
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
    opened_by = str((fault or FaultClass.unknown).value)
    return BreakerState("open", failures, now, now + seconds, state.forced, seconds, reason, opened_by, code)
