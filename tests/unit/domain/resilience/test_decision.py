"""``decide`` against what each of the former seven places decided, written out as tables."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience.decision import (
    EVENT_TRIES,
    INTENT,
    NEXT_READ,
    STREAM,
    Ask,
    Park,
    Reason,
    Retry,
    Scope,
    Stop,
    blames_content,
    counts_attempt,
    decide,
)
from retail_sync.domain.resilience.faults import BUSINESS, TEAM, TECHNICAL, FaultClass, FaultError, retry_delay

BUSINESS_ASK, TECHNICAL_ASK = Ask(BUSINESS), Ask(TECHNICAL)


class Longest:
    """A source of jitter that always asks for the longest pause."""

    @staticmethod
    def uniform(_low, high):
        return high


def fault(name, retry_after=None):
    return FaultError(name, "CODE", retry_after=retry_after)


def decided(name, attempt, scope, retry_after=None, **more):
    return decide(fault(name, retry_after), attempt, scope, rng=Longest, **more)


def passing(seconds, counts=True):
    return Retry(seconds, counts, Reason.passing)


# (class, try, retry_after, decision)
JOB = [
    ("transient", 1, None, passing(2)),
    ("transient", 4, None, passing(16)),
    ("transient", 5, None, passing(32)),
    ("transient", 99, None, passing(32)),
    ("transient", 1, 120, passing(120)),
    ("conflict", 2, None, passing(4)),
    ("dependency", 3, None, passing(8)),
    ("throttled", 1, None, Retry(60, False, Reason.throttled)),
    ("throttled", 50, 7.9, Retry(7, False, Reason.throttled)),
    ("throttled", 1, 0.2, Retry(1, False, Reason.throttled)),
    ("auth", 1, None, Retry(60, False, Reason.credentials)),
    ("auth", 30, 5, Retry(60, False, Reason.credentials)),
    ("unknown", 1, None, Retry(30, True, Reason.unknown)),
    ("unknown", 1, 90, Retry(90, True, Reason.unknown)),
    ("unknown", 2, None, TECHNICAL_ASK),
    ("contract", 1, None, Stop(STREAM)),
    ("business", 1, None, BUSINESS_ASK),
    ("gone", 1, None, BUSINESS_ASK),
    ("duplicate", 1, None, BUSINESS_ASK),
]
LOOK = Retry(60, False, Reason.look_again)
EVENT = [(*row[:3], row[3]) for row in JOB if isinstance(row[3], Retry)] + [
    ("unknown", 2, None, Retry(60, False, Reason.unknown)),
    ("contract", 1, None, LOOK),
    ("business", 1, None, LOOK),
    ("gone", 1, 5, LOOK),
    ("duplicate", 9, None, LOOK),
]
NOT_THEIRS = [
    ("transient", 1, None, passing(0, False)),
    ("transient", 40, None, passing(0, False)),
    ("conflict", 1, None, passing(0, False)),
    ("dependency", 1, None, passing(0, False)),
    ("throttled", 1, 60, Retry(0, False, Reason.throttled)),
    ("auth", 1, None, Retry(0, False, Reason.credentials)),
    ("contract", 1, None, Stop(STREAM)),
]
SMALLER = Retry(0, True, Reason.smaller)
EVENT_READ = NOT_THEIRS + [
    ("unknown", 1, None, SMALLER),
    ("unknown", EVENT_TRIES - 1, None, SMALLER),
    ("unknown", EVENT_TRIES, None, TECHNICAL_ASK),
    ("business", 1, None, SMALLER),
    ("gone", 3, None, SMALLER),
    ("duplicate", 3, None, SMALLER),
]
EVENT_RECORD = NOT_THEIRS + [
    ("unknown", 1, None, SMALLER),
    ("unknown", EVENT_TRIES - 1, None, SMALLER),
    ("unknown", EVENT_TRIES, None, TECHNICAL_ASK),
    ("business", 1, None, BUSINESS_ASK),
    ("gone", 1, None, BUSINESS_ASK),
    ("duplicate", 1, None, BUSINESS_ASK),
]
POLL_STREAM = [
    (name, 1, None, Retry(0, False, Reason.next_poll)) for name in FaultClass.__members__ if name != "contract"
] + [("contract", 1, None, Stop(STREAM))]
BATCH = [
    ("transient", 1, None, passing(2)),
    ("transient", 9, None, passing(32)),
    ("transient", 9, 3.5, passing(3)),
    ("conflict", 1, None, passing(2)),
    ("dependency", 2, None, passing(4)),
    ("throttled", 1, None, Retry(2, False, Reason.throttled)),
    ("throttled", 1, 600, Retry(600, False, Reason.throttled)),
    ("auth", 4, None, Retry(60, False, Reason.credentials)),
    ("auth", 4, 5, Retry(60, False, Reason.credentials)),
    ("unknown", 3, None, Retry(8, True, Reason.unknown)),
    ("business", 1, None, Retry(2, True, Reason.look_again)),
    ("gone", 1, None, Retry(2, True, Reason.look_again)),
    ("duplicate", 5, None, Retry(32, True, Reason.look_again)),
    ("contract", 1, None, Stop(STREAM, counts_attempt=True)),
]
RECORD = [
    ("transient", 1, None, passing(2)),
    ("transient", 5, 100, passing(100)),
    ("transient", 6, None, TECHNICAL_ASK),
    ("conflict", 5, None, passing(32)),
    ("conflict", 6, None, BUSINESS_ASK),
    ("dependency", 1, None, passing(2)),
    ("dependency", 6, None, BUSINESS_ASK),
    ("throttled", 1, None, Retry(60, True, Reason.throttled)),
    ("throttled", 40, 5, Retry(5, True, Reason.throttled)),
    ("unknown", 1, None, Retry(30, True, Reason.unknown)),
    ("unknown", 2, None, TECHNICAL_ASK),
    ("auth", 1, None, TECHNICAL_ASK),
    ("contract", 1, None, TECHNICAL_ASK),
    ("business", 1, None, BUSINESS_ASK),
    ("gone", 1, None, BUSINESS_ASK),
    ("duplicate", 1, None, BUSINESS_ASK),
]
UNANSWERED = [
    ("transient", 1, None, Retry(5, True, Reason.unanswered)),
    ("transient", 5, None, Retry(5, True, Reason.unanswered)),
    ("transient", 6, None, TECHNICAL_ASK),
]
CLEAR = ("business", "duplicate", "gone", "contract", "auth")
WRITE_INTENT = [(name, 1, None, Stop(INTENT) if name in CLEAR else Park(NEXT_READ)) for name in FaultClass.__members__]
TABLES = {
    Scope.job: JOB,
    Scope.event: EVENT,
    Scope.event_read: EVENT_READ,
    Scope.event_record: EVENT_RECORD,
    Scope.poll_stream: POLL_STREAM,
    Scope.delivery_batch: BATCH,
    Scope.delivery_record: RECORD,
    Scope.delivery_unanswered: UNANSWERED,
    Scope.write_intent: WRITE_INTENT,
}
ROWS = [(scope, *row) for scope, rows in TABLES.items() for row in rows]


@pytest.mark.parametrize(("scope", "name", "attempt", "retry_after", "expected"), ROWS)
def test_a_fault_is_decided_by_scope_as_the_table_says(scope, name, attempt, retry_after, expected):
    assert decided(name, attempt, scope, retry_after) == expected


@pytest.mark.parametrize("scope", [scope for scope in TABLES if scope is not Scope.delivery_unanswered])
def test_each_table_names_every_class(scope):
    assert {row[0] for row in TABLES[scope]} == set(FaultClass.__members__)


@pytest.mark.parametrize(("name", "seconds"), [("duplicate", 30), ("gone", 10)])
def test_a_refusal_that_a_fresh_read_may_explain_is_read_first_twice_at_most(name, seconds):
    for attempt in (1, 2):
        expected = Retry(seconds, True, Reason.refresh)
        assert decided(name, attempt, Scope.delivery_record, readable=True) == expected
    assert decided(name, 3, Scope.delivery_record, readable=True) == BUSINESS_ASK
    assert decided("business", 1, Scope.delivery_record, readable=True) == BUSINESS_ASK


def test_a_record_that_waits_for_a_reference_is_parked_on_it():
    assert decided("dependency", 1, Scope.reference, on="res.partner/42") == Park("res.partner/42")
    with pytest.raises(ValueError, match="names the record"):
        decided("dependency", 1, Scope.reference)


def test_which_tries_count():
    assert not counts_attempt(decided("throttled", 1, Scope.delivery_batch))
    assert counts_attempt(decided("contract", 1, Scope.delivery_batch))
    assert not counts_attempt(decided("contract", 1, Scope.event_read))
    assert counts_attempt(BUSINESS_ASK) and counts_attempt(Park("x/1"))


def test_a_call_is_halved_over_its_content_only():
    blamed = {name for name in FaultClass.__members__ if blames_content(fault(name))}
    assert blamed == {"business", "unknown", "duplicate", "gone"}


# -- the former functions, copied: (seconds, whether the try counts), or None for "a person or a stop"


def as_retry_before(error, attempt, rng):
    name = error.fault_class
    if name == FaultClass.throttled:
        return max(1, int(error.retry_after or 60)), False
    if name == FaultClass.unknown:
        seconds = retry_delay(name, attempt, error.retry_after, rng)
        return None if seconds is None else (max(1, int(seconds)), True)
    if name in (FaultClass.transient, FaultClass.conflict, FaultClass.dependency):
        seconds = retry_delay(FaultClass.transient, min(attempt, 5), error.retry_after, rng) or 300
        return max(1, int(seconds)), True
    return (60, False) if name == FaultClass.auth else None


def event_before(error, attempt, rng):
    return as_retry_before(error, attempt, rng) or (60, False)


def batch_before(error, attempt, rng):
    waiting = error.fault_class in (FaultClass.throttled, FaultClass.auth)
    seconds = error.retry_after or retry_delay(FaultClass.transient, min(attempt, 5), rng=rng) or 60
    seconds = max(1, int(60 if error.fault_class == FaultClass.auth else seconds))
    return None if error.fault_class == FaultClass.contract else (seconds, not waiting)


def record_before(error, tries, rng):
    passing_classes = ("transient", "throttled", "dependency", "conflict", "unknown")
    if error.fault_class not in passing_classes:
        return None
    name = FaultClass.unknown if error.fault_class == FaultClass.unknown else FaultClass.transient
    seconds = retry_delay(name, tries, error.retry_after, rng)
    if error.fault_class == FaultClass.throttled:
        seconds = error.retry_after or 60
    return None if seconds is None else (max(1, int(seconds)), True)


BEFORE = {
    Scope.job: as_retry_before,
    Scope.event: event_before,
    Scope.delivery_batch: batch_before,
    Scope.delivery_record: record_before,
}


@pytest.mark.parametrize("scope", BEFORE)
def test_every_pause_is_what_it_was(scope):
    @given(
        st.sampled_from(list(FaultClass)),
        st.integers(1, 40),
        st.none() | st.floats(-10, 5000),
        st.integers(0, 2**32),
    )
    def check(fault_class, attempt, retry_after, seed):
        error = fault(fault_class, retry_after)
        decision = decide(error, attempt, scope, rng=random.Random(seed))
        before = BEFORE[scope](error, attempt, random.Random(seed))
        if before is None:
            assert isinstance(decision, (Ask, Stop))
        else:
            assert isinstance(decision, Retry)
            assert (decision.seconds, decision.counts_attempt) == before

    check()


@given(st.sampled_from(list(FaultClass)), st.integers(1, 40), st.sampled_from([*TABLES]))
def test_people_who_are_asked_are_the_team_of_the_class(fault_class, attempt, scope):
    decision = decide(fault(fault_class), attempt, scope)
    if isinstance(decision, Ask):
        assert decision.team == TEAM[fault_class]


def test_a_delivery_that_cannot_be_reconciled_waits_longer_each_time_and_then_asks():
    """It was looked at again every five minutes for ever."""
    found = [decided("business", attempt, Scope.delivery_unreconciled) for attempt in range(1, 7)]
    assert [decision.seconds for decision in found[:4]] == [300, 600, 1200, 2400]
    assert all(decision.counts_attempt for decision in found[:4])
    assert found[4:] == [BUSINESS_ASK, BUSINESS_ASK]


def test_a_missing_right_waits_for_people_at_once():
    assert decided("contract", 1, Scope.delivery_unreconciled) == TECHNICAL_ASK
