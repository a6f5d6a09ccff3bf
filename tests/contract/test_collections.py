"""Checklist items 35-37: sObject collections."""

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest

from .support import EXTERNAL_ID, call, id18, names, refused

ROLLED_BACK = {
    "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "message": "Record rolled back because not all records were valid and the request was using AllOrNone header",
    "fields": [],
}


def typed(sobject, **fields):
    return {"attributes": {"type": sobject}, **fields}


def collections(sf, method, records, path="composite/sobjects", **flags):
    """The results of one collections call; the HTTP status must be 200."""
    reply = call(sf, method, path, json={"records": records, **flags})
    assert reply.status_code == 200
    return reply.json()


def check_saved(result, **extra):
    assert result == {"id": result["id"], "success": True, "errors": [], **extra}
    assert result["id"] == id18(result["id"][:15])


def test_item_35_results_in_order(sim, sf):
    results = collections(
        sf,
        "POST",
        [
            typed("Contact", LastName="First"),
            typed("Contact", LastName="x" * 81),
            typed("Contact", LastName="Third"),
            typed("Contact", FirstName="Fourth"),
        ],
        allOrNone=False,
    )
    assert [result["success"] for result in results] == [True, False, True, False]
    check_saved(results[0])
    check_saved(results[2])
    (too_long,) = results[1]["errors"]
    assert (too_long["statusCode"], too_long["fields"]) == ("STRING_TOO_LONG", ["LastName"])
    assert "errorCode" not in too_long
    assert results[1].get("id") is None
    assert results[3]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert sf.Contact.get(results[0]["id"])["LastName"] == "First"
    assert sf.Contact.get(results[2]["id"])["LastName"] == "Third"


def test_item_35_all_failed_is_still_200(sim, sf):
    results = collections(sf, "POST", [typed("Contact"), typed("Contact")])
    assert [result["success"] for result in results] == [False, False]


def test_item_35_update_delete_and_read_many(sim, sf):
    first, second = sim.seed("Contact", [{"LastName": "A"}, {"LastName": "B"}])
    unknown = id18("003000000000ZZZ")
    updates = [typed("Contact", id=record_id, Phone="1") for record_id in (first, unknown, second)]
    results = collections(sf, "PATCH", updates)
    assert [result["success"] for result in results] == [True, False, True]
    check_saved(results[0])
    rows = sf.restful(
        "composite/sobjects/Contact", method="POST", json={"ids": [second, unknown, first], "fields": ["Phone"]}
    )
    assert rows[1] is None
    assert [rows[0]["Phone"], rows[2]["Phone"]] == ["1", "1"]
    assert rows[0]["attributes"]["type"] == "Contact"
    gone = sf.restful("composite/sobjects", params={"ids": f"{first},{unknown}", "allOrNone": "false"}, method="DELETE")
    assert gone[0] == {"id": first, "success": True, "errors": []}
    assert gone[1]["success"] is False
    assert names(sf, "") == ["B"]


def test_item_35_size_and_chunks(sim, sf):
    assert len(collections(sf, "POST", [typed("Contact", LastName=f"C{i}") for i in range(200)])) == 200
    with refused(400):
        collections(sf, "POST", [typed("Contact", LastName=f"D{i}") for i in range(201)])
    with refused(400):
        call(
            sf,
            "DELETE",
            "composite/sobjects",
            params={"ids": ",".join(id18(f"003000000000{i:03d}") for i in range(201))},
        )
    assert sf.query("SELECT COUNT() FROM Contact")["totalSize"] == 200

    def runs(count):
        return [typed("Account", Name="A") if i % 2 else typed("Contact", LastName="Run") for i in range(count)]

    assert all(result["success"] for result in collections(sf, "POST", runs(10)))
    before = sf.query("SELECT COUNT() FROM Account")["totalSize"]
    with refused(400):
        collections(sf, "POST", runs(11))
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == before
    sorted_runs = sorted(runs(40), key=lambda record: record["attributes"]["type"])
    assert all(result["success"] for result in collections(sf, "POST", sorted_runs))


def test_item_35_malformed_requests(sim, sf):
    with refused(400):
        collections(sf, "POST", [{"LastName": "No type"}])
    with refused(400):
        call(sf, "POST", "composite/sobjects", json={"rows": []})
    assert names(sf, "") == []


