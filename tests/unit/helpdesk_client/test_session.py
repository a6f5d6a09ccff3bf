"""The way to the API: token, budget, faults, and where the token never goes."""

import io

import pytest
import requests

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.answers import key_of, record_id
from retail_sync_helpdesk.client.budget import MemoryBudgetStore
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.session import BUDGET_USED_UP
from retail_sync_helpdesk.client.tokens import MemoryTokenStore
from retail_sync_helpdesk.client.transport import CORRELATION_HEADER
from retail_sync_helpdesk.client.zendesk import tickets
from retail_sync_helpdesk.client.zendesk.limits import Limits
from retail_sync_helpdesk.client.zendesk.sign_in import ApiToken

from .fakes import HOST, SECRET, Answer, new_session, new_token, ticket_answer, token_answer

EXPIRED = Answer({"error": "invalid_token", "error_description": "The token has expired"}, 401)


class Clock:
    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_a_call_carries_the_token_and_one_correlation_id():
    session, desk = new_session(ticket_answer(), correlation_id="job-7")
    tickets.get(session, "4014")
    assert desk.last.url == f"{HOST}/api/v2/tickets/4014"
    assert desk.last.headers["Authorization"] == "Bearer canary-access-first"
    assert desk.last.headers[CORRELATION_HEADER] == "job-7"


def test_calls_without_a_correlation_id_get_one_each():
    session, desk = new_session(ticket_answer(), ticket_answer())
    tickets.get(session, "4014")
    tickets.get(session, "4014")
    assert len({request.headers[CORRELATION_HEADER] for request in desk.requests}) == 2


def test_a_token_that_has_ended_is_renewed_once_and_the_call_is_made_again():
    store = MemoryTokenStore(new_token())
    session, desk = new_session(EXPIRED, token_answer(), ticket_answer(), store=store)
    assert tickets.get(session, "4014").key == "4014"
    assert desk.calls() == ["GET /tickets/4014", "POST /oauth/tokens", "GET /tickets/4014"]
    assert desk.last.headers["Authorization"] == "Bearer canary-access-second"
    assert desk.requests[0].headers[CORRELATION_HEADER] == desk.last.headers[CORRELATION_HEADER]
    assert store.get().access_token == "canary-access-second"


def test_a_new_token_that_is_refused_too_is_a_fault_and_no_second_renewal():
    session, desk = new_session(EXPIRED, token_answer(), EXPIRED)
    with pytest.raises(ClientError) as caught:
        tickets.get(session, "4014")
    assert caught.value.kind == errors.AUTH
    assert len(desk.requests) == 3


def test_a_file_is_sent_from_its_beginning_when_the_call_is_made_again():
    session, desk = new_session(EXPIRED, token_answer(), Answer({"ok": True}))
    session.request("POST", "/uploads", data=io.BytesIO(b"content"))
    assert desk.bodies[0] == desk.bodies[2] == b"content"


def test_a_token_that_is_about_to_end_is_renewed_before_the_call():
    clock = Clock()
    session, desk = new_session(
        token_answer(), ticket_answer(), token=new_token(expires_at=clock.now + 30), clock=clock
    )
    tickets.get(session, "4014")
    assert desk.calls() == ["POST /oauth/tokens", "GET /tickets/4014"]


def test_a_token_that_another_worker_renewed_meanwhile_is_used():
    store = MemoryTokenStore(new_token())

    def expired(request):
        store.refresh(store.get(), lambda stored: new_token("theirs"))
        return EXPIRED

    session, desk = new_session(expired, ticket_answer(), store=store)
    tickets.get(session, "4014")
    assert desk.calls() == ["GET /tickets/4014", "GET /tickets/4014"]
    assert desk.last.headers["Authorization"] == "Bearer canary-access-theirs"


def test_a_refused_api_token_is_left_to_a_person():
    session, desk = new_session(
        Answer({"error": "Couldn't authenticate you"}, 401),
        store=MemoryTokenStore(),
        sign_in=lambda app, transport: ApiToken("ida@example.com", "canary-api"),
    )
    with pytest.raises(ClientError) as caught:
        tickets.get(session, "4014")
    assert caught.value.kind == errors.AUTH
    assert desk.last.headers["Authorization"].startswith("Basic ")
    assert len(desk.requests) == 1


def test_a_call_beyond_a_limit_is_not_sent_and_says_when_to_come_back():
    clock = Clock()
    session, desk = new_session(*[ticket_answer()] * 3, limits=Limits(account=2), clock=clock)
    tickets.get(session, "4014")
    tickets.get(session, "4014")
    with pytest.raises(ClientError) as caught:
        tickets.get(session, "4014")
    assert (caught.value.kind, caught.value.code) == (errors.THROTTLED, BUDGET_USED_UP)
    assert len(desk.requests) == 2
    clock.now += caught.value.retry_after + 0.001
    tickets.get(session, "4014")


def test_sessions_of_one_account_share_its_budget():
    budget = MemoryBudgetStore()
    first, _ = new_session(ticket_answer(), limits=Limits(account=1), budget=budget)
    second, desk = new_session(limits=Limits(account=1), budget=budget)
    tickets.get(first, "4014")
    with pytest.raises(ClientError):
        tickets.get(second, "4014")
    assert desk.requests == []


def test_a_ticket_is_updated_thirty_times_in_ten_minutes_at_most():
    from retail_sync_helpdesk.client.records import TicketChange

    session, desk = new_session(*[ticket_answer()] * 31, clock=Clock())
    for _number in range(30):
        tickets.update(session, "4014", TicketChange({"subject": "x"}))
    with pytest.raises(ClientError) as caught:
        tickets.update(session, "4014", TicketChange({"subject": "x"}))
    assert caught.value.retry_after > 590
    assert tickets.update(session, "4015", TicketChange({"subject": "x"})).ok


