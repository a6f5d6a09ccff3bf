import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical import customer as declared
from retail_sync.domain.canonical.composites import fold_names
from retail_sync.domain.canonical.entity_spec import Authority, DeliveryClass, Effect, OnMissing, Strategy, declare
from retail_sync.domain.canonical.kinds import split_reference
from retail_sync.domain.canonical.schema import (
    ABSENT,
    ENTITIES,
    FieldSpec,
    content_hash,
    make_ref,
    part_specs,
)
from retail_sync.domain.reconcile.three_way import default_ownership_rule

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
parts = st.dictionaries(
    st.sampled_from(["main", "invoice", "delivery"]),
    st.none() | st.dictionaries(st.sampled_from(["name", "city", "zip", "active"]), scalars),
)


def test_customer_and_address_have_the_agreed_fields():
    assert set(ENTITIES["customer"].fields) == {
        *("kind", "name", "first_name", "last_name", "job_title", "email", "phone", "website", "vat"),
        *(
            "customer_number",
            "language",
            "notes",
            "email_opt_out",
            "phone_opt_out",
            "active",
            "owner",
            "parent",
            "currency",
        ),
        *("street", "street2", "city", "zip", "state", "country"),
        *("odoo_id", "account_block", "block_reason", "block_until", "credit_limit", "amount_due", "overdue_amount"),
        *("credit_state", "payment_terms", "tax_class", "vat_status"),
        *ROLLUPS,
    }
    for part in ("invoice", "delivery", "other"):
        assert set(part_specs(part, "customer")) == {
            *("kind", "name", "phone", "street", "street2", "city", "zip", "state", "country", "active"),
        }
    assert part_specs("main", "customer") is ENTITIES["customer"].fields


def test_what_the_engine_asks_about_customers():
    spec = ENTITIES["customer"]
    assert spec is declared.CUSTOMER
    assert (spec.authority, spec.delivery_class) == (Authority.both, DeliveryClass.state)
    assert spec.identity.strategy is Strategy.evidence
    assert spec.references["parent"].on_missing is OnMissing.wait
    assert spec.lifecycle.remote_deletion is Effect.policy
    assert spec.lifecycle.local_archive is spec.lifecycle.remote_archive is Effect.archive
    assert fold_names(["zip", "phone"], spec) == {"address", "phone"}
    for part in ("main", *declared.PARTS):
        (address,) = spec.composites_of(part)
        assert (address.name, address.fields) == ("address", declared.ADDRESS_FIELDS)


def test_only_the_country_is_read_before_the_other_fields_of_its_part():
    for part in ("main", *declared.PARTS):
        leading = [name for name, spec in part_specs(part, "customer").items() if spec.leads]
        assert leading == ["country"]


def test_only_the_opt_out_flags_are_restrictive():
    restrictive = {name for name, spec in ENTITIES["customer"].fields.items() if spec.restrictive}
    assert restrictive == {"email_opt_out", "phone_opt_out"}


BUSINESS = {
    *("odoo_id", "account_block", "block_reason", "block_until", "credit_limit", "amount_due", "overdue_amount"),
    *("credit_state", "payment_terms", "tax_class", "vat_status"),
}
# What orders, goods and invoices of a customer come to: Odoo owns it, and no person waits for it.
ROLLUPS = {"open_orders", "last_order_at", "returns_rate", "lifetime_value", "loyalty_points"}


def test_odoo_owns_the_business_fields_and_they_are_urgent_but_for_amounts():
    customer = ENTITIES["customer"]
    assert {name for name, spec in customer.fields.items() if spec.owner == "odoo"} == BUSINESS | ROLLUPS
    assert {spec.owner for name, spec in customer.fields.items() if name not in BUSINESS | ROLLUPS} == {"shared"}
    assert customer.urgent_fields() == BUSINESS - {"amount_due", "overdue_amount"} | {"customer_number"}
    assert not any(spec.urgent for spec in part_specs("invoice", "customer").values())
    for name in BUSINESS | ROLLUPS:
        ownership_rule = default_ownership_rule(name, customer.fields[name])
        assert (ownership_rule.owner, ownership_rule.survivorship) == ("odoo", "owner_wins")


