"""Checklist items 1-3: getting a token, by client credentials and by JWT bearer, and not getting one."""

import base64
import time

import jwt
import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from .jsforce_suite import signing_key
from .support import API, MY_DOMAIN, id18, login, new_session, with_token

TOKEN_PATH = "/services/oauth2/token"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def token_replies(session):
    """A list that fills with every reply of the token endpoint that the session gets."""
    replies = []
    session.hooks["response"].append(
        lambda reply, **_: replies.append(reply) if TOKEN_PATH in (reply.url or "") else None
    )
    return replies


def check_token_body(sim, body):
    assert {"access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"} <= set(body)
    assert "expires_in" not in body
    assert "refresh_token" not in body
    assert body["token_type"] == "Bearer"
    assert body["access_token"].startswith("00D") and "!" in body["access_token"]
    assert isinstance(body["issued_at"], str) and body["issued_at"].isdigit() and len(body["issued_at"]) == 13
    org_id, user_id = body["id"].rsplit("/", 2)[-2:]
    assert org_id == id18(org_id[:15]) == sim.org_id and org_id.startswith("00D")
    assert user_id == id18(user_id[:15]) and user_id.startswith("005")


def test_item_01_client_credentials_by_basic_header(sim):
    session = new_session(sim)
    replies = token_replies(session)
    sf = login(sim, session=session)
    (reply,) = replies
    sent = base64.b64decode(reply.request.headers["Authorization"].removeprefix("Basic ")).decode()
    assert sent.split(":")[0] == sim.client_id
    assert "client_secret" not in str(reply.request.body)
    assert reply.status_code == 200
    check_token_body(sim, reply.json())
    assert sf.query("SELECT Id FROM Organization")["records"][0]["Id"] == sim.org_id


def test_item_01_client_credentials_by_form(sim, http):
    """Plain HTTP: simple-salesforce sends the Basic header only."""
    form = {"grant_type": "client_credentials", "client_id": sim.client_id, "client_secret": sim.client_secret}
    reply = http.post(sim.base_url + TOKEN_PATH, data=form)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].replace(" ", "").lower() == "application/json;charset=utf-8"
    check_token_body(sim, reply.json())
    sf = with_token(sim, reply.json()["access_token"])
    assert sf.query("SELECT Id FROM Organization")["totalSize"] == 1


@pytest.mark.parametrize("host", ["login", "test"])
def test_item_01_client_credentials_only_at_my_domain(sim, http, host):
    form = {"grant_type": "client_credentials", "client_id": sim.client_id, "client_secret": sim.client_secret}
    reply = http.post(f"https://{host}.salesforce.com{TOKEN_PATH}", data=form)
    assert reply.status_code in (400, 401)
    assert isinstance(reply.json()["error"], str)
    assert "access_token" not in reply.json()


class JwtApp:
    """A connected app with a certificate, registered at the simulator, and its private key."""

    client_id = "contract-jwt-app"

    def __init__(self, sim) -> None:
        pair = signing_key()
        self.private_pem = pair["key"]
        self.username = sim.username
        sim.app(self.client_id, certificate_pem=pair["certificate"], usernames=[self.username])

    def assertion(self, key: str | None = None, algorithm: str = "RS256", **claims) -> str:
        body = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": "https://login.salesforce.com",
            "exp": int(time.time()) + 180,
        } | claims
        return jwt.encode(body, key or self.private_pem, algorithm=algorithm)


@pytest.fixture
def app(sim):
    return JwtApp(sim)


def test_item_02_jwt_with_numeric_string_exp(sim, app):
    """simple-salesforce sends `exp` as text, to login.salesforce.com."""
    session = new_session(sim)
    replies = token_replies(session)
    sf = Salesforce(
        username=app.username, consumer_key=app.client_id, privatekey=app.private_pem, version=API, session=session
    )
    (reply,) = replies
    assert reply.request.headers["Host"] == "login.salesforce.com"
    body = reply.json()
    assert {"access_token", "scope", "instance_url", "id", "token_type"} <= set(body)
    assert "refresh_token" not in body and "expires_in" not in body
    user_id = body["id"].rsplit("/", 1)[-1]
    assert sf.query(f"SELECT Username FROM User WHERE Id = '{user_id}'")["records"][0]["Username"] == app.username


