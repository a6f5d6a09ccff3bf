"""Limits in calendar time and on working days."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.commerce.working_time import WorkingDays, after

WEEK = WorkingDays(lambda day: day.weekday() < 5)
FRIDAY_NOON = datetime(2026, 11, 27, 12)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
spans = st.timedeltas(timedelta(), timedelta(days=40))


def test_without_a_calendar_every_day_counts():
    assert after(FRIDAY_NOON, timedelta(days=2)) == datetime(2026, 11, 29, 12)


def test_two_working_days_after_friday_noon_is_tuesday_noon():
    assert after(FRIDAY_NOON, timedelta(days=2), WEEK) == datetime(2026, 12, 1, 12)


def test_a_limit_that_begins_on_a_day_off_begins_with_the_next_working_day():
    assert after(datetime(2026, 11, 28, 9), timedelta(hours=5), WEEK) == datetime(2026, 11, 30, 5)


def test_a_day_ends_in_the_zone_of_the_company():
    new_york = WorkingDays(WEEK.works, "America/New_York")
    # 02:00 UTC on Saturday is Friday evening there: three hours are left of the day.
    assert after(datetime(2026, 11, 28, 2), timedelta(hours=4), new_york) == datetime(2026, 11, 30, 6)


def test_the_night_on_which_the_clock_changes_has_the_hours_it_has():
    rome = WorkingDays(lambda day: True, "Europe/Rome")
    assert after(datetime(2026, 10, 24, 12), timedelta(days=1), rome) == datetime(2026, 10, 25, 12)


def test_a_calendar_without_a_working_day_counts_every_day():
    assert after(FRIDAY_NOON, timedelta(days=2), WorkingDays(lambda day: False)) == datetime(2026, 11, 29, 12)


@given(moments, spans, st.sets(st.integers(0, 6), min_size=1), st.sampled_from(["UTC", "Europe/Rome", "Asia/Tokyo"]))
def test_days_off_only_ever_move_a_limit_back_and_longer_spans_end_later(start, span, weekdays, zone):
    days = WorkingDays(lambda day: day.weekday() in weekdays, zone)
    end = after(start, span, days)
    assert end >= start + span
    assert after(start, span + timedelta(hours=1), days) > end


@given(moments, spans)
def test_with_every_day_working_the_calendar_changes_nothing(start, span):
    assert after(start, span, WorkingDays(lambda day: isinstance(day, date), "Asia/Tokyo")) == start + span
