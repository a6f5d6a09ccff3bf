"""Signing in: what is asked, what is kept, and what only a person can repair."""

import base64
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.tokens import MemoryTokenStore, Token
from retail_sync_helpdesk.client.transport import Transport
from retail_sync_helpdesk.client.zendesk import sign_in
from retail_sync_helpdesk.client.zendesk.sign_in import ApiToken, App, AuthorizedUser, ClientCredentials

from .fakes import HOST, SECRET, Answer, FakeDesk, new_session, new_token, ticket_answer, token_answer

APP = App(HOST, "odoo_sync", SECRET)


def desk_of(*script):
    desk = FakeDesk(*script)
    return desk, Transport(adapter=desk)


def test_client_credentials_ask_in_json_at_the_accounts_own_address():
    desk, transport = desk_of(token_answer("new", scope="tickets:read"))
    before = time.time()
    token = ClientCredentials(APP, transport).fetch(None)
    assert desk.last.url == f"{HOST}/oauth/tokens"
    assert desk.json() == {
        "grant_type": "client_credentials",
        "client_id": "odoo_sync",
        "client_secret": SECRET,
        "scope": " ".join(sign_in.SCOPES),
        "expires_in": 86400,
    }
    assert token.access_token == "canary-access-new"
    assert token.refresh_token == ""
    assert before + 86400 <= token.expires_at <= time.time() + 86400


def test_a_renewal_uses_the_stored_refresh_token_and_keeps_its_successor():
    store = MemoryTokenStore(new_token(refresh_token="canary-refresh-1"))
    session, desk = new_session(
        Answer({"error": "invalid_token"}, 401),
        token_answer("second", refresh_token="canary-refresh-2", refresh_token_expires_in=7_000_000),
        ticket_answer(),
        Answer({"error": "invalid_token"}, 401),
        token_answer("third", refresh_token="canary-refresh-3"),
        ticket_answer(),
        store=store,
        sign_in=AuthorizedUser,
    )
    session.request("GET", "/tickets/1")
    session.request("GET", "/tickets/1")
    asked = [desk.json(index) for index in (1, 4)]
    assert [form["refresh_token"] for form in asked] == ["canary-refresh-1", "canary-refresh-2"]
    assert {form["grant_type"] for form in asked} == {"refresh_token"}
    assert store.get().refresh_token == "canary-refresh-3"


