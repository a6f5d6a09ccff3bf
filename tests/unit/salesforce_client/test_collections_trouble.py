"""Collections of which a part, or all, comes to nothing."""

import json

import pytest
import requests

from retail_sync_salesforce.client import collections
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session
from .writes import KEY, record_id, save, saved, server_side, updates, upserts


def test_a_record_that_cannot_be_read_fails_alone():
    records = updates(1000)
    records[437]["Name"] = "unreadable"
    session, server = new_session(*[server_side] * 5)
    results = save(session, records)
    assert [index for index, result in enumerate(results) if not result.ok] == [437]
    assert (results[437].error.kind, results[437].error.code) == ("business", "JSON_PARSER_ERROR")
    assert len(server.requests) == 5


def test_a_single_record_that_cannot_be_read():
    session, _ = new_session(server_side)
    (result,) = save(session, [{"Id": record_id(1), "Name": "unreadable"}])
    assert result.error.code == "JSON_PARSER_ERROR"


def test_a_collection_that_was_not_tried_leaves_the_others_alone():
    refused = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]

    def half(request):
        parts = json.loads(request.body)["compositeRequest"]
        answers = [(200, saved(parts[0]["body"]["records"])), (403, refused)]
        return Answer(
            {
                "compositeResponse": [
                    {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": part["referenceId"]}
                    for (status, body), part in zip(answers, parts, strict=True)
                ]
            }
        )

    session, _ = new_session(half)
    results = save(session, updates(201))
    assert [result.ok for result in results] == [True] * 200 + [False]
    assert results[200].error.kind == "throttled"


def test_collections_that_were_all_refused_are_a_failed_call():
    refused = [{"errorCode": "NOT_FOUND", "message": f"… does not exist or is not accessible: {KEY}"}]
    session, _ = new_session(
        Answer(
            {
                "compositeResponse": [
                    {"body": refused, "httpHeaders": {}, "httpStatusCode": 404, "referenceId": f"r{index}"}
                    for index in range(2)
                ]
            }
        )
    )
    with pytest.raises(ClientError) as caught:
        save(session, upserts(201))
    assert (caught.value.kind, caught.value.code) == ("contract", "NOT_FOUND")


@pytest.mark.parametrize("records", [updates(1), upserts(1), updates(201)])
def test_a_lost_answer_may_be_asked_for_again(records):
    session, _ = new_session(requests.ConnectionError("reset"))
    with pytest.raises(ClientError) as caught:
        save(session, records)
    assert caught.value.kind == "transient"


def test_answers_of_calls_before_a_failed_one_are_not_lost():
    session, _ = new_session(server_side, Answer("<html/>", 503))
    calls = collections.save(session, "Account", KEY, updates(1001))
    assert len(next(calls)) == 1000
    with pytest.raises(ClientError) as caught:
        next(calls)
    assert caught.value.kind == "transient"


@pytest.mark.parametrize("body", [[], {}, [{"success": True}] * 3, ["x", "y"]])
def test_an_answer_that_does_not_fit(body):
    session, _ = new_session(Answer(body if body is not None else "null"))
    with pytest.raises(ClientError) as caught:
        save(session, updates(2))
    assert caught.value.code == "ODD_ANSWER"
