from functools import partial

import pytest

from retail_sync.domain.canonical import parts as rules
from retail_sync.domain.canonical.customer import CUSTOMER
from retail_sync.domain.canonical.entity_spec import FieldSpec, PartSpec, by_name, declare
from retail_sync.domain.values.addresses import address_key, same_address

repeating_parts = partial(rules.repeating_parts, spec=CUSTOMER)
shown_parts = partial(rules.shown_parts, spec=CUSTOMER)

MAIN = {
    "street": "1 Main St.",
    "street2": "Suite 5",
    "city": "New  York",
    "zip": "10 001",
    "state": "NY",
    "country": "US",
}


def test_spelling_and_line_breaks_do_not_make_an_address_another_one():
    other = {"street": "1 main st, suite 5", "city": "new york", "zip": "10001", "state": "ny", "country": "US"}
    assert same_address(MAIN, other)
    assert address_key(MAIN) == address_key(other)


def test_each_field_makes_a_difference():
    for name in MAIN:
        other = {**MAIN, name: "elsewhere 9"}
        assert not same_address(MAIN, other), name


@pytest.mark.parametrize(
    ("street", "other"), [("1/24 Smith St", "12/4 Smith St"), ("Via Roma 1-3", "Via Roma 13"), ("Weg 1.2", "Weg 12")]
)
def test_two_numbers_of_a_street_are_not_one_number(street, other):
    """A delivery address of unit 12 repeated the main address of unit 1, and was never created."""
    assert not same_address({**MAIN, "street": street}, {**MAIN, "street": other})
    parts = {"main": {**MAIN, "street": street}, "delivery": {**MAIN, "street": other}}
    assert not repeating_parts(parts)


def test_an_equal_address_repeats_the_main_one():
    parts = {"main": dict(MAIN), "invoice": {**MAIN, "city": "NEW YORK"}, "delivery": {**MAIN, "zip": "2"}}
    assert repeating_parts(parts) == {"invoice"}


def test_a_name_or_phone_of_its_own_keeps_it():
    main = {**MAIN, "name": "Acme", "phone": "+1"}
    assert not repeating_parts({"main": main, "delivery": {**MAIN, "name": "Call guard 3"}})
    assert not repeating_parts({"main": main, "delivery": {**MAIN, "phone": "+2"}})
    assert repeating_parts({"main": main, "delivery": {**MAIN, "name": "Acme", "phone": "+1"}}) == {"delivery"}


def test_nothing_to_compare_with_repeats_nothing():
    assert not repeating_parts({"delivery": {**MAIN}})
    assert not repeating_parts({"main": dict(MAIN), "delivery": None})


def test_a_part_is_there_by_what_it_needs():
    assert rules.presence_fields("delivery", CUSTOMER) == {"address"}
    lot = PartSpec("lot", "Lot", by_name([FieldSpec("code", "code"), FieldSpec("note", "text")]), needs=("code",))
    assert rules.presence_fields("lot", declare("gadget", 1, [FieldSpec("code", "code")], parts=[lot])) == {"code"}


def test_a_part_without_what_it_needs_is_empty_or_unknown():
    named = {"name": "Acme", "phone": "+1"}
    assert shown_parts({"main": {}, "invoice": {**named, "street": "", "city": None}}) == {"main": {}, "invoice": None}
    assert shown_parts({"main": {}, "invoice": named}) == {"main": {}}
    assert shown_parts({"invoice": {**named, "country": "IT"}}) == {"invoice": {**named, "country": "IT"}}
    assert shown_parts({"invoice": None}) == {"invoice": None}


def test_a_part_whose_entity_declares_no_rules_is_always_shown():
    lot = PartSpec("lot", "Lot", by_name([FieldSpec("code", "code")]), repeated=True)
    spec = declare("gadget", 1, [FieldSpec("code", "code")], parts=[lot])
    found = {"main": {"code": "A"}, "lot:1": {"code": "A"}, "lot:2": {"code": None}}
    assert rules.shown_parts(found, spec) == found
    assert not rules.repeating_parts(found, spec)
