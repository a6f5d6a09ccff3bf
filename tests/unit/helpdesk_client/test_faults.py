"""Refusals of the service, in the engine's fault classes and with the step that ends each."""

import json
import pickle

import pytest

from retail_sync.domain.resilience.faults import FaultClass
from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import ClientError, Remedy
from retail_sync_helpdesk.client.transport import Reply
from retail_sync_helpdesk.client.zendesk import faults

CLOSED = {
    "error": "RecordInvalid",
    "description": "Record validation errors",
    "details": {"status": [{"description": "Status: closed prevents ticket update"}]},
}
INVALID = {
    "error": "RecordInvalid",
    "description": "Record validation errors",
    "details": {
        "email": [{"description": "Email: ada@x is not properly formatted", "error": "InvalidFormat"}],
        "name": [{"description": "Name: is too short", "error": "BlankValue"}],
    },
}
DUPLICATE = {
    "error": "RecordInvalid",
    "description": "Record validation errors",
    "details": {"name": [{"description": "Name: has already been taken", "error": "DuplicateValue"}]},
}


def fault(status, body=None, headers=None, **options):
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return faults.from_reply(Reply(status, headers or {}, content), **options)


def test_the_fault_classes_are_those_of_the_engine():
    assert {kind.value for kind in FaultClass} == errors.KINDS


@pytest.mark.parametrize(
    "status, body, kind, code, remedy",
    [
        (400, {"error": "TooManyValues", "description": "100"}, "contract", "TooManyValues", "developer"),
        (400, {"error": "IdempotentRequestError"}, "contract", "IdempotentRequestError", "developer"),
        (400, None, "contract", "HTTP_400", "developer"),
        (401, {"error": "Couldn't authenticate you"}, "auth", "Couldn't authenticate you", "renew"),
        (401, {"error": "invalid_token", "error_description": "gone"}, "auth", "invalid_token", "renew"),
        (401, None, "auth", "HTTP_401", "renew"),
        (403, {"error": "Forbidden", "description": "no"}, "contract", "Forbidden", "settings"),
        (403, {"error": {"title": "Forbidden", "message": "no"}}, "contract", "Forbidden", "settings"),
        (404, {"error": "RecordNotFound", "description": "Not found"}, "gone", "RecordNotFound", "drop"),
        (404, {"error": "InvalidEndpoint", "description": "Not found"}, "contract", "InvalidEndpoint", "developer"),
        (404, b"<html>nothing here</html>", "contract", "HTTP_404", "settings"),
        (409, {"error": "UpdateConflict"}, "conflict", "UpdateConflict", "reread"),
        (409, {"error": "DatabaseConflict"}, "conflict", "DatabaseConflict", "reread"),
        (413, None, "contract", "HTTP_413", "developer"),
        (422, INVALID, "business", "RecordInvalid", "record"),
        (422, CLOSED, "business", "TicketClosed", "follow_up"),
        (422, DUPLICATE, "duplicate", "DuplicateValue", "record"),
        (422, {"error": "invalid", "description": "1000"}, "business", "invalid", "record"),
        (429, {"error": "APIRateLimitExceeded"}, "throttled", "APIRateLimitExceeded", "wait"),
        (429, b"Number of allowed API requests per minute exceeded", "throttled", "HTTP_429", "wait"),
        (429, {"error": "TooManyJobs"}, "throttled", "TooManyJobs", "wait"),
        (500, {"error": "oops"}, "transient", "oops", "wait"),
        (502, b"<html>Bad gateway</html>", "transient", "HTTP_502", "wait"),
        (503, None, "transient", "HTTP_503", "wait"),
        (302, None, "contract", "HTTP_302", "settings"),
        (406, None, "transient", "HTTP_406", "wait"),
    ],
)
def test_each_refusal_has_its_class_and_its_remedy(status, body, kind, code, remedy):
    error = fault(status, body)
    assert (error.kind, error.code, error.remedy, error.http_status) == (kind, code, remedy, status)


