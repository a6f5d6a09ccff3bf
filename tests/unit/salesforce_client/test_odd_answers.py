"""Bodies of any shape, with any status: the client's own error or a result, and nothing else."""

import pytest

from retail_sync_salesforce.client import (
    bulk_ingest,
    bulk_query,
    collections,
    composite,
    describe,
    duplicates,
    limits,
    polling,
    query,
    replication,
)
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session, new_token

ID = "0015g00000AbCdEAAV"
SPAN = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
KNOWN, NEW = {"Id": ID, "Name": "x"}, {"K__c": "a", "Name": "x"}

BODIES = (
    None,
    "null",
    "0",
    '"x"',
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "<html/>",
    '{"records": null, "done": true}',
    '{"records": [null], "done": true}',
    '{"records": [{"Id": null}], "done": true, "totalSize": null}',
    '{"records": [], "done": false, "nextRecordsUrl": null}',
    '{"records": [], "done": true, "totalSize": "many"}',
    '{"compositeResponse": null}',
    '{"compositeResponse": [null]}',
    '{"compositeResponse": [{"referenceId": "r0", "httpStatusCode": null, "body": null}]}',
    '{"compositeResponse": [{"referenceId": "r0", "httpStatusCode": 200, "body": null}]}',
    '{"compositeResponse": [{"referenceId": "r0", "httpStatusCode": 400, "body": null}]}',
    '{"compositeResponse": [{"referenceId": "r0", "httpStatusCode": "x", "body": [{"errorCode": ["a"]}]}]}',
    '{"compositeResponse": [{"referenceId": "r0", "httpStatusCode": 200, "httpHeaders": null, "body": {"records": [3]'
    '}}, {"referenceId": "r1", "httpStatusCode": 200, "body": [{"success": false, "errors": null}]}]}',
    '[{"success": false, "errors": null}]',
    '[{"success": false, "errors": [null]}]',
    '[{"success": null}]',
    '[{"success": false, "id": 5, "errors": [{"statusCode": "DUPLICATES_DETECTED", "message": null, "fields": null, '
    '"duplicateResut": {"matchResults": [null, {"matchRecords": [null, {"record": null}]}]}}]}]',
    '[{"errorCode": "DUPLICATES_DETECTED", "duplicateResult": {"matchResults": {"a": 1}}}]',
    '[{"errorCode": "DUPLICATES_DETECTED", "duplicateResult": {"matchResults": [{"matchRecords": [{"record": "x"}]}]}'
    "}]",
    '[{"errorCode": ["a"], "fields": [null, 1]}]',
    '[{"errorCode": null, "message": null}]',
    '{"error": {"code": 1}, "error_description": ["x"]}',
    '{"id": "x", "state": "JobComplete", "numberRecordsProcessed": null, "numberRecordsFailed": "x"}',
    '{"id": "x", "state": null}',
    '{"deletedRecords": null, "latestDateCovered": null}',
    '{"deletedRecords": [], "latestDateCovered": "x"}',
    '{"ids": [null], "latestDateCovered": "2026-01-01T00:00:00.000+0000"}',
    '{"fields": [null], "name": "x"}',
    '{"fields": [{"name": "A", "picklistValues": [null]}], "name": "x"}',
    '{"fields": [{"name": "A", "length": "long"}], "name": "x"}',
    '{"fields": [], "name": "x", "recordTypeInfos": [null]}',
    '{"DailyApiRequests": null}',
    '{"sobjects": [null]}',
)
CALLS = {
    "query": lambda session: query.first(session, "SELECT Id FROM Account"),
    "pages": lambda session: list(query.page(session, "SELECT Id FROM Account")),
    "count": lambda session: query.count(session, "Account"),
    "by_ids": lambda session: query.by_ids(session, "Account", ["Name"], [ID]),
    "save": lambda session: list(collections.save(session, "Account", "K__c", [KNOWN])),
    "save_and_look": lambda session: list(collections.save(session, "Account", "K__c", [KNOWN], look=["Name"])),
    "delete": lambda session: collections.delete(session, [ID]),
    "composite": lambda session: composite.composite(session, [composite.Subrequest("GET", "query/?q=x")]),
    "poll": lambda session: polling.poll(session, {"a": "SELECT Id FROM Account"}, {"b": ("Account", *SPAN)}),
    "candidates": lambda session: duplicates.ask(session, "Account", "K__c", [KNOWN]),
    "candidates_of_new": lambda session: duplicates.ask(session, "Account", "K__c", [NEW, KNOWN]),
    "new_job": lambda session: bulk_ingest.create_job(session, "Account", "update"),
    "close_job": lambda session: bulk_ingest.close(session, "x"),
    "abort_job": lambda session: bulk_ingest.abort(session, "x"),
    "new_query_job": lambda session: bulk_query.create_job(session, "x"),
    "query_job": lambda session: bulk_query.job(session, "x"),
    "bulk_rows": lambda session: list(bulk_query.results(session, "x").rows),
    "deleted": lambda session: replication.deleted(session, "Account", *SPAN),
    "updated": lambda session: replication.updated(session, "Account", *SPAN),
    "describe": lambda session: describe.describe(session, "Account"),
    "objects": lambda session: describe.objects(session),
    "limits": lambda session: limits.limits(session),
    "versions": lambda session: limits.versions(session),
}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_odd_answer_is_the_clients_own_error(name):
    session, server = new_session(fetch=lambda: new_token("renewed"))
    for status in (200, 400, 401, 503):
        for body in BODIES:
            server.script = [Answer(body, status)] * 8
            try:
                CALLS[name](session)
            except ClientError:
                continue
            except Exception as problem:
                pytest.fail(f"{status} {body}: {type(problem).__name__}: {problem}")


@pytest.mark.parametrize("name", ["query", "poll", "save", "deleted", "query_job", "describe", "limits"])
def test_an_empty_answer_passes(name):
    """JSON null with a status of success is no reason to stop a stream until a person looks."""
    session, _server = new_session(Answer("null"))
    with pytest.raises(ClientError) as caught:
        CALLS[name](session)
    assert (caught.value.kind, caught.value.code) == ("transient", "EMPTY_ANSWER")


def test_an_empty_part_passes():
    parts = [{"referenceId": f"r{number}", "httpStatusCode": 200, "body": None} for number in range(2)]
    session, _server = new_session(*[Answer({"compositeResponse": parts})] * 2)
    found = CALLS["poll"](session)
    assert [(answer.kind, answer.code) for answer in found.values()] == [("transient", "EMPTY_ANSWER")] * 2
    with pytest.raises(ClientError, match="EMPTY_ANSWER"):
        CALLS["save_and_look"](session)
