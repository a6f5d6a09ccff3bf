"""Checklist items 8-13 and 16-17: paging, locators, the shape of rows, value formats, size limits."""

from urllib.parse import quote_plus

import pytest
from simple_salesforce.format import format_soql

from .support import (
    DATA,
    DATETIME,
    EXTERNAL_ID,
    call,
    contacts,
    login,
    names,
    pages,
    refused,
    stamp,
)

BATCH_200 = {"Sforce-Query-Options": "batchSize=200"}


def test_item_08_page_size_and_batch_size(sim, sf):
    sim.seed("Contact", contacts(4500))
    default = list(pages(sf, "SELECT Id FROM Contact"))
    assert [len(page["records"]) for page in default] == [2000, 2000, 500]
    assert [page["totalSize"] for page in default] == [4500] * 3
    assert [page["done"] for page in default] == [False, False, True]
    assert len({row["Id"] for page in default for row in page["records"]}) == 4500
    sized = list(pages(sf, "SELECT Id FROM Contact LIMIT 700", headers={"Sforce-Query-Options": "batchSize=300"}))
    assert [len(page["records"]) for page in sized] == [300, 300, 100]
    assert sized[0]["totalSize"] == 700


def test_item_08_server_may_return_fewer(sim, sf):
    ids = sim.seed("Contact", contacts(500))
    sim.config(page_size_cap=120)
    capped = list(pages(sf, "SELECT Id FROM Contact ORDER BY Id", headers=BATCH_200))
    assert all(0 < len(page["records"]) <= 120 for page in capped)
    assert [row["Id"] for page in capped for row in page["records"]] == sorted(ids)
    assert {page["totalSize"] for page in capped} == {500}


def test_item_09_next_records_url(sim, sf):
    ids = sim.seed("Contact", contacts(450))
    for gone in ids[:50]:
        sim.delete("Contact", gone)
    for include_deleted, expected in [(False, ids[50:]), (True, ids)]:
        found = list(
            pages(sf, "SELECT Id FROM Contact ORDER BY Id", include_deleted=include_deleted, headers=BATCH_200)
        )
        assert len(found) > 1
        for page in found[:-1]:
            assert page["nextRecordsUrl"].startswith(f"{DATA}/query/"), "a queryAll continues under /query/ too"
            assert "SELECT" not in page["nextRecordsUrl"].upper()
        assert found[-1]["done"] is True
        assert "nextRecordsUrl" not in found[-1]
        assert [row["Id"] for page in found for row in page["records"]] == sorted(expected)


def test_item_10_locator_expires(sim, sf):
    sim.seed("Contact", contacts(450))
    first = sf.query("SELECT Id FROM Contact", headers=BATCH_200)
    sim.advance(47 * 3600)
    assert sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)["records"]
    second = sf.query("SELECT Id FROM Contact", headers=BATCH_200)
    sim.advance(49 * 3600)
    with refused(400, "INVALID_QUERY_LOCATOR"):
        sf.query_more(second["nextRecordsUrl"], identifier_is_url=True)
    with refused(400, "INVALID_QUERY_LOCATOR"):
        sf.query_more("0r8000000000000AAA-2000")


def test_item_10_locators_expired_on_command(sim, sf):
    sim.seed("Contact", contacts(450))
    first = sf.query("SELECT Id FROM Contact", headers=BATCH_200)
    sim.fault("expire_locators", {"path": "/query/"})
    with refused(400, "INVALID_QUERY_LOCATOR"):
        sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert len(sf.query_all("SELECT Id FROM Contact", headers=BATCH_200)["records"]) == 450


