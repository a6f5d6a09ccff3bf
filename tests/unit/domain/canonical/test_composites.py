"""Composites are folded and expanded by the declaration, whatever they hold."""

from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.composites import absent_fields, complete, expand, expand_names, fold, fold_names
from retail_sync.domain.canonical.customer import CUSTOMER
from retail_sync.domain.canonical.entity_spec import Composite, FieldSpec, PartSpec, by_name, declare

SIZE = (FieldSpec("length", "integer", owner="odoo"), FieldSpec("width", "integer", owner="odoo"))
BOX = declare(
    "box",
    1,
    (FieldSpec("sku", "code"), *SIZE),
    composites=(Composite("size", "Size", ("length", "width")),),
    parts=(PartSpec("lid", "Lid", by_name(SIZE)), PartSpec("label", "Label", by_name([FieldSpec("text", "text")]))),
)


def test_the_fields_of_a_composite_become_one_value_and_the_others_stay():
    assert fold({"sku": "A", "length": 3, "width": 4}, BOX) == {"sku": "A", "size": [3, 4]}
    assert fold({"length": None, "width": ""}, BOX) == {"size": None}
    assert fold({"width": 4}, BOX, "lid") == {"size": [None, 4]}
    assert fold({"sku": "A"}, BOX) == {"sku": "A"}
    assert fold({"text": "x"}, BOX, "label") == {"text": "x"}


def test_expanding_is_the_way_back():
    assert expand({"sku": "A", "size": [3, None]}, BOX) == {"sku": "A", "length": 3, "width": None}
    assert expand({"size": None}, BOX, "lid") == {"length": None, "width": None}
    assert expand_names(["sku", "size"], BOX) == {"sku", "length", "width"}
    assert fold_names({"sku", "width"}, BOX) == {"sku", "size"}


def test_what_was_not_reported_is_completed_by_the_other_side():
    given = {"sku": "A", "width": 5}
    absent = absent_fields(given, BOX)
    assert absent == {"size": {"length"}}
    assert complete(fold(given, BOX), {"size": [3, 4]}, BOX, absent) == {"sku": "A", "size": [3, 5]}
    assert complete(fold({"width": None}, BOX), {"size": [None, 4]}, BOX, absent) == {"size": None}
    assert absent_fields({"length": None, "width": 5}, BOX) == {}


def test_a_composite_belongs_to_the_side_that_owns_all_of_its_fields():
    assert BOX.merge_specs()["size"].owner == "odoo"
    assert CUSTOMER.merge_specs("invoice")["address"].owner == "shared"
    assert set(BOX.merge_specs("label")) == {"text"}


VALUES = st.fixed_dictionaries(
    {}, optional={name: st.none() | st.text(min_size=1, max_size=3) for name in ("name", *CUSTOMER.part_specs("other"))}
)


@given(VALUES)
def test_folding_and_expanding_loses_nothing(values):
    back = expand(fold(values, CUSTOMER, "other"), CUSTOMER, "other")
    assert {name: back[name] for name in values} == values
    assert all(back[name] is None for name in back.keys() - values.keys())