def test_of_many_workers_that_meet_an_expired_token_one_renews_and_each_refresh_token_is_used_once():
    used, lock = [], threading.Lock()
    store = MemoryTokenStore(new_token(refresh_token="canary-refresh-0"))

    def fetch(stored):
        with lock:
            used.append(stored.refresh_token)
        return Token(f"access-{len(used)}", f"canary-refresh-{len(used)}")

    stale = store.get()
    start = threading.Barrier(8)

    def work():
        start.wait()
        store.refresh(stale, fetch)

    workers = [threading.Thread(target=work) for _number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert used == ["canary-refresh-0"]


@pytest.mark.parametrize("stored", [None, new_token(), new_token(refresh_token="x", refresh_expires_at=1.0)])
def test_without_a_good_refresh_token_a_user_of_the_desk_has_to_agree(stored):
    desk, transport = desk_of()
    with pytest.raises(ClientError) as caught:
        AuthorizedUser(APP, transport).fetch(stored)
    assert caught.value.kind == errors.AUTH
    assert desk.requests == []


def test_a_renewal_whose_answer_is_lost_is_not_repeated_blindly():
    _desk, transport = desk_of(requests.exceptions.ReadTimeout())
    with pytest.raises(ClientError) as caught:
        AuthorizedUser(APP, transport).fetch(new_token(refresh_token="canary-refresh"))
    assert caught.value.kind == errors.UNKNOWN


def test_client_credentials_may_be_asked_for_again_after_a_lost_answer():
    _desk, transport = desk_of(requests.exceptions.ReadTimeout())
    with pytest.raises(ClientError) as caught:
        ClientCredentials(APP, transport).fetch(None)
    assert caught.value.kind == errors.TRANSIENT


def test_the_page_of_agreement_names_app_scopes_and_state():
    url = sign_in.authorize_url(APP, "https://odoo.example/retail_sync/agreed", "s-1")
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{HOST}/oauth/authorizations/new?")
    assert (query["state"], query["client_id"], query["response_type"]) == (["s-1"], ["odoo_sync"], ["code"])
    assert SECRET not in url


def test_a_code_is_exchanged_for_the_first_pair_of_tokens():
    desk, transport = desk_of(token_answer("user", refresh_token="canary-refresh"))
    token = sign_in.exchange_code(APP, transport, "code-1", "https://odoo.example/agreed")
    assert (desk.json()["grant_type"], desk.json()["code"]) == ("authorization_code", "code-1")
    assert token.refresh_token == "canary-refresh"


@pytest.mark.parametrize(
    "answer, kind, code",
    [
        (Answer({"error": "invalid_client", "error_description": "no"}, 401), errors.AUTH, "invalid_client"),
        (Answer({"error": "invalid_client", "error_description": "no"}, 400), errors.AUTH, "invalid_client"),
        (Answer({"error": "invalid_grant"}, 400), errors.AUTH, "invalid_grant"),
        (Answer({"error": "invalid_scope"}, 400), errors.CONTRACT, "invalid_scope"),
        (Answer("<html>Not found</html>", 404), errors.AUTH, "TOKEN_ENDPOINT_UNKNOWN"),
        (Answer("<html>Bad gateway</html>", 502), errors.TRANSIENT, "HTTP_502"),
        (Answer("<html>Maintenance</html>", 200), errors.TRANSIENT, "NOT_JSON"),
        (Answer({"token_type": "bearer"}), errors.CONTRACT, "INVALID_TOKEN_ANSWER"),
        (Answer(b"null"), errors.CONTRACT, "INVALID_TOKEN_ANSWER"),
        (Answer(b"slow", 429, {"Retry-After": "7"}), errors.THROTTLED, "HTTP_429"),
    ],
)
def test_a_refused_sign_in_says_who_has_to_act(answer, kind, code):
    _desk, transport = desk_of(answer)
    with pytest.raises(ClientError) as caught:
        ClientCredentials(APP, transport).fetch(None)
    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.body_excerpt}"


def test_an_answer_that_quotes_the_secret_does_not_bring_it_into_the_error():
    _desk, transport = desk_of(Answer({"error": "invalid_request", "client_secret": SECRET}, 400))
    with pytest.raises(ClientError) as caught:
        ClientCredentials(APP, transport).fetch(None)
    assert SECRET not in caught.value.body_excerpt


def test_an_api_token_goes_with_the_address_of_its_user():
    way = ApiToken("ida@example.com", "canary-api")
    header = way.authorization(way.fetch(None))
    assert base64.b64decode(header.removeprefix("Basic ")) == b"ida@example.com/token:canary-api"
    assert not way.renewable


@pytest.mark.parametrize("email, token", [("", "x"), ("ida@example.com", "")])
def test_half_an_api_token_is_an_error(email, token):
    with pytest.raises(ValueError):
        ApiToken(email, token)


@pytest.mark.parametrize("seconds", [300, 172_800])
def test_a_life_that_the_service_refuses_is_an_error(seconds):
    with pytest.raises(ValueError):
        App(HOST, "a", "b", token_seconds=seconds)


def test_nothing_that_holds_a_secret_shows_it():
    token = new_token(refresh_token="canary-refresh")
    assert SECRET not in repr(APP)
    assert "canary" not in repr(token)
    assert Token.from_dict(token.to_dict()) == token


@pytest.mark.parametrize(
    "scope, missing",
    [
        ("", []),
        ("read write", []),
        ("tickets:read users:read", ["tickets:write"]),
        ("tickets:read tickets:write users:read", []),
    ],
)
def test_missing_scopes_are_named(scope, missing):
    wanted = ("tickets:read", "tickets:write", "users:read")
    assert sign_in.missing_scopes(Token("t", scope=scope), wanted) == missing
