"""Logging in."""

import time
from urllib.parse import parse_qs

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from retail_sync_salesforce.client import tokens
from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.transport import new_http

from .fakes import HOST, Answer, FakeServer

GRANTED = {
    "access_token": "00D5g000004XyzA!AQ0AQ.token",
    "signature": "4nX0=",
    "scope": "api",
    "instance_url": "https://acme2.my.salesforce.com/",
    "id": "https://login.salesforce.com/id/00D5g000004XyzAEAS/0055g00000AbCdEAAV",
    "token_type": "Bearer",
    "issued_at": "1763720000123",
}


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _http(*script):
    server = FakeServer(*script)
    http = new_http()
    http.mount("https://", server)
    return http, server


def _login(*script, base=HOST):
    http, server = _http(*script)
    return tokens.fetch_client_credentials(base, "the-key", "the-secret", http), server


def test_client_credentials():
    token, server = _login(Answer(GRANTED))
    assert token.access_token == GRANTED["access_token"]
    assert token.instance_url == "https://acme2.my.salesforce.com"
    assert (token.org_id, token.user_id) == ("00D5g000004XyzAEAS", "0055g00000AbCdEAAV")
    assert token.issued_at == 1763720000.123
    assert server.last.url == HOST + "/services/oauth2/token"
    assert server.last.headers["Content-Type"] == "application/x-www-form-urlencoded"
    form = parse_qs(server.last.body)
    assert form == {"grant_type": ["client_credentials"], "client_id": ["the-key"], "client_secret": ["the-secret"]}


def test_the_token_shows_in_no_text():
    token, _ = _login(Answer(GRANTED))
    assert "AQ0AQ" not in f"{token!r} {token}"


@pytest.mark.parametrize(("sent", "seconds"), [("1763720000", 1763720000.0), (1763720000123, 1763720000.123)])
def test_issued_at_in_seconds_or_as_a_number(sent, seconds):
    assert _login(Answer({**GRANTED, "issued_at": sent}))[0].issued_at == seconds


def test_a_bare_reply_is_enough():
    before = time.time()
    token, _ = _login(Answer({"access_token": "x", "instance_url": HOST}))
    assert (token.org_id, token.user_id) == ("", "")
    assert token.issued_at >= before


def test_jwt(key):
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    http, server = _http(Answer(GRANTED))
    before = int(time.time())
    tokens.fetch_jwt(HOST, "the-key", "sync@acme.example", pem, "https://test.salesforce.com", http)
    form = parse_qs(server.last.body)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assertion = form["assertion"][0]
    assert jwt.get_unverified_header(assertion)["alg"] == "RS256"
    claims = jwt.decode(assertion, key.public_key(), algorithms=["RS256"], audience="https://test.salesforce.com")
    assert (claims["iss"], claims["sub"]) == ("the-key", "sync@acme.example")
    assert isinstance(claims["exp"], int)
    assert before + 180 <= claims["exp"] <= int(time.time()) + 180


def test_a_bad_key_is_refused_without_being_quoted():
    http, _ = _http()
    pem = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"
    with pytest.raises(ClientError) as caught:
        tokens.fetch_jwt(HOST, "k", "u", pem, "https://login.salesforce.com", http)
    assert (caught.value.kind, caught.value.code) == ("auth", "INVALID_PRIVATE_KEY")
    assert "c2VjcmV0" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "no client credentials user enabled"},
            "auth",
            "invalid_grant",
        ),
        (400, {"error": "invalid_client_id"}, "auth", "invalid_client_id"),
        (401, {"error": "invalid_client", "error_description": "invalid client credentials"}, "auth", "invalid_client"),
        (400, {"error": "inactive_org"}, "auth", "inactive_org"),
        (400, {"error": "unsupported_grant_type"}, "contract", "unsupported_grant_type"),
        (400, {"error": "rate_limit_exceeded"}, "throttled", "rate_limit_exceeded"),
        (503, "<html>Maintenance</html>", "transient", "HTTP_503"),
        (404, "<html>no such page</html>", "auth", "TOKEN_ENDPOINT_UNKNOWN"),
        (302, "", "contract", "HTTP_302"),
        (200, "<html>Maintenance</html>", "transient", "NOT_JSON"),
        (200, {"instance_url": HOST}, "contract", "INVALID_TOKEN_ANSWER"),
        (200, {"access_token": "x"}, "contract", "INVALID_TOKEN_ANSWER"),
        (200, {"access_token": "x", "instance_url": "http://acme.my.salesforce.com"}, "contract", "BAD_URL"),
    ],
)
def test_refusals(status, body, kind, code):
    with pytest.raises(ClientError) as caught:
        _login(Answer(body, status))
    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert "the-secret" not in str(caught.value) + caught.value.body_excerpt


def test_too_many_logins_means_a_long_pause():
    with pytest.raises(ClientError) as caught:
        _login(Answer({"error": "rate_limit_exceeded"}, 400))
    assert caught.value.retry_after >= 600


def test_an_unreachable_host():
    with pytest.raises(ClientError) as caught:
        _login(requests.exceptions.ConnectTimeout("x"))
    assert (caught.value.kind, caught.value.code) == ("transient", "CONNECT_TIMEOUT")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
        (" acme.my.salesforce.com ", "https://acme.my.salesforce.com"),
        ("https://localhost:8443/a/b?c=d", "https://localhost:8443"),
        ("https://ACME.my.salesforce.com:443", "https://acme.my.salesforce.com"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_addresses(given, expected):
    assert tokens.origin(given) == expected


@pytest.mark.parametrize(
    "address",
    ["http://acme.my.salesforce.com", "", "ftp://x", "https://", "https://u:p@host", "https://a:b", "https://a b"],
)
def test_unsafe_addresses_are_refused(address):
    with pytest.raises(ClientError) as caught:
        tokens.origin(address)
    assert (caught.value.kind, caught.value.code) == ("contract", "BAD_URL")
