"""The exported schemas say what canonical values look like, neither more nor less."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical import kinds
from retail_sync.domain.canonical.entity_spec import FieldSpec, Identity, PartSpec, ReferenceSpec, declare
from retail_sync.domain.canonical.json_schema import schema_of
from retail_sync.domain.canonical.kind_base import kind_names

from .json_validator import errors

LINES = (FieldSpec("sku", "code"), FieldSpec("ordered", "quantity", digits=3), FieldSpec("net", "amount"))
ALL_KINDS = tuple(
    FieldSpec(f"a_{kind}", kind, **{"lines": {"lines": LINES}, "enum": {"choices": ("new", "old")}}.get(kind, {}))
    for kind in sorted(kind_names())
)
EVERYTHING = declare(
    "everything",
    3,
    (*ALL_KINDS, FieldSpec("owner", "ref", "personal", "Owner", "Who has it.", entity="customer")),
    parts=(
        PartSpec("invoice", "Invoice", {"city": FieldSpec("city", "text")}),
        PartSpec("box", "Box", {"weight": FieldSpec("weight", "quantity", unit="kg")}, repeated=True),
    ),
    references=(ReferenceSpec("owner", "owner", "customer"),),
    identity=Identity.by_key("a_code"),
)
SCHEMA = schema_of(EVERYTHING)

decimals = st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=3)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(timezone.utc))
amounts = st.fixed_dictionaries({"amount": decimals, "currency": st.sampled_from(["EUR", "jpy", "KWD", "USD"])})
quantities = st.fixed_dictionaries({"quantity": decimals, "unit": st.sampled_from([None, "kg", " Stk "])})
VALUES = {
    "bool": st.booleans() | st.sampled_from(["yes", "off"]),
    "integer": st.integers() | st.just("7") | st.none(),
    "number": decimals | st.integers(-1000, 1000) | st.floats(-1e6, 1e6) | st.none(),
    "date": st.dates() | st.none(),
    "datetime": moments | st.none(),
    "ref": st.sampled_from(["Account/001", "res.partner/7", kinds.Ref("Order", "a/b"), None, ""]),
    "amount": amounts | st.none(),
    "quantity": quantities | decimals | st.none(),
    "enum": st.sampled_from(["new", "OLD", None, ""]),
    "lines": st.none()
    | st.lists(
        st.fixed_dictionaries(
            {"key": st.integers(1, 99) | st.text("abc", min_size=1)},
            optional={"sku": st.text(), "ordered": quantities, "net": amounts},
        ),
        max_size=3,
        unique_by=lambda line: str(line["key"]),
    ),
}
texts = st.none() | st.text()


@given(st.data())
def test_every_canonical_value_fits_the_schema_of_its_field(data):
    record = {}
    for spec in ALL_KINDS:
        if data.draw(st.booleans()):
            value = data.draw(VALUES.get(spec.kind, texts), label=spec.name)
            record[spec.name] = kinds.to_json(value, spec.kind, spec.options)
    assert errors({"main": record}, SCHEMA) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a_bool", None),
        ("a_bool", "yes"),
        ("a_integer", 1.5),
        ("a_number", "1"),
        ("a_text", 1),
        ("a_date", "2026-1-1"),
        ("a_datetime", "2026-01-01T00:00:00"),
        ("a_ref", "no reference"),
        ("a_enum", "other"),
        ("a_amount", {"amount": "1"}),
        ("a_amount", {"amount": 1, "currency": "EUR"}),
        ("a_amount", {"amount": "1", "currency": "eur"}),
        ("a_quantity", {"quantity": "1,5", "unit": None}),
        ("a_lines", [{"sku": "A"}]),
        ("a_lines", [{"key": "1", "colour": "red"}]),
        ("nowhere", "declared"),
    ],
)
def test_what_is_no_canonical_value_does_not_fit(name, value):
    assert errors({"main": {name: value}}, SCHEMA)


def test_parts_are_objects_or_empty_and_repeated_ones_have_a_key():
    assert errors({"main": {}, "invoice": None, "box:1": {"weight": {"quantity": "2", "unit": "kg"}}}, SCHEMA) == []
    assert errors({"main": {}, "box": {}}, SCHEMA)
    assert errors({"invoice": {}}, SCHEMA)


def test_the_schema_names_version_digest_and_what_json_schema_has_no_word_for():
    assert SCHEMA["$id"] == "urn:retail-sync:entity:everything:v3"
    assert SCHEMA["x-digest"] == EVERYTHING.digest
    owner = SCHEMA["$defs"]["main"]["properties"]["owner"]
    assert (owner["x-entity"], owner["x-sensitivity"], owner["x-kind"]) == ("customer", "personal", "ref")
    assert (owner["title"], owner["description"]) == ("Owner", "Who has it.")
    line = SCHEMA["$defs"]["main"]["properties"]["a_lines"]["items"]
    assert line["required"] == ["key"] and line["properties"]["ordered"]["x-digits"] == 3


def test_every_field_of_every_level_tells_its_masking_class():
    def classes(properties):
        for name, field in properties.items():
            if "x-kind" in field:
                yield name, field.get("x-sensitivity")
            yield from classes(field.get("items", {}).get("properties", {}))

    found = [pair for shape in SCHEMA["$defs"].values() for pair in classes(shape["properties"])]
    assert len(found) == len(ALL_KINDS) + 1 + len(LINES) + 2
    assert all(sensitivity for _name, sensitivity in found)


def test_python_values_of_dates_are_not_json():
    assert errors({"main": {"a_date": date(2026, 1, 1)}}, SCHEMA)
    assert errors({"main": {"a_number": Decimal(1)}}, SCHEMA)
