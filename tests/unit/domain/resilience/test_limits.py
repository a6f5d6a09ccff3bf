import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience.faults import FaultClass
from retail_sync.domain.resilience.limits import OPEN_SECONDS_MAX, BreakerState, Pause, breaker_after, breaker_before

ANSWERS = ["business", "duplicate", "gone", "throttled", "conflict", "dependency", "contract"]


def opened(now=1000.0, times=5):
    state = BreakerState()
    for _n in range(times):
        state = breaker_after(state, now, False, "transient")
    return state


def test_five_failures_in_a_row_open_it():
    state = opened(times=4)
    assert state.state == "closed" and breaker_before(state, 1000)[0].allowed
    state = breaker_after(state, 1000, False, "unknown")
    assert state.state == "open"
    verdict, same = breaker_before(state, 1010)
    assert (verdict.allowed, verdict.wait, same) == (False, 20, state)
    assert verdict.pause is Pause.failures


def test_the_threshold_is_a_parameter():
    assert breaker_after(BreakerState(), 1, False, "transient", threshold=1).state == "open"


@pytest.mark.parametrize("fault", ANSWERS)
def test_an_answer_of_any_kind_proves_that_it_works(fault):
    state = opened(times=4)
    state = breaker_after(state, 1000, False, fault)
    assert (state.state, state.failures) == ("closed", 0)


def test_a_success_resets_the_count():
    assert breaker_after(opened(times=4), 1000, True).failures == 0


def test_bad_credentials_open_it_at_once():
    assert breaker_after(BreakerState(), 1, False, "auth", reason="x").reason == "x"
    assert breaker_after(BreakerState(), 1, False, "auth").state == "open"
    assert breaker_after(BreakerState(), 1, False, "contract").state == "closed"
    assert breaker_after(BreakerState(), 1, False, "contract", wide=True).state == "open"


def test_one_probe_at_a_time():
    verdict, state = breaker_before(opened(), 1030)
    assert verdict.allowed and state.state == "half_open"
    second, state = breaker_before(state, 1031)
    assert not second.allowed and second.wait > 0 and second.pause is Pause.probe


def test_who_meets_a_probe_looks_again_in_seconds_and_not_when_a_dead_one_is_given_up():
    """Seen: a drain that met another's probe waited for two minutes, though the platform was back at once."""
    _verdict, state = breaker_before(opened(), 1030)
    assert breaker_before(state, 1030.1)[0].wait == 2
    assert breaker_before(state, 1149)[0].wait == 1


def test_a_probe_that_never_reports_is_replaced():
    _verdict, state = breaker_before(opened(), 1030)
    verdict, state = breaker_before(state, 1030 + 121)
    assert verdict.allowed and state.state == "half_open"


def test_the_pause_doubles_up_to_fifteen_minutes():
    state, now, pauses = opened(), 1000.0, []
    for _n in range(8):
        pauses.append(state.next_probe_at - now)
        now = state.next_probe_at
        _verdict, state = breaker_before(state, now)
        state = breaker_after(state, now, False, "transient")
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_good_probe_closes_it_and_forgets_the_pause():
    _verdict, state = breaker_before(opened(), 1030)
    assert breaker_after(state, 1031, True) == BreakerState()
    assert breaker_after(state, 1031, False, "business") == BreakerState()


def test_a_late_answer_from_before_does_not_close_it():
    state = opened()
    assert breaker_after(state, 1001, True) == state
    assert breaker_after(state, 1001, False, "transient").next_probe_at == state.next_probe_at


def test_forced_by_hand():
    shut = BreakerState(forced="open")
    verdict, same = breaker_before(shut, 5)
    assert not verdict.allowed and verdict.wait > 0 and verdict.pause is Pause.manual and same is shut
    assert breaker_after(shut, 5, True).forced == "open"
    free = BreakerState(state="open", next_probe_at=1e9, forced="closed")
    assert breaker_before(free, 5)[0].allowed
    assert breaker_after(free, 5, True).state == "closed"
    assert breaker_after(opened(), 5, False, "auth").forced == ""


def test_a_clock_set_back_does_not_shut_it_for_hours():
    assert breaker_before(opened(now=1e6), 1000)[0].wait <= OPEN_SECONDS_MAX


@given(
    st.lists(
        st.tuples(st.floats(0, 500), st.booleans(), st.sampled_from([None, *FaultClass]), st.booleans()), max_size=60
    )
)
def test_breaker_properties(steps):
    """No input state is changed, no wait exceeds the longest pause, and only outages or auth ever open it."""
    state, now = BreakerState(), 0.0
    outage_seen = False
    for delta, ok, fault, wide in steps:
        now += delta
        before = repr(state)
        verdict, new = breaker_before(state, now)
        assert repr(state) == before
        assert verdict.allowed or 0 < verdict.wait <= OPEN_SECONDS_MAX
        state = new
        if verdict.allowed:
            outage_seen |= not ok and (
                fault in (None, "transient", "unknown", "auth") or (fault == "contract" and wide)
            )
            state = breaker_after(state, now, ok, fault, wide=wide)
    assert state.state == "closed" or outage_seen
