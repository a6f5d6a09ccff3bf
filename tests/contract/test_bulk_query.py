"""Checklist item 43: Bulk API 2.0 query jobs."""

import csv
import io

import pytest

from .support import bulk_finished, call, contacts, login, refused


def query_job(sf, soql, operation="query"):
    job = call(sf, "POST", "jobs/query", json={"operation": operation, "query": soql}).json()
    assert job["state"] == "UploadComplete"
    assert bulk_finished(sf, f"jobs/query/{job['id']}")["state"] == "JobComplete"
    return job


def test_item_43_paging_headers(sim, sf):
    ids = sim.seed("Contact", contacts(25, Phone="1"))
    job = query_job(sf, "SELECT Id, LastName, Email, Phone FROM Contact")
    locators, found, locator = [], [], None
    while locator != "null" and len(locators) < 10:
        params = {"maxRecords": 10} | ({"locator": locator} if locator else {})
        reply = call(sf, "GET", f"jobs/query/{job['id']}/results", params=params, headers={"Accept": "text/csv"})
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        assert int(reply.headers["Sforce-NumberOfRecords"]) == len(rows)
        assert list(rows[0]) == ["Id", "LastName", "Email", "Phone"]
        locator = reply.headers["Sforce-Locator"]
        locators.append(locator)
        found += rows
    assert len(locators) == 3 and locators[-1] == "null"
    assert sorted(row["Id"] for row in found) == sorted(ids)
    assert {row["Email"] for row in found} == {""}, "nulls come as empty"
    first = call(sf, "GET", f"jobs/query/{job['id']}/results", params={"maxRecords": 10, "locator": locators[0]})
    assert [row["Id"] for row in csv.DictReader(io.StringIO(first.text))] == [row["Id"] for row in found[10:20]]


def test_item_43_clients_generator(sim, sf):
    ids = sim.seed("Contact", contacts(25))
    for gone in ids[:5]:
        sim.delete("Contact", gone)
    soql = "SELECT Id, LastName FROM Contact"
    for method, expected in [(sf.bulk2.Contact.query, ids[5:]), (sf.bulk2.Contact.query_all, ids)]:
        texts = list(method(soql, max_records=10, wait=0.05))
        rows = [row for text in texts for row in csv.DictReader(io.StringIO(text))]
        assert sorted(row["Id"] for row in rows) == sorted(expected)
    empty = list(sf.bulk2.Contact.query("SELECT Id, LastName FROM Contact WHERE LastName = 'x'", wait=0.05))
    assert [text.strip().replace('"', "") for text in empty] == ["Id,LastName"]


def test_item_43_abort_and_delete(sim, sf):
    sim.config(bulk_delay_seconds=3600)
    job = call(sf, "POST", "jobs/query", json={"operation": "query", "query": "SELECT Id FROM Contact"}).json()
    path = f"jobs/query/{job['id']}"
    assert sf.restful(path, method="PATCH", json={"state": "Aborted"})["state"] == "Aborted"
    assert call(sf, "DELETE", path).status_code == 204
    with refused(404):
        sf.restful(path)


def test_item_43_other_version_and_unfinished(sim, sf):
    sim.seed("Contact", contacts(3))
    job = query_job(sf, "SELECT Id FROM Contact")
    for path in (f"jobs/query/{job['id']}", f"jobs/query/{job['id']}/results"):
        with refused(409):
            login(sim, "60.0").restful(path)
    sim.config(bulk_delay_seconds=60)
    slow = call(sf, "POST", "jobs/query", json={"operation": "query", "query": "SELECT Id FROM Contact"}).json()
    with refused(400):
        call(sf, "GET", f"jobs/query/{slow['id']}/results")


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT COUNT(Id) FROM Contact",
        "SELECT LastName FROM Contact GROUP BY LastName",
        "SELECT Id FROM Contact LIMIT 5 OFFSET 5",
        "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
        "SELECT NoSuchField FROM Contact",
    ],
)
def test_item_43_unsupported_queries(sf, soql):
    with refused(400):
        job = call(sf, "POST", "jobs/query", json={"operation": "query", "query": soql}).json()
        if bulk_finished(sf, f"jobs/query/{job['id']}")["state"] == "Failed":
            call(sf, "GET", f"jobs/query/{job['id']}/results")
