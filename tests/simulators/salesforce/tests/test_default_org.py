"""The org as it starts: standard objects and the package, seen with the rights that the package gives."""

import pytest

from tests.simulators.salesforce import package
from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.schema import Field
from tests.simulators.salesforce.standard_objects import add_fields
from tests.simulators.salesforce.writer import Writer

NAMES = {"Account": "Name", "Contact": "LastName"}


def visible(org, name, user="integration"):
    return {field.name for field in org.context(user).access.fields(org.schema.get(name))}


@pytest.mark.parametrize("name", NAMES)
def test_custom_fields_are_those_of_the_package(org, name):
    folder = package.FOLDER / "force-app" / "main" / "default" / "objects" / name / "fields"
    files = {path.name.split(".")[0] for path in folder.glob("*.xml")}
    assert {field.name for field in org.schema.get(name).fields.values() if field.custom} == files
    assert "Odoo_External_Id__c" in files


def test_fields_are_as_the_package_describes_them(org):
    account = org.schema.get("Account")
    key = account.field("Odoo_External_Id__c")
    assert (key.type, key.length, key.unique, key.lookup_key, key.case_sensitive) == ("string", 64, True, True, True)
    limit = account.field("Odoo_Credit_Limit__c")
    assert (limit.type, limit.precision, limit.scale) == ("currency", 18, 2)
    state = account.field("Odoo_Credit_State__c")
    assert (state.type, state.picklist, state.restricted) == ("picklist", ("OK", "Near limit", "Hold"), False)
    assert (account.field("Odoo_VAT_Number__c").length, account.field("Odoo_Blocked_Until__c").type) == (32, "date")


def test_the_integration_user_sees_what_the_permission_set_gives(org):
    account, contact = visible(org, "Account"), visible(org, "Contact")
    granted = package.rights(["Retail_Sync_Integration"]).readable
    assert {"Phone", "Website", "BillingStreet", "BillingAddress", "Odoo_VAT_Number__c", "Description"} <= account
    assert {"Id", "Name", "OwnerId", "RecordTypeId", "SystemModstamp", "MasterRecordId"} <= account
    assert not {"Fax", "Industry", "Type", "AnnualRevenue"} & account
    assert {"FirstName", "LastName", "MobilePhone", "MailingCity", "DoNotCall"} <= contact
    assert not {"Birthdate", "Department", "LeadSource"} & contact
    assert ("account", "fax") not in granted
    assert {"Fax", "Industry", "Type"} <= visible(org, "Account", "human")


def test_a_hidden_field_is_refused_like_one_that_does_not_exist(org, select):
    writer = Writer(org, org.context("integration"))
    for attempt in (
        lambda: select("SELECT Fax FROM Account"),
        lambda: writer.insert("Account", {"Name": "A", "Fax": "1"}),
    ):
        with pytest.raises(ApiError) as caught:
            attempt()
        assert caught.value.code == "INVALID_FIELD"


def test_a_field_that_may_only_be_read(org):
    writer = Writer(org, org.context("integration"))
    made = writer.insert("Account", {"Name": "A", "Phone": "1"})
    with pytest.raises(ApiError) as caught:
        writer.update("Account", made, {"Description": "x"})
    assert caught.value.code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_fields_of_persons_follow_the_contact(org):
    """Salesforce has no permission for a person's field on the account: that of the contact's field counts."""
    org.apply_config({"person_accounts": True})
    account = visible(org, "Account")
    assert {"PersonEmail", "PersonMailingCity", "PersonTitle", "Odoo_Language__pc", "FirstName"} <= account
    assert not {"PersonBirthdate", "PersonLeadSource"} & account
    assert org.schema.get("Account").field("PersonTitle").length == 80


def test_an_administrator_can_grant_more_and_less(org):
    org.apply_config({"grants": {"Account": ["Industry"]}})
    assert "Industry" in visible(org, "Account")
    org.apply_config({"grants": {"Account": ["*"]}, "fls": {"Account": {"hidden": ["Phone"]}}})
    assert "Fax" in visible(org, "Account") and "Phone" not in visible(org, "Account")
    org.apply_config({"permission_sets": None})
    assert "Birthdate" in visible(org, "Contact")
    with pytest.raises(ApiError):
        org.apply_config({"permission_sets": ["Not_There"]})


def test_custom_fields_of_the_org_are_granted_by_who_makes_them(org):
    org.apply_config({"person_accounts": True})
    add_fields(org.schema, org.schema.get("Contact"), [Field("Loyalty__c", "string")], 0)
    assert "Loyalty__c" in visible(org, "Contact")
    assert "Loyalty__pc" in visible(org, "Account")


def test_rights_on_objects_are_those_of_the_permission_sets(org):
    writer = Writer(org, org.context("integration"))
    made = writer.insert("Account", {"Name": "A"})
    org.apply_config({"permission_sets": ["Retail_Sync_Integration"]})
    writer = Writer(org, org.context("integration"))
    writer.update("Account", made, {"Phone": "1"})
    with pytest.raises(ApiError) as caught:
        writer.delete("Account", made)
    assert caught.value.code == "INSUFFICIENT_ACCESS_OR_READONLY"
    org.apply_config({"permission_sets": ["Retail_Sync_Viewer"]})
    assert not org.context("integration").access.editable(
        org.schema.get("Account"), org.schema.get("Account").field("Odoo_Amount_Due__c")
    )


@pytest.mark.parametrize("name", NAMES)
def test_states_are_free_and_amounts_of_two_decimals(org, name):
    writer = Writer(org, org.context("integration"))
    made = writer.insert(name, {NAMES[name]: "A", "Odoo_Credit_State__c": "Maybe", "Odoo_Amount_Due__c": 1.239})
    row = org.store.table(name).live[made]
    assert (row["Odoo_Credit_State__c"], row["Odoo_Amount_Due__c"]) == ("Maybe", 1.24)
    assert row["Odoo_Account_Blocked__c"] is False
    writer.update(name, made, {"Odoo_Credit_State__c": None, "Odoo_Account_Blocked__c": True})
    assert "Odoo_Credit_State__c" not in org.store.table(name).live[made]
