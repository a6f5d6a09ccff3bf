"""Checklist items 48, 49 and 51-54: merge, person accounts, sharing, who wrote it, the clock, the control interface."""

from datetime import datetime, timedelta, timezone

import pytest

from .support import DATA, EXTERNAL_ID, call, contacts, login, names, refused, stamp


def test_item_48_merge(sim, sf):
    winner, loser = sim.seed("Account", [{"Name": "Rossi Srl", EXTERNAL_ID: "1"}, {"Name": "Rosi", EXTERNAL_ID: "2"}])
    (child,) = sim.seed("Contact", [{"LastName": "Rossi", "AccountId": loser}])
    before = stamp(sf.Account.get(winner)["SystemModstamp"])
    sim.advance(60)
    sim.merge("Account", winner, [loser], fields={"Phone": "1"})
    with refused(404, "ENTITY_IS_DELETED"):
        sf.Account.get(loser)
    (row,) = sf.query(f"SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '{loser}'", include_deleted=True)[
        "records"
    ]
    assert (row["IsDeleted"], row["MasterRecordId"]) == (True, winner)
    kept = sf.Account.get(winner)
    assert (kept["Name"], kept["Phone"], kept[EXTERNAL_ID]) == ("Rossi Srl", "1", "1")
    assert stamp(kept["SystemModstamp"]) >= before + timedelta(seconds=60)
    assert sf.Contact.get(child)["AccountId"] == winner
    with refused(404, "NOT_FOUND"):
        sf.Account.get(f"{EXTERNAL_ID}/2")
    assert sf.Account.update(winner, {EXTERNAL_ID: "2"}) == 204, "the loser's key is free again"


def test_item_48_merge_chain_and_deleted_list(sim, sf):
    first, second, third = sim.seed("Contact", contacts(3))
    start = stamp(sf.Contact.get(first)["SystemModstamp"]) - timedelta(minutes=5)
    sim.merge("Contact", second, [third])
    sim.merge("Contact", first, [second])
    rows = sf.query("SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true", include_deleted=True)["records"]
    assert {row["Id"]: row["MasterRecordId"] for row in rows} == {third: second, second: first}
    sim.config(latest_date_covered_lag_seconds=0)
    sim.advance(120)
    deleted = sf.Contact.deleted(start, start + timedelta(minutes=30))
    assert {record["id"] for record in deleted["deletedRecords"]} == {second, third}


@pytest.fixture
def person_type(sim, sf):
    """The id of a person record type, with person accounts switched on."""
    sim.config(person_accounts=True)
    rows = sf.query("SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = true")
    return rows["records"][0]["Id"]


def test_item_49_off_by_default(sf):
    assert "IsPersonAccount" not in {field["name"] for field in sf.Account.describe()["fields"]}
    with refused(400, "INVALID_FIELD"):
        sf.Account.create({"LastName": "Rossi"})


def test_item_49_person_account_is_a_pair(sim, sf, person_type):
    person = {"FirstName": "Anna", "LastName": "Rossi", "PersonEmail": "anna@rossi.it", "RecordTypeId": person_type}
    account = sf.Account.create(person)["id"]
    row = sf.Account.get(account)
    assert row["IsPersonAccount"] is True
    assert (row["Name"], row["LastName"], row["PersonEmail"]) == ("Anna Rossi", "Rossi", "anna@rossi.it")
    contact = sf.Contact.get(row["PersonContactId"])
    assert contact["Id"].startswith("003")
    assert contact["IsPersonAccount"] is True
    assert (contact["AccountId"], contact["LastName"], contact["Email"]) == (account, "Rossi", "anna@rossi.it")
    with refused((400, 403)):
        sf.Contact.update(contact["Id"], {"Email": "other@rossi.it"})
    with refused((400, 403)):
        sf.Contact.delete(contact["Id"])
    with refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE"):
        sf.Account.update(account, {"Name": "Anna Bianchi"})
    assert sf.Account.update(account, {"LastName": "Bianchi"}) == 204
    assert sf.Account.get(account)["Name"] == "Anna Bianchi"
    assert names(sf, "WHERE IsPersonAccount = true") == ["Bianchi"]
    assert sf.Account.delete(account) == 204
    assert names(sf, "") == []


def test_item_49_business_account_beside_it(sf, person_type):
    business = sf.Account.get(sf.Account.create({"Name": "Rossi Srl"})["id"])
    assert (business["IsPersonAccount"], business["PersonContactId"]) == (False, None)
    with refused(400, "REQUIRED_FIELD_MISSING"):
        sf.Account.create({"FirstName": "Anna", "RecordTypeId": person_type})


