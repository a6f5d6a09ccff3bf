"""A new version of an entity reads what the old one wrote, or says that it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical import kinds
from retail_sync.domain.canonical.compatibility import breaking_changes
from retail_sync.domain.canonical.entity_spec import Authority, Composite, FieldSpec, Identity, PartSpec, declare
from retail_sync.domain.canonical.json_schema import schema_of

from .json_validator import errors
from .test_json_schema import VALUES, texts

LINE = (FieldSpec("sku", "code"), FieldSpec("state", "enum", choices=("open", "done")))
FIELDS = (
    FieldSpec("number", "code"),
    FieldSpec("state", "enum", choices=("open", "done")),
    FieldSpec("total", "amount"),
    FieldSpec("weight", "quantity", digits=2),
    FieldSpec("customer", "ref", entity="customer"),
    FieldSpec("lines", "lines", lines=LINE),
)


def schema(*fields, name="paper", version=1, **more):
    return schema_of(declare(name, version, fields or FIELDS, **more))


def without(name):
    return tuple(spec for spec in FIELDS if spec.name != name)


def changed(name, kind, **more):
    return tuple(FieldSpec(name, kind, **more) if spec.name == name else spec for spec in FIELDS)


def test_the_same_declaration_breaks_nothing():
    assert breaking_changes(schema(), schema()) == []


def test_what_is_new_breaks_nothing():
    wider = (
        *changed("state", "enum", choices=("open", "done", "late")),
        FieldSpec("remark", "text"),
    )
    parts = (PartSpec("invoice", "Invoice", {"city": FieldSpec("city", "text")}),)
    assert breaking_changes(schema(), schema(*wider, version=2, parts=parts)) == []


def test_labels_masking_classes_and_owners_may_change():
    renamed = changed("number", "code", sensitivity="personal", label="No.", help="Printed.", owner="odoo")
    assert breaking_changes(schema(), schema(*renamed)) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (without("total"), "Field 'total' is gone."),
        (changed("number", "text"), "Field 'number': its kind was code, and is text."),
        (changed("weight", "quantity", digits=3), "Field 'weight': its decimals was 2, and is 3."),
        (
            changed("customer", "ref", entity="partner"),
            "Field 'customer': its entity it points to was customer, and is partner.",
        ),
        (changed("state", "enum", choices=("open",)), "Field 'state' no longer knows done."),
        (changed("lines", "lines", lines=LINE[1:]), "Field 'lines.sku' is gone."),
        (
            changed("lines", "lines", lines=(LINE[0], FieldSpec("state", "enum", choices=("done",)))),
            "Field 'lines.state' no longer knows open.",
        ),
        (
            changed("lines", "lines", lines=LINE, line_key="id"),
            "Field 'lines': its key of its lines was key, and is id.",
        ),
    ],
)
def test_what_is_gone_or_means_something_else_breaks_readers(fields, text):
    assert breaking_changes(schema(), schema(*fields)) == [text]


def test_any_code_may_not_become_a_few():
    any_code = changed("state", "enum")
    assert breaking_changes(schema(*any_code), schema()) == ["Field 'state': any code was allowed, and only some are."]
    assert breaking_changes(schema(), schema(*any_code)) == []


def test_rules_of_the_record_count_too():
    city = {"city": FieldSpec("city", "text"), "zip": FieldSpec("zip", "text")}
    old = schema(
        *FIELDS,
        parts=(PartSpec("invoice", "Invoice", city), PartSpec("box", "Box", city)),
        composites=(Composite("place", "Place", ("city", "zip")),),
    )
    new = schema(
        *FIELDS,
        parts=(PartSpec("box", "Box", city, repeated=True),),
        identity=Identity.by_key("number"),
        authority=Authority.odoo,
    )
    assert breaking_changes(old, new) == [
        "The identity was none, and is key number.",
        "The authority was both, and is odoo.",
        "Composite 'place' no longer joins city, zip.",
        "Part 'invoice' is gone.",
        "Part 'box' was single, and no longer is.",
    ]


KINDS = st.sampled_from(["text", "bool", "integer", "date", "amount", "enum", "lines"])


@st.composite
def declarations(draw):
    """Return the fields of a small declaration; two of them differ in a few ways at most."""
    fields = []
    for name in draw(st.lists(st.sampled_from("abcd"), min_size=1, unique=True)):
        kind = draw(KINDS)
        more = {}
        if kind == "enum":
            more["choices"] = tuple(draw(st.sets(st.sampled_from(["new", "old"]), min_size=1)))
        if kind == "lines":
            names = draw(st.sets(st.sampled_from(["sku", "ordered", "net"]), min_size=1))
            kinds_of = {"sku": "code", "ordered": "quantity", "net": "amount"}
            more["lines"] = tuple(FieldSpec(inner, kinds_of[inner]) for inner in sorted(names))
        fields.append(FieldSpec(name, kind, **more))
    return tuple(fields)


@given(declarations(), declarations(), st.data())
def test_where_nothing_breaks_the_new_version_reads_every_record_of_the_old(old, new, data):
    before, now = schema(*old), schema(*new)
    record = {}
    for spec in old:
        value = data.draw(VALUES.get(spec.kind, texts), label=spec.name)
        try:
            record[spec.name] = kinds.to_json(value, spec.kind, spec.options)
        except kinds.KindError:
            continue
    assert errors({"main": record}, before) == []
    if errors({"main": record}, now):
        assert breaking_changes(before, now)
