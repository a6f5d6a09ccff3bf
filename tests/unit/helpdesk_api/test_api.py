"""The agent API over a stand-in: who gets in, what answers and errors look like, what happens once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from retail_sync_helpdesk.api import operations
from retail_sync_helpdesk.api.app import make_app
from retail_sync_helpdesk.api.operations import OPERATIONS, Operation
from retail_sync_helpdesk.domain.api.problem import MEDIA_TYPE

from .stand_in import KEY, StandIn

HEADERS = {"Authorization": f"Bearer {KEY}"}
RETURN = {"action": "return", "reason": "damaged", "lines": [{"line_id": 70, "quantity": "1"}]}
# One path of each operation that a caller may get wrong.
PATHS = {
    "get_me": "/me",
    "list_reasons": "/reasons",
    "find_customers": "/customers?email=ada@example.com",
    "get_customer": "/customers/5",
    "get_overview": "/customers/5/360",
    "list_customer_orders": "/customers/5/orders",
    "list_customer_tickets": "/customers/5/tickets",
    "find_orders": "/orders?by=number&value=S00007",
    "get_order": "/orders/7",
    "get_timeline": "/orders/7/timeline",
    "get_money": "/orders/7/money",
    "get_eligibility": "/orders/7/eligibility",
    "get_stock": "/stock?sku=LAMP",
    "list_actions": "/actions",
    "get_action": "/actions/00000000-0000-4000-8000-000000000001",
    "get_problem": "/problems/not_found",
    "preview_action": "/orders/7/actions/preview",
    "submit_action": "/orders/7/actions",
}


@pytest.fixture
def stand_in():
    return StandIn()


@pytest.fixture
def client(stand_in):
    return TestClient(make_app(stand_in), raise_server_exceptions=False)


def call(client, operation, **headers):
    """Call an operation; one that acts gets a body and a key."""
    headers = {**HEADERS, **headers}
    if operation == "preview_action":
        return client.post(PATHS[operation], json={"request": RETURN}, headers=headers)
    if operation == "submit_action":
        token = (
            client.post(PATHS["preview_action"], json={"request": RETURN}, headers=HEADERS).json().get("token", "a.b.c")
        )
        headers.setdefault("Idempotency-Key", "key-1")
        return client.post(PATHS[operation], json={"request": RETURN, "token": token}, headers=headers)
    return client.get(PATHS[operation], headers=headers)


def problem(answer, status, code):
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["correlation_id"] == answer.headers["X-Correlation-Id"]
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


def test_paths_of_this_file_are_all_operations():
    assert PATHS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("operation", PATHS)
def test_no_operation_answers_without_a_key(client, operation):
    for wrong in ("", "Bearer wrong", f"Basic {KEY}"):
        answer = call(client, operation, Authorization=wrong)
        problem(answer, 401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("operation", [name for name, found in OPERATIONS.items() if found.scope])
def test_no_operation_answers_without_its_scope(client, stand_in, operation):
    stand_in.scopes -= {OPERATIONS[operation].scope}
    problem(call(client, operation), 403, "scope_missing")


@pytest.mark.parametrize("operation", PATHS)
def test_a_limit_is_refused_with_when_to_come_again(client, stand_in, operation):
    stand_in.limited = True
    answer = call(client, operation)
    problem(answer, 429, "rate_limited")
    assert answer.headers["Retry-After"] == "6"


@pytest.mark.parametrize("operation", [name for name, found in OPERATIONS.items() if found.looks_up])
def test_too_many_look_ups_are_sent_away_at_once(client, stand_in, operation):
    stand_in.busy = True
    problem(call(client, operation), 503, "busy")


def test_a_key_that_looks_up_only_previews_and_does_not_submit(client, stand_in):
    stand_in.read_only = True
    assert call(client, "preview_action").status_code == 200
    problem(call(client, "submit_action"), 403, "read_only")
    assert not stand_in.done


def test_the_place_of_a_look_up_is_free_again_after_an_answer_and_an_error(client, stand_in):
    call(client, "get_order")
    client.get("/orders/8", headers=HEADERS)
    stand_in.fails = RuntimeError("a secret text")
    failed = call(client, "find_customers")
    assert stand_in.inside == 0
    problem(failed, 500, "internal_error")
    assert "secret" not in failed.text


@pytest.mark.parametrize("operation", [name for name, found in OPERATIONS.items() if found.tagged])
def test_a_version_that_the_caller_has_is_not_sent_again(client, stand_in, operation):
    if operation == "get_action":
        call(client, "submit_action")
    headers = {"X-Verified-By": "phone_pin"}
    first = call(client, operation, **headers)
    assert first.status_code == 200, first.text
    stand_in.now += timedelta(minutes=1)
    again = call(client, operation, **headers, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-Correlation-Id"]
    assert call(client, operation, **headers, **{"If-None-Match": '"other"'}).status_code == 200


def test_the_callers_correlation_id_comes_back_and_an_unfit_one_is_replaced(client):
    assert (
        call(client, "get_order", **{"X-Correlation-Id": "desk-12345678"}).headers["X-Correlation-Id"]
        == "desk-12345678"
    )
    assert call(client, "get_order", **{"X-Correlation-Id": "a b"}).headers["X-Correlation-Id"] != "a b"
    refused = client.get("/orders/8", headers={**HEADERS, "X-Correlation-Id": "desk-12345678"})
    assert problem(refused, 404, "not_found")["correlation_id"] == "desk-12345678"


def test_limits_stand_in_the_headers_of_answers_and_errors(client):
    assert call(client, "get_order").headers["RateLimit-Remaining"] == "9"
    assert client.get("/orders/8", headers=HEADERS).headers["RateLimit-Remaining"] == "9"


def test_pages_go_through_a_list_once(client):
    seen, path = [], "/customers/5/orders?limit=50"
    while path:
        answer = client.get(path, headers=HEADERS).json()
        seen += [row["id"] for row in answer["items"]]
        path = answer["next_cursor"] and f"/customers/5/orders?limit=50&cursor={answer['next_cursor']}"
    assert seen == list(range(1, 121))


def test_a_cursor_of_another_list_is_refused(client):
    cursor = client.get("/customers/5/orders?limit=1", headers=HEADERS).json()["next_cursor"]
    problem(client.get(f"/actions?cursor={cursor}", headers=HEADERS), 400, "invalid_cursor")


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/orders/0", "/path/order_id"),
        ("/orders/99999999999", "/path/order_id"),
        ("/orders/abc", "/path/order_id"),
        ("/orders?by=name&value=1", "/query/by"),
        ("/orders?by=number&value=", "/query/value"),
        ("/orders?by=number&value=%00", "/query/value"),
        ("/customers/5/orders?limit=201", "/query/limit"),
        ("/stock", "/query/sku"),
    ],
)
def test_values_that_do_not_fit_are_named(client, path, pointer):
    errors = problem(client.get(path, headers=HEADERS), 422, "invalid_values")["errors"]
    assert [error["pointer"] for error in errors] == [pointer]


@pytest.mark.parametrize(
    "asked",
    [
        {**RETURN, "lines": []},
        {**RETURN, "lines": [{"line_id": 70, "quantity": 1.1}]},
        {**RETURN, "lines": [{"line_id": 70, "quantity": "1e3"}]},
        {**RETURN, "lines": [{"line_id": 70, "quantity": "-1"}]},
        {**RETURN, "lines": [{"line_id": 70, "quantity": "١"}]},
        {**RETURN, "misspelt": True},
        {**RETURN, "action": "give_away"},
        {"action": "refund_goodwill", "reason": "late", "amount": "NaN"},
        {"reason": "damaged"},
        None,
    ],
)
def test_a_request_that_is_none_is_refused_before_anything_is_read(client, asked):
    problem(client.post("/orders/7/actions/preview", json={"request": asked}, headers=HEADERS), 422, "invalid_values")


def test_a_body_that_is_no_json_is_named_as_such(client):
    headers = {**HEADERS, "Content-Type": "application/json"}
    problem(client.post("/orders/7/actions/preview", content="{", headers=headers), 400, "malformed_request")


def test_a_body_beyond_the_limit_is_refused(client):
    note = {"request": {**RETURN, "note": "x" * 300_000}}
    problem(client.post("/orders/7/actions/preview", json=note, headers=HEADERS), 413, "payload_too_large")


def test_unknown_paths_and_methods_are_problems_too(client):
    problem(client.get("/nothing", headers=HEADERS), 404, "not_found")
    answer = client.delete("/orders/7", headers=HEADERS)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"


def test_values_are_not_repeated_in_errors(client):
    answer = client.get("/orders?by=number&value=%00secret", headers=HEADERS)
    assert "secret" not in answer.text


def test_an_action_happens_once_for_a_key_and_its_answer_is_repeated_byte_for_byte(client, stand_in):
    token = call(client, "preview_action").json()["token"]
    body = {"request": RETURN, "token": token}
    headers = {**HEADERS, "Idempotency-Key": "key-1"}
    first = client.post("/orders/7/actions", json=body, headers=headers)
    stand_in.now += timedelta(minutes=1)
    again = client.post("/orders/7/actions", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert len(stand_in.done) == 1


def test_a_key_stands_for_one_request(client, stand_in):
    call(client, "submit_action")
    other = {**RETURN, "note": "Another one"}
    token = client.post("/orders/7/actions/preview", json={"request": other}, headers=HEADERS).json()["token"]
    headers = {**HEADERS, "Idempotency-Key": "key-1"}
    answer = client.post("/orders/7/actions", json={"request": other, "token": token}, headers=headers)
    problem(answer, 422, "idempotency_key_reused")
    assert len(stand_in.done) == 1


def test_an_action_without_a_key_is_refused(client, stand_in):
    answer = client.post("/orders/7/actions", json={"request": RETURN, "token": "a.b.c"}, headers=HEADERS)
    problem(answer, 400, "idempotency_key_missing")


def test_what_has_changed_since_the_preview_is_refused_with_the_new_preview(client, stand_in):
    token = call(client, "preview_action").json()["token"]
    stand_in.money_version += 1
    headers = {**HEADERS, "Idempotency-Key": "key-1"}
    body = {"request": RETURN, "token": token}
    stale = problem(client.post("/orders/7/actions", json=body, headers=headers), 409, "preview_stale")
    body["token"] = stale["preview"]["token"]
    assert client.post("/orders/7/actions", json=body, headers=headers).status_code == 201


def test_a_preview_lives_ten_minutes(client, stand_in):
    token = call(client, "preview_action").json()["token"]
    stand_in.now += timedelta(minutes=11)
    headers = {**HEADERS, "Idempotency-Key": "key-1"}
    answer = client.post("/orders/7/actions", json={"request": RETURN, "token": token}, headers=headers)
    problem(answer, 409, "preview_expired")


def test_the_verification_of_a_customer_arrives_in_utc(client, stand_in):
    call(client, "get_money", **{"X-Verified-By": "phone_pin", "X-Verified-At": "2026-12-01T09:00:00+01:00"})
    assert (stand_in.calls[-1].verified_by, stand_in.calls[-1].verified_at) == (
        "phone_pin",
        datetime(2026, 12, 1, 8, 0),
    )
    answer = call(client, "get_money", **{"X-Verified-By": "phone_pin", "X-Verified-At": "2026-12-01T09:00:00"})
    assert problem(answer, 422, "invalid_values")["errors"][0]["pointer"] == "/header/X-Verified-At"
    for odd in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1764576000", "now"):
        problem(call(client, "get_money", **{"X-Verified-By": "pin", "X-Verified-At": odd}), 422, "invalid_values")
    problem(call(client, "get_money"), 403, "verification_required")


def test_an_operation_that_ends_says_when(monkeypatch):
    ending = Operation("get_order", "orders.read", deprecated_at=datetime(2027, 1, 1), sunset_at=datetime(2027, 7, 1))
    monkeypatch.setitem(operations.OPERATIONS, "get_order", ending)
    client = TestClient(make_app(StandIn()))
    found = call(client, "get_order").headers
    assert (found["Deprecation"], found["Sunset"]) == ("@1798761600", "Thu, 01 Jul 2027 00:00:00 GMT")
    assert not {"Deprecation", "Sunset"} & set(call(client, "get_me").headers)


def test_texts_of_the_stored_answer_are_sent_unchanged(client, stand_in):
    answer = call(client, "submit_action")
    assert answer.text == stand_in.keys["key-1"].answer
    assert json.loads(answer.text)["state"] == "done"
