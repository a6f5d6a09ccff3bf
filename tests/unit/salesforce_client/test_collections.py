"""Writing many records in one call, and deleting them."""

import json

import pytest

from retail_sync_salesforce.client import collections, ids

from .fakes import Answer, new_session
from .writes import KEY, record_id, save, server_side, updates, upserts


def test_one_collection_is_called_directly():
    session, server = new_session(server_side)
    results = save(session, [*updates(1), {"Id": record_id(7)[:15], "Name": "bad", "Fax": None}])
    assert (results[0].ok, results[0].id, results[0].created, results[0].error) == (True, record_id(0), False, None)
    assert not results[1].ok
    assert (results[1].error.kind, results[1].error.code, results[1].error.fields) == (
        "business",
        "STRING_TOO_LONG",
        ("Name",),
    )
    assert server.paths() == ["/services/data/v62.0/composite/sobjects"]
    assert server.last.method == "PATCH"
    assert server.json() == {
        "allOrNone": False,
        "records": [
            {"attributes": {"type": "Account"}, "id": record_id(0), "Phone": "0"},
            {"attributes": {"type": "Account"}, "id": record_id(7)[:15], "Name": "bad", "Fax": None},
        ],
    }
    assert server.options[-1]["timeout"] == (5, 120)


def test_an_upsert_goes_by_the_external_id():
    session, server = new_session(server_side)
    parent = {"Account": {KEY: "ab:res.partner:1"}}
    (result,) = save(session, [{**upserts(1)[0], **parent}])
    assert (result.ok, result.created, result.id) == (True, True, ids.to_18("0015g00000ZZZZZ"))
    assert server.paths() == [f"/services/data/v62.0/composite/sobjects/Account/{KEY}"]
    assert server.json()["records"] == [
        {"attributes": {"type": "Account"}, KEY: "ab:res.partner:0", "Name": "0", **parent}
    ]


@pytest.mark.parametrize(
    ("records", "sizes"),
    [
        (updates(1000), [[200] * 5]),
        (upserts(1000), [[200] * 5]),
        (updates(400) + upserts(600), [[200] * 2, [200] * 3]),
        (updates(201), [[200, 1]]),
        (updates(501) + upserts(499), [[200, 200, 101], [200, 200, 99]]),
        (updates(1001), [[200] * 5, [1]]),
        ([], []),
    ],
)
def test_a_call_holds_five_collections_of_200(records, sizes):
    session, server = new_session(*[server_side] * len(sizes))
    results = save(session, records)
    assert all(result.ok for result in results)
    for record, result in zip(records, results, strict=True):
        assert result.id == record.get("Id", result.id)
    sent = [server.json(index) for index in range(len(sizes))]
    bodies = [[part["body"] for part in body.get("compositeRequest", [])] or [body] for body in sent]
    assert [[len(body["records"]) for body in call] for call in bodies] == sizes


def test_updates_and_upserts_share_a_call_where_no_rule_may_hold_a_record_back():
    session, server = new_session(server_side)
    results = save(session, updates(3) + upserts(250), allow_duplicates=True)
    assert all(result.ok for result in results)
    [sizes] = [[len(part["body"]["records"]) for part in server.json()["compositeRequest"]]]
    assert sizes == [3, 200, 50]
    headers = [part["httpHeaders"]["Sforce-Duplicate-Rule-Header"] for part in server.json()["compositeRequest"]]
    assert {header.split(";")[0] for header in headers} == {"allowSave=true"}


def test_the_duplicate_rule_header():
    session, server = new_session(server_side, server_side, server_side)
    save(session, updates(1))
    save(session, upserts(1))
    save(session, upserts(1), allow_duplicates=True)
    headers = [request.headers["Sforce-Duplicate-Rule-Header"] for request in server.requests]
    assert [header.split(";")[0] for header in headers] == ["allowSave=true", "allowSave=false", "allowSave=true"]


def test_records_are_read_in_the_call_that_writes_them():
    def server(request):
        parts = json.loads(request.body)["compositeRequest"]
        assert [part["method"] for part in parts] == ["GET", *["PATCH"] * (len(parts) - 1)]
        assert "Phone" in parts[0]["url"] and parts[1]["body"]["records"][0]["id"] in parts[0]["url"]
        rows = [{"attributes": {}, "Id": record_id(0), "Phone": "old"}]
        answers = [{"body": {"records": rows, "done": True}, "httpStatusCode": 200, "referenceId": "r0"}]
        for part in parts[1:]:
            body = [{"id": record["id"], "success": True, "errors": []} for record in part["body"]["records"]]
            answers.append({"body": body, "httpStatusCode": 200, "referenceId": part["referenceId"]})
        return Answer({"compositeResponse": answers})

    session, calls = new_session(server, server)
    found = save(session, updates(801), look=["Phone"])
    assert len(calls.requests) == 2, "800 records and the look"
    assert (found[0].ok, found[0].before["Phone"], found[1].before) == (True, "old", None)


