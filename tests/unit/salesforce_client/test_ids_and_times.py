"""Record ids and points in time."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_salesforce.client import ids, times

VECTORS = {
    "001D000000ISUr3": "001D000000ISUr3IAH",
    "70130000001tcyI": "70130000001tcyIAAQ",
    "00558000001N0Ke": "00558000001N0KeAAK",
    "a0D30000001n7Pi": "a0D30000001n7PiEAI",
}
id15 = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=15, max_size=15)


@pytest.mark.parametrize(("short", "long"), VECTORS.items())
def test_published_vectors(short, long):
    assert ids.to_18(short) == long
    assert ids.to_18(long) == long
    assert ids.to_18(short + long[15:].lower()) == long


@pytest.mark.parametrize(
    "text",
    [
        "",
        "001D000000ISUr",
        "001D000000ISUr3IAX",
        "001d000000isur3IAH",
        "001D000000ISUr3IAH\n",
        "001D0000-0ISUr3",
        None,
        5,
    ],
)
def test_what_is_no_id_is_refused(text):
    assert not ids.is_id(text)
    with pytest.raises(ValueError, match="not a Salesforce record id"):
        ids.to_18(text)


@given(id15)
def test_any_id_keeps_its_first_15_and_is_stable(value):
    long = ids.to_18(value)
    assert long[:15] == value
    assert len(long) == 18
    assert ids.to_18(long) == long
    assert ids.prefix(value) == value[:3]


@given(id15, id15)
def test_ids_that_differ_differ_without_regard_to_case(left, right):
    if left != right:
        assert ids.to_18(left).lower() != ids.to_18(right).lower()


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-20T09:44:32.000+0000",
        "2026-05-20T09:44:32.000Z",
        "2026-05-20T09:44:32Z",
        "2026-05-20T11:44:32+02:00",
        "2026-05-20T04:14:32-0530",
    ],
)
def test_each_form_of_one_moment(text):
    assert times.parse_ms(text) == 1779270272000


def test_milliseconds_are_kept():
    assert times.parse_ms("2026-05-20T09:44:32.07Z") == 1779270272070
    assert times.iso(1779270272070) == "2026-05-20T09:44:32.070Z"
    assert times.iso("2026-05-20T09:44:32.000+0000") == "2026-05-20T09:44:32Z"


@pytest.mark.parametrize(
    "text", ["2026-05-20", "2026-05-20T09:44:32", "2026-13-20T09:44:32Z", "", "2026-05-20T09:44:32Z "]
)
def test_text_that_names_no_moment_is_refused(text):
    with pytest.raises(ValueError):
        times.parse_ms(text)


def test_a_datetime_needs_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        times.to_ms(datetime(2026, 5, 20))
    with pytest.raises(TypeError):
        times.to_ms(True)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_datetimes_survive_the_round_trip(moment, minutes):
    aware = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(minutes=minutes)))
    assert times.parse_ms(times.iso(aware)) == times.to_ms(aware) == round(aware.timestamp() * 1000)


def test_http_dates():
    assert times.http_date_ms("Wed, 20 May 2026 09:44:32 GMT") == 1779270272000
    assert times.http_date_ms("yesterday") is None
    assert times.http_date_ms(None) is None
