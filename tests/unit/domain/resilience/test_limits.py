import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from retail_sync.domain.resilience.faults import FaultClass
from retail_sync.domain.resilience.limits import (
    OPEN_SECONDS_MAX,
    BreakerState,
    BudgetState,
    breaker_after,
    breaker_before,
    budget_after,
    budget_before,
)

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
    assert verdict.reason


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
    assert not second.allowed and second.wait > 0 and "probe" in second.reason


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
    assert not verdict.allowed and verdict.wait > 0 and same is shut
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


def test_lanes_stop_one_after_the_other():
    def allowed(used):
        state = BudgetState(window_start=0, limit=1000, used=used)
        return [lane for lane in ("critical", "standard", "bulk") if budget_before(state, 10, lane)[0].allowed]

    assert allowed(799) == ["critical", "standard", "bulk"]
    assert allowed(800) == ["critical", "standard"]
    assert allowed(900) == ["critical"]
    assert allowed(980) == []


def test_unknown_limit_stops_nobody():
    assert budget_before(BudgetState(used=10**9), 10, "bulk")[0].allowed


def test_unknown_lane_is_an_error():
    with pytest.raises(ValueError, match="lane"):
        budget_before(BudgetState(), 0, "express")


def test_a_batch_is_counted_as_the_calls_it_needs():
    state = BudgetState(window_start=0, limit=100, used=75)
    assert budget_before(state, 1, "bulk", calls=5)[0].allowed
    assert not budget_before(state, 1, "bulk", calls=6)[0].allowed


def test_headers_go_before_our_own_count():
    state = budget_after(BudgetState(window_start=0), 5, used_from_header=700, limit_from_header=1000)
    assert (state.used, state.limit) == (700, 1000)
    state = budget_after(state, 6)
    assert state.used == 701
    assert budget_after(state, 7, used_from_header=650).used == 650


def test_without_headers_it_waits_for_the_end_of_the_window():
    state = BudgetState(window_start=100, limit=10, used=10)
    verdict, _state = budget_before(state, 1100, "standard")
    assert (verdict.allowed, verdict.wait) == (False, 85400)
    assert "10 of 10" in verdict.reason
    verdict, state = budget_before(state, 86500, "standard")
    assert verdict.allowed and state.used == 0 and state.window_start == 86500


@pytest.mark.parametrize("behind", [0.001, 3, 3600])
def test_a_clock_behind_the_one_that_began_the_window_forgets_no_call(behind):
    """Two nodes, or a worker that read the clock before it waited for the row."""
    state = budget_after(BudgetState(), 1e6)
    state = budget_after(state, 1e6 - behind)
    assert (state.used, state.window_start) == (2, 1e6)
    full = BudgetState(window_start=1e6, limit=10, used=10)
    assert budget_before(full, 1e6 - behind, "bulk")[0].wait <= full.window_seconds


def test_a_clock_set_back_by_days_begins_a_window_anew():
    state = budget_after(BudgetState(window_start=1e6, used=10), 1e6 - 200_000)
    assert (state.used, state.window_start) == (1, 800_000)


def test_with_headers_one_call_re_checks_a_sliding_window():
    state = budget_after(BudgetState(window_start=0), 1000, used_from_header=990, limit_from_header=1000)
    verdict, state = budget_before(state, 1100, "bulk")
    assert (verdict.allowed, verdict.wait) == (False, 800)
    verdict, state = budget_before(state, 1900, "bulk")
    assert verdict.allowed
    # The others wait for what it learns, and not a second longer; when it never answers, another one may ask.
    waiting = budget_before(state, 1901, "bulk")[0]
    assert (waiting.allowed, waiting.wait) == (False, 2)
    assert budget_before(state, 1900 + 121, "bulk")[0].allowed
    state = budget_after(state, 1902, used_from_header=100)
    assert budget_before(state, 1903, "bulk")[0].allowed


def test_throttling_holds_every_lane_for_as_long_as_asked():
    state = budget_after(BudgetState(window_start=0, limit=1000), 10, retry_after=60)
    for lane in ("critical", "standard", "bulk"):
        assert budget_before(state, 20, lane)[0].wait == 50
        assert budget_before(state, 71, lane)[0].allowed
    assert budget_after(state, 11, retry_after=5).throttled_until == 70
    assert budget_after(BudgetState(window_start=0), 10, retry_after=0).throttled_until == 0


class BudgetMachine(RuleBasedStateMachine):
    """Whatever happens, a lane that obeys never takes the calls past its share by its own count."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self.state = BudgetState(window_start=0.0, window_seconds=1000.0, limit=100)
        self.last_lane = None

    @rule(seconds=st.floats(0, 400))
    def pass_time(self, seconds):
        self.now += seconds
        self.last_lane = None

    @rule(lane=st.sampled_from(["critical", "standard", "bulk"]))
    def call(self, lane):
        verdict, self.state = budget_before(self.state, self.now, lane)
        if verdict.allowed:
            self.state = budget_after(self.state, self.now)
            self.last_lane = lane
        else:
            assert verdict.wait > 0
            self.last_lane = None

    @precondition(lambda self: self.last_lane)
    @invariant()
    def within_share(self):
        share = {"critical": 98, "standard": 90, "bulk": 80}[self.last_lane]
        assert self.state.used <= share


TestBudgetMachine = BudgetMachine.TestCase
TestBudgetMachine.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