def test_item_11_shape_of_rows(sim, sf):
    (account,) = sim.seed("Account", [{"Name": "Rossi Srl"}])
    (alone,) = sim.seed("Contact", [{"LastName": "Alone"}])
    (rossi,) = sim.seed("Contact", [{"LastName": "Rossi", "AccountId": account}])
    rows = sf.query(
        "SELECT Id, LastName, Email, HasOptedOutOfEmail, Account.Name, (SELECT Subject FROM Cases) "
        "FROM Contact ORDER BY LastName"
    )["records"]
    assert [row["LastName"] for row in rows] == ["Alone", "Rossi"]
    for row, record_id in zip(rows, [alone, rossi], strict=True):
        assert row["attributes"] == {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{record_id}"}
        assert set(row) == {"attributes", "Id", "LastName", "Email", "HasOptedOutOfEmail", "Account", "Cases"}
        assert row["Email"] is None
        assert row["HasOptedOutOfEmail"] is False
        assert row["Cases"] is None
    assert rows[0]["Account"] is None
    assert rows[1]["Account"] == {
        "attributes": {"type": "Account", "url": f"{DATA}/sobjects/Account/{account}"},
        "Name": "Rossi Srl",
    }
    parent = sf.query(f"SELECT Name, (SELECT LastName, Phone FROM Contacts) FROM Account WHERE Id = '{account}'")
    children = parent["records"][0]["Contacts"]
    assert (children["totalSize"], children["done"]) == (1, True)
    assert children["records"] == [
        {
            "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{rossi}"},
            "LastName": "Rossi",
            "Phone": None,
        }
    ]


def test_item_11_numbers(sim, sf):
    """Doubles carry a decimal point, whole numbers do not."""
    account = sf.Account.create({"Name": "A", "AnnualRevenue": 1250, "NumberOfEmployees": 7})["id"]
    text = call(sf, "GET", f"sobjects/Account/{account}").text.replace(" ", "")
    assert '"AnnualRevenue":1250.0' in text
    assert '"NumberOfEmployees":7' in text and '"NumberOfEmployees":7.0' not in text


def test_item_11_child_set_over_its_page(sim, sf):
    (account,) = sim.seed("Account", [{"Name": "Many"}])
    ids = sim.seed("Contact", contacts(250, AccountId=account))
    sim.config(page_size_cap=100)
    row = sf.query("SELECT Name, (SELECT Id FROM Contacts) FROM Account")["records"][0]
    children = row["Contacts"]
    assert children["done"] is False
    assert children["totalSize"] == 250
    found = [child["Id"] for child in children["records"]]
    while not children["done"]:
        children = sf.query_more(children["nextRecordsUrl"], identifier_is_url=True)
        found += [child["Id"] for child in children["records"]]
    assert sorted(found) == sorted(ids)


def test_item_12_count_and_aggregates(sim, sf):
    sim.seed("Account", [{"Name": f"A{i}", "Industry": "Retail", "AnnualRevenue": 100.0 * i} for i in range(1, 4)])
    sim.seed(
        "Account", [{"Name": "B", "Industry": "Energy", "AnnualRevenue": 50.0}, {"Name": "C", "Industry": "Energy"}]
    )
    assert sf.query("SELECT COUNT() FROM Account WHERE Industry = 'Retail'") == {
        "totalSize": 3,
        "done": True,
        "records": [],
    }
    counted = sf.query("SELECT COUNT(Id) FROM Account")
    assert counted == {
        "totalSize": 1,
        "done": True,
        "records": [{"attributes": {"type": "AggregateResult"}, "expr0": 5}],
    }
    assert sf.query("SELECT COUNT(Id) n FROM Account")["records"][0]["n"] == 5
    rows = sf.query(
        "SELECT Industry, COUNT(AnnualRevenue) n, SUM(AnnualRevenue) total, MIN(AnnualRevenue) low, "
        "MAX(AnnualRevenue) high, AVG(AnnualRevenue) mean FROM Account GROUP BY Industry ORDER BY Industry"
    )["records"]
    aggregate = {"type": "AggregateResult"}
    assert rows == [
        {"attributes": aggregate, "Industry": "Energy", "n": 1, "total": 50.0, "low": 50.0, "high": 50.0, "mean": 50.0},
        {
            "attributes": aggregate,
            "Industry": "Retail",
            "n": 3,
            "total": 600.0,
            "low": 100.0,
            "high": 300.0,
            "mean": 200.0,
        },
    ]


@pytest.fixture
def seen_field(sim):
    """A datetime field on Contact."""
    sim.schema("Contact", [{"name": "Last_Seen__c", "type": "datetime"}])
    return "Last_Seen__c"