def test_item_51_sharing(sim, sf):
    hidden, shown = sim.seed("Account", [{"Name": "Hidden", EXTERNAL_ID: "1"}, {"Name": "Shown", EXTERNAL_ID: "2"}])
    start = stamp(sf.Account.get(shown)["SystemModstamp"]) - timedelta(minutes=5)
    end = start + timedelta(minutes=30)
    sim.config(sharing={"Account": [hidden]}, latest_date_covered_lag_seconds=0)
    sim.advance(120)
    assert names(sf, "", "Name", "Account") == ["Shown"]
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 1
    for attempt in (
        lambda: sf.Account.get(hidden),
        lambda: sf.Account.get(f"{EXTERNAL_ID}/1"),
        lambda: sf.Account.update(hidden, {"Phone": "1"}),
        lambda: sf.Account.delete(hidden),
    ):
        with refused(404, "NOT_FOUND"):
            attempt()
    assert sf.Account.updated(start, end)["ids"] == [shown]
    sim.delete("Account", hidden)
    sim.delete("Account", shown)
    sim.advance(120)
    assert [record["id"] for record in sf.Account.deleted(start, end)["deletedRecords"]] == [shown]
    sim.config(sharing={"Account": "all"})
    both = [record["id"] for record in sf.Account.deleted(start, end)["deletedRecords"]]
    assert sorted(both) == sorted([hidden, shown])


def test_item_51_owned_only(sim, sf):
    sim.seed("Account", [{"Name": "Human's"}], user="human")
    account_id = sf.Account.create({"Name": "Mine"})["id"]
    assert len(names(sf, "", "Name", "Account")) == 2
    sim.config(sharing={"Account": "owned"})
    assert [row["Id"] for row in sf.query("SELECT Id FROM Account")["records"]] == [account_id]


def test_item_52_who_wrote_it(sim, sf):
    me = sf.query(f"SELECT Id FROM User WHERE Username = '{sim.username}'")["records"][0]["Id"]
    contact = sf.Contact.create({"LastName": "Rossi"})["id"]
    row = sf.Contact.get(contact)
    assert row["CreatedById"] == row["LastModifiedById"] == row["OwnerId"] == me
    sim.edit("Contact", contact, {"Phone": "1"}, user="human")
    row = sf.Contact.get(contact)
    assert row["Phone"] == "1"
    assert row["CreatedById"] == me
    human = row["LastModifiedById"]
    assert human != me and human.startswith("005")
    assert names(sf, f"WHERE LastModifiedById = '{human}'") == ["Rossi"]
    sf.Contact.update(contact, {"Phone": "2"})
    assert sf.Contact.get(contact)["LastModifiedById"] == me
    users = [entry["user"] for entry in sim.journal() if entry["id"] == contact]
    assert len(users) == 3 and users[0] == users[2] != users[1]


def test_item_53_clock(sim):
    sim.freeze("2027-01-31T23:59:50Z")
    sf = login(sim)
    first = sf.Contact.create({"LastName": "A"})["id"]
    assert sf.Contact.get(first)["CreatedDate"] == "2027-01-31T23:59:50.000+0000"
    sim.advance(15)
    second = sf.Contact.create({"LastName": "B"})["id"]
    assert sf.Contact.get(second)["CreatedDate"] == "2027-02-01T00:00:05.000+0000"
    assert names(sf, "WHERE CreatedDate = TODAY") == ["B"]
    assert names(sf, "WHERE CreatedDate = YESTERDAY") == ["A"]
    assert names(sf, "WHERE SystemModstamp >= 2027-02-01T00:00:00Z ORDER BY SystemModstamp, Id") == ["B"]
    sim.freeze(None)
    sim.reset()
    sf = login(sim)
    third = sf.Contact.create({"LastName": "C"})["id"]
    assert abs(stamp(sf.Contact.get(third)["CreatedDate"]) - datetime.now(timezone.utc)) < timedelta(minutes=5)


def test_item_54_reset_seed_inspect(sim, sf, http):
    """Plain HTTP for the control interface: no Salesforce client speaks it."""
    assert http.get(f"{sim.base_url}/__sim__/health").status_code == 200
    account = {"_ref": "a1", "Name": "Rossi Srl"}
    (account_id,) = sim.seed("Account", [account])
    stamped = {"LastName": "Old", "AccountId": account_id, "SystemModstamp": "2026-01-02T03:04:05.000+0000"}
    (contact_id,) = sim.seed("Contact", [stamped])
    assert sf.Contact.get(contact_id)["SystemModstamp"] == "2026-01-02T03:04:05.000+0000"
    assert sf.Contact.get(contact_id)["AccountId"] == account_id
    (stored,) = sim.records("Contact")
    assert (stored["Id"], stored["LastName"]) == (contact_id, "Old")
    assert sim.stats()["records_by_object"]["Contact"] == 1
    since = len(sim.journal())
    sf.Contact.update(contact_id, {"Phone": "1"})
    entry = sim.journal()[since:][0]
    assert (entry["object"], entry["op"], entry["id"]) == ("Contact", "update", contact_id)
    calls = http.get(f"{sim.base_url}/__sim__/calls").json()
    calls = calls if isinstance(calls, list) else calls["calls"]
    assert {"method", "path", "status"} <= set(calls[-1])
    assert (calls[-1]["method"], calls[-1]["status"]) == ("PATCH", 204)
    sim.reset()
    assert names(login(sim), "") == []
    assert sim.records("Contact") == []


def test_item_54_prefix_is_no_salesforce_path(sim, sf):
    with refused(404):
        call(sf, "GET", f"{DATA}/__sim__/health")
    used = login(sim).limits()["DailyApiRequests"]["Remaining"]
    sim.stats()
    sim.journal()
    assert login(sim).limits()["DailyApiRequests"]["Remaining"] == used - 1, "control calls count as no API call"
