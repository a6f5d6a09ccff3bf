"""A value goes back to the path that it came from."""

import pytest

from retail_sync.domain.mapping.decoding import MapRow, compile_decoder
from retail_sync.domain.mapping.encoding import compile_encoder

ROWS = [MapRow("phone", "Phone|MobilePhone|HomePhone", "phone_e164", direction="both")]
ENCODER, DECODER = compile_encoder(ROWS, "customer"), compile_decoder(ROWS, "customer")
OLD, NEW, OTHER = "+4520123456", "+4561872310", "+390211112222"


def record(phone=None, mobile=None, home=None):
    return {"Phone": phone, "MobilePhone": mobile, "HomePhone": home}


def edit(known, value, closed=()):
    encoded = ENCODER.encode(
        {"main": {"phone": value}}, {"main": {"phone"}}, {}, lambda path: path not in closed, remote=known
    )
    return encoded, DECODER.decode({**known, **encoded.fields}).parts["main"]["phone"]


@pytest.mark.parametrize(
    ("known", "value", "sent"),
    [
        (record(), NEW, {"Phone": NEW}),
        (record(OLD), NEW, {"Phone": NEW}),
        (record(None, OLD), NEW, {"MobilePhone": NEW}),
        (record("  ", OLD), NEW, {"MobilePhone": NEW}),
        (record(None, None, OLD), NEW, {"HomePhone": NEW}),
        (record(OLD, OTHER), NEW, {"Phone": NEW}),
        (record(None, OLD), None, {"MobilePhone": None}),
        (record(OLD, "0045 20 12 34 56"), None, {"Phone": None, "MobilePhone": None}),
        (record(None, "0045 20 12 34 56"), OLD, {}),
    ],
)
def test_where_it_goes_and_that_it_is_read_back(known, value, sent):
    encoded, read = edit(known, value)
    assert encoded.fields == sent and encoded.warnings == []
    assert read == value


def test_one_that_may_not_be_written_is_passed_by_where_another_is_read_first():
    encoded, read = edit(record(None, OLD), NEW, closed=("MobilePhone",))
    assert encoded.fields == {"Phone": NEW} and read == NEW and encoded.warnings == []


def test_nothing_is_written_where_it_would_not_be_read_and_that_is_said():
    encoded, read = edit(record(OLD), NEW, closed=("Phone",))
    assert encoded.fields == {} and read == OLD
    assert "Phone" in encoded.warnings[0] and encoded.unsent == {("main", "phone")}


def test_what_keeps_a_value_from_being_cleared_is_said():
    encoded, read = edit(record(OLD, OLD), None, closed=("MobilePhone",))
    assert encoded.fields == {"Phone": None} and read == OLD
    assert "MobilePhone" in encoded.warnings[0] and encoded.unsent == {("main", "phone")}


@pytest.mark.parametrize("closed", [(), ("MobilePhone",)])
def test_a_number_that_was_never_the_value_stays_when_the_value_is_taken_out_and_that_is_said(closed):
    encoded, read = edit(record(OLD, OTHER, OLD), None, closed)
    assert encoded.fields == {"Phone": None, "HomePhone": None} and read == OTHER
    assert "MobilePhone has another value" in encoded.warnings[0]
    again, read = edit({**record(OLD, OTHER, OLD), **encoded.fields}, None)
    assert again.fields == {"MobilePhone": None} and read is None and again.warnings == []


@pytest.mark.parametrize(
    ("known", "closed", "named"),
    [
        (record(OLD, OTHER, NEW), (), "MobilePhone has another value"),
        (record(OLD, OLD, OTHER), ("MobilePhone",), None),
        (record(OLD, OTHER, OLD), ("HomePhone",), "MobilePhone has another value"),
        (record(OLD, None, OTHER), ("Phone",), None),
    ],
)
def test_of_what_stays_only_the_one_that_is_read_from_now_on_is_named(known, closed, named):
    """Two others were both said to be read, and also where a closed field with the old value is read before them."""
    encoded, read = edit(known, None, closed)
    remarks = [warning for warning in encoded.warnings if "read from now on" in warning]
    assert [warning.partition(": ")[2].partition(",")[0] for warning in remarks] == ([named] if named else [])
    assert read == (OTHER if named else OLD)


def test_what_a_later_field_says_and_cannot_be_read_is_not_the_value():
    rows = [MapRow("credit_limit", "Limit|Old_Limit", "number", direction="both")]
    encoded = compile_encoder(rows, "customer").encode(
        {"main": {"credit_limit": None}}, {"main": {"credit_limit"}}, remote={"Limit": 5, "Old_Limit": "five"}
    )
    assert encoded.fields == {"Limit": None}


def test_the_code_and_the_name_of_a_country_are_one_value_and_go_together():
    rows = [MapRow("country", "CountryCode|Country", "country", direction="both")]
    encoded = compile_encoder(rows, "customer").encode(
        {"main": {"country": None}}, {"main": {"country"}}, remote={"CountryCode": "IT", "Country": "Bel Paese"}
    )
    assert encoded.fields == {"CountryCode": None, "Country": None}


def test_a_field_that_is_hidden_from_us_is_no_target():
    encoded, _read = edit({"MobilePhone": None}, NEW)
    assert encoded.fields == {"MobilePhone": NEW}
