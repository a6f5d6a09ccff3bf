"""A machine never does more within any stretch of time than its caps say."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.control.machine_caps import Cap, Spent, spend

D = Decimal
NOW = datetime(2026, 11, 30, 12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
steps = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from(["refund", "goodwill"]), st.integers(0, 60)), min_size=1, max_size=40
)
caps_of = st.lists(
    st.builds(
        Cap,
        st.sampled_from("abc"),
        st.sampled_from([HOUR, DAY]),
        st.none() | st.integers(0, 4),
        st.none() | st.integers(0, 100).map(Decimal),
        st.none() | st.integers(0, 50).map(Decimal),
        st.sampled_from([frozenset(), frozenset({"refund"})]),
    ),
    max_size=3,
)


@settings(max_examples=200)
@given(steps, caps_of)
def test_no_window_however_it_is_laid_has_more(steps, caps):
    journal, done, now = (), [], NOW
    for minutes, action, amount in steps:
        now += timedelta(minutes=minutes)
        refused, journal = spend(journal, caps, action, D(amount), now)
        if not refused:
            done.append(Spent(now, action, D(amount)))
    for cap in caps:
        counted = [entry for entry in done if cap.counts(entry.action)]
        for last in counted:
            inside = [entry for entry in counted if last.at - cap.window < entry.at <= last.at]
            assert cap.count is None or len(inside) <= cap.count
            assert cap.amount is None or sum(entry.amount for entry in inside) <= cap.amount
        assert all(cap.single is None or entry.amount <= cap.single for entry in counted)


def refused(*arguments):
    return [(found.code, dict(found.facts)) for found in spend(*arguments)[0]]


def test_each_cap_says_what_it_allows():
    cap = Cap("hourly", HOUR, 2, D(100), D(60))
    journal = (Spent(NOW - timedelta(minutes=50), "refund", D(30)), Spent(NOW - timedelta(minutes=20), "refund", D(60)))
    assert refused(journal, [cap], "refund", D(70), NOW) == [
        ("machine_cap_single", {"cap": "hourly", "most": "60", "amount": "70"}),
        ("machine_cap_count", {"cap": "hourly", "most": "2", "until": "2026-11-30T12:10:00"}),
        ("machine_cap_amount", {"cap": "hourly", "most": "100", "spent": "90", "amount": "70"}),
    ]


def test_an_action_fits_again_at_the_time_that_is_said():
    cap = Cap("hourly", HOUR, 2)
    journal = tuple(Spent(NOW - timedelta(minutes=minutes), "refund") for minutes in (50, 20, 10))
    until = datetime.fromisoformat(refused(journal, [cap], "refund", D(0), NOW)[0][1]["until"])
    assert spend(journal, [cap], "refund", D(0), until)[0] == ()
    assert spend(journal, [cap], "refund", D(0), until - timedelta(seconds=1))[0] != ()


def test_a_machine_without_a_place_has_none_at_any_time():
    assert refused((), [Cap("none", DAY, 0)], "refund", D(0), NOW)[0][1]["until"] == ""


def test_other_actions_do_not_count():
    cap = Cap("goodwill", DAY, 1, actions=frozenset({"goodwill"}))
    journal = (Spent(NOW, "goodwill", D(5)),)
    assert spend(journal, [cap], "refund", D(500), NOW)[0] == ()
    assert spend(journal, [cap], "goodwill", D(1), NOW)[0] != ()


def test_the_journal_forgets_what_no_window_reaches():
    journal = (Spent(NOW - DAY, "refund"), Spent(NOW - DAY + timedelta(seconds=1), "refund"))
    assert len(spend(journal, [Cap("a", DAY)], "refund", D(0), NOW)[1]) == 2


def test_what_lies_in_the_future_counts():
    assert spend((Spent(NOW + DAY, "refund"),), [Cap("a", HOUR, 1)], "refund", D(0), NOW)[0] != ()


def test_senseless_amounts_and_windows_are_refused():
    with pytest.raises(ValueError, match="gives away"):
        spend((), [], "refund", D(-1), NOW)
    with pytest.raises(ValueError, match="window"):
        Cap("a", timedelta())