def test_item_13_datetimes(sim, sf, seen_field):
    for number, written in enumerate(
        ["2026-05-20T09:44:32Z", "2026-05-20T09:44:32+00:00", "2026-05-20T09:44:32+0000", "2026-05-20T09:44:32.000Z"]
    ):
        sf.Contact.create({"LastName": f"C{number}", seen_field: written, "Birthdate": "1980-02-29"})
    rows = sf.query(f"SELECT {seen_field}, Birthdate, CreatedDate, SystemModstamp, LastModifiedDate FROM Contact")
    assert rows["totalSize"] == 4
    for row in rows["records"]:
        assert row[seen_field] == "2026-05-20T09:44:32.000+0000"
        assert row["Birthdate"] == "1980-02-29"
        for field in ("CreatedDate", "SystemModstamp", "LastModifiedDate"):
            assert DATETIME.match(row[field])
    contact_id = sf.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"]
    assert sf.Contact.get(contact_id)[seen_field] == "2026-05-20T09:44:32.000+0000"


def test_item_13_datetimes_in_soql(sim, sf, seen_field):
    sf.Contact.create({"LastName": "Seen", seen_field: "2026-05-20T09:44:32Z"})
    for literal in (
        "2026-05-20T09:44:32Z",
        "2026-05-20T09:44:32+00:00",
        "2026-05-20T09:44:32+0000",
        "2026-05-20T09:44:32.000Z",
        "2026-05-20T11:44:32+02:00",
    ):
        assert names(sf, f"WHERE {seen_field} = {literal}") == ["Seen"], literal
        assert names(sf, f"WHERE {seen_field} > {literal}") == [], literal
    assert names(sf, format_soql("WHERE {:literal} >= {}", seen_field, stamp("2026-05-20T09:44:31.000+0000"))) == [
        "Seen"
    ]
    assert names(sf, f"WHERE {seen_field} < 2026-05-20T09:44:33Z") == ["Seen"]
    assert names(sf, "WHERE CreatedDate = TODAY") == ["Seen"]
    assert names(sf, "WHERE CreatedDate = YESTERDAY") == []
    assert names(sf, "WHERE CreatedDate = LAST_N_DAYS:7") == ["Seen"]
    with refused(400):
        sf.query(f"SELECT Id FROM Contact WHERE {seen_field} = '2026-05-20T09:44:32Z'")


def test_item_16_query_all_shows_deleted(sim, sf):
    winner, loser, gone, hard = sim.seed("Contact", contacts(4))
    sf.Contact.delete(gone)
    sim.merge("Contact", winner, [loser])
    sim.hard_delete("Contact", hard)
    soql = "SELECT Id, IsDeleted, MasterRecordId FROM Contact"
    assert sf.query(soql)["records"] == [
        {
            "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{winner}"},
            "Id": winner,
            "IsDeleted": False,
            "MasterRecordId": None,
        }
    ]
    rows = {row["Id"]: row for row in sf.query(soql, include_deleted=True)["records"]}
    assert set(rows) == {winner, loser, gone}
    assert (rows[gone]["IsDeleted"], rows[gone]["MasterRecordId"]) == (True, None)
    assert (rows[loser]["IsDeleted"], rows[loser]["MasterRecordId"]) == (True, winner)
    deleted = sf.query_all("SELECT Id FROM Contact WHERE IsDeleted = true", include_deleted=True)
    assert {row["Id"] for row in deleted["records"]} == {loser, gone}


def test_item_17_oversized_requests(sim):
    sf = login(sim)
    keys = [f"{i:020d}" for i in range(1500)]
    soql = format_soql("SELECT Id FROM Contact WHERE {:literal} IN {}", EXTERNAL_ID, keys)
    with refused(414):
        sf.query(soql)
    with refused(431):
        sf.query("SELECT Id FROM Contact", headers={"X-Padding": "x" * 17000})
    assert sf.query("SELECT Id FROM Contact", headers={"X-Padding": "x" * 8000})["totalSize"] == 0
    sf.Contact.create({"LastName": "Found", EXTERNAL_ID: keys[7]})
    body = {
        "compositeRequest": [
            {"method": "GET", "referenceId": "long", "url": f"{DATA}/query?q={quote_plus(soql)}"},
        ]
    }
    (answer,) = call(sf, "POST", "composite", json=body).json()["compositeResponse"]
    assert (answer["httpStatusCode"], answer["body"]["totalSize"]) == (200, 1)
