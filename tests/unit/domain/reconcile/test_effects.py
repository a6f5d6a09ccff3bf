"""What a decision would do to single fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.customer import ADDRESS_FIELDS, CUSTOMER
from retail_sync.domain.canonical.kinds import equal
from retail_sync.domain.reconcile.effects import EMPTY, FILL, OVERWRITE, asked, created, effects

texts = st.sampled_from([None, "", "a", "A ", "b"])
NAMES = ("name", "website", "notes", "email_opt_out", "address")
values = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("name", "website", "notes"), texts),
        "email_opt_out": st.booleans(),
        "address": st.none() | st.lists(texts, min_size=6, max_size=6),
    },
)


def by_field(found):
    return {effect.field: effect.effect for effect in found}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, "a", FILL),
        ("", "a", FILL),
        ("a", "b", OVERWRITE),
        ("a", None, EMPTY),
        ("a", "", EMPTY),
        ("a", " a", None),
        (None, "", None),
    ],
)
def test_one_field(before, after, expected):
    found = by_field(effects({"name": before}, {"name": after}, CUSTOMER))
    assert found == ({"name": expected} if expected else {})


def test_a_composite_is_reported_element_by_element():
    before = ["Via Po 2", "Scala B", "Torino", None, None, "IT"]
    after = ["Via Roma 1", None, "Torino", "10121", None, "IT"]
    assert by_field(effects({"address": before}, {"address": after}, CUSTOMER)) == {
        "street": OVERWRITE,
        "street2": EMPTY,
        "zip": FILL,
    }
    assert by_field(effects({"address": before}, {"address": None}, CUSTOMER)) == dict.fromkeys(
        ("street", "street2", "city", "country"), EMPTY
    )


def test_of_a_flag_nothing_is_filled_or_emptied():
    assert by_field(effects({"email_opt_out": True}, {"email_opt_out": False}, CUSTOMER)) == {
        "email_opt_out": OVERWRITE
    }
    assert by_field(created({"email_opt_out": False, "name": "A", "website": None}, CUSTOMER)) == {"name": "create"}


def test_what_is_asked_names_the_elements_that_differ():
    remote, local = {"address": ["a", None, "x", None, None, "IT"]}, {"address": ["b", None, "x", None, None, None]}
    assert set(by_field(asked(["address"], remote, local, CUSTOMER)).items()) == {("street", "ask"), ("country", "ask")}


@given(values, values)
def test_each_difference_has_one_effect(before, after):
    found = by_field(effects(before, after, CUSTOMER))
    for name in after:
        names = ADDRESS_FIELDS if name == "address" else (name,)
        same = equal(before.get(name), after[name], "bool" if name == "email_opt_out" else "text")
        if same:
            assert not set(names) & found.keys()
        elif name != "address":
            assert name in found