@pytest.mark.parametrize("verb", ["POST", "PATCH", "DELETE", "upsert"])
def test_item_36_all_or_none(sim, sf, verb):
    first, second = sim.seed("Contact", [{"LastName": "A", EXTERNAL_ID: "1"}, {"LastName": "B", EXTERNAL_ID: "2"}])
    unknown = id18("003000000000ZZZ")
    if verb == "POST":
        records = [typed("Contact", LastName="New"), typed("Contact"), typed("Contact", LastName="Newer")]
        results = collections(sf, "POST", records, allOrNone=True)
    elif verb == "PATCH":
        (third,) = sim.seed("Contact", [{"LastName": "C"}])
        changes = [{"id": first, "Phone": "9"}, {"id": second, "Email": "bad"}, {"id": third, "Phone": "8"}]
        results = collections(sf, "PATCH", [typed("Contact", **change) for change in changes], allOrNone=True)
    elif verb == "DELETE":
        results = sf.restful(
            "composite/sobjects", params={"ids": f"{first},{unknown},{second}", "allOrNone": "true"}, method="DELETE"
        )
    else:
        records = [typed("Contact", **{EXTERNAL_ID: "1", "Phone": "9"}), typed("Contact", **{EXTERNAL_ID: "new"})]
        records.append(typed("Contact", **{EXTERNAL_ID: "2", "Phone": "9"}))
        results = collections(sf, "PATCH", records, f"composite/sobjects/Contact/{EXTERNAL_ID}", allOrNone=True)
    assert [result["success"] for result in results] == [False] * 3
    assert results[0]["errors"] == [ROLLED_BACK]
    assert results[2]["errors"] == [ROLLED_BACK]
    (error,) = results[1]["errors"]
    assert error["statusCode"] != ROLLED_BACK["statusCode"]
    rows = sf.query(
        "SELECT Id, LastName, Phone FROM Contact WHERE LastName IN ('A','B','New','Newer') ORDER BY LastName"
    )
    assert [(row["Id"], row["Phone"]) for row in rows["records"]] == [(first, None), (second, None)]


def test_item_36_rolled_back_writes_leave_no_trace(sim, sf):
    sim.seed("Contact", [{"LastName": "A"}])
    before = len(sim.journal())
    collections(sf, "POST", [typed("Contact", LastName="New"), typed("Contact")], allOrNone=True)
    assert len(sim.journal()) == before
    committed = collections(sf, "POST", [typed("Contact", LastName="New")], allOrNone=True)
    check_saved(committed[0])
    assert len(sim.journal()) == before + 1


def upsert(sf, records, sobject="Contact", field=EXTERNAL_ID, **flags):
    return collections(sf, "PATCH", records, f"composite/sobjects/{sobject}/{field}", **flags)


def test_item_37_collections_upsert(sim, sf):
    (known,) = sim.seed("Contact", [{"LastName": "Known", EXTERNAL_ID: "1"}])
    results = upsert(
        sf,
        [
            typed("Contact", **{EXTERNAL_ID: "1", "Phone": "1"}),
            typed("Contact", **{EXTERNAL_ID: "2", "LastName": "New"}),
            typed("Contact", **{EXTERNAL_ID: "3"}),
        ],
    )
    check_saved(results[0], created=False)
    check_saved(results[1], created=True)
    assert results[0]["id"] == known
    assert results[2]["success"] is False
    assert results[2]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert sf.Contact.get(known)["Phone"] == "1"


def test_item_37_duplicate_keys_in_one_call(sim, sf):
    results = upsert(
        sf,
        [
            typed("Contact", **{EXTERNAL_ID: "7", "LastName": "One"}),
            typed("Contact", **{EXTERNAL_ID: "8", "LastName": "Two"}),
            typed("Contact", **{EXTERNAL_ID: "7", "LastName": "Three"}),
        ],
    )
    assert [result["success"] for result in results] == [False, True, False]
    for result in (results[0], results[2]):
        assert result["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
        assert result["errors"][0]["message"].startswith("Duplicate external id specified")
    assert names(sf, "") == ["Two"]


def test_item_37_several_matches_in_the_org(sim, sf):
    loyalty = {
        "name": "Loyalty_No__c",
        "type": "string",
        "length": 20,
        "externalId": True,
        "idLookup": True,
        "unique": False,
    }
    sim.schema("Contact", [loyalty])
    sim.seed("Contact", [{"LastName": f"Twin {i}", "Loyalty_No__c": "L1"} for i in range(2)])
    (result,) = upsert(sf, [typed("Contact", Loyalty_No__c="L1", Phone="1")], field="Loyalty_No__c")
    assert result["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"


def test_item_37_one_type(sim, sf):
    """Whether the call or the odd record is refused is open; the odd record must not be written."""
    records = [
        typed("Contact", **{EXTERNAL_ID: "1", "LastName": "A"}),
        typed("Account", **{EXTERNAL_ID: "1", "Name": "A"}),
    ]
    try:
        results = upsert(sf, records)
    except SalesforceMalformedRequest as refusal:
        assert refusal.content[0]["errorCode"]
    else:
        assert results[1]["success"] is False
    assert names(sf, "", "Name", "Account") == []


def test_item_37_field_that_is_no_key(sim, sf):
    with refused((400, 404)):
        upsert(sf, [typed("Contact", Phone="1", LastName="A")], field="Phone")
    assert names(sf, "") == []
