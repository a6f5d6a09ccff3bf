"""Several requests in one call, and polling."""

import pytest

from retail_sync_salesforce.client import composite, polling
from retail_sync_salesforce.client.composite import Subrequest
from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.query import QueryPage
from retail_sync_salesforce.client.replication import Deleted, DeletedPage

from .fakes import Answer, new_session

HALTED = [{"errorCode": "PROCESSING_HALTED", "message": "The transaction was rolled back since …"}]
START, END = "2026-05-20T09:00:30Z", "2026-05-20T10:00:00Z"


def answer(index, body, status=200):
    return {"body": body, "httpHeaders": {"X": "y"}, "httpStatusCode": status, "referenceId": f"r{index}"}


def echo(request):
    """Answers each part with its own path, in reverse order."""
    import json

    parts = json.loads(request.body)["compositeRequest"]
    return Answer(
        {
            "compositeResponse": [
                {"body": part["url"], "httpHeaders": {}, "httpStatusCode": 200, "referenceId": part["referenceId"]}
                for part in reversed(parts)
            ]
        }
    )


def test_a_call():
    session, server = new_session(Answer({"compositeResponse": [answer(1, None, 204), answer(0, {"id": "x"}, 201)]}))
    results = composite.composite(
        session,
        [
            Subrequest("POST", "sobjects/Contact", {"LastName": "Rossi"}),
            Subrequest("PATCH", "/services/data/v62.0/sobjects/Account/001", {"Name": "é"}, {"If-Match": "x"}),
        ],
    )
    assert [(r.status, r.body, r.error, dict(r.headers)) for r in results] == [
        (201, {"id": "x"}, None, {"X": "y"}),
        (204, None, None, {"X": "y"}),
    ]
    sent = server.json()
    assert sent["allOrNone"] is False
    assert sent["compositeRequest"] == [
        {
            "method": "POST",
            "url": "/services/data/v62.0/sobjects/Contact",
            "referenceId": "r0",
            "body": {"LastName": "Rossi"},
        },
        {
            "method": "PATCH",
            "url": "/services/data/v62.0/sobjects/Account/001",
            "referenceId": "r1",
            "body": {"Name": "é"},
            "httpHeaders": {"If-Match": "x"},
        },
    ]


@pytest.mark.parametrize(
    ("paths", "sizes"),
    [
        (["sobjects/Account/1"] * 60, [25, 25, 10]),
        (["query/?q=x"] * 12, [5, 5, 2]),
        (["query/?q=x"] * 5 + ["sobjects/A/deleted/?a=/query"] * 20, [25]),
        (["composite/sobjects", "queryAll/?q=x", "/services/data/v62.0/query/0r8"] * 2, [5, 1]),
        ([], []),
    ],
)
def test_calls_stay_within_25_parts_and_5_queries(paths, sizes):
    session, server = new_session(*[echo] * len(sizes))
    results = composite.composite(session, [Subrequest("GET", path) for path in paths])
    assert [len(server.json(i)["compositeRequest"]) for i in range(len(sizes))] == sizes
    assert [result.body for result in results] == [session.path(path) for path in paths]


def test_the_failure_of_a_part_is_its_own():
    refused = [{"errorCode": "INVALID_FIELD", "message": "No such column", "fields": ["X"]}]
    session, _ = new_session(Answer({"compositeResponse": [answer(0, refused, 400), answer(1, {"a": 1})]}))
    first, second = composite.composite(session, [Subrequest("GET", "query/?q=a"), Subrequest("GET", "query/?q=b")])
    assert (first.error.kind, first.error.code, first.error.fields) == ("contract", "INVALID_FIELD", ("X",))
    assert second.error is None


def test_what_was_rolled_back_along_takes_the_class_of_its_cause():
    cause = [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}]
    session, _ = new_session(Answer({"compositeResponse": [answer(0, HALTED, 400), answer(1, cause, 400)]}))
    first, second = composite.composite(
        session, [Subrequest("POST", "sobjects/A", {}), Subrequest("POST", "sobjects/B", {})], all_or_none=True
    )
    assert (first.error.kind, first.error.code) == ("transient", "PROCESSING_HALTED")
    assert "UNABLE_TO_LOCK_ROW" in first.error.message
    assert second.error.code == "UNABLE_TO_LOCK_ROW"


def test_a_missing_record_in_a_part_is_gone():
    body = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    session, _ = new_session(Answer({"compositeResponse": [answer(0, body, 404)]}))
    (result,) = composite.composite(session, [Subrequest("GET", "sobjects/Contact/0035g00000BcDeFAAV?fields=Id")])
    assert result.error.kind == "gone"


