import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience.budget import (
    ALLOWED,
    BudgetState,
    Refusal,
    Shape,
    Window,
    report,
    take,
    throttle,
)

ALL = {"critical": 1.0, "standard": 1.0, "bulk": 1.0}
MINUTE = Window("minute", 60, 10, shares=ALL)
TEN_SECONDS = Window("ten seconds", 10, 4, shares=ALL)
DAY = Window("day", 86400, 1000)
BUCKET = Window("bucket", 20, 40, unit="points", shape=Shape.leaky, shares=ALL)
START = 1_000_000.0


def taken(times, windows, cost=1, lane="standard", now=START, state=None):
    state = state or BudgetState()
    for _n in range(times):
        permit, state = take(state, windows, cost, lane, now)
        assert permit.allowed
    return state


# -- several windows


def test_every_window_has_to_permit_a_call():
    windows = [TEN_SECONDS, MINUTE]
    state = taken(4, windows)
    permit, state = take(state, windows, 1, "standard", START + 1)
    assert (permit.allowed, permit.refusal, permit.window, permit.wait) == (False, Refusal.used_up, "ten seconds", 9)
    state = taken(4, windows, now=START + 10, state=state)
    state = taken(2, windows, now=START + 20, state=state)
    permit, _state = take(state, windows, 1, "standard", START + 21)
    assert (permit.window, permit.wait) == ("minute", 39)


def test_the_longest_wait_counts_and_a_refused_call_is_counted_nowhere():
    windows = [TEN_SECONDS, Window("hour", 3600, 4, shares=ALL)]
    state = taken(4, windows)
    permit, after = take(state, windows, 1, "standard", START)
    assert (permit.window, permit.wait) == ("hour", 3600)
    assert after == state


def test_calls_and_points_are_counted_separately():
    windows = [TEN_SECONDS, BUCKET]
    permit, state = take(BudgetState(), windows, {"calls": 1, "points": 30}, "standard", START)
    assert permit == ALLOWED
    assert (state.windows["ten seconds"].used, state.windows["bucket"].used) == (1, 30)
    permit, _state = take(state, windows, {"calls": 1, "points": 30}, "standard", START)
    assert (permit.window, permit.wait) == ("bucket", 10)
    assert take(state, windows, 1, "standard", START)[0].allowed


def test_the_urgent_lane_has_a_reserve():
    state = taken(900, [DAY])
    permit, state = take(state, [DAY], 1, "standard", START)
    assert (permit.allowed, permit.used, permit.limit, permit.share) == (False, 900, 1000, 0.9)
    assert not take(state, [DAY], 1, "bulk", START)[0].allowed
    state = taken(80, [DAY], lane="critical", state=state)
    assert not take(state, [DAY], 1, "critical", START)[0].allowed


def test_what_never_fits_says_so():
    permit, _state = take(BudgetState(), [BUCKET], {"points": 41}, "standard", START)
    assert (permit.allowed, permit.refusal) == (False, Refusal.too_large)
    permit, _state = take(BudgetState(), [Window("none", 60, 0)], 1, "critical", START)
    assert (permit.allowed, permit.refusal, permit.wait) == (False, Refusal.too_large, 60)
    permit, _state = take(BudgetState(), [Window("none", 60, 0, shape=Shape.leaky)], 1, "critical", START)
    assert (permit.allowed, permit.wait) == (False, 60)


def test_an_unknown_limit_refuses_nothing_until_the_platform_reports_it():
    window = Window("day", 86400)
    state = taken(5000, [window])
    state = report(state, window, START, used=5000, limit=5000)
    assert not take(state, [window], 1, "critical", START)[0].allowed


# -- leaky buckets


def test_a_bucket_runs_out_evenly():
    state = taken(1, [BUCKET], cost={"points": 40})
    permit, state = take(state, [BUCKET], {"points": 10}, "standard", START + 1)
    assert permit.wait == pytest.approx(4)
    permit, state = take(state, [BUCKET], {"points": 10}, "standard", START + 5)
    assert permit.allowed
    assert state.windows["bucket"].used == pytest.approx(40)


def test_the_platforms_level_of_a_bucket_counts():
    state = report(taken(1, [BUCKET], cost={"points": 40}), BUCKET, START + 1, used=5)
    assert take(state, [BUCKET], {"points": 35}, "standard", START + 1)[0].allowed


