"""Checklist items 40-42: Bulk API 2.0 ingest jobs."""

import csv
import io

import pytest
from simple_salesforce.bulk2 import ColumnDelimiter, LineEnding
from simple_salesforce.exceptions import SalesforceOperationError

from .support import API, DATETIME, EXTERNAL_ID, bulk_finished, call, id18, names, refused, wait_for

CSV_HEADERS = {"Content-Type": "text/csv; charset=UTF-8"}


def open_job(sf, operation="insert", sobject="Contact", **more):
    body = {"object": sobject, "operation": operation, "contentType": "CSV", **more}
    reply = call(sf, "POST", "jobs/ingest", json=body)
    assert reply.status_code == 200
    return reply.json()


def upload(sf, job, text):
    return call(sf, "PUT", f"jobs/ingest/{job['id']}/batches", data=text.encode(), headers=CSV_HEADERS)


def run(sf, job, text):
    """Uploads, closes and waits; answers the job's final state."""
    assert upload(sf, job, text).status_code == 201
    call(sf, "PATCH", f"jobs/ingest/{job['id']}", json={"state": "UploadComplete"})
    return bulk_finished(sf, f"jobs/ingest/{job['id']}")


def results(sf, job, kind):
    """The lines of a result file as dicts."""
    reply = call(sf, "GET", f"jobs/ingest/{job['id']}/{kind}")
    assert reply.headers["Content-Type"].startswith("text/csv")
    reply.encoding = "utf-8"
    return list(csv.DictReader(io.StringIO(reply.text, newline="")))


def test_item_40_simple_salesforce_runs_a_whole_job(sim, sf):
    sim.seed("Contact", [{"LastName": "Old", EXTERNAL_ID: "0"}])
    records = [{"LastName": f"C{i}", EXTERNAL_ID: str(i)} for i in range(5)] + [
        {"LastName": "x" * 81, EXTERNAL_ID: "9"}
    ]
    (done,) = sf.bulk2.Contact.upsert(records=records, external_id_field=EXTERNAL_ID, wait=0.05)
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (6, 1)
    assert sorted(names(sf, "")) == [f"C{i}" for i in range(5)]
    lines = sf.bulk2.Contact.get_all_ingest_records(done["job_id"])
    assert len(lines["successfulRecords"]) == 5
    assert len(lines["failedRecords"]) == 1
    assert lines["unprocessedRecords"] == []
    assert {line["sf__Created"] for line in lines["successfulRecords"]} == {"true", "false"}