@pytest.mark.parametrize("host", ["login.salesforce.com", "acme.my.salesforce.com", None])
def test_item_02_jwt_with_integer_exp(sim, app, http, host):
    """Plain HTTP: simple-salesforce has no way to send `exp` as a number."""
    url = f"https://{host}{TOKEN_PATH}" if host else sim.base_url + TOKEN_PATH
    reply = http.post(url, data={"grant_type": JWT_GRANT, "assertion": app.assertion()})
    assert reply.status_code == 200, reply.text
    assert with_token(sim, reply.json()["access_token"]).limits()["DailyApiRequests"]["Max"] > 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("other key", "invalid_grant"),
        ("HS256", "invalid_grant"),
        ("expired", "invalid_grant"),
        ("wrong audience", "invalid_grant"),
        ("no subject", "invalid_grant"),
        ("unapproved user", "invalid_grant"),
        ("unknown issuer", "invalid_client_id"),
    ],
)
def test_item_02_jwt_refused(sim, app, http, fault, error):
    """Plain HTTP: the assertion must be wrong in ways that a client would not make it."""
    human = next(row for row in sim.records("User") if row["Username"] != app.username)
    assertion = {
        "other key": lambda: app.assertion(key=signing_key()["key"]),
        "HS256": lambda: app.assertion(key="a shared secret that is long enough for it", algorithm="HS256"),
        "expired": lambda: app.assertion(exp=int(time.time()) - 600),
        "wrong audience": lambda: app.assertion(aud="https://elsewhere.example.com"),
        "no subject": lambda: app.assertion(sub=""),
        "unapproved user": lambda: app.assertion(sub=human["Username"]),
        "unknown issuer": lambda: app.assertion(iss="no-such-app"),
    }[fault]()
    reply = http.post(sim.base_url + TOKEN_PATH, data={"grant_type": JWT_GRANT, "assertion": assertion})
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"] == error
    assert "access_token" not in reply.json()
    if fault == "unapproved user":
        assert reply.json()["error_description"] == "user hasn't approved this consumer"


def test_item_03_token_errors_are_objects(sim, http):
    """Plain HTTP for requests that simple-salesforce cannot make."""
    with pytest.raises(SalesforceAuthenticationFailed) as wrong_secret:
        Salesforce(consumer_key=sim.client_id, consumer_secret="x", domain=MY_DOMAIN, session=new_session(sim))
    assert wrong_secret.value.code in ("invalid_client", "invalid_client_credentials")
    assert wrong_secret.value.auth_message == "invalid client credentials"
    with pytest.raises(SalesforceAuthenticationFailed) as unknown_app:
        Salesforce(consumer_key="no-such-app", consumer_secret="x", domain=MY_DOMAIN, session=new_session(sim))
    assert unknown_app.value.code == "invalid_client_id"
    assert unknown_app.value.auth_message == "client identifier invalid"
    sim.app("no-run-as", client_secret="not a secret")
    with pytest.raises(SalesforceAuthenticationFailed) as no_user:
        Salesforce(consumer_key="no-run-as", consumer_secret="not a secret", domain=MY_DOMAIN, session=new_session(sim))
    assert (no_user.value.code, no_user.value.auth_message) == ("invalid_grant", "no client credentials user enabled")
    app = {"client_id": sim.client_id, "client_secret": sim.client_secret}
    for form, error in [
        (app | {"grant_type": "no_such_grant"}, "unsupported_grant_type"),
        (app, "invalid_request"),
        ({"grant_type": JWT_GRANT}, "invalid_request"),
    ]:
        reply = http.post(sim.base_url + TOKEN_PATH, data=form)
        assert reply.status_code == 400
        assert isinstance(reply.json(), dict)
        assert reply.json()["error"] == error


def test_item_03_error_without_description(sim):
    sim.fault("login_error", {"path": TOKEN_PATH}, error_code="inactive_org", message=None)
    session = new_session(sim)
    replies = token_replies(session)
    with pytest.raises(SalesforceAuthenticationFailed) as refused_login:
        login(sim, session=session)
    assert refused_login.value.code == "inactive_org"
    assert replies[0].status_code == 400
    assert replies[0].json() == {"error": "inactive_org"}
    assert login(sim).session_id


def test_item_03_html_503(sim):
    sim.fault("login_html", {"path": TOKEN_PATH})
    session = new_session(sim)
    replies = token_replies(session)
    with pytest.raises(SalesforceAuthenticationFailed) as maintenance:
        login(sim, session=session)
    assert replies[0].status_code == 503
    assert replies[0].headers["Content-Type"].startswith("text/html")
    assert maintenance.value.code == 503
    assert "<html" in maintenance.value.auth_message.lower()
    assert login(sim).session_id