def test_a_look_that_fails_does_not_keep_records_from_being_written():
    def server(request):
        error = {"body": [{"errorCode": "INVALID_FIELD", "message": "No such column"}], "httpStatusCode": 400}
        body = [{"id": record_id(0), "success": True, "errors": []}]
        answers = [{**error, "referenceId": "r0"}, {"body": body, "httpStatusCode": 200, "referenceId": "r1"}]
        return Answer({"compositeResponse": answers})

    session, _calls = new_session(server)
    assert save(session, updates(1), look=["Phone"])[0] == collections.SaveResult(True, record_id(0))


def test_no_write_runs_assignment_rules():
    session, server = new_session(server_side, server_side)
    save(session, updates(1))
    save(session, upserts(201))
    inner = [part["httpHeaders"] for part in server.json(1)["compositeRequest"]]
    found = [headers["Sforce-Auto-Assign"] for headers in (*(call.headers for call in server.requests), *inner)]
    assert found == ["FALSE"] * 4


def test_the_duplicate_rule_header_of_a_call_and_of_its_parts():
    session, server = new_session(server_side, server_side)
    save(session, updates(201) + upserts(201))
    for index, allowed in enumerate(("true", "false")):
        inner = [part["httpHeaders"] for part in server.json(index)["compositeRequest"]]
        for header in (server.requests[index].headers, *inner):
            assert header["Sforce-Duplicate-Rule-Header"].startswith(f"allowSave={allowed};")


def test_records_of_one_key_keep_their_order_in_different_collections():
    records = [{KEY: "a", "Name": "1"}, {KEY: "b", "Name": "2"}, {KEY: "A", "Name": "3"}, {KEY: "a", "Name": "bad"}]
    same_id = [{"Id": record_id(1), "Name": "x"}, {"Id": record_id(1)[:15], "Name": "y"}]
    session, server = new_session(server_side, server_side)
    results = save(session, records + same_id)
    assert [result.ok for result in results] == [True, True, True, False, True, True]
    sent = [
        [[row["Name"] for row in part["body"]["records"]] for part in server.json(index)["compositeRequest"]]
        for index in (0, 1)
    ]
    assert sent == [[["x"], ["y"]], [["1", "2"], ["3"], ["bad"]]]


def test_a_failure_names_what_it_collides_with():
    message = f"duplicate value found: Tax__c duplicates value on record with id: {record_id(5)[:15]}"
    item = {"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": message, "fields": []}]}
    session, _ = new_session(Answer([item]))
    (result,) = save(session, updates(1))
    assert (result.error.kind, result.error.record_ids) == ("duplicate", (record_id(5),))


def test_a_record_needs_an_id_or_a_key():
    session, _ = new_session()
    for record in ({"Name": "x"}, {KEY: "", "Name": "x"}, {KEY: None}):
        with pytest.raises(ValueError, match=KEY):
            save(session, [record])
    with pytest.raises(ValueError, match="not a Salesforce record id"):
        save(session, [{"Id": "0015g00000A00", "Name": "x"}])


def test_delete():
    gone = {"success": False, "errors": [{"statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted"}]}
    session, server = new_session(Answer([{"id": record_id(0), "success": True, "errors": []}, gone]))
    first, second = collections.delete(session, [record_id(0)[:15], record_id(1)])
    assert (first.ok, first.id) == (True, record_id(0))
    assert second.error.kind == "gone"
    assert server.last.method == "DELETE"
    assert server.query() == {"ids": f"{record_id(0)},{record_id(1)}", "allOrNone": "false"}


def test_many_deletions_share_a_call():
    def answer(request):
        parts = json.loads(request.body)["compositeRequest"]
        return Answer(
            {
                "compositeResponse": [
                    {
                        "body": [{"success": True, "errors": []}] * (part["url"].count("%2C") + 1),
                        "httpStatusCode": 200,
                        "referenceId": part["referenceId"],
                    }
                    for part in parts
                ]
            }
        )

    session, server = new_session(answer)
    assert len(collections.delete(session, [record_id(i) for i in range(950)])) == 950
    assert [part["url"].count("%2C") + 1 for part in server.json()["compositeRequest"]] == [200] * 4 + [150]