def test_item_40_states(sim, sf):
    sim.config(bulk_delay_seconds=30)
    job = open_job(sf, "upsert", externalIdFieldName=EXTERNAL_ID, lineEnding="LF", columnDelimiter="COMMA")
    assert job["id"].startswith("750") and job["id"] == id18(job["id"][:15])
    assert (job["state"], job["operation"], job["object"]) == ("Open", "upsert", "Contact")
    assert (job["externalIdFieldName"], job["contentType"], job["concurrencyMode"]) == (EXTERNAL_ID, "CSV", "Parallel")
    assert (job["lineEnding"], job["columnDelimiter"], job["apiVersion"]) == ("LF", "COMMA", float(API))
    assert job["contentUrl"] == f"services/data/v{API}/jobs/ingest/{job['id']}/batches"
    assert DATETIME.match(job["createdDate"]) and DATETIME.match(job["systemModstamp"])
    assert job["createdById"].startswith("005")
    reply = upload(sf, job, f"LastName,{EXTERNAL_ID}\nRossi,1\n")
    assert (reply.status_code, reply.content) == (201, b"")
    path = f"jobs/ingest/{job['id']}"
    assert sf.restful(path)["state"] == "Open", "nothing runs before UploadComplete"
    assert names(sf, "") == []
    closed = sf.restful(path, method="PATCH", json={"state": "UploadComplete"})
    assert closed["state"] == "UploadComplete"
    sim.advance(10)
    assert sf.restful(path)["state"] == "UploadComplete"
    # The job moves in the background, so the clock stands still until each state has been seen.
    for seconds, state in ((10, "InProgress"), (15, "JobComplete")):
        sim.advance(seconds)
        assert wait_for(lambda state=state: sf.restful(path)["state"] == state)
    done = sf.restful(path)
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (1, 0)
    assert {"retries", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"} <= set(done)
    assert names(sf, "") == ["Rossi"]


@pytest.mark.parametrize("operation", ["insert", "update", "upsert", "delete", "hardDelete"])
def test_item_40_operations(sim, sf, operation):
    (contact,) = sim.seed("Contact", [{"LastName": "Old", EXTERNAL_ID: "1"}])
    text = {
        "insert": "LastName\nNew\n",
        "update": f"Id,LastName\n{contact},New\n",
        "upsert": f"{EXTERNAL_ID},LastName\n1,New\n",
    }.get(operation, f"Id\n{contact}\n")
    key = {"externalIdFieldName": EXTERNAL_ID} if operation == "upsert" else {}
    job = open_job(sf, operation, **key)
    done = run(sf, job, text)
    assert (done["state"], done["numberRecordsFailed"]) == ("JobComplete", 0)
    expected = {"insert": ["New", "Old"], "update": ["New"], "upsert": ["New"]}.get(operation, [])
    assert sorted(names(sf, "")) == expected
    kept = sf.query("SELECT Id FROM Contact WHERE IsDeleted = true", include_deleted=True)["totalSize"]
    assert kept == (1 if operation == "delete" else 0)


def test_item_40_abort_delete_list(sim, sf):
    job = open_job(sf)
    upload(sf, job, "LastName\nNever\n")
    path = f"jobs/ingest/{job['id']}"
    assert sf.restful(path, method="PATCH", json={"state": "Aborted"})["state"] == "Aborted"
    assert sf.restful(path)["state"] == "Aborted"
    assert names(sf, "") == []
    assert results(sf, job, "unprocessedrecords") == [{"LastName": "Never"}]
    listed = sf.restful("jobs/ingest")
    assert {"done", "records", "nextRecordsUrl"} <= set(listed)
    assert job["id"] in {entry["id"] for entry in listed["records"]}
    deleted = call(sf, "DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    with refused(404):
        sf.restful(path)


def test_item_40_abort_while_it_waits(sim, sf):
    sim.config(bulk_delay_seconds=3600)
    job = open_job(sf)
    upload(sf, job, "LastName\nA\nB\n")
    path = f"jobs/ingest/{job['id']}"
    sf.restful(path, method="PATCH", json={"state": "UploadComplete"})
    assert sf.restful(path, method="PATCH", json={"state": "Aborted"})["state"] == "Aborted"
    sim.advance(7200)
    assert sf.restful(path)["state"] == "Aborted"
    assert names(sf, "") == []
    assert results(sf, job, "unprocessedrecords") == [{"LastName": "A"}, {"LastName": "B"}]


def test_item_40_failed_with_a_message(sim, sf):
    job = open_job(sf)
    failed = run(sf, job, "NoSuchField\n1\n")
    if failed["state"] == "JobComplete":
        pytest.fail("an unknown column fails the job, not its rows")
    assert failed["state"] == "Failed"
    assert "NoSuchField" in failed["errorMessage"]
    with pytest.raises(SalesforceOperationError, match="NoSuchField"):
        sf.bulk2.Contact.insert(records=[{"NoSuchField": "1"}], wait=0.05)


def test_item_40_bad_jobs(sf):
    for body in (
        {"object": "NoSuchThing", "operation": "insert"},
        {"object": "Contact", "operation": "noSuchOperation"},
        {"object": "Contact", "operation": "upsert"},
    ):
        with refused(400) as caught:
            call(sf, "POST", "jobs/ingest", json=body)
        assert caught[0].content[0]["errorCode"]
    job = open_job(sf)
    call(sf, "PATCH", f"jobs/ingest/{job['id']}", json={"state": "Aborted"})
    with refused(400):
        call(sf, "PATCH", f"jobs/ingest/{job['id']}", json={"state": "UploadComplete"})


def test_item_41_line_endings(sim, sf):
    assert run(sf, open_job(sf, lineEnding="CRLF"), "LastName\r\nA\r\nB\r\n")["state"] == "JobComplete"
    assert run(sf, open_job(sf, lineEnding="LF"), "LastName\nC\n")["state"] == "JobComplete"
    assert sorted(names(sf, "")) == ["A", "B", "C"]
    for declared, text in [("LF", "LastName\r\nD\r\n"), ("CRLF", "LastName\nD\n")]:
        failed = run(sf, open_job(sf, lineEnding=declared), text)
        assert failed["state"] == "Failed"
        assert "lineending" in failed["errorMessage"].replace(" ", "").lower()
    assert sorted(names(sf, "")) == ["A", "B", "C"]


def test_item_41_empty_leaves_and_na_clears(sim, sf):
    seeded = [{"LastName": f"C{i}", "Phone": "1", "Email": "a@b.it", EXTERNAL_ID: str(i)} for i in range(2)]
    sim.seed("Contact", seeded)
    records = [{EXTERNAL_ID: "0", "Phone": "#N/A", "Email": None}, {EXTERNAL_ID: "1", "Phone": None, "Email": "#N/A"}]
    (done,) = sf.bulk2.Contact.upsert(records=records, external_id_field=EXTERNAL_ID, wait=0.05)
    assert done["numberRecordsFailed"] == 0
    rows = sf.query("SELECT Phone, Email FROM Contact ORDER BY LastName")["records"]
    assert [(row["Phone"], row["Email"]) for row in rows] == [(None, "a@b.it"), ("1", None)]


def test_item_41_text_survives(sim, sf):
    odd = ['ünï 漢字 "quoted"', "two\nlines, one comma", "  padded  "]
    records = [{"LastName": f"C{i}", "Description": text} for i, text in enumerate(odd)]
    (done,) = sf.bulk2.Contact.insert(records=records, wait=0.05)
    assert done["numberRecordsFailed"] == 0
    rows = sf.query("SELECT Description FROM Contact ORDER BY LastName")["records"]
    assert [row["Description"].replace("\r\n", "\n") for row in rows][:2] == odd[:2]
    lines = results(sf, {"id": done["job_id"]}, "successfulResults")
    assert sorted(line["Description"].replace("\r\n", "\n") for line in lines) == sorted(odd)


@pytest.mark.parametrize("delimiter", list(ColumnDelimiter))
def test_item_41_delimiters(sim, sf, delimiter):
    records = [{"LastName": "A,b;c", EXTERNAL_ID: "1"}]
    (done,) = sf.bulk2.Contact.upsert(
        records=records, external_id_field=EXTERNAL_ID, column_delimiter=delimiter, line_ending=LineEnding.LF, wait=0.05
    )
    assert done["numberRecordsFailed"] == 0
    assert names(sf, "") == ["A,b;c"]


def test_item_41_parent_by_external_id(sim, sf):
    (account,) = sim.seed("Account", [{"Name": "A", EXTERNAL_ID: "55"}])
    job = open_job(sf)
    done = run(sf, job, f"LastName,Account.{EXTERNAL_ID}\nRossi,55\nOrphan,56\n")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    assert sf.query("SELECT LastName, AccountId FROM Contact")["records"][0]["AccountId"] == account
    assert results(sf, job, "failedResults")[0]["LastName"] == "Orphan"


def test_item_42_result_files(sim, sf):
    (known,) = sim.seed("Contact", [{"LastName": "Known", EXTERNAL_ID: "k"}])
    lines = [f"C{i},{i}," for i in range(60)] + [",k,1", ",m,1", f"{'x' * 81},l,1"]
    job = open_job(sf, "upsert", externalIdFieldName=EXTERNAL_ID)
    done = run(sf, job, f"LastName,{EXTERNAL_ID},Phone\n" + "\n".join(lines) + "\n")
    assert done["state"] == "JobComplete", "failed rows do not fail the job"
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (63, 2)
    good = results(sf, job, "successfulResults")
    assert list(good[0]) == ["sf__Id", "sf__Created", "LastName", EXTERNAL_ID, "Phone"]
    keys = [line[EXTERNAL_ID] for line in good]
    assert sorted(keys) == sorted([str(i) for i in range(60)] + ["k"])
    assert keys != [str(i) for i in range(60)] + ["k"], "the order is not that of the input"
    assert {line["sf__Created"] for line in good if line[EXTERNAL_ID] != "k"} == {"true"}
    (updated,) = [line for line in good if line[EXTERNAL_ID] == "k"]
    assert (updated["sf__Id"], updated["sf__Created"]) == (known, "false")
    bad = {line[EXTERNAL_ID]: line for line in results(sf, job, "failedResults")}
    assert list(bad["m"]) == ["sf__Id", "sf__Error", "LastName", EXTERNAL_ID, "Phone"]
    assert bad["m"]["sf__Id"] == ""
    assert bad["m"]["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert bad["l"]["sf__Error"].startswith("STRING_TOO_LONG:Last Name: data value too large: xxx")
    assert bad["l"]["sf__Error"].endswith(":LastName --")


@pytest.mark.parametrize(
    "kind", ["unprocessedrecords", "unprocessedRecords", "successfulresults", "successfulResults", "FAILEDRESULTS"]
)
def test_item_42_path_in_any_case(sim, sf, kind):
    job = open_job(sf)
    run(sf, job, "LastName\nA\n")
    reply = call(sf, "GET", f"jobs/ingest/{job['id']}/{kind}")
    header = reply.text.splitlines()[0].replace('"', "").split(",")
    assert header[-1] == "LastName"
    assert len(header) == (1 if kind.lower() == "unprocessedrecords" else 3)


def test_item_42_failed_record_named_by_its_fault(sim, sf):
    (contact,) = sim.seed("Contact", [{"LastName": "Rossi"}])
    message = "unable to obtain exclusive access to this record or 1 records: " + contact
    sim.fault(
        "record_error",
        {"object": "Contact", "field": "LastName", "value": "Bianchi"},
        times=-1,
        error_code="UNABLE_TO_LOCK_ROW",
        message=message,
    )
    job = open_job(sf, "update")
    done = run(sf, job, f"Id,LastName\n{contact},Bianchi\n")
    assert (done["state"], done["numberRecordsFailed"]) == ("JobComplete", 1)
    (line,) = results(sf, job, "failedResults")
    assert line["sf__Id"] == contact
    assert line["sf__Error"] == f"UNABLE_TO_LOCK_ROW:{message}:--"
