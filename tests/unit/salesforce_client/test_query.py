"""Queries and their pages."""

from urllib.parse import parse_qs, urlsplit

import pytest

from retail_sync_salesforce.client import query
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session

NEXT = "/services/data/v62.0/query/0r8xx3DcQ1aRkLFAAY-2000"
LOCATOR_LOST = [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]


def rows(first, last):
    return [{"attributes": {"type": "Contact"}, "Id": record_id(number)} for number in range(first, last)]


def record_id(number):
    from retail_sync_salesforce.client.ids import to_18

    return to_18(f"003{number:012d}")


def page(records, total, next_url=None):
    body = {"totalSize": total, "done": next_url is None, "records": records}
    return Answer({**body, "nextRecordsUrl": next_url} if next_url else body)


def test_pages_are_followed_one_at_a_time():
    session, server = new_session(page(rows(0, 2), 3, NEXT), page(rows(2, 3), 3))
    answers = query.page(session, "SELECT Id FROM Contact WHERE Name = 'a+b'", batch_size=200)
    assert not server.requests, "nothing is asked before it is read"
    assert next(answers) == rows(0, 2)
    assert len(server.requests) == 1
    assert list(answers) == [rows(2, 3)]
    assert server.paths() == ["/services/data/v62.0/query/", NEXT]
    assert server.query(0)["q"] == "SELECT Id FROM Contact WHERE Name = 'a+b'"
    assert {request.headers["Sforce-Query-Options"] for request in server.requests} == {"batchSize=200"}


def test_deleted_rows_are_asked_for_at_query_all():
    session, server = new_session(page([], 0))
    assert list(query.page(session, "SELECT Id FROM Contact", include_deleted=True)) == [[]]
    assert server.paths() == ["/services/data/v62.0/queryAll/"]


def test_a_lost_locator_is_for_the_caller_to_start_again():
    session, _ = new_session(page(rows(0, 2), 3, NEXT), Answer(LOCATOR_LOST, 400))
    answers = query.page(session, "SELECT Id FROM Contact")
    next(answers)
    with pytest.raises(ClientError) as caught:
        next(answers)
    assert (caught.value.kind, caught.value.code) == ("transient", "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(
    "body", [[], {}, {"records": []}, {"done": True}, {"records": [], "done": False}, {"records": None, "done": True}]
)
def test_an_answer_of_another_shape(body):
    session, _ = new_session(Answer(body))
    with pytest.raises(ClientError) as caught:
        query.first(session, "SELECT Id FROM Contact")
    assert (caught.value.kind, caught.value.code) == ("contract", "ODD_ANSWER")


def test_count():
    session, server = new_session(page([], 42), page([], 7))
    assert query.count(session, "Contact") == 42
    assert query.count(session, "Contact", "A = 1 OR B = 2") == 7
    assert server.query(0)["q"] == "SELECT COUNT() FROM Contact"
    assert server.query(1)["q"] == "SELECT COUNT() FROM Contact WHERE (A = 1 OR B = 2)"


def test_rows_by_id_in_one_query():
    session, server = new_session(page(rows(0, 2), 2))
    wanted = [record_id(0), record_id(1)[:15], record_id(1)]
    assert query.by_ids(session, "Contact", ["LastName"], wanted, include_deleted=True) == rows(0, 2)
    assert server.query()["q"] == f"SELECT Id,LastName FROM Contact WHERE Id IN ('{record_id(0)}','{record_id(1)}')"
    assert "/queryAll/" in server.last.url


def test_rows_by_the_value_of_a_field():
    session, server = new_session(page(rows(0, 1), 1))
    assert query.by_values(session, "Contact", ["LastName"], "Key__c", ["a'b", "c"]) == rows(0, 1)
    assert server.query()["q"] == "SELECT Id,LastName FROM Contact WHERE Key__c IN ('a\\'b','c')"


def _composite_of_queries(request):
    """Answers each query of a composite with the rows its IN list names."""
    import json
    import re

    answers = []
    for part in reversed(json.loads(request.body)["compositeRequest"]):
        statement = parse_qs(urlsplit(part["url"]).query)["q"][0]
        found = [{"Id": value} for value in re.findall(r"'(\w+)'", statement)]
        body = {"totalSize": len(found), "done": True, "records": found}
        answers.append({"body": body, "httpHeaders": {}, "httpStatusCode": 200, "referenceId": part["referenceId"]})
    return Answer({"compositeResponse": answers})


def test_many_ids_go_a_thousand_a_call():
    session, server = new_session(_composite_of_queries, _composite_of_queries)
    wanted = [record_id(number) for number in range(1001)]
    found = query.by_ids(session, "Contact", ["LastName"], wanted)
    assert [row["Id"] for row in found] == wanted
    assert [len(server.json(i)["compositeRequest"]) for i in (0, 1)] == [5, 1]


def test_a_long_statement_goes_in_a_body():
    session, server = new_session(_composite_of_queries)
    statement = "SELECT Id FROM Contact WHERE Name IN (" + ",".join(f"'name{i}'" for i in range(2000)) + ")"
    assert query.first(session, statement).total_size == 2000
    assert server.paths() == ["/services/data/v62.0/composite"]


def test_no_ids_cost_no_call():
    session, server = new_session()
    assert query.by_ids(session, "Contact", ["Id"], []) == []
    assert not server.requests


def test_a_refused_part_is_raised():
    refusal = {
        "body": [{"errorCode": "INVALID_FIELD", "message": "No such column 'X'"}],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": "r1",
    }
    well = {"body": {"totalSize": 0, "done": True, "records": []}, "httpStatusCode": 200, "referenceId": "r0"}
    session, _ = new_session(Answer({"compositeResponse": [well, refusal]}))
    with pytest.raises(ClientError) as caught:
        query.by_ids(session, "Contact", ["X"], [record_id(number) for number in range(201)])
    assert (caught.value.kind, caught.value.code) == ("contract", "INVALID_FIELD")
