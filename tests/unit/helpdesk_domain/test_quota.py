"""Limits of a key are never exceeded, whatever the times of its requests, and its headers say the truth."""

from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.api.quota import FIXED, Limit, QuotaState, headers, take

DAY = Limit("day", 5, 60, FIXED)
RATE = Limit("rate", 10, 10)
START = 1_700_000_040_000  # the beginning of a minute
pauses = st.lists(st.integers(0, 4000), min_size=1, max_size=60)


def allowed(limits, times, state=None):
    state = state or QuotaState()
    found = []
    for now in times:
        verdict, state = take(state, limits, now)
        if verdict.allowed:
            found.append(now)
    return found


def times_of(pauses):
    now, found = START, []
    for pause in pauses:
        now += pause
        found.append(now)
    return found


@settings(max_examples=200)
@given(pauses, st.integers(1, 7), st.integers(1, 9), st.integers(0, 4))
def test_no_stretch_of_time_has_more_than_the_burst_and_the_rate(pauses, requests, seconds, burst):
    limit = Limit("rate", requests, seconds, burst=burst)
    found = allowed([limit], times_of(pauses))
    for index, first in enumerate(found):
        for length in (limit.interval, seconds * 1000, 3 * seconds * 1000):
            inside = bisect_left(found, first + length) - index
            assert inside <= limit.most + length // limit.interval


@given(pauses, st.integers(1, 7), st.integers(1, 9))
def test_no_window_has_more_than_its_number(pauses, requests, seconds):
    counts = {}
    for now in allowed([Limit("day", requests, seconds, FIXED)], times_of(pauses)):
        counts[now // (seconds * 1000)] = counts.get(now // (seconds * 1000), 0) + 1
    assert all(count <= requests for count in counts.values())


@given(pauses)
def test_waiting_as_long_as_is_said_is_enough_and_less_is_not(pauses):
    state = QuotaState()
    for now in times_of(pauses):
        verdict, after = take(state, [RATE, DAY], now)
        if not verdict.allowed:
            assert after == state, "a refused request uses up nothing"
            assert take(state, [RATE, DAY], now + verdict.wait)[0].allowed
            assert not take(state, [RATE, DAY], now + verdict.wait - 1)[0].allowed
        state = after


@given(st.lists(st.integers(-100_000, 4000), min_size=1, max_size=60))
def test_a_clock_that_is_set_back_gives_no_second_allowance(pauses):
    now, times = START, []
    for pause in pauses:
        now += pause
        times.append(now)
    found = allowed([DAY], times)
    span = (max(times) - min(times)) // 60_000 + 1
    assert len(found) <= DAY.requests * (span + 1)


def test_what_is_left_goes_down_to_nothing_and_comes_back():
    state, left = QuotaState(), []
    for _number in range(6):
        verdict, state = take(state, [DAY], START)
        left.append((verdict.allowed, verdict.remaining))
    assert left == [(True, 4), (True, 3), (True, 2), (True, 1), (True, 0), (False, 0)]
    assert take(state, [DAY], START + 60_000)[0].remaining == 4


def test_a_smooth_limit_gives_requests_back_one_by_one():
    state = QuotaState()
    for _number in range(10):
        verdict, state = take(state, [RATE], START)
    assert (verdict.allowed, verdict.remaining, verdict.reset) == (True, 0, 10)
    assert not take(state, [RATE], START + 999)[0].allowed
    assert take(state, [RATE], START + 1000)[0].allowed


def test_headers_tell_the_limit_that_is_nearest_to_its_end():
    verdict, state = take(QuotaState(), [RATE, DAY], START)
    assert headers(verdict, [RATE, DAY]) == {
        "RateLimit-Policy": "10;w=10, 5;w=60",
        "RateLimit-Limit": "5",
        "RateLimit-Remaining": "4",
        "RateLimit-Reset": "60",
    }
    for _number in range(5):
        verdict, state = take(state, [RATE, DAY], START)
    assert headers(verdict, [RATE, DAY])["Retry-After"] == "60"


def test_without_limits_all_goes_and_no_header_is_sent():
    verdict, state = take(QuotaState({"gone": 5}, {"gone": (1, 2)}), [], START)
    assert verdict.allowed and headers(verdict, []) == {}
    assert state == QuotaState(), "limits that are no more leave no trace"


def test_waiting_is_never_said_to_take_no_time():
    tight = Limit("rate", 1000, 1, burst=1)
    _verdict, state = take(QuotaState(), [tight], START)
    assert headers(take(state, [tight], START)[0], [tight])["Retry-After"] == "1"


@pytest.mark.parametrize("values", [("", 1, 1), ("a", 0, 1), ("a", 1, 0), ("a", 1, 1, "other"), ("a", 1, 1, FIXED, -1)])
def test_a_limit_that_limits_nothing_sensible_is_refused(values):
    with pytest.raises(ValueError, match="A limit"):
        Limit(*values)
