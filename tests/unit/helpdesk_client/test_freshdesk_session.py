"""The way to a Freshdesk account: its key, its limits and its refusals."""

import base64

import pytest

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import ClientError, Remedy
from retail_sync_helpdesk.client.freshdesk import tickets
from retail_sync_helpdesk.client.freshdesk.limits import Limits, reported
from retail_sync_helpdesk.client.freshdesk.session import MOST_PAGES
from retail_sync_helpdesk.client.freshdesk.sign_in import ApiKey
from retail_sync_helpdesk.client.session import BUDGET_USED_UP

from .fakes import Answer
from .freshdesk_fakes import API_KEY, HOST, freshdesk, ticket_row, validation


def caught(answer, method="GET", **options):
    session, _calls = freshdesk(answer)
    with pytest.raises(ClientError) as error:
        session.request(method, "/tickets/5", **options)
    return error.value


def test_a_call_is_signed_with_the_agents_key():
    session, calls = freshdesk(Answer(ticket_row()))
    tickets.get(session, "4014")
    assert calls.last.url == f"{HOST}/api/v2/tickets/4014"
    scheme, _, text = calls.last.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(text).decode()) == ("Basic", f"{API_KEY}:X")
    assert API_KEY not in repr(session)


def test_a_connection_has_a_key():
    with pytest.raises(ValueError):
        ApiKey("")


def test_a_refused_key_is_asked_for_once_and_left_to_a_person():
    session, calls = freshdesk(Answer({"code": "invalid_credentials", "message": "You have to be logged in"}, 401))
    with pytest.raises(ClientError) as error:
        tickets.get(session, "5")
    assert (error.value.kind, error.value.code, error.value.remedy) == (
        errors.AUTH,
        "invalid_credentials",
        Remedy.renew,
    )
    assert len(calls.requests) == 1


@pytest.mark.parametrize(
    "answer, kind, code, remedy",
    [
        (validation(("priority", "invalid_value")), errors.BUSINESS, "invalid_value", Remedy.record),
        (validation(("subject", "missing_field")), errors.BUSINESS, "missing_field", Remedy.record),
        (validation(("cf_x", "invalid_field")), errors.CONTRACT, "invalid_field", Remedy.settings),
        (validation(("email", "duplicate_value"), status=409), errors.DUPLICATE, "duplicate_value", Remedy.record),
        (
            validation(("email", "duplicate_value"), ("name", "missing_field")),
            errors.BUSINESS,
            "missing_field",
            Remedy.record,
        ),
        (Answer({"code": "access_denied", "message": "no"}, 403), errors.CONTRACT, "access_denied", Remedy.settings),
        (Answer({"code": "invalid_json", "message": "no"}, 400), errors.CONTRACT, "invalid_json", Remedy.developer),
        (Answer(None, 404), errors.GONE, "HTTP_404", Remedy.drop),
        (Answer("<html>no such account</html>", 404), errors.CONTRACT, "HTTP_404", Remedy.settings),
        (Answer(None, 405), errors.GONE, "HTTP_405", Remedy.drop),
        (Answer({"message": "later"}, 409), errors.CONFLICT, "HTTP_409", Remedy.reread),
        (Answer("<html>moved</html>", 302), errors.CONTRACT, "HTTP_302", Remedy.settings),
        (Answer(None, 415), errors.CONTRACT, "HTTP_415", Remedy.developer),
        (Answer("<html>Bad Gateway</html>", 502), errors.TRANSIENT, "HTTP_502", Remedy.wait),
    ],
)
def test_a_refusal_becomes_a_fault(answer, kind, code, remedy):
    error = caught(answer)
    assert (error.kind, error.code, error.remedy) == (kind, code, remedy)


def test_refused_values_are_named_with_their_reasons():
    error = caught(validation(("priority", "invalid_value"), ("type", "datatype_mismatch")))
    assert error.fields == ("priority", "type")
    assert error.message == "priority: priority is refused; type: type is refused"


def test_a_write_that_a_gateway_gave_up_on_is_not_known():
    assert caught(Answer(None, 504), "POST", json={}).kind == errors.UNKNOWN
    assert caught(Answer(None, 504), "PUT", json={}).kind == errors.TRANSIENT


@pytest.mark.parametrize("header, seconds", [({"Retry-After": "17"}, 17.0), ({}, 60.0)])
def test_a_limit_says_how_long_to_wait_and_holds_the_next_call_back(header, seconds):
    session, calls = freshdesk(Answer({"message": "You have exceeded the limit"}, 429, header))
    for code in ("HTTP_429", BUDGET_USED_UP):
        with pytest.raises(ClientError) as error:
            tickets.get(session, "5")
        assert (error.value.kind, error.value.code) == (errors.THROTTLED, code)
        assert error.value.retry_after == pytest.approx(seconds, abs=1)
    assert len(calls.requests) == 1


def test_the_accounts_figures_are_read_from_the_headers():
    found = reported({"x-ratelimit-total": "700", "x-ratelimit-remaining": "0", "x-ratelimit-used-currentrequest": "1"})
    assert (found.limit, found.left, found.resets_in) == (700, 0, 60.0)
    assert reported({}) == reported({"x-ratelimit-total": "many"})


def test_what_other_programs_used_up_holds_our_calls_back():
    session, calls = freshdesk(Answer(ticket_row(), headers={"X-RateLimit-Total": "50", "X-RateLimit-Remaining": "0"}))
    tickets.get(session, "5")
    with pytest.raises(ClientError) as error:
        tickets.get(session, "5")
    assert error.value.code == BUDGET_USED_UP
    assert len(calls.requests) == 1


@pytest.mark.parametrize(
    "method, path, window",
    [
        ("GET", "/api/v2/tickets", "list_tickets"),
        ("POST", "/api/v2/tickets", "create_ticket"),
        ("PUT", "/api/v2/tickets/5", "update_ticket"),
        ("GET", "/api/v2/contacts", "list_contacts"),
        ("POST", "/api/v2/tickets/5/reply", ""),
        ("GET", "/api/v2/tickets/5", ""),
    ],
)
def test_calls_are_counted_for_the_account_and_for_their_kind(method, path, window):
    names = [found.name for found in Limits().of_call(method, path)]
    assert names == (["account", window] if window else ["account"])


def test_a_list_is_read_to_its_last_page():
    session, calls = freshdesk(
        Answer([{"id": 1}], headers={"Link": f'<{HOST}/api/v2/groups?page=2>; rel="next"'}),
        Answer([{"id": number} for number in range(100)]),
        Answer([{"id": 2}, "odd"]),
    )
    assert len(list(session.each("/groups", {"a": "b"}))) == 102
    assert [calls.query(index) for index in range(3)] == [
        {"a": "b", "per_page": "100", "page": str(number)} for number in (1, 2, 3)
    ]


def test_a_list_that_does_not_end_is_a_fault():
    full = Answer([{"id": 1}] * 100)
    session, calls = freshdesk(*[full] * MOST_PAGES)
    with pytest.raises(ClientError) as error:
        list(session.each("/groups"))
    assert error.value.code == "LIST_TOO_LONG"


def test_another_shape_than_a_list_is_a_fault():
    session, _calls = freshdesk(Answer({"tickets": []}))
    with pytest.raises(ClientError) as error:
        session.page("/tickets")
    assert error.value.code == "ODD_ANSWER"