def test_a_record_that_is_refused_names_its_fields_and_all_reasons():
    error = fault(422, INVALID)
    assert error.fields == ("email", "name")
    assert error.message == "Email: ada@x is not properly formatted; Name: is too short"


def test_a_record_that_is_a_duplicate_and_wrong_otherwise_is_to_be_corrected():
    mixed = {**INVALID, "details": {**INVALID["details"], **DUPLICATE["details"]}}
    assert fault(422, mixed).kind == errors.BUSINESS


def test_an_export_that_begins_too_late_waits():
    error = fault(422, {"error": "InvalidValue", "description": "Too recent start_time. Use one older than 1 minute"})
    assert (error.kind, error.code) == (errors.THROTTLED, faults.TOO_RECENT)


@pytest.mark.parametrize("headers, seconds", [({"Retry-After": "41"}, 41.0), ({}, 60.0), ({"Retry-After": "0"}, 60.0)])
def test_a_limit_names_how_long_to_wait_and_a_minute_where_it_does_not(headers, seconds):
    assert fault(429, b"slow down", headers).retry_after == seconds


def test_a_date_says_how_long_to_wait_by_the_servers_own_clock():
    headers = {"Retry-After": "Wed, 20 May 2026 09:45:02 GMT", "Date": "Wed, 20 May 2026 09:44:32 GMT"}
    assert fault(503, None, headers).retry_after == 30.0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_a_gateway_gave_up_on_has_an_unknown_outcome_unless_it_may_be_repeated(status):
    assert fault(status, idempotent=False).kind == errors.UNKNOWN
    assert fault(status, idempotent=False).remedy is Remedy.look_up
    assert fault(status, idempotent=True).kind == errors.TRANSIENT


def test_a_409_to_a_call_with_a_key_means_that_the_first_try_still_runs():
    error = fault(409, {"error": "Conflict"}, idempotency_key=True)
    assert (error.kind, error.remedy) == (errors.TRANSIENT, Remedy.wait)
    assert error.retry_after > 0
    assert fault(409, {"error": "DatabaseConflict"}, idempotency_key=True).kind == errors.CONFLICT


@pytest.mark.parametrize(
    "body",
    [[], "text", 5, None, {"error": None}, {"error": []}, {"details": []}, {"details": {"a": None}}, {"errors": [3]}],
)
def test_a_body_of_any_shape_is_a_fault_and_nothing_else(body):
    for status in (400, 404, 409, 422, 500):
        assert isinstance(fault(status, body), ClientError)


def test_items_of_jobs_are_classified_as_whole_replies_are():
    closed = faults.from_item({"error": "TicketUpdateFailed", "details": "Status: closed prevents ticket update"})
    stale = faults.from_item({"error": "TicketUpdateFailed", "details": "Safe Update prevented the update"})
    gone = faults.from_item({"error": "Whatever", "details": "Ticket not found"})
    wrong = faults.from_item({"error": "UserUpdateError", "details": "Name: Email: x is not properly formatted"})
    assert [error.remedy for error in (closed, stale, gone, wrong)] == ["follow_up", "reread", "drop", "record"]


def test_an_error_survives_a_queue_and_its_repr_quotes_no_data():
    error = fault(422, INVALID)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.kind, copy.fields, copy.remedy, copy.message) == (
        error.kind,
        error.fields,
        error.remedy,
        error.message,
    )
    assert "ada" not in repr(error)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer canary-1234",
        "basic Y2FuYXJ5LTEyMzQ=canary",
        '{"access_token": "canary-1234"}',
        '{"client_secret":"canary"',
        "https://acme.zendesk.com/attachments/token/canary1234/?name=a.pdf",
        "grant_type=refresh_token&refresh_token=canary&x=1",
    ],
)
def test_no_secret_stays_in_an_error(text):
    error = ClientError(errors.UNKNOWN, "X", text, body_excerpt=text)
    assert "canary" not in f"{error} {error!r} {error.message} {error.body_excerpt}"


def test_an_error_of_no_known_class_cannot_be_made():
    with pytest.raises(ValueError, match="odd"):
        ClientError("odd", "X")