@pytest.mark.parametrize("body", [[], {}, {"compositeResponse": []}, {"compositeResponse": [answer(5, {})]}])
def test_an_answer_without_all_parts(body):
    session, _ = new_session(Answer(body))
    with pytest.raises(ClientError) as caught:
        composite.composite(session, [Subrequest("GET", "query/?q=x")])
    assert caught.value.code == "ODD_ANSWER"


def test_all_or_none_cannot_span_calls():
    session, _ = new_session()
    with pytest.raises(ValueError, match="all_or_none"):
        composite.composite(session, [Subrequest("POST", "sobjects/A", {})] * 26, all_or_none=True)


def test_a_poll_is_one_call():
    rows = [{"Id": "001D000000ISUr3IAH"}]
    deletions = {
        "deletedRecords": [{"id": "001D000000ISUr3IAH", "deletedDate": "2026-05-20T09:44:32.000+0000"}],
        "earliestDateAvailable": "2026-05-03T15:57:00.000+0000",
        "latestDateCovered": "2026-05-20T09:58:00.000+0000",
    }
    parts = [
        answer(0, deletions),
        answer(1, [{"errorCode": "INVALID_REPLICATION_DATE", "message": "too old"}], 400),
        answer(2, {**deletions, "earliestDateAvailable": "2026-05-20T09:30:00.000+0000"}),
        answer(3, {"nonsense": 1}),
        answer(4, {"totalSize": 1, "done": True, "records": rows}),
        answer(5, [{"errorCode": "INVALID_TYPE", "message": "sObject type 'X' is not supported"}], 400),
    ]
    session, server = new_session(Answer({"compositeResponse": parts}))
    found = polling.poll(
        session,
        {"accounts": "SELECT Id FROM Account", "odd": "SELECT Id FROM X"},
        {
            "gone": ("Account", START, END),
            "old": ("Contact", "2026-05-01T09:00:00Z", END),
            "purged": ("Lead", START, END),
            "broken": ("Case", START, END),
        },
    )
    assert found["accounts"] == QueryPage(rows, 1, True, None)
    assert (found["odd"].kind, found["odd"].code) == ("contract", "INVALID_TYPE")
    assert found["gone"] == DeletedPage(
        [Deleted("001D000000ISUr3IAH", 1779270272000)], 1777823820000, "2026-05-20T09:58:00Z", 1779271080000
    )
    assert (found["old"].kind, found["old"].code) == ("contract", "DELETED_WINDOW_LOST")
    assert found["purged"].lost and not found["gone"].lost
    assert (found["broken"].kind, found["broken"].code) == ("contract", "ODD_ANSWER")
    assert len(server.requests) == 1
    urls = [part["url"] for part in server.json()["compositeRequest"]]
    assert urls[4] == "/services/data/v62.0/query/?q=SELECT%20Id%20FROM%20Account"
    assert urls[0] == (
        "/services/data/v62.0/sobjects/Account/deleted/"
        "?start=2026-05-20T09%3A00%3A00%2B00%3A00&end=2026-05-20T10%3A00%3A00%2B00%3A00"
    )


@pytest.mark.parametrize(("queries", "asked"), [(1, 3), (3, 2), (5, 0), (6, 0)])
def test_merges_of_this_minute_cost_no_further_call(queries, asked):
    session, server = new_session()
    names = [f"merged {number}" for number in range(3)]
    empty = {"totalSize": 0, "done": True, "records": []}
    for count in [queries + asked] if queries <= 5 else [5, queries - 5]:
        server.script.append(Answer({"compositeResponse": [answer(number, empty) for number in range(count)]}))
    found = polling.poll(
        session,
        {f"rows {number}": "SELECT Id FROM Account" for number in range(queries)},
        merged={name: "SELECT Id FROM Contact WHERE IsDeleted = true" for name in names},
    )
    assert [name for name in found if name.startswith("merged")] == names[:asked]
    assert len(server.requests) == (1 if queries <= 5 else 2)


def test_a_name_serves_one_purpose():
    session, _ = new_session()
    with pytest.raises(ValueError, match="accounts"):
        polling.poll(session, {"accounts": "SELECT Id FROM Account"}, {"accounts": ("Account", START, END)})


def test_a_poll_that_fails_as_a_whole_is_raised():
    session, _ = new_session(Answer("<html/>", 503))
    with pytest.raises(ClientError) as caught:
        polling.poll(session, {"accounts": "SELECT Id FROM Account"})
    assert caught.value.kind == "transient"
