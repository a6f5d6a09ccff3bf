"""Orgs as they are: only our package's fields, automation of the org's own, restricted values, no right to delete."""

from __future__ import annotations

import pytest

from .equality import last_entry, proof

RESTRICTED = {
    "name": "Odoo_Credit_State__c",
    "type": "picklist",
    "picklistValues": ["OK", "Near limit", "Hold"],
    "restrictedPicklist": True,
}


@pytest.fixture
def org(both, shelf):
    """The org of the connection at rest; automation and rights are as before when the test ends."""
    both.quiet()
    yield both.simulator
    both.simulator.control("DELETE", "automations")
    both.simulator.config(permission_sets=["Retail_Sync_Integration", "Retail_Sync_Modify_All"])


def test_connection_test_is_content_with_the_package_alone(both, org):
    answer = both.test()
    found = {check["name"]: check for check in answer["checks"]}
    assert answer["ok"] and found["Fields of Retail Sync"]["level"] == "ok", found["Fields of Retail Sync"]
    # Opt-outs, phones, tax ID and language: every shipped line has a field to read and to write.
    lacking = [name for name, check in found.items() if check["level"] != "ok" and name.startswith(("Acc", "Con"))]
    assert lacking == []
    assert "permission set" in found["Who sees Odoo's values"]["detail"]


def test_tax_id_and_language_have_fields_of_the_package(both, org, shelf):
    """Odoo owns the tax ID unless the rule is changed: an edit over there is taken back. The language is shared."""
    family = shelf.take()
    both.write(family.firm, vat="IT00743110157")
    both.arrives(family.account, Odoo_VAT_Number__c="IT00743110157")
    both.quiet()
    org.edit("Account", family.account, {"Odoo_VAT_Number__c": "IT12345670017"})
    org.edit("Contact", family.contact, {"Odoo_Language__c": "en_US"})
    both.quiet()
    assert both.record(family.account)["Odoo_VAT_Number__c"] == both.partner(family.account)["vat"] == "IT00743110157"
    assert both.record(family.contact)["Odoo_Language__c"] == both.partner(family.contact)["lang"] == "en_US"
    assert proof(both) == []


def test_automation_that_changes_other_fields_is_read_back(both, org, shelf):
    """What a trigger makes of our write is news to Odoo; the two do not answer each other for ever."""
    family = shelf.take()
    org.automation("Contact", changed=["Phone"], copy={"Title": "Phone"}, users=["integration"])
    both.write(family.person, phone="+39 02 5555 0101")
    both.until(lambda: (both.record(family.contact).get("Title") or "").startswith("+39"))
    since = last_entry(both)
    both.quiet()
    assert both.partner(family.contact)["function"] == both.record(family.contact)["Title"]
    assert len(org.journal(since=since, object="Contact", id=family.contact)) <= 1
    assert proof(both) == []


def test_automation_that_refuses_one_record_leaves_the_others(both, org, shelf):
    refused, taken = shelf.take(), shelf.take()
    org.automation(
        "Contact",
        name="Guard",
        on=["update"],
        refuse="ask sales",
        when={"field": "LastName", "op": "=", "value": both.record(refused.contact)["LastName"]},
    )
    for family in (refused, taken):
        both.write(family.person, function="Head of Purchasing")
    both.arrives(taken.contact, Title="Head of Purchasing")
    [message] = both.until(lambda: both.outbox("open"))
    assert message["fault_code"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    org.control("DELETE", "automations")
    both.message_call(message, "action_retry")
    both.until(lambda: both.there(refused.contact, Title="Head of Purchasing"))
    both.quiet()
    assert proof(both) == []


def test_a_value_that_the_record_type_does_not_list_holds_nothing_else_back(both, org, shelf):
    """The block of a customer arrives although the org refuses the credit state beside it."""
    family = shelf.take()
    org.schema("Account", [RESTRICTED])
    [kind] = [row["Id"] for row in org.records("RecordType") if row["DeveloperName"] == "Business_Account"]
    org.edit("Account", family.account, {"RecordTypeId": kind})
    both.quiet()
    org.config(record_type_values={"Account": {"Business_Account": {"Odoo_Credit_State__c": ["OK"]}}})
    try:
        both.stack.rpc(
            "res.partner", "write", [[family.firm], {"website": "https://typed.example", "vat": "IT12345670017"}]
        )
        both.arrives(family.account, Website="https://typed.example", Odoo_VAT_Number__c="IT12345670017")
    finally:
        org.config(record_type_values={})
        org.schema("Account", [{**RESTRICTED, "restrictedPicklist": False}])
    both.quiet()
    assert proof(both) == []


def test_a_deletion_without_the_right_asks_a_person(both, org, shelf):
    family = shelf.take()
    org.config(permission_sets=["Retail_Sync_Integration"])
    both.tune("Contact", unlink_policy="delete")
    try:
        found = {check["name"]: check for check in both.test()["checks"]}
        assert "Retail Sync Deletion" in found["Contacts: deleting"]["next_step"]
        both.stack.rpc("res.partner", "unlink", [[family.colleague]])
        [message] = both.until(lambda: both.outbox("open"))
        assert message["fault_code"] == "INSUFFICIENT_ACCESS_OR_READONLY"
        assert not both.record(family.other)["IsDeleted"]
        org.config(permission_sets=["Retail_Sync_Integration", "Retail_Sync_Deletion"])
        both.message_call(message, "action_retry")
        both.until(lambda: both.record(family.other)["IsDeleted"])
    finally:
        both.tune("Contact", unlink_policy="keep")
    both.quiet()
