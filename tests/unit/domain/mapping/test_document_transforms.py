"""Amounts, quantities, moments and lines of documents: they come back as they went out, or do not go out at all."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.entity_spec import FieldSpec, declare
from retail_sync.domain.canonical.kinds import Options, to_json
from retail_sync.domain.canonical.registry import registered
from retail_sync.domain.canonical.schema import ABSENT
from retail_sync.domain.mapping.decoding import MapRow
from retail_sync.domain.mapping.encoding import compile_encoder
from retail_sync.domain.mapping.inverse_transforms import inverse_of
from retail_sync.domain.mapping.transforms import TransformContext, TransformError, transform

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
currencies = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
numbers = st.decimals(-(10**9), 10**9, places=3)
values = st.text(max_size=20) | st.none() | st.booleans() | st.dictionaries(st.sampled_from("ab"), st.text(max_size=9))
lines = st.lists(st.dictionaries(st.sampled_from(["key", "sku", "ordered"]), values, max_size=3), max_size=8)


def out(name, value, **options):
    warnings = []
    ctx = TransformContext(options=options, warn=warnings.append, field="x")
    return inverse_of(name).function(value, ctx), warnings


def back(name, value, **options):
    return transform(name)(value, TransformContext(options=options, field="x"))


@given(numbers, currencies)
def test_an_amount_of_the_records_currency_comes_back_to_the_cent(number, currency):
    value = to_json({"amount": number, "currency": currency}, "amount")
    sent, warnings = out("amount", value, currency=currency)
    assert not warnings and not isinstance(sent, str)
    assert back("amount", sent, currency=currency) == value


@given(st.decimals(-(10**6), 10**6, places=4), currencies)
def test_a_price_of_one_unit_keeps_the_decimals_that_its_field_declares(number, currency):
    value = to_json({"amount": number, "currency": currency}, "amount", Options(digits=4))
    sent, warnings = out("amount", value, currency=currency, digits=4)
    assert not warnings and Decimal(repr(sent)) == number
    assert back("amount", sent, currency=currency, digits=4) == value


@given(numbers, currencies, currencies | st.just(""))
def test_an_amount_of_another_currency_is_left_out_and_never_converted(number, currency, records):
    sent, warnings = out("amount", {"amount": number, "currency": currency}, currency=records)
    if currency == records:
        assert sent is not ABSENT
    else:
        assert sent is ABSENT and warnings


def test_the_currency_may_stand_in_a_field_of_the_record():
    ctx = TransformContext(record={"CurrencyIsoCode": "usd"}, options={"currency_field": "CurrencyIsoCode"})
    assert transform("amount")(3, ctx) == {"amount": "3.00", "currency": "USD"}
    assert inverse_of("amount").function({"amount": "3.10", "currency": "USD"}, ctx) == 3.1


def test_a_number_that_json_cannot_carry_is_left_out():
    sent, warnings = out("amount", {"amount": "12345678901234567890.12", "currency": "EUR"}, currency="EUR")
    assert sent is ABSENT and warnings


@given(numbers, currencies)
def test_an_amount_as_text_names_its_currency(number, currency):
    value = to_json({"amount": number, "currency": currency}, "amount")
    sent, _warnings = out("amount_text", value)
    assert sent == f"{value['amount']} {currency}"
    assert back("amount_text", sent) == value


@given(numbers, st.sampled_from(["kg", None]))
def test_a_quantity_comes_back_as_the_same_number_of_the_unit_that_is_meant(number, unit):
    sent, _warnings = out("quantity", {"quantity": number, "unit": unit})
    assert Decimal(back("quantity", sent, unit=unit)["quantity"]) == number
    assert back("quantity", sent, unit=unit)["unit"] == unit


@given(st.datetimes())
def test_a_moment_goes_in_utc_to_the_second(moment):
    sent, _warnings = out("datetime", moment.isoformat())
    assert sent.endswith("Z") and len(sent) == 20
    assert back("datetime", sent) == sent
    assert back("datetime", sent.replace("Z", ".000+0000")) == sent


@given(lines, st.integers(60, 400), st.sampled_from(["first", "last"]))
def test_lines_are_whole_json_that_fits_and_says_how_many_are_missing(value, room, drop):
    text, warnings = out("lines_json", value, length=room, drop=drop)
    found = json.loads(text)
    more = found.get("more", 0)
    kept = [{name: inner for name, inner in line.items() if inner is not None} for line in value]
    assert sum(2 if char > "\uffff" else 1 for char in text) <= room
    assert len(found["lines"]) + more == len(value) and bool(more) == bool(warnings)
    if more:
        assert found["lines"] == (kept[more:] if drop == "first" else kept[:-more])
        longer, _warnings = out("lines_json", value, length=10**6, drop=drop)
        assert len(longer) > room - 20 - max(len(json.dumps(line, ensure_ascii=False)) for line in value) * 2
    else:
        assert found["lines"] == kept
        assert (back("lines_json", text) or []) == kept


@given(lines)
def test_equal_lines_are_equal_text_whatever_the_order_of_their_fields(value):
    turned = [dict(reversed(list(line.items()))) for line in value]
    assert out("lines_json", value)[0] == out("lines_json", turned)[0]


def test_lines_of_another_version_are_not_read():
    for text in ("{", "[]", '{"v":2,"lines":[]}', '{"v":1,"lines":[3]}', '{"v":1}'):
        try:
            back("lines_json", text)
        except TransformError as error:
            assert error.code == "BAD_LINES"
        else:
            raise AssertionError(text)


@given(st.lists(st.text("abc", min_size=1, max_size=6), max_size=30), st.integers(1, 60))
def test_a_list_in_one_text_loses_whole_members_only(members, room):
    text, warnings = out("list_text", ", ".join(members), length=room)
    assert len(text or "") <= room
    if warnings:
        *kept, last = text.split(", ")
        assert last == "…" and kept == members[: len(kept)]
    else:
        assert (text or "") == ", ".join(members)


@given(st.sampled_from(["amount", "amount_text", "quantity", "datetime", "lines_json", "list_text"]), anything)
def test_whatever_the_value_only_a_transform_error_is_raised(name, value):
    for call in (lambda: out(name, value, currency="EUR"), lambda: back(name, value, currency="EUR")):
        try:
            call()
        except TransformError as error:
            assert error.code


PARTY = declare(
    "party_test",
    1,
    (
        FieldSpec("customer", "ref", label="Customer", entity="customer"),
        FieldSpec("contact", "ref", label="Contact", entity="customer"),
    ),
)


def ref(field, path, to, sequence):
    options = {"object": to, "alternative": True}
    return MapRow(field, path, "ref", options=options, direction="out", sequence=sequence)


PARTY_ROWS = [
    ref("contact", "ContactId", "Contact", 1),
    ref("customer", "AccountId", "Account", 2),
    ref("customer", "ContactId", "Contact", 3),
]
references = st.none() | st.sampled_from(["Account/1", "Account/2", "Contact/3", "Contact/4"])


@given(references, references, st.sets(st.sampled_from(["customer", "contact"])))
def test_of_rows_that_feed_one_field_the_first_value_counts_and_no_other_clears_it(customer, contact, changed):
    with registered(PARTY):
        encoder = compile_encoder(PARTY_ROWS, "party_test")
        parts = {"main": {"customer": customer, "contact": contact}}
        new = encoder.encode(parts, None)
        known = encoder.encode(parts, {"main": changed})
    candidates = [value.partition("/")[2] for value in (contact, customer) if value and value.startswith("Contact")]
    account = customer.partition("/")[2] if customer and customer.startswith("Account") else None
    expected = {"AccountId": account, "ContactId": next(iter(candidates), None)}
    assert new.fields == expected and not new.warnings
    assert known.fields.items() <= expected.items()
    assert ("ContactId" in known.fields) == bool(changed)
    assert ("AccountId" in known.fields) == ("customer" in changed)
