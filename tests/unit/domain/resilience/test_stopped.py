"""The breaker where a person has to decide, or a sign-in was refused."""

import pytest

from retail_sync.domain.resilience import limits
from retail_sync.domain.resilience.limits import DATABASE_COPY, OTHER_ACCOUNT, BreakerState, Cause

NOW = 1_800_000_000.0


@pytest.mark.parametrize(("code", "cause"), [(DATABASE_COPY, Cause.copy), (OTHER_ACCOUNT, Cause.account)])
def test_what_a_person_decides_is_a_cause_of_its_own(code, cause):
    stopped = limits.breaker_stopped(BreakerState(), NOW, code, "why")
    assert (stopped.state, stopped.reason, stopped.cause()) == ("open", "why", cause)
    assert cause.value in limits.NEEDS_PERSON
    assert not limits.breaker_before(stopped, NOW + 1)[0].allowed


def test_the_same_finding_again_changes_nothing():
    stopped = limits.breaker_stopped(BreakerState(), NOW, OTHER_ACCOUNT, "why")
    assert limits.breaker_stopped(stopped, NOW + 60, OTHER_ACCOUNT, "why") is stopped
    assert limits.breaker_stopped(stopped, NOW + 60, DATABASE_COPY, "copy").code == DATABASE_COPY


def test_a_person_who_stopped_the_calls_stays_in_charge():
    stopped = limits.breaker_stopped(BreakerState(forced="open"), NOW, DATABASE_COPY, "why")
    assert (stopped.forced, stopped.cause()) == ("open", Cause.manual)


@pytest.mark.parametrize(
    "stopped",
    [
        limits.breaker_after(BreakerState(), NOW, False, "auth", code="invalid_client"),
        limits.breaker_stopped(BreakerState(), NOW, OTHER_ACCOUNT, "why"),
    ],
)
def test_another_sign_in_is_tried_at_once(stopped):
    due = limits.breaker_with_other_sign_in(stopped, NOW + 1, "former", "present")
    assert limits.breaker_before(due, NOW + 1)[0].allowed
    same = limits.breaker_with_other_sign_in(stopped, NOW + 1, "former", "former")
    assert not limits.breaker_before(same, NOW + 1)[0].allowed
    unknown = limits.breaker_with_other_sign_in(stopped, NOW + 1, "", "present")
    assert not limits.breaker_before(unknown, NOW + 1)[0].allowed


def test_an_outage_does_not_end_by_another_sign_in():
    stopped = BreakerState()
    for _turn in range(limits.FAILURE_THRESHOLD):
        stopped = limits.breaker_after(stopped, NOW, False, "transient")
    assert limits.breaker_with_other_sign_in(stopped, NOW + 1, "former", "present") is stopped
