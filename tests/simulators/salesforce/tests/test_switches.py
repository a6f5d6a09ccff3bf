"""Switches for orgs that are set up in another way than most."""

import pytest

from tests.simulators.salesforce import automations
from tests.simulators.salesforce.describe import field_entry
from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.states_countries import COUNTRIES, STATES, picklist
from tests.simulators.salesforce.writer import Writer


@pytest.fixture
def writer(org):
    return Writer(org, org.context("integration"))


def refusal(attempt):
    with pytest.raises(ApiError) as caught:
        attempt()
    return caught.value


def row(org, name, record_id):
    return org.store.table(name).live[record_id]


def test_a_restricted_value_may_be_unknown_to_the_type_of_the_record(org):
    human = Writer(org, org.context("human"))
    account = org.schema.get("Account")
    account.field("Rating").restricted = True
    [business] = [
        r["Id"] for r in org.store.table("RecordType").live.values() if r["DeveloperName"] == "Business_Account"
    ]
    org.apply_config({"record_type_values": {"Account": {"Business_Account": {"Rating": ["Hot"]}}}})
    made = human.insert("Account", {"Name": "A", "Rating": "Cold"})
    assert row(org, "Account", made)["Rating"] == "Cold"
    error = refusal(lambda: human.insert("Account", {"Name": "B", "Rating": "Cold", "RecordTypeId": business}))
    assert (error.code, error.fields) == ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Rating"])
    human.insert("Account", {"Name": "C", "Rating": "Hot", "RecordTypeId": business})


def test_automation_changes_other_fields(org, writer):
    org.automations.append(
        automations.make(
            org, {"object": "Account", "changed": ["Phone"], "set": {"Site": "called"}, "copy": {"Fax": "Phone"}}
        )
    )
    made = writer.insert("Account", {"Name": "A"})
    assert "Site" not in row(org, "Account", made)
    writer.update("Account", made, {"Phone": "1"})
    assert (row(org, "Account", made)["Site"], row(org, "Account", made)["Fax"]) == ("called", "1")
    assert org.automations[0].runs == 1


def test_automation_may_override_what_was_sent(org, writer):
    org.automations.append(
        automations.make(org, {"object": "Contact", "set": {"Title": "VIP"}, "users": ["integration"]})
    )
    made = writer.insert("Contact", {"LastName": "Rossi", "Title": "Buyer"})
    assert row(org, "Contact", made)["Title"] == "VIP"
    by_hand = Writer(org, org.context("human")).insert("Contact", {"LastName": "Verdi", "Title": "Buyer"})
    assert row(org, "Contact", by_hand)["Title"] == "Buyer"


def test_automation_refuses_one_record(org, writer):
    org.automations.append(
        automations.make(
            org,
            {
                "object": "Account",
                "on": ["update"],
                "refuse": "no way",
                "when": {"field": "Name", "op": "=", "value": "A"},
            },
        )
    )
    first, second = (writer.insert("Account", {"Name": name}) for name in "AB")
    error = refusal(lambda: writer.update("Account", first, {"Phone": "1"}))
    assert error.code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert "execution of BeforeUpdate" in error.message and "no way" in error.message
    assert "Phone" not in row(org, "Account", first)
    writer.update("Account", second, {"Phone": "1"})


def test_automation_that_could_not_run(org):
    for spec in ({"object": "Account", "set": {"Nothing": 1}}, {"object": "Account"}):
        assert refusal(lambda spec=spec: automations.make(org, spec)).code == "INVALID_CONTROL_CALL"


def test_a_contact_without_account_gets_a_household(org, writer):
    alone = writer.insert("Contact", {"LastName": "Rossi"})
    assert "AccountId" not in row(org, "Contact", alone)
    org.apply_config({"household_accounts": True})
    made = writer.insert("Contact", {"LastName": "Rossi"})
    household = row(org, "Account", row(org, "Contact", made)["AccountId"])
    assert household["Name"] == "Rossi Household"
    firm = writer.insert("Account", {"Name": "Firm"})
    employed = writer.insert("Contact", {"LastName": "Verdi", "AccountId": firm})
    assert row(org, "Contact", employed)["AccountId"] == firm


def test_middle_name_and_suffix(org, writer):
    assert org.schema.get("Contact").field("MiddleName") is None
    org.apply_config({"middle_name_suffix": True, "person_accounts": True})
    parts = {"FirstName": "Ann", "MiddleName": "B.", "LastName": "Cole", "Suffix": "Jr."}
    assert row(org, "Contact", writer.insert("Contact", parts))["Name"] == "Ann B. Cole Jr."
    person = row(org, "Account", writer.insert("Account", parts))
    assert person["Name"] == "Ann B. Cole Jr."
    assert row(org, "Contact", person["PersonContactId"])["MiddleName"] == "B."


def test_no_record_stands_above_itself(org, writer):
    top = writer.insert("Account", {"Name": "Top"})
    middle = writer.insert("Account", {"Name": "Middle", "ParentId": top})
    bottom = writer.insert("Account", {"Name": "Bottom", "ParentId": middle})
    for parent in (top, middle, bottom):
        error = refusal(lambda parent=parent: writer.update("Account", top, {"ParentId": parent}))
        assert (error.code, error.fields) == ("CIRCULAR_DEPENDENCY", ["ParentId"])
    writer.update("Account", bottom, {"ParentId": top})


def test_long_texts_cannot_be_sorted(org, select):
    error = refusal(lambda: select("SELECT Id FROM Account ORDER BY Description"))
    assert error.code == "MALFORMED_QUERY" and "can not be sorted" in error.message
    assert select("SELECT Id FROM Account ORDER BY BillingStreet") == []


def test_all_rows_is_for_apex_only(org, select):
    assert refusal(lambda: select("SELECT Id FROM Account ALL ROWS")).code == "MALFORMED_QUERY"


def test_twenty_countries_have_states():
    assert len(STATES) == 20 and STATES.keys() <= COUNTRIES.keys()
    assert (len(STATES["US"]), len(STATES["MX"]), len(STATES["CN"]), len(STATES["IT"])) == (51, 32, 34, 107)
    assert (STATES["DE"]["NW"], STATES["MX"]["DF"], STATES["CN"]["11"]) == (
        "Nordrhein-Westfalen",
        "Federal District",
        "Beijing",
    )
    codes = [entry["value"] for entry in picklist("BillingCountryCode")]
    assert codes == list(COUNTRIES)
    assert len(picklist("BillingStateCode")) == sum(map(len, STATES.values()))


def test_describe_of_names_owners_and_lengths(org):
    access = org.context("integration").access

    def entry(name, object_name="Account"):
        defn = org.schema.get(object_name)
        return field_entry(defn.field(name), access, defn)

    assert [entry(name)["length"] for name in ("Type", "Industry", "Rating")] == [40, 40, 40]
    assert [entry(name, "Contact")["compoundFieldName"] for name in ("FirstName", "LastName", "Salutation")] == [
        "Name"
    ] * 3
    assert (entry("OwnerId")["referenceTo"], entry("OwnerId", "Case")["referenceTo"]) == (["User"], ["Group", "User"])
    for name in ("FirstName", "LastName", "IndividualId", "LastActivityDate"):
        assert not entry(name, "Contact")["permissionable"], name
    assert entry("Phone", "Contact")["permissionable"]
    assert not entry("Name")["nillable"]
    org.apply_config({"person_accounts": True})
    assert entry("Name")["nillable"]
    assert entry("Description")["sortable"] is False