def test_a_clock_that_was_set_back_neither_empties_a_bucket_nor_stops_it_for_long():
    state = taken(1, [BUCKET], cost={"points": 40})
    permit, state = take(state, [BUCKET], {"points": 4}, "standard", START - 5)
    assert not permit.allowed and permit.wait == pytest.approx(7)
    permit, state = take(state, [BUCKET], {"points": 4}, "standard", START - 5000)
    assert not permit.allowed and permit.wait == pytest.approx(2)
    assert take(state, [BUCKET], {"points": 4}, "standard", START - 4998)[0].allowed


# -- waiting at the platform's request


def test_a_throttled_connection_waits_whatever_is_left():
    state = throttle(BudgetState(), START, 30)
    permit, state = take(state, [MINUTE], 1, "critical", START + 10)
    assert (permit.allowed, permit.refusal, permit.wait) == (False, Refusal.throttled, 20)
    assert throttle(state, START, 5) == state and throttle(state, START, None) == state
    assert take(state, [MINUTE], 1, "critical", START + 30)[0].allowed
    # As after a clock that was set back.
    assert take(state, [MINUTE], 1, "critical", START - 10_000)[0].wait == 60
    assert take(state, [], 1, "critical", START)[0].wait == 30


# -- soundness


@pytest.mark.parametrize(
    "make",
    [
        lambda: Window("", 60),
        lambda: Window("x", 0),
        lambda: Window("x", 60, -1),
        lambda: Window("x", 60, shares={}),
        lambda: Window("x", 60, shares={"bulk": 1.2}),
        lambda: take(BudgetState(), [DAY], -1, "bulk", START),
        lambda: take(BudgetState(), [DAY], 1, "express", START),
    ],
)
def test_a_declaration_without_sense_is_refused(make):
    with pytest.raises(ValueError):
        make()


def test_windows_that_are_declared_no_more_leave_no_state():
    state = taken(1, [DAY, MINUTE])
    assert set(take(state, [DAY], 1, "bulk", START)[1].windows) == {"day"}


windows_drawn = st.lists(
    st.builds(
        Window,
        st.sampled_from("abc"),
        st.sampled_from([1.0, 10.0, 60.0]),
        st.none() | st.integers(1, 12),
        st.sampled_from(["calls", "points"]),
        st.sampled_from(list(Shape)),
        st.just({"critical": 1.0, "standard": 0.75, "bulk": 0.5}),
    ),
    max_size=3,
    unique_by=lambda window: window.name,
)
steps = st.lists(
    st.tuples(
        st.floats(0, 20),
        st.fixed_dictionaries({"calls": st.integers(0, 3), "points": st.integers(0, 6)}),
        st.sampled_from(["critical", "standard", "bulk"]),
    ),
    max_size=25,
)


@given(windows_drawn, steps)
def test_no_window_is_ever_overdrawn(windows, asked):
    """Within a fixed window, and at any moment in a bucket, no more is used than the lane's share."""
    state, now = BudgetState(), START
    for pause, cost, lane in asked:
        now += pause
        permit, state = take(state, windows, cost, lane, now)
        assert (permit.wait > 0) is not permit.allowed
        for window in windows:
            if window.limit is not None and permit.allowed and cost[window.unit]:
                assert state.windows[window.name].used <= window.limit * window.shares[lane] + 1e-6
        assert BudgetState.from_json(json.loads(json.dumps(state.to_json()))) == state


@given(windows_drawn, steps)
def test_waiting_as_long_as_was_said_helps_unless_the_call_is_too_large(windows, asked):
    state, now = BudgetState(), START
    for pause, cost, lane in asked:
        now += pause
        permit, state = take(state, windows, cost, lane, now)
        if permit.allowed or permit.refusal is Refusal.too_large:
            continue
        # Another window may be what is waited for next; each of them is waited for once at most.
        for _n in windows:
            now += permit.wait + 1e-6
            permit, state = take(state, windows, cost, lane, now)
            if permit.allowed:
                break
        assert permit.allowed or permit.refusal is Refusal.too_large


@given(windows_drawn, steps)
def test_a_more_urgent_lane_is_permitted_whatever_a_less_urgent_one_is(windows, asked):
    state, now = BudgetState(), START
    for pause, cost, lane in asked:
        now += pause
        allowed = [take(state, windows, cost, name, now)[0].allowed for name in ("bulk", "standard", "critical")]
        assert allowed == sorted(allowed)
        _permit, state = take(state, windows, cost, lane, now)


def test_a_bucket_whose_size_is_learnt_late_runs_out_from_then_on():
    window = Window("bucket", 20, unit="points", shape=Shape.leaky, shares=ALL)
    state = taken(1, [window], cost={"points": 40})
    state = report(state, window, START + 10, used=40, limit=40)
    permit, _state = take(state, [window], {"points": 2}, "standard", START + 10)
    assert permit.wait == pytest.approx(1)
