"""The org as the integration user finds it after the package was deployed, and orgs that are set up otherwise."""

import pytest

from .support import EXTERNAL_ID, login, refused


@pytest.fixture
def deployed(sim):
    """The org with the package and its permission sets, and nothing else."""
    sim.reset()
    return sim


def fields(sf, name):
    return {field["name"]: field for field in getattr(sf, name).describe()["fields"]}


def test_item_27_the_default_org_is_stock_and_package(deployed):
    sf = login(deployed)
    account, contact = fields(sf, "Account"), fields(sf, "Contact")
    assert account[EXTERNAL_ID]["updateable"] and account["Odoo_VAT_Number__c"]["length"] == 32
    assert contact["Odoo_Language__c"]["updateable"] and contact["MobilePhone"]["updateable"]
    assert not account["Description"]["updateable"]
    assert not {"VAT_Number__c", "Customer_Number__c", "Industry", "Type", "Fax"} & set(account)
    assert not {"Language__c", "Birthdate"} & set(contact)
    for field in (account["Odoo_Credit_State__c"], account["Odoo_VAT_Status__c"]):
        assert not field["restrictedPicklist"] and field["picklistValues"]
    for value in ("OK", "Anything"):
        assert sf.Account.create({"Name": "A", "Odoo_Credit_State__c": value})["success"]


def test_item_27_a_user_without_the_right_to_delete(deployed):
    deployed.config(permission_sets=["Retail_Sync_Integration"])
    sf = login(deployed)
    made = sf.Account.create({"Name": "A"})["id"]
    described = sf.Account.describe()
    assert (described["createable"], described["updateable"], described["deletable"]) == (True, True, False)
    with refused(400, "INSUFFICIENT_ACCESS_OR_READONLY"):
        sf.Account.delete(made)
    assert sf.Account.get(made)["Name"] == "A"


def test_item_49_fields_of_persons_follow_the_contact(deployed):
    deployed.config(person_accounts=True)
    account = fields(login(deployed), "Account")
    assert account["PersonEmail"]["updateable"] and account["Odoo_Language__pc"]["updateable"]
    assert "PersonBirthdate" not in account
    assert account["Name"]["nillable"] and account["PersonTitle"]["length"] == 80


def test_item_32_a_restricted_value_unknown_to_the_record_type(sim, sf):
    values = ["A", "B"]
    field = {"name": "Class__c", "type": "picklist", "picklistValues": values, "restrictedPicklist": True}
    sim.schema("Account", [field])
    [kind] = [r["Id"] for r in sim.records("RecordType") if r["DeveloperName"] == "Business_Account"]
    sim.config(record_type_values={"Account": {"Business_Account": {"Class__c": ["A"]}}})
    assert sf.Account.create({"Name": "free", "Class__c": "B"})["success"]
    with refused(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", match="Class: bad value"):
        sf.Account.create({"Name": "typed", "RecordTypeId": kind, "Class__c": "B"})


def test_item_32_automation_reacts_to_writes(sim, sf):
    sim.automation("Account", name="Normalise", changed=["Phone"], set={"Site": "called"}, users=["integration"])
    sim.automation(
        "Account",
        name="Guard",
        on=["update"],
        refuse="locked by sales",
        when={"field": "Name", "op": "=", "value": "B"},
    )
    first, second = (sf.Account.create({"Name": name, "Phone": "1"})["id"] for name in "AB")
    assert sf.Account.get(first)["Site"] == "called"
    with refused(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", match="Guard: execution of BeforeUpdate"):
        sf.Account.update(second, {"Phone": "2"})
    assert sf.Account.update(first, {"Phone": "2"}) == 204
    assert {each["name"]: each["runs"] for each in sim.automations()} == {"Normalise": 4, "Guard": 1}


def test_item_32_no_record_stands_above_itself(sf):
    top = sf.Account.create({"Name": "Top"})["id"]
    below = sf.Account.create({"Name": "Below", "ParentId": top})["id"]
    for parent in (top, below):
        with refused(400, "CIRCULAR_DEPENDENCY"):
            sf.Account.update(top, {"ParentId": parent})


def test_item_34_states_of_twenty_countries(sim, sf):
    sim.config(state_country_picklists=True)
    account = fields(sf, "Account")
    state = account["BillingStateCode"]
    assert state["dependentPicklist"] and state["controllerName"] == "BillingCountryCode"
    for country, code, name in (
        ("DE", "NW", "Nordrhein-Westfalen"),
        ("MX", "DF", "Federal District"),
        ("CN", "11", "Beijing"),
    ):
        made = sf.Account.create({"Name": "A", "BillingCountryCode": country, "BillingStateCode": code})["id"]
        assert sf.Account.get(made)["BillingState"] == name
    with refused(400, "FIELD_INTEGRITY_EXCEPTION"):
        sf.Account.create({"Name": "A", "BillingCountryCode": "DE", "BillingStateCode": "TX"})


def test_item_23_a_private_contact_in_an_org_with_households(sim, sf):
    sim.config(household_accounts=True)
    contact = sf.Contact.get(sf.Contact.create({"LastName": "Rossi"})["id"])
    assert sf.Account.get(contact["AccountId"])["Name"] == "Rossi Household"


def test_item_45_the_edge_refuses_without_a_body(sim, sf):
    for status in (406, 420):
        sim.fault("status", {"op": "query"}, status=status, body=None)
        with refused(status) as caught:
            sf.query("SELECT Id FROM Account")
        assert caught[0].content in ("", b"")
    assert sf.query("SELECT Id FROM Account")["done"]
