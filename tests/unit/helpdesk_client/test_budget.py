"""Windows of calls: none is ever exceeded, and the wait that is named is long enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.client import budget
from retail_sync_helpdesk.client.budget import MARGIN_SECONDS, MemoryBudgetStore, Window, WindowState
from retail_sync_helpdesk.client.zendesk.limits import Limits

NOW = 1_790_000_000.0
WINDOWS = st.builds(
    Window, st.just("w"), st.sampled_from([10.0, 60.0, 600.0]), st.integers(1, 40), shared=st.booleans()
)
STEPS = st.lists(
    st.one_of(st.just(0.0), st.floats(0.0, 2.0), st.floats(0.0, 70.0), st.floats(0.0, 700.0)), min_size=1, max_size=150
)


def most_within(moments, seconds):
    """The largest number of moments within any stretch of this length."""
    best, first = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= seconds:
            first += 1
        best = max(best, last - first + 1)
    return best


def run(windows, moments, share=1.0):
    """When calls were allowed, and the states at the end."""
    states: dict[str, WindowState] = {}
    allowed = []
    for moment in moments:
        permit, states = budget.take(states, windows, moment, share=share)
        if permit.allowed:
            allowed.append(moment)
    return allowed, states


def moments_of(steps):
    moments, now = [], NOW
    for step in steps:
        now += step
        moments.append(now)
    return moments


@given(WINDOWS, STEPS, st.floats(0.05, 1.0))
def test_no_stretch_of_a_windows_length_holds_more_than_its_limit(window, steps, share):
    allowed, _states = run([window], moments_of(steps), share)
    limit = max(1, int(window.limit * share)) if window.shared else window.limit
    assert most_within(allowed, window.seconds) <= limit


@given(WINDOWS, STEPS, st.lists(st.floats(-MARGIN_SECONDS / 2, MARGIN_SECONDS / 2), min_size=150, max_size=150))
def test_workers_whose_clocks_differ_exceed_no_window_in_true_time(window, steps, errors):
    states: dict[str, WindowState] = {}
    allowed = []
    for moment, error in zip(moments_of(steps), errors, strict=False):
        permit, states = budget.take(states, [window], moment + error)
        if permit.allowed:
            allowed.append(moment)
    assert most_within(allowed, window.seconds) <= window.limit


@given(WINDOWS, STEPS, st.integers(1, 10))
def test_the_named_wait_is_enough_and_never_longer_than_a_window_and_its_margins(window, steps, units):
    states: dict[str, WindowState] = {}
    for moment in moments_of(steps):
        permit, states = budget.take(states, [window], moment)
        if not permit.allowed:
            assert permit.wait <= window.seconds + window.piece + MARGIN_SECONDS + 1e-3
            later, _ = budget.take(states, [window], moment + permit.wait + 1e-3)
            assert later.allowed


@given(STEPS)
def test_a_call_passes_only_when_each_of_its_windows_permits_it_and_counts_in_none_otherwise(steps):
    wide, narrow = Window("account", 60.0, 20), Window("ticket/5", 600.0, 3, shared=False)
    allowed, states = run([wide, narrow], moments_of(steps))
    assert most_within(allowed, 600.0) <= 3
    counted = sum(units for _start, units in states["account"].pieces)
    assert counted <= len(allowed)


@given(WINDOWS, STEPS)
def test_a_state_survives_being_stored_and_stays_small(window, steps):
    _allowed, states = run([window], moments_of(steps))
    state = states["w"]
    assert WindowState.from_json(state.to_json()) == state
    assert len(state.pieces) <= 2 * budget.PIECES


def test_the_full_limit_may_go_out_at_once_and_again_after_the_window():
    window = Window("w", 60.0, 100)
    allowed, states = run([window], [NOW] * 150)
    assert len(allowed) == 100
    permit, _ = budget.take(states, [window], NOW + 60 + window.piece + MARGIN_SECONDS)
    assert permit.allowed


def test_a_call_at_the_end_of_a_piece_counts_for_a_whole_window_too():
    window = Window("w", 60.0, 2)
    allowed, _states = run([window], [NOW, NOW + 4.9, NOW + 63.5, NOW + 64.5])
    assert allowed == [NOW, NOW + 4.9]


def test_a_less_urgent_lane_leaves_its_part_of_a_shared_window_to_the_others():
    window = Window("w", 60.0, 10)
    allowed, states = run([window], [NOW] * 20, share=0.8)
    assert len(allowed) == 8
    assert budget.take(states, [window], NOW, share=1.0)[0].allowed


def test_a_pause_that_the_desk_asks_for_stops_every_call_of_the_account_until_it_ends():
    window = Window("account", 60.0, 100)
    states = {"account": budget.pause(WindowState(), NOW, 41)}
    permit, states = budget.take(states, [window], NOW + 1)
    assert (permit.allowed, permit.wait, permit.window) == (False, 40.0, "account")
    assert budget.take(states, [window], NOW + 41)[0].allowed


def test_a_shorter_pause_does_not_end_a_longer_one():
    state = budget.pause(budget.pause(WindowState(), NOW, 60), NOW, 5)
    assert state.paused_until == NOW + 60


@pytest.mark.parametrize("seconds", [None, 0, -5])
def test_a_pause_without_a_time_is_none(seconds):
    assert budget.pause(WindowState(), NOW, seconds) == WindowState()


def test_an_absurd_pause_ends_after_an_hour():
    state = budget.pause(WindowState(), NOW, 10**9)
    assert state.paused_until == NOW + budget.LONGEST_PAUSE


def test_what_other_programs_use_of_the_account_is_respected():
    window = Window("account", 60.0, 700)
    state = budget.report(WindowState(), NOW, limit=700, left=1, resets_in=20)
    first, states = budget.take({"account": state}, [window], NOW)
    second, states = budget.take(states, [window], NOW)
    assert first.allowed
    assert (second.allowed, second.wait) == (False, 20.0)
    assert budget.take(states, [window], NOW + 20)[0].allowed


def test_of_two_answers_of_one_window_the_one_with_less_left_counts():
    state = budget.report(WindowState(), NOW, left=5, resets_in=30)
    assert budget.report(state, NOW + 1, left=9, resets_in=29).reported == (NOW + 30, 5)


def test_the_desks_own_limit_goes_before_the_declared_one():
    window = Window("account", 60.0, 200)
    state = budget.report(WindowState(), NOW, limit=3)
    assert len(run_from({"account": state}, window, 10)) == 3


def run_from(states, window, calls):
    allowed = []
    for _number in range(calls):
        permit, states = budget.take(states, [window], NOW)
        if permit.allowed:
            allowed.append(permit)
    return allowed


def test_a_clock_far_ahead_holds_calls_up_for_no_longer_than_a_window():
    window = Window("w", 60.0, 1)
    _permit, states = budget.take({}, [window], NOW + 86_400)
    assert budget.take(states, [window], NOW)[0].allowed


def test_an_old_window_leaves_nothing_to_store():
    window = Window("ticket/5", 600.0, 30)
    _permit, states = budget.take({}, [window], NOW)
    assert not states["ticket/5"].is_over(window, NOW + 100)
    assert states["ticket/5"].is_over(window, NOW + 700)


def test_a_call_that_costs_more_than_a_window_holds_is_refused_with_a_wait():
    permit, _ = budget.take({}, [Window("w", 60.0, 5)], NOW, units=6)
    assert not permit.allowed
    assert permit.wait > 0


@pytest.mark.parametrize("share, units", [(0, 1), (1.1, 1), (1, 0)])
def test_a_share_or_cost_out_of_range_is_an_error(share, units):
    with pytest.raises(ValueError):
        budget.take({}, [Window("w", 60.0, 5)], NOW, share=share, units=units)


@pytest.mark.parametrize("values", [("", 60.0, 5), ("w", 0.0, 5), ("w", 60.0, 0)])
def test_a_window_without_name_length_or_limit_is_an_error(values):
    with pytest.raises(ValueError):
        Window(*values)


@pytest.mark.parametrize(
    "method, path, names",
    [
        ("GET", "/api/v2/tickets/5", ["account"]),
        ("POST", "/api/v2/tickets", ["account"]),
        ("PUT", "/api/v2/tickets/5", ["account", "update_ticket", "ticket/5"]),
        ("PUT", "/api/v2/tickets/5.json", ["account", "update_ticket", "ticket/5"]),
        ("DELETE", "/api/v2/tickets/5/tags", ["account", "update_ticket", "ticket/5"]),
        ("PUT", "/api/v2/tickets/update_many", ["account"]),
        ("DELETE", "/api/v2/tickets/5", ["account", "delete_ticket"]),
        ("GET", "/api/v2/incremental/tickets/cursor?cursor=x", ["account", "incremental"]),
        ("PUT", "/api/v2/users/61", ["account", "person/61"]),
        ("GET", "/api/v2/users/61", ["account"]),
    ],
)
def test_each_call_counts_in_the_windows_that_the_service_has_for_it(method, path, names):
    assert [window.name for window in Limits().of_call(method, path)] == names


def test_a_store_hands_a_step_the_states_of_its_names_alone_and_keeps_the_others():
    store = MemoryBudgetStore({"a": WindowState(paused_until=1.0), "b": WindowState(paused_until=2.0)})

    def step(states):
        assert list(states) == ["a"]
        return "done", {"a": WindowState(paused_until=3.0)}

    assert store.change(["a", "c"], step) == "done"
    assert {name: state.paused_until for name, state in store.states.items()} == {"a": 3.0, "b": 2.0}
