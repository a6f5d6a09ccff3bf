"""A field that the org refuses waits alone; what many records are refused over is one exception."""

from __future__ import annotations

import pytest

from .equality import last_entry

LONG = 41  # characters: a first name takes 40


@pytest.fixture
def family_of_one(both, shelf):
    """The connection at rest, and a family that no test has had."""
    both.quiet()
    yield shelf.take()
    both.simulator.clear_faults()
    both.wait_idle()


@pytest.fixture(scope="module")
def many(shelf):
    """Twenty-six contacts of the same load: (partner, record) of each."""
    families = [shelf.take() for _ in range(13)]
    return [pair for family in families for pair in ((family.person, family.contact), (family.colleague, family.other))]


def refused(connection, *states):
    """The exceptions about single fields."""
    return [message for message in connection.outbox(*(states or ("open", "parked"))) if message["kind"] == "field"]


def test_a_value_that_does_not_fit_holds_nothing_back(both, family_of_one):
    """Two addresses in one field, as Odoo allows; the phone goes, and so does the block that follows."""
    family = family_of_one
    before = both.record(family.contact).get("Email")
    both.write(family.person, email="petra@doppelt.example, buero@doppelt.example", phone="+390211112222")
    both.arrives(family.contact, Phone="+390211112222", Email=before)
    both.wait_idle()
    [waiting] = refused(both)
    assert waiting["res_id"] == family.person and waiting["fault_code"] == "INVALID_EMAIL_ADDRESS"
    assert "doppelt" not in waiting["fault_message"]
    both.write(family.person, account_block=True, account_block_reason="Fraud suspected")
    both.arrives(family.contact, Odoo_Account_Blocked__c=True)
    both.quiet()
    assert [message["id"] for message in refused(both)] == [waiting["id"]]
    assert both.partner(family.contact)["email"] == "petra@doppelt.example, buero@doppelt.example"
    both.write(family.person, email="petra@doppelt.example")
    both.arrives(family.contact, Email="petra@doppelt.example")
    both.quiet()
    assert refused(both) == []


def test_a_refusal_of_the_org_that_names_a_field(both, family_of_one):
    """Only the org knows the rule: the field is taken out, and the rest goes in the same delivery."""
    family = family_of_one
    org = both.simulator
    org.validation_rule("Contact", "Title", "=", "Refused", "No such title, please.")
    calls = len(org.calls())
    both.write(family.person, function="Refused", phone="+390211113333")
    both.arrives(family.contact, Phone="+390211113333", Title="Buyer")
    both.wait_idle()
    writes = [call for call in org.calls(calls) if call["method"] in ("PATCH", "POST") and "composite" in call["path"]]
    assert len(writes) <= 2, "once with the field, once without"
    [waiting] = refused(both)
    assert waiting["res_id"] == family.person and "No such title" in waiting["fault_message"]
    since = last_entry(both)
    both.quiet()
    assert [entry for entry in org.journal(since=since, user="integration") if entry["id"] == family.contact] == []
    both.write(family.person, function="Agreed")
    both.arrives(family.contact, Title="Agreed")
    both.quiet()
    assert refused(both) == []


def test_a_new_customer_with_a_value_that_does_not_fit(both, family_of_one):
    both.tune("Contact", export_policy="always")
    try:
        partner = both.make(
            name="Nora Neumann", parent_id=family_of_one.firm, type="contact", email="nora at neumann", phone="+3902444"
        )
        both.stack.wait_for(lambda: both.external_id(partner))
    finally:
        both.tune("Contact", export_policy="never")
    both.wait_idle()
    record = both.record(both.external_id(partner))
    assert (record["LastName"], record.get("Email")) == ("Neumann", None)
    assert [message["res_id"] for message in refused(both)] == [partner]
    both.write(partner, email="nora@neumann.example")
    both.arrives(both.external_id(partner), Email="nora@neumann.example")
    both.quiet()


def test_many_equal_refusals_are_one_exception(both, many):
    """A value that the org does not take from anybody: one exception, and the rest of each record arrives."""
    both.quiet()
    org = both.simulator
    org.validation_rule("Contact", "Title", "=", "Everywhere", "Titles are kept elsewhere.")
    both.stack.sql(
        "UPDATE res_partner SET function = 'Everywhere', website = 'http://mass.example' WHERE id = ANY(%s)",
        ([partner for partner, _record in many],),
    )
    both.stack.sql("UPDATE res_partner SET phone = '+390299' || id WHERE id = ANY(%s)", ([p for p, _r in many],))
    both.sweep()
    for partner, record in many:
        both.arrives(record, Phone=f"+390299{partner}", Title="Buyer")
    both.wait_idle()
    [brake] = [message for message in both.outbox("open") if message["kind"] == "brake"]
    assert brake["refusal_count"] == len(many)
    assert refused(both, "open") == []
    both.stack.rpc("retail.sync.message", "action_ignore", [[brake["id"]], "Not needed"])
    both.quiet()
    assert both.outbox("open", "parked", "pending") == []
    both.stack.sql("UPDATE res_partner SET function = 'Buyer' WHERE id = ANY(%s)", ([p for p, _r in many],))
    both.sweep()
    both.quiet()


def test_records_that_duplicate_rules_refuse_in_bulk_pass_by_rows(both, many):
    """Bulk knows no header for duplicate rules: known records that look like others go by collections."""
    both.quiet()
    org = both.simulator
    org.duplicate_rule("Contact", ["Title"], action="alert")
    both.tune("Contact", bulk_write_threshold=20)
    try:
        both.stack.sql("UPDATE res_partner SET function = 'Twin' WHERE id = ANY(%s)", ([p for p, _r in many],))
        both.sweep()
        for _partner, record in many:
            both.arrives(record, Title="Twin")
        both.quiet()
        assert both.outbox("open", "parked", "pending") == []
    finally:
        both.tune("Contact", bulk_write_threshold=10000)
