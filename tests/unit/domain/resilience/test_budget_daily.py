"""A daily window, whose figures the platform reports."""

import pytest

from retail_sync.domain.resilience.budget import BudgetState, Window, WindowState, report, take, throttle
from retail_sync.domain.resilience.limits import LANES

START = 1_000_000.0
DAY = Window("day", 86400, 1000)


def call(state, now=START, lane="standard"):
    """Count one call, which is permitted; return the new state."""
    permit, state = take(state, [DAY], 1, lane, now)
    assert permit.allowed
    return state


def daily(used, limit=1000):
    return BudgetState({"day": WindowState(START, used, limit=limit)})


@pytest.mark.parametrize(
    ("used", "allowed"),
    [
        (799, ["critical", "standard", "bulk"]),
        (800, ["critical", "standard"]),
        (900, ["critical"]),
        (980, []),
    ],
)
def test_lanes_stop_one_after_the_other(used, allowed):
    assert [lane for lane in LANES if take(daily(used), [DAY], 1, lane, START)[0].allowed] == allowed


def test_a_batch_is_counted_as_the_calls_it_needs():
    assert take(daily(75, 100), [DAY], 5, "bulk", START)[0].allowed
    assert not take(daily(75, 100), [DAY], 6, "bulk", START)[0].allowed


def test_the_platforms_figures_go_before_our_own_count():
    state = report(call(BudgetState()), DAY, START + 5, used=700, limit=2000)
    state = call(state, START + 6, "bulk")
    assert (state.windows["day"].used, state.windows["day"].limit) == (701, 2000)
    assert report(state, DAY, START + 7, used=650).windows["day"].used == 650


def test_without_figures_of_the_platform_a_call_waits_for_the_end_of_the_window():
    permit, state = take(daily(10, 10), [DAY], 1, "standard", START + 1000)
    assert (permit.allowed, permit.wait, permit.used, permit.limit) == (False, 85400, 10, 10)
    permit, state = take(state, [DAY], 1, "standard", START + 86400)
    assert permit.allowed
    assert (state.windows["day"].used, state.windows["day"].start) == (1, START + 86400)


@pytest.mark.parametrize("behind", [0.001, 3, 3600])
def test_a_clock_behind_the_one_that_began_the_window_forgets_no_call(behind):
    """Two nodes, or a worker that read the clock before it waited for the row."""
    state = call(call(BudgetState()), START - behind)
    assert (state.windows["day"].used, state.windows["day"].start) == (2, START)
    assert take(daily(10, 10), [DAY], 1, "bulk", START - behind)[0].wait <= DAY.seconds


def test_a_clock_set_back_by_days_begins_a_window_anew():
    state = call(daily(10), START - 200_000)
    assert (state.windows["day"].used, state.windows["day"].start) == (1, START - 200_000)


def test_one_call_learns_anew_what_a_sliding_window_has_left():
    state = report(BudgetState(), DAY, START, used=990, limit=1000)
    permit, state = take(state, [DAY], 1, "bulk", START + 100)
    assert (permit.allowed, permit.wait) == (False, 800)
    permit, state = take(state, [DAY], 1, "bulk", START + 900)
    assert permit.allowed
    # The others wait for what it learns, and not a second longer; when it never answers, another one may ask.
    permit, state = take(state, [DAY], 1, "bulk", START + 901)
    assert (permit.allowed, permit.wait) == (False, 2)
    assert take(state, [DAY], 1, "bulk", START + 900 + 121)[0].allowed
    state = report(state, DAY, START + 902, used=100)
    assert take(state, [DAY], 1, "bulk", START + 903)[0].allowed


def test_throttling_holds_every_lane_for_as_long_as_asked():
    state = throttle(daily(0), START, 60)
    for lane in LANES:
        assert take(state, [DAY], 1, lane, START + 10)[0].wait == 50
        assert take(state, [DAY], 1, lane, START + 61)[0].allowed
    assert throttle(state, START, 5).throttled_until == START + 60
    assert throttle(daily(0), START, 0).throttled_until == 0


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        # Nearly too old; too old, and one probe goes; another asks meanwhile; the probe is taken for dead; again.
        ((0.0, 779.0, 2.0, 118.5, 1.0, 60.0, 59.0, 2.0, 1.0), [900, 121, 2, 0.5, None, 2, 1, None, 2]),
        ((0.0, 901.0, 0.0, 119.0, 0.5, 0.6, 900.0), [900, None, 2, 1, 0.5, None, None]),
        # The clock is set back: a little, and by more than the window.
        ((0.0, -60.0, -90_000.0, 10.0), [900, 960, None, None]),
    ],
)
def test_old_figures_of_the_platform_are_learnt_anew(pauses, expected):
    now = START
    state = report(BudgetState(), DAY, now, used=1000, limit=1000)
    waits = []
    for pause in pauses:
        now += pause
        permit, state = take(state, [DAY], 1, "critical", now)
        waits.append(None if permit.allowed else permit.wait)
    assert waits == expected
