"""Entities other than customers are read and written by their declaration alone."""

import pytest

from retail_sync.domain.canonical import registry
from retail_sync.domain.canonical.entity_spec import Composite, FieldSpec, Identity, PartSpec, by_name, declare
from retail_sync.domain.canonical.registry import registered
from retail_sync.domain.mapping.decoding import MapRow, compile_decoder
from retail_sync.domain.mapping.encoding import compile_encoder
from retail_sync.domain.mapping.transforms import TransformError
from retail_sync.domain.reconcile.three_way import AGREED, PUSH, merge

SIZE = (FieldSpec("length", "integer"), FieldSpec("width", "integer"))
PURCHASE = declare(
    "purchase",
    1,
    (
        FieldSpec("number", "code", label="Number"),
        FieldSpec("total", "amount", label="Total"),
        FieldSpec("rate", "number", label="Rate", digits=4),
        FieldSpec("due", "date", label="Due"),
        FieldSpec("lines", "lines", label="Lines", lines=(FieldSpec("quantity", "integer"), FieldSpec("note", "text"))),
        *SIZE,
    ),
    composites=(Composite("size", "Size", ("length", "width")),),
    parts=(PartSpec("crate", "Crate", by_name(SIZE), needs=("length", "width")),),
    identity=Identity.by_key("number"),
)


def row(field, path, part="main"):
    return MapRow(field, path, "", part, direction="both")


ROWS = [
    row("number", "Number"),
    row("total", "Total"),
    row("rate", "Rate"),
    row("due", "Due"),
    row("lines", "Lines"),
    row("length", "Length"),
    row("width", "Width"),
    row("length", "CrateLength", "crate"),
    row("width", "CrateWidth", "crate"),
]
RECORD = {
    "Number": "S1",
    "Total": {"amount": 12.5, "currency": "eur"},
    "Rate": 0.1234,
    "Due": "2026-11-29",
    "Lines": [{"key": 7, "quantity": "3", "note": "gift"}],
    "Length": 3,
    "Width": 4,
    "CrateLength": "",
    "CrateWidth": None,
}


@pytest.fixture(autouse=True)
def _registered():
    with registered(PURCHASE):
        yield


def test_values_take_the_form_of_their_kinds():
    decoded = compile_decoder(ROWS, "purchase").decode(RECORD)
    assert decoded.errors == []
    assert decoded.parts["main"] == {
        "number": "S1",
        "total": {"amount": "12.50", "currency": "EUR"},
        "rate": 0.1234,
        "due": "2026-11-29",
        "lines": [{"key": "7", "quantity": 3, "note": "gift"}],
        "length": 3,
        "width": 4,
    }
    assert decoded.parts["crate"] is None


def test_a_part_of_the_same_size_is_kept_where_no_rule_says_otherwise():
    decoded = compile_decoder(ROWS, "purchase").decode({**RECORD, "CrateLength": 3, "CrateWidth": 4})
    assert decoded.parts["crate"] == {"length": 3, "width": 4}


def test_a_value_that_is_none_of_its_kind_is_an_error_of_that_field_only():
    decoded = compile_decoder(ROWS, "purchase").decode({**RECORD, "Total": {"amount": 1}, "Due": "soon"})
    assert {error.field: error.code for error in decoded.errors} == {"total": "NO_CURRENCY", "due": "BAD_DATE"}
    assert "total" not in decoded.parts["main"] and decoded.parts["main"]["number"] == "S1"


def test_what_was_read_is_written_again():
    decoded = compile_decoder(ROWS, "purchase").decode(RECORD)
    encoder = compile_encoder(ROWS, "purchase")
    encoded = encoder.encode(decoded.parts)
    assert encoded.errors == []
    assert compile_decoder(ROWS, "purchase").decode(encoded.fields).parts == decoded.parts
    # Rate is not cut to two decimals, and only the fields of a changed composite are sent.
    assert encoded.fields["Rate"] == 0.1234
    assert encoder.encode(decoded.parts, {"main": {"size"}}).fields == {"Length": 3, "Width": 4}
    assert encoder.fields["main"] == {"number", "total", "rate", "due", "lines", "length", "width"}


@pytest.mark.parametrize(
    ("rows", "entity", "code"),
    [
        (ROWS, "ticket", "UNKNOWN_ENTITY"),
        ([row("number", "N", "invoice")], "purchase", "UNKNOWN_PART"),
        ([row("street", "Street")], "purchase", "UNKNOWN_FIELD"),
    ],
)
def test_a_mapping_of_what_does_not_exist_is_refused(rows, entity, code):
    for compile_rows in (compile_decoder, compile_encoder):
        with pytest.raises(TransformError) as caught:
            compile_rows(rows, entity)
        assert caught.value.code == code


def test_a_new_version_of_an_entity_makes_its_records_be_read_again():
    old = compile_decoder(ROWS, "purchase").digest
    newer = declare(
        "purchase", 2, PURCHASE.fields.values(), parts=PURCHASE.parts.values(), composites=PURCHASE.composites.values()
    )
    registry.unregister("purchase")
    with registered(newer):
        assert compile_decoder(ROWS, "purchase").digest != old
    registry.register(PURCHASE)


@pytest.mark.parametrize(
    ("name", "left", "right", "outcome"),
    [
        ("rate", 0.1234, 0.12, PUSH),
        ("rate", 0.1234, 0.12341, AGREED),
        ("total", {"amount": 100, "currency": "JPY"}, {"amount": 100.4, "currency": "JPY"}, AGREED),
        ("total", {"amount": 100, "currency": "JPY"}, {"amount": 101, "currency": "JPY"}, PUSH),
        ("total", {"amount": 1.234, "currency": "KWD"}, {"amount": 1.23, "currency": "KWD"}, PUSH),
        ("total", {"amount": 1.234, "currency": "EUR"}, {"amount": 1.23, "currency": "EUR"}, AGREED),
        ("due", "2026-11-29", "2026-11-30", PUSH),
    ],
)
def test_values_differ_by_kind_digits_and_currency(name, left, right, outcome):
    result = merge({name: left}, {name: left}, {name: right}, specs=PURCHASE.merge_specs())
    assert result.outcomes == {name: outcome}
