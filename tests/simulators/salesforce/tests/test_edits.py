"""Writes of people, and how they show in a running simulator's journal and counts."""

import json
import time

import pytest

from tests.simulators.salesforce.client import ControlError, start_simulator

from .test_process import BASE, Api


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("sim")) as made:
        yield made


@pytest.fixture
def sim(running):
    running.reset()
    running.freeze("2026-05-20T12:00:00Z")
    return running


def test_a_persons_edit_moves_user_and_stamp(sim):
    made = sim.create("Contact", {"LastName": "A"}, user="integration")
    sim.advance(60)
    sim.edit("Contact", made, {"LastName": "B"})
    (row,) = sim.records("Contact")
    assert (row["CreatedById"], row["LastModifiedById"]) == (sim.users["integration"], sim.users["human"])
    assert row["SystemModstamp"] == row["LastModifiedDate"] == "2026-05-20T12:01:00.000+0000"
    sim.edit("Contact", made, {"Phone": "1"}, user="sales1")
    assert sim.records("Contact")[0]["LastModifiedById"] == sim.users["sales1"]


def test_a_write_can_be_dated(sim):
    made = sim.create("Contact", {"LastName": "A"}, at="2026-05-20T11:00:00Z")
    row = sim.records("Contact")[0]
    assert row["CreatedDate"] == row["SystemModstamp"] == "2026-05-20T11:00:00.000+0000"
    sim.edit("Contact", made, {"LastName": "B"}, at="2026-05-20T15:30:00+02:00")
    assert sim.records("Contact")[0]["SystemModstamp"] == "2026-05-20T13:30:00.000+0000"
    sim.edit("Contact", made, {"LastName": "C"}, at="2026-05-20T10:00:00Z")
    assert sim.records("Contact")[0]["SystemModstamp"] == "2026-05-20T13:30:00.000+0000", "never back"
    assert sim.now() == "2026-05-20T12:00:00.000+0000"
    with pytest.raises(ControlError):
        sim.edit("Contact", made, {"LastName": "D"}, at="tomorrow")


def test_many_edits_are_transactions_of_their_own(sim):
    ids = sim.seed("Contact", [{"LastName": str(i)} for i in range(3)])
    number = sim.subscribe("Contact", "http://localhost:9/", hold=True)
    edits = [(ids[0], {"Phone": "1"}), (ids[1], {"LastName": None}), (ids[0], {"Phone": "2"}), (ids[2], {"Fax": "3"})]
    refused = sim.edit_many("Contact", edits, user="sales2")
    assert [(entry["id"], entry["statusCode"]) for entry in refused] == [(ids[1], "REQUIRED_FIELD_MISSING")]
    assert sim.subscription(number)["queued"] == 3
    assert sim.counters()["writes_by_user"] == {"sales2": 3}


def test_journal_and_calls_belong_together(sim):
    api = Api(sim)
    sim.reset_counters()
    records = [{"attributes": {"type": "Contact"}, "LastName": str(i)} for i in range(5)]
    body = json.dumps({"records": records})
    headers = {"X-Correlation-ID": "run-1", "Sforce-Call-Options": "client=odoo-sync"}
    assert api.call("POST", f"{BASE}/composite/sobjects", body, **headers)[0] == 200
    sim.create("Contact", {"LastName": "by hand"})
    api.call("GET", f"{BASE}/query/?q=SELECT+Id+FROM+Contact")
    entries = sim.journal(correlation="run-1")
    assert len(entries) == 5 and {entry["client"] for entry in entries} == {"odoo-sync"}
    (call,) = {entry["call"] for entry in entries}
    (received,) = (entry for entry in sim.calls() if entry["id"] == call)
    assert received["path"].endswith("/composite/sobjects")
    assert received["headers"]["x-correlation-id"] == "run-1"
    assert sim.journal(since=entries[-1]["seq"])[0]["origin"] == "control"
    assert len(sim.journal(limit=2)) == 2 and len(sim.journal(user="human", kind="control")) == 1
    counts = sim.reset_counters()
    assert (counts["writes"], counts["calls"]) == (6, 2)
    assert counts["calls_by_kind"] == {"collections": 1, "query": 1}
    assert sim.counters()["calls"] == sim.counters()["writes"] == 0


def test_an_outage_lasts_as_long_as_the_orgs_clock_says(sim):
    api = Api(sim)
    sim.fault("status", {"path": "/services/data"}, times=-1, for_seconds=3600, status=503)
    path = f"{BASE}/query/?q=SELECT+Id+FROM+Contact"
    assert api.call("GET", path)[0] == 503
    sim.advance(3599)
    assert api.call("GET", path)[0] == 503
    sim.advance(1)
    assert api.call("GET", path)[0] == 200


def test_rows_of_a_bulk_job_name_the_call_that_made_the_job(sim):
    sim.freeze(None)
    api = Api(sim)
    job = {"object": "Contact", "operation": "insert", "lineEnding": "LF"}
    headers = {"X-Correlation-ID": "bulk-1"}
    made = api.call("POST", f"{BASE}/jobs/ingest", json.dumps(job), **headers)[1]["id"]
    api.call("PUT", f"{BASE}/jobs/ingest/{made}/batches", "LastName\nA\nB\n", **{"Content-Type": "text/csv"})
    api.call("PATCH", f"{BASE}/jobs/ingest/{made}", json.dumps({"state": "UploadComplete"}))
    while api.call("GET", f"{BASE}/jobs/ingest/{made}")[1]["state"] != "JobComplete":
        time.sleep(0.02)
    entries = sim.journal(kind="bulk")
    assert [entry["after"]["LastName"] for entry in entries] == ["A", "B"]
    assert {entry["correlation"] for entry in entries} == {"bulk-1"}
