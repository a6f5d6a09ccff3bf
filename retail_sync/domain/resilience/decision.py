"""What happens after a fault: retry when, park on what, stop what, ask whom. The only place that decides it.

Adapters classify a fault once (``FaultClass``); the caller says in which ``Scope`` it met the fault, and carries the
decision out. Steps that act on the class of a fault anywhere else repeat this table, and will differ from it one day.
"""

import random
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .faults import TEAM, FaultClass, FaultError, retry_delay

# Tries after which an event's record is given to people: whatever keeps failing on it, waiting did not help.
EVENT_TRIES = 10
# Deliveries in which the platform may leave a record out of its answer before people are asked.
UNANSWERED_TRIES = 6
# Deliveries in which a record may fail to be reconciled before people are asked, and the first pause between them.
UNRECONCILED_TRIES = 5
UNRECONCILED_SECONDS = 300.0
# Tries in which a refusal may be explained by reading the platform's record afresh.
REFRESH_TRIES = 2
# A fault that people have to end (credentials), or that names no time: look again this often.
LOOK_AGAIN = 60.0
# The content of a call is to blame, not the way to the platform: the call is halved until the guilty record is alone.
CONTENT_CLASSES = frozenset({FaultClass.business, FaultClass.unknown, FaultClass.duplicate, FaultClass.gone})

_PASSING = frozenset({FaultClass.transient, FaultClass.throttled, FaultClass.conflict, FaultClass.dependency})


class Scope(str, Enum):
    """Where a fault was met, and why the decision there differs.

    ``job``: a step of a load, poll, refresh or bulk delivery. Nothing else remembers the work, so the job itself waits
    and comes back for as long as an outage lasts. What waiting cannot cure ends the job: a contract fault stops the
    stream, the rest becomes an exception.

    ``event``: the job that reads the records of events. The events wait in their table, so the job never fails over a
    fault: it comes back.

    ``event_read``: one call that reads several records of events. A fault of the content counts a try of each, and the
    next call reads fewer of them; any other fault is not theirs and counts none. ``seconds`` is 0: how long to wait is
    decided in scope ``event``.

    ``event_record``: the same call for a single record, which is therefore the guilty one: it is given to people.

    ``poll_stream``: one stream's fault in the answer to a poll that served others. The next poll asks again.

    ``delivery_batch``: a delivery that failed as a whole. All of its messages wait again, whatever the fault; a
    contract fault stops the stream as well, and then they wait for it without a time. Waiting for credentials or for
    the platform's permission counts no try.

    ``delivery_record``: the platform's refusal of one record. What passes is tried again, with growing pauses while
    tries last; a conflict or a missing reference passes once the other side has caught up. Credentials and contract
    faults go to people here: the platform accepted the call and refused this record. ``readable``: reading the
    platform's record again may explain the refusal (it is gone; an unknown record looks the same), so that comes first,
    twice at most.

    ``delivery_unanswered``: the platform's answer left a record out; the fault says so.

    ``delivery_unreconciled``: the platform's record could not be reconciled before something was sent. What waiting may
    cure is looked at again, with pauses that grow; then people are asked. A missing right waits for people at once.

    ``reference``: a record refers to one that the other side does not know yet. Waiting is not trying: it is parked on
    that record (``on``), and released by news about it.

    ``write_intent``: the note of values that were sent. A clear refusal proves that they were not taken, so the note is
    closed (Stop); after any other fault they may have been taken, and the note waits for the next read (Park).
    """

    job = "job"
    event = "event"
    event_read = "event_read"
    event_record = "event_record"
    poll_stream = "poll_stream"
    delivery_batch = "delivery_batch"
    delivery_record = "delivery_record"
    delivery_unanswered = "delivery_unanswered"
    delivery_unreconciled = "delivery_unreconciled"
    reference = "reference"
    write_intent = "write_intent"