def test_values_without_a_column_of_their_own():
    computed = {name for name, spec in ENTITIES["customer"].fields.items() if spec.computed}
    assert (
        computed == {"credit_limit", "amount_due", "overdue_amount", "credit_state", "vat_status", "odoo_id"} | ROLLUPS
    )


def test_the_credit_states_and_vat_states():
    fields = ENTITIES["customer"].fields
    assert fields["credit_state"].choices == ("ok", "near_limit", "hold")
    assert fields["vat_status"].choices == ("valid", "invalid", "unchecked")
    assert {name for name, spec in fields.items() if spec.kind == "number"} == {
        *("credit_limit", "amount_due", "overdue_amount", "returns_rate", "lifetime_value", "loyalty_points")
    }


def test_a_spec_refuses_an_owner_that_is_none():
    with pytest.raises(ValueError, match="unknown owner"):
        FieldSpec("x", "text", "public", "X", owner="neither")


def test_specs_can_not_be_changed_at_run_time():
    with pytest.raises(TypeError):
        ENTITIES["customer"].fields["name"] = None
    with pytest.raises(TypeError):
        ENTITIES["customer"] = None


@pytest.mark.parametrize(("kind", "sensitivity"), [("colour", "public"), ("text", "hush-hush")])
def test_a_spec_refuses_unknown_words(kind, sensitivity):
    with pytest.raises(ValueError, match="unknown|no kind"):
        FieldSpec("x", kind, sensitivity, "X")


def test_an_entity_refuses_a_field_named_twice():
    spec = FieldSpec("x", "text", "public", "X")
    with pytest.raises(ValueError, match="twice"):
        declare("thing", 1, [spec, spec])


def test_hash_does_not_depend_on_order():
    parts = {"main": {"name": "A", "zip": "1"}, "invoice": None}
    other = {"invoice": None, "main": {"zip": "1", "name": "A"}}
    assert content_hash(parts) == content_hash(other)
    assert len(content_hash(parts)) == 32


def test_hash_tells_absent_from_cleared_and_part_from_part():
    hashes = {
        content_hash({"main": {}}),
        content_hash({"main": {"name": None}}),
        content_hash({"main": {"name": ""}}),
        content_hash({"main": {}, "invoice": None}),
        content_hash({"main": {}, "invoice": {}}),
        content_hash({"invoice": {}}),
    }
    assert len(hashes) == 6


def test_hash_changes_with_the_salt():
    assert content_hash({"main": {}}, "v1") != content_hash({"main": {}}, "v2")


def test_hash_is_stable_over_releases():
    # Stored in every link: a new value here would make each record of each customer look changed.
    assert content_hash({"main": {"name": "Müller", "active": True}}, "s") == "06541389907086d16368b48a81986774"


@given(parts, parts)
def test_equal_hash_means_equal_content(left, right):
    # Python holds 1 == True == 1.0; for a hash of content these are different values.
    same = repr(sorted((k, sorted(v.items()) if v is not None else None) for k, v in left.items())) == repr(
        sorted((k, sorted(v.items()) if v is not None else None) for k, v in right.items())
    )
    assert (content_hash(left) == content_hash(right)) == same


def test_references():
    assert make_ref("Account", "001A") == "Account/001A"
    assert split_reference("Account/001A/B") == ("Account", "001A/B")
    for bad in ("", "Account", "Account/", "/001"):
        with pytest.raises(ValueError, match="reference"):
            split_reference(bad)


def test_absent_is_falsy_and_is_not_none():
    assert not ABSENT
    assert ABSENT is not None
    assert repr(ABSENT) == "ABSENT"
