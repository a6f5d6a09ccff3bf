"""Ingest jobs: files, states, results."""

import csv
import io

import pytest

from retail_sync_salesforce.client import bulk_ingest, ids
from retail_sync_salesforce.client.bulk_ingest import IngestJob
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session

JOB = "7505g00000XyZabAAF"
KEY = "Odoo_External_Id__c"
RECORD_ID = ids.to_18("0015g00000A0001")


def job(status=200, **values):
    return Answer({"id": JOB, "state": "Open", "object": "Account", **values}, status)


def refusal(code, status):
    return Answer([{"errorCode": code, "message": "reported"}], status)


def result_file(*rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return Answer(buffer.getvalue().encode(), headers={"Content-Type": "text/csv"})


def fault(call, *args, **kwargs):
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    return caught.value.kind, caught.value.code


def test_create():
    session, server = new_session(job(), job())
    assert bulk_ingest.create_job(session, "Account", "upsert", KEY) == IngestJob(JOB, "Open")
    assert server.json() == {
        "object": "Account",
        "operation": "upsert",
        "externalIdFieldName": KEY,
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    bulk_ingest.create_job(session, "Account", "update")
    assert "externalIdFieldName" not in server.json()
    # Bulk API 2.0 has no header for duplicate rules.
    assert not any("Sforce-Duplicate-Rule-Header" in request.headers for request in server.requests)
    for arguments in (("update", KEY), ("upsert", None)):
        with pytest.raises(ValueError, match="key field"):
            bulk_ingest.create_job(session, "Account", *arguments)


def test_upload():
    session, server = new_session(Answer(None, 201))
    bulk_ingest.upload(session, JOB, "Id\nü\n".encode())
    assert (server.last.method, server.last.body) == ("PUT", "Id\nü\n".encode())
    assert server.last.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert server.paths() == [f"/services/data/v62.0/jobs/ingest/{JOB}/batches"]
    assert server.options[-1]["timeout"] == (5, 300)


def test_close():
    session, server = new_session(job(state="UploadComplete"))
    assert bulk_ingest.close(session, JOB).state == "UploadComplete"
    assert (server.last.method, server.json()) == ("PATCH", {"state": "UploadComplete"})


def test_a_close_whose_answer_was_lost():
    session, _ = new_session(refusal("INVALIDJOBSTATE", 400), job(state="InProgress"))
    assert bulk_ingest.close(session, JOB).state == "InProgress"


def test_a_job_that_cannot_be_closed():
    session, _ = new_session(refusal("INVALIDJOBSTATE", 400), job(state="Open"))
    assert fault(bulk_ingest.close, session, JOB) == ("contract", "INVALIDJOBSTATE")


@pytest.mark.parametrize("call", [bulk_ingest.close, bulk_ingest.job])
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal("NOT_FOUND", 404), "transient", "BULK_JOB_LOST"),
        (refusal("INVALIDJOB", 400), "transient", "BULK_JOB_LOST"),
        (Answer("<html/>", 503), "transient", "HTTP_503"),
    ],
)
def test_refusals(call, answer, kind, code):
    session, _ = new_session(answer)
    assert fault(call, session, JOB) == (kind, code)


@pytest.mark.parametrize("body", [[], {}, {"id": JOB}, {"id": JOB, "state": "Open", "numberRecordsFailed": "many"}])
def test_something_else_than_a_job(body):
    session, _ = new_session(Answer(body))
    assert fault(bulk_ingest.job, session, JOB) == ("contract", "ODD_ANSWER")


@pytest.mark.parametrize(
    ("state", "finished"),
    [("Open", 0), ("UploadComplete", 0), ("InProgress", 0), ("JobComplete", 1), ("Failed", 1), ("Aborted", 1)],
)
def test_states(state, finished):
    session, _ = new_session(job(state=state, numberRecordsProcessed=7, numberRecordsFailed=2, errorMessage="why"))
    found = bulk_ingest.job(session, JOB)
    assert found == IngestJob(JOB, state, 7, 2, "why")
    assert found.finished is bool(finished)


def test_abort():
    session, server = new_session(job(state="Aborted"), refusal("INVALIDJOBSTATE", 400), refusal("NOT_FOUND", 404))
    for _ in range(3):
        bulk_ingest.abort(session, JOB)
    assert server.json(0) == {"state": "Aborted"}
    session, _ = new_session(Answer("<html/>", 503))
    assert fault(bulk_ingest.abort, session, JOB) == ("transient", "HTTP_503")


def test_results_in_any_order():
    good = result_file(
        ["sf__Id", "sf__Created", KEY, "Name"], [RECORD_ID[:15], "true", "k2", "B"], [RECORD_ID, "false", "k1", "A"]
    )
    bad = result_file(
        ["sf__Id", "sf__Error", KEY, "Name"],
        ["", "STRING_TOO_LONG:Account Name: data value too large: x (max length=255):Name --", "k4", "x"],
        ["", "MALFORMED_CSV_ROW:the row could not be read against the header:--", "", ""],
    )  # fmt: skip
    session, server = new_session(good, bad)
    found = {r.key: r for r in bulk_ingest.results(session, IngestJob(JOB, "JobComplete", 4, 2), KEY)}
    assert set(found) == {"k1", "k2", "k4"}
    assert [(found[key].result.id, found[key].result.created) for key in ("k1", "k2")] == [
        (RECORD_ID, False),
        (RECORD_ID, True),
    ]
    error = found["k4"].result.error
    assert (error.kind, error.code, error.fields) == ("business", "STRING_TOO_LONG", ("Name",))
    assert error.message == "Account Name: data value too large: x (max length=255)"
    assert found["k4"].row["Name"] == "x"
    assert [path.rsplit("/", 1)[1] for path in server.paths()] == ["successfulResults", "failedResults"]


def test_nothing_is_asked_for_where_nothing_is():
    session, server = new_session(result_file(["sf__Id", "sf__Created", "Id"], [RECORD_ID, "false", RECORD_ID]))
    assert len(list(bulk_ingest.results(session, IngestJob(JOB, "JobComplete", 1, 0), "Id"))) == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize("state", ["Failed", "Aborted"])
def test_a_job_that_ended_early_has_results_too(state):
    # its own counts are not to be relied on: what it says it wrote is
    good = result_file(["sf__Id", "sf__Created", "Id"], [RECORD_ID, "false", RECORD_ID])
    session, _ = new_session(good, result_file(["sf__Id", "sf__Error", "Id"]))
    (found,) = bulk_ingest.results(session, IngestJob(JOB, state, 0, 0), "Id")
    assert found.result.ok


def test_results_of_a_job_that_still_runs():
    session, _ = new_session()
    assert fault(lambda: list(bulk_ingest.results(session, IngestJob(JOB, "InProgress"), "Id"))) == (
        "transient",
        "BULK_JOB_NOT_READY",
    )


@pytest.mark.parametrize(
    "answer",
    [
        result_file(["sf__Id", "sf__Created", "Id"]),
        Answer(b'"sf__Id","sf__Created","Id"\n"1","true","cut'),
        result_file(["sf__Id", "sf__Created", "Id"], [RECORD_ID, "true"]),
        Answer(b""),
    ],
)
def test_a_result_that_is_not_whole(answer):
    session, _ = new_session(answer)
    found = IngestJob(JOB, "JobComplete", 1, 0)
    assert fault(lambda: list(bulk_ingest.results(session, found, "Id"))) == ("transient", "BULK_RESULT_BROKEN")