@pytest.mark.parametrize("body", [b"Number of allowed API requests per minute exceeded", {"error": "X"}])
def test_a_429_stops_every_worker_of_the_account_for_as_long_as_it_says(body):
    clock, budget = Clock(), MemoryBudgetStore()
    session, _ = new_session(
        Answer(body if isinstance(body, dict) else body, 429, {"Retry-After": "41"}), budget=budget, clock=clock
    )
    other, desk = new_session(ticket_answer(), budget=budget, clock=clock)
    with pytest.raises(ClientError) as caught:
        tickets.get(session, "4014")
    assert caught.value.retry_after == 41
    clock.now += 40
    with pytest.raises(ClientError):
        tickets.get(other, "4014")
    clock.now += 1
    assert tickets.get(other, "4014").key == "4014"


def test_a_429_without_a_time_stops_the_account_for_a_minute():
    clock, budget = Clock(), MemoryBudgetStore()
    session, _ = new_session(Answer(b"", 429), budget=budget, clock=clock)
    with pytest.raises(ClientError):
        tickets.get(session, "4014")
    assert budget.states["account"].paused_until == clock.now + 60


def test_what_the_headers_report_is_shared():
    clock, budget = Clock(), MemoryBudgetStore()
    headers = {"x-rate-limit": "700", "ratelimit-remaining": "0", "ratelimit-reset": "20"}
    session, desk = new_session(
        Answer({"ticket": {"id": 1}}, headers=headers), ticket_answer(), budget=budget, clock=clock
    )
    tickets.get(session, "1")
    assert budget.states["account"].limit == 700
    with pytest.raises(ClientError) as caught:
        tickets.get(session, "1")
    assert caught.value.retry_after == 20
    assert len(desk.requests) == 1


def test_a_parameter_that_the_service_ignored_is_noted():
    session, _ = new_session(Answer({"ticket": {"id": 1}}, headers={"x-zendesk-api-warn": "Removed: colour"}))
    tickets.get(session, "1")
    assert session.warnings == ["Removed: colour"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/api/v2/tickets/1",
        "https://acme.zendesk.com.evil.example/api/v2/tickets/1",
        "https://acme.zendesk.com:8443/api/v2/tickets/1",
        "https://acme.zendesk.com@evil.example/",
        "http://acme.zendesk.com/api/v2/tickets/1",
    ],
)
def test_the_token_goes_to_the_account_only(url):
    session, desk = new_session()
    with pytest.raises(ClientError) as caught:
        session.request("GET", url)
    assert caught.value.kind == errors.CONTRACT
    assert desk.requests == []


def test_a_redirect_is_not_followed():
    session, desk = new_session(Answer(None, 302, {"Location": "https://evil.example/"}))
    with pytest.raises(ClientError) as caught:
        tickets.get(session, "1")
    assert caught.value.kind == errors.CONTRACT
    assert len(desk.requests) == 1


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"<html>", b'{"ticket": null}', b'{"ticket": []}', b"[" * 100_000]
)
def test_an_odd_answer_is_a_fault(body):
    session, _ = new_session(Answer(body))
    with pytest.raises(ClientError):
        tickets.get(session, "1")


@pytest.mark.parametrize("value", ["", "abc", "1/../2", "1?x=1", "١", " 1", "1" * 20, 5, None])
def test_only_an_id_stands_in_a_path(value):
    with pytest.raises(ValueError):
        record_id(value)


@pytest.mark.parametrize("value, key", [(5, "5"), ("5", "5"), (None, ""), ("", ""), ("0", ""), (0, ""), (True, "")])
def test_ids_are_texts_and_none_has_one_form(value, key):
    assert key_of(value) == key


@pytest.mark.parametrize(
    "exception, kind",
    [
        (requests.exceptions.ConnectTimeout(), errors.TRANSIENT),
        (requests.exceptions.ReadTimeout("canary-access-first"), errors.TRANSIENT),
        (requests.exceptions.ConnectionError("NameResolutionError"), errors.TRANSIENT),
        (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"), errors.CONTRACT),
        (requests.exceptions.ChunkedEncodingError(), errors.TRANSIENT),
        (ConnectionResetError(), errors.TRANSIENT),
    ],
)
def test_a_call_without_an_answer_is_a_fault_that_names_no_secret(exception, kind):
    session, _ = new_session(exception)
    with pytest.raises(ClientError) as caught:
        session.request("GET", "/users/search", params={"query": "email:ada@example.com"})
    assert caught.value.kind == kind
    assert caught.value.__cause__ is None
    text = f"{caught.value} {caught.value!r}"
    assert not any(secret in text for secret in ("canary", SECRET, "ada@", "email:"))


def test_a_write_whose_answer_was_lost_has_an_unknown_outcome():
    session, _ = new_session(requests.exceptions.ReadTimeout())
    with pytest.raises(ClientError) as caught:
        session.request("POST", "/tickets/create_many", json={})
    assert caught.value.kind == errors.UNKNOWN


def test_a_write_that_was_never_sent_may_be_repeated():
    session, _ = new_session(requests.exceptions.ConnectTimeout())
    with pytest.raises(ClientError) as caught:
        session.request("POST", "/tickets/create_many", json={})
    assert caught.value.kind == errors.TRANSIENT


def test_neither_session_nor_tokens_show_a_secret():
    session, _ = new_session()
    assert "canary" not in repr(session) + repr(session.token())
