import json

import pytest

from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.importer import Importer


@pytest.fixture
def load(org, tmp_path):
    """Writes the given files and imports the folder."""

    def run(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("_csv", ".csv").replace("_json", ".json")
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return Importer(org).run([tmp_path])

    return run


def record(kind, reference, **fields):
    return {"attributes": {"type": kind, "referenceId": reference}, **fields}


def test_plan_order_references_and_letter_case(load, org):
    report = load(
        plan_json=[
            {"sobject": "Contact", "saveRefs": True, "resolveRefs": True, "files": ["people.json"]},
            {"sobject": "Account", "saveRefs": True, "files": ["firms.json"]},
        ],
        people_json={"records": [record("Contact", "c1", lastName="Rossi", accountId="@a1")]},
        firms_json={
            "records": [record("Account", "a1", name="Rossi Srl", parentid="@a2"), record("Account", "a2", NAME="Top")]
        },
    )
    assert report["loaded"] == {"Account": 2, "Contact": 1} and not report["skipped"] and not report["incomplete"]
    contact = next(iter(org.store.table("Contact").live.values()))
    account = org.store.table("Account").live[contact["AccountId"]]
    assert (contact["LastName"], account["Name"]) == ("Rossi", "Rossi Srl")
    assert org.store.table("Account").live[account["ParentId"]]["Name"] == "Top", "a parent may come later"


def test_unknown_fields_and_objects_are_added_with_a_fitting_type(load, org):
    report = load(
        things_json={
            "records": [
                record("Thing__c", "t1", Name="T", Price__c=5, Open__c=True, Since__c="2024-02-01", Text__c="x" * 300),
                record("Account", "a1", Name="A", Favourite__c="@t1", Score__c="8"),
            ]
        }
    )
    assert report["fields_added"] == {
        "Thing__c": {"Price__c": "double", "Open__c": "boolean", "Since__c": "date", "Text__c": "textarea"},
        "Account": {"Favourite__c": "reference", "Score__c": "string"},
    }
    account = next(iter(org.store.table("Account").live.values()))
    assert org.store.row(account["Favourite__c"])[1]["Price__c"] == 5.0


def test_everything_left_out_is_named(load, org):
    report = load(
        plan_json=[{"sobject": "Account", "files": ["firms.json", "missing.json"]}],
        firms_json={
            "records": [record("Account", "a1", Name="A", ParentId="@unknown"), record("Account", "a2", Phone="1")]
        },
        entries_json={
            "records": [record("PricebookEntry", "p1", UnitPrice=1, Pricebook2Id="PutStandardPricebookHere")]
        },
        broken_json="{",
        firms_csv="Name\nA\n",
        long_json={
            "records": [record("Account", "a3", Name="x" * 300), record("Contact", "c1", AccountId="@a3", LastName="L")]
        },
    )
    reasons = {(skip["file"], skip["record"]): skip["reason"] for skip in report["skipped"]}
    assert "missing" in reasons["plan.json", "missing.json"]
    assert "REQUIRED_FIELD_MISSING" in reasons["firms.json", "a2"]
    assert "PutStandardPricebookHere" in reasons["entries.json", "p1"]
    assert "JSON" in reasons["broken.json", ""]
    assert "twin of firms.json" in reasons["firms.csv", ""]
    assert "STRING_TOO_LONG" in reasons["long.json", "a3"]
    assert {(entry["record"], entry["field"]) for entry in report["incomplete"]} == {
        ("a1", "ParentId"),
        ("c1", "AccountId"),
    }
    assert report["loaded"] == {"Account": 1, "Contact": 1}


def test_csv_alone_and_nested_children(load, org):
    report = load(
        Accounts_csv='name,annualrevenue\n"Rossi, Srl",12\nBeta,\n',
        Contacts_csv="lastName,accountId\nRossi,@AccountRef2\n",
        tree_json={
            "records": [
                record("Account", "t1", Name="Top", Contacts={"records": [record("Contact", "t2", LastName="N")]})
            ]
        },
    )
    assert report["loaded"] == {"Account": 3, "Contact": 2}
    by_name = {row["Name"]: row for row in org.store.table("Account").live.values()}
    assert by_name["Rossi, Srl"]["AnnualRevenue"] == 12.0
    parents = {row["LastName"]: row["AccountId"] for row in org.store.table("Contact").live.values()}
    assert parents == {"Rossi": by_name["Beta"]["Id"], "N": by_name["Top"]["Id"]}


def test_times_in_dates_are_cut(load, org):
    load(
        deals_json={
            "records": [
                record("Opportunity", "o", name="O", StageName="x", closedate="2020-12-22T21:16:01Z", amount="1.50")
            ]
        }
    )
    row = next(iter(org.store.table("Opportunity").live.values()))
    assert (row["CloseDate"], row["Amount"]) == ("2020-12-22", 1.5)


def test_a_path_that_is_not_there_is_an_error(org, tmp_path):
    with pytest.raises(ApiError, match="no such file"):
        Importer(org).run([tmp_path / "nowhere"])