class Reason(str, Enum):
    """Why it is tried again."""

    passing = "passing"  # the other system, or the way to it, failed
    throttled = "throttled"  # the other system, or our own call guard, asked to wait
    credentials = "credentials"  # people have to replace credentials; work goes on after that
    unknown = "unknown"  # not classified: tried again a few times
    smaller = "smaller"  # the same records in smaller calls
    refresh = "refresh"  # read the platform's record first
    unanswered = "unanswered"  # the answer left the record out
    next_poll = "next_poll"  # the next poll asks again
    look_again = "look_again"  # waiting alone cures nothing, but the work must not be lost


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after ``seconds``. ``counts_attempt`` False: the try is not counted, however often it happens."""

    seconds: float
    counts_attempt: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Park:
    """Wait without a time until there is news about ``on``: "model/id" of a record, or NEXT_READ."""

    on: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop ``what`` (STREAM, INTENT). ``counts_attempt``: whether the work in hand, which waits, has used a try."""

    what: str
    counts_attempt: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Make an exception for ``team`` (technical, business); a fault rule may name another team."""

    team: str


Decision = Retry | Park | Stop | Ask
STREAM = "stream"
INTENT = "write_intent"
NEXT_READ = "next_read"


def decide(
    fault: FaultError, attempt: int, scope: Scope, *, readable: bool = False, on: str = "", rng: Any = random
) -> Decision:
    """Return what to do about a fault.

    ``attempt``: the number of the try that failed, from 1. ``readable``: see scope ``delivery_record``. ``on``: see
    scope ``reference``. ``rng``: source of the jitter. Raises ValueError where scope ``reference`` names no record.
    """
    fault_class = fault.fault_class
    if scope is Scope.job:
        return _job(fault, attempt, rng)
    if scope is Scope.event:
        decision = _job(fault, attempt, rng)
        return decision if isinstance(decision, Retry) else Retry(LOOK_AGAIN, False, _reason(fault_class))
    if scope in (Scope.event_read, Scope.event_record):
        return _event(fault_class, attempt, alone=scope is Scope.event_record)
    if scope is Scope.poll_stream:
        return Stop(STREAM) if fault_class is FaultClass.contract else Retry(0.0, False, Reason.next_poll)
    if scope is Scope.delivery_batch:
        return _batch(fault, attempt, rng)
    if scope is Scope.delivery_record:
        return _record(fault, attempt, readable, rng)
    if scope is Scope.delivery_unanswered:
        return Retry(5.0, True, Reason.unanswered) if attempt < UNANSWERED_TRIES else Ask(TEAM[fault_class])
    if scope is Scope.delivery_unreconciled:
        return _unreconciled(fault_class, attempt)
    if scope is Scope.write_intent:
        clear = {FaultClass.business, FaultClass.duplicate, FaultClass.gone, FaultClass.contract, FaultClass.auth}
        return Stop(INTENT) if fault_class in clear else Park(NEXT_READ)
    if not on:
        raise ValueError("A record that waits for a reference names the record it waits for.")
    return Park(on)


def counts_attempt(decision: Decision) -> bool:
    """Return whether the try that led to a decision is counted."""
    return decision.counts_attempt if isinstance(decision, (Retry, Stop)) else True


def blames_content(fault: FaultError) -> bool:
    """Return whether a call was refused over what it contains, so that halving it finds the guilty record."""
    return fault.fault_class in CONTENT_CLASSES


def _job(fault: FaultError, attempt: int, rng: Any) -> Decision:
    fault_class = fault.fault_class
    if fault_class is FaultClass.throttled:
        return Retry(_whole(fault.retry_after or LOOK_AGAIN), False, Reason.throttled)
    if fault_class is FaultClass.auth:
        # The breaker is open by now, so this asks our own call guard only.
        return Retry(LOOK_AGAIN, False, Reason.credentials)
    if fault_class is FaultClass.unknown:
        seconds = retry_delay(fault_class, attempt, fault.retry_after, rng)
        return Ask(TEAM[fault_class]) if seconds is None else Retry(_whole(seconds), True, Reason.unknown)
    if fault_class in _PASSING:
        # Tries are counted without a limit, so that the pause between them grows.
        seconds = retry_delay(FaultClass.transient, min(attempt, 5), fault.retry_after, rng) or 300.0
        return Retry(_whole(seconds), True, Reason.passing)
    return Stop(STREAM) if fault_class is FaultClass.contract else Ask(TEAM[fault_class])


def _event(fault_class: FaultClass, attempt: int, alone: bool) -> Decision:
    if fault_class is FaultClass.contract:
        return Stop(STREAM)
    if fault_class in _PASSING or fault_class is FaultClass.auth:
        return Retry(0.0, False, _reason(fault_class))
    if attempt >= EVENT_TRIES or (alone and fault_class is not FaultClass.unknown):
        return Ask(TEAM[fault_class])
    return Retry(0.0, True, Reason.smaller)


def _batch(fault: FaultError, attempt: int, rng: Any) -> Decision:
    fault_class = fault.fault_class
    if fault_class is FaultClass.contract:
        return Stop(STREAM, counts_attempt=True)
    if fault_class is FaultClass.auth:
        return Retry(LOOK_AGAIN, False, Reason.credentials)
    seconds = fault.retry_after or retry_delay(FaultClass.transient, min(attempt, 5), None, rng) or LOOK_AGAIN
    return Retry(_whole(seconds), fault_class is not FaultClass.throttled, _reason(fault_class))


def _record(fault: FaultError, attempt: int, readable: bool, rng: Any) -> Decision:
    fault_class = fault.fault_class
    if readable and attempt <= REFRESH_TRIES:
        if fault_class is FaultClass.duplicate:
            return Retry(30.0, True, Reason.refresh)
        if fault_class is FaultClass.gone:
            return Retry(10.0, True, Reason.refresh)
    if fault_class is FaultClass.throttled:
        return Retry(_whole(fault.retry_after or LOOK_AGAIN), True, Reason.throttled)
    if fault_class in _PASSING or fault_class is FaultClass.unknown:
        schedule = FaultClass.unknown if fault_class is FaultClass.unknown else FaultClass.transient
        seconds = retry_delay(schedule, attempt, fault.retry_after, rng)
        if seconds is not None:
            return Retry(_whole(seconds), True, _reason(fault_class))
    return Ask(TEAM[fault_class])


def _unreconciled(fault_class: FaultClass, attempt: int) -> Decision:
    if fault_class is FaultClass.contract or attempt >= UNRECONCILED_TRIES:
        return Ask(TEAM[fault_class])
    return Retry(UNRECONCILED_SECONDS * 2.0 ** (max(attempt, 1) - 1), True, Reason.look_again)


def _reason(fault_class: FaultClass) -> Reason:
    known = {
        FaultClass.throttled: Reason.throttled,
        FaultClass.auth: Reason.credentials,
        FaultClass.unknown: Reason.unknown,
    }
    return known.get(fault_class, Reason.passing if fault_class in _PASSING else Reason.look_again)


def _whole(seconds: float) -> float:
    """Return whole seconds, one at least: messages and jobs keep their times in seconds."""
    return float(max(1, int(seconds)))
