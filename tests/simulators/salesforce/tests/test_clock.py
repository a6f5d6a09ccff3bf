import pytest

from tests.simulators.salesforce.clock import Clock, epoch_of, format_datetime, parse_date, parse_datetime


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2026-05-20T09:44:32Z", "2026-05-20T09:44:32.000+0000"),
        ("2026-05-20T09:44:32.987Z", "2026-05-20T09:44:32.000+0000"),
        ("2026-05-20T09:44:32+00:00", "2026-05-20T09:44:32.000+0000"),
        ("2026-05-20T09:44:32+0000", "2026-05-20T09:44:32.000+0000"),
        ("2026-05-20T01:30:00+02:00", "2026-05-19T23:30:00.000+0000"),
        ("2026-12-31T23:30:00-0130", "2027-01-01T01:00:00.000+0000"),
        ("2026-05-20T09:44:32", None),
        ("2026-13-20T09:44:32Z", None),
        ("yesterday", None),
    ],
)
def test_datetimes_are_stored_as_utc_in_whole_seconds(text, stored):
    assert parse_datetime(text) == stored


@pytest.mark.parametrize(("text", "stored"), [("2026-02-28", "2026-02-28"), ("2026-02-30", None), ("20260228", None)])
def test_dates(text, stored):
    assert parse_date(text) == stored


def test_formatting_and_reading_are_each_others_inverse():
    assert epoch_of(format_datetime(1_780_000_123.9)) == 1_780_000_123


def test_a_frozen_clock_stands_until_it_is_advanced():
    clock = Clock()
    clock.freeze(1_780_000_000)
    assert clock.now() == clock.now() == 1_780_000_000
    clock.advance(90)
    assert clock.now() == 1_780_000_090
    clock.freeze(None)
    assert 1_780_000_090 <= clock.now() < 1_780_000_100, "it runs on from where it stood"


def test_the_clock_never_runs_backwards_by_itself(monkeypatch):
    clock = Clock()
    before = clock.now()
    monkeypatch.setattr("tests.simulators.salesforce.clock.time.time", lambda: before - 3600)
    assert clock.now() >= before
