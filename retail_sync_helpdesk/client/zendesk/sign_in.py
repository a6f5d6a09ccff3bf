"""Ways of signing in: OAuth, and the API token while it lasts (section 1)."""

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from .. import errors
from ..errors import ClientError
from ..tokens import Token
from ..transport import Transport, origin
from . import faults

TOKEN_PATH = "/oauth/tokens"
AUTHORIZE_PATH = "/oauth/authorizations/new"
#: Seconds. The service takes more than 300 and less than 172,800.
TOKEN_SECONDS = 86_400
#: Seconds. The service takes more than 604,800 and less than 7,776,000.
REFRESH_SECONDS = 7_000_000
#: To read all that the user may read, since fields, forms, brands and jobs have no confirmed scope of their own; to
#: write what is kept in sync, and nothing else.
SCOPES = ("read", "tickets:write", "users:write", "organizations:write")


@dataclass(frozen=True, slots=True)
class App:
    """An OAuth client of an account. base_url: https://{subdomain}.zendesk.com."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = SCOPES
    token_seconds: int = TOKEN_SECONDS

    def __post_init__(self) -> None:
        if not 300 < self.token_seconds < 172_800:
            raise ValueError("A token lives longer than 300 and shorter than 172,800 seconds.")


class ClientCredentials:
    """The account's own app signs in, and the calls are made as its owner. There is no refresh token: it asks again."""

    renewable = True

    def __init__(self, app: App, transport: Transport) -> None:
        self._app = app
        self._transport = transport

    def authorization(self, token: Token) -> str:
        return f"Bearer {token.access_token}"

    def fetch(self, stored: Token | None) -> Token:
        return _fetch(self._app, self._transport, {"grant_type": "client_credentials"})


class AuthorizedUser:
    """Calls as the user who agreed in the browser. Each renewal replaces both tokens.

    A worker that is killed between the answer and its store leaves a refresh token that is dead: the next renewal is
    refused (auth), and a person agrees again.
    """

    renewable = True

    def __init__(self, app: App, transport: Transport) -> None:
        self._app = app
        self._transport = transport

    def authorization(self, token: Token) -> str:
        return f"Bearer {token.access_token}"

    def fetch(self, stored: Token | None) -> Token:
        if stored is None or not stored.refresh_token:
            raise ClientError(errors.AUTH, "NOT_AUTHORIZED", "a user of the desk has to agree to the connection")
        if stored.refresh_expires_at and time.time() > stored.refresh_expires_at:
            raise ClientError(errors.AUTH, "AUTHORIZATION_ENDED", "a user of the desk has to agree again")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": stored.refresh_token,
            "refresh_token_expires_in": REFRESH_SECONDS,
        }
        return _fetch(self._app, self._transport, form)


class ApiToken:
    """A user's API token, which the service takes until 2027-04-30. A refused one can only be replaced by a person."""

    renewable = False

    def __init__(self, email: str, api_token: str) -> None:
        if not email or not api_token:
            raise ValueError("An API token goes with the e-mail address of its user.")
        self._email = email
        self._api_token = api_token

    def authorization(self, token: Token) -> str:
        text = f"{self._email}/token:{token.access_token}"
        return f"Basic {base64.b64encode(text.encode()).decode()}"

    def fetch(self, stored: Token | None) -> Token:
        return Token(self._api_token)


def authorize_url(app: App, redirect_uri: str, state: str) -> str:
    """The page on which a user agrees. state: unguessable; the answer is good only if it brings it back."""
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(app.scopes),
        "state": state,
    }
    return f"{origin(app.base_url)}{AUTHORIZE_PATH}?{urlencode(query)}"


def exchange_code(app: App, transport: Transport, code: str, redirect_uri: str) -> Token:
    """The first token of a user who agreed; the code is good for two minutes and once.

    Raises ClientError as `ClientCredentials.fetch`: auth (refused), transient (outage), contract (odd answer).
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "refresh_token_expires_in": REFRESH_SECONDS,
    }
    return _fetch(app, transport, form)


def _fetch(app: App, transport: Transport, grant: dict[str, Any]) -> Token:
    body = {
        **grant,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "scope": " ".join(app.scopes),
        "expires_in": app.token_seconds,
    }
    asked = time.time()
    # A refresh whose answer is lost has killed the old token: it is no call that may be repeated.
    repeatable = grant["grant_type"] == "client_credentials"
    reply = transport.send("POST", origin(app.base_url) + TOKEN_PATH, json=body, idempotent=repeatable)
    if reply.status >= 300:
        raise _refusal(faults.from_reply(reply, idempotent=repeatable), grant["grant_type"])
    return _token(reply.json(), asked)


def _refusal(fault: ClientError, grant: str) -> ClientError:
    """The fault of a sign-in: a refusal without a code may mean the secret, a wrong address, or a broken service."""
    if fault.http_status in (403, 404) and fault.code.startswith("HTTP_"):
        return ClientError(
            errors.AUTH,
            "TOKEN_ENDPOINT_UNKNOWN",
            "this address has no token endpoint: check the subdomain",
            http_status=fault.http_status,
            body_excerpt=fault.body_excerpt,
        )
    if fault.http_status in (400, 403) and fault.kind == errors.CONTRACT and fault.code not in ("invalid_scope",):
        return ClientError(
            errors.AUTH,
            fault.code,
            f"signing in by {grant} was refused",
            http_status=fault.http_status,
            body_excerpt=fault.body_excerpt,
        )
    return fault


def _token(body: Any, asked: float) -> Token:
    access_token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(access_token, str) or not access_token:
        raise ClientError(errors.CONTRACT, "INVALID_TOKEN_ANSWER", "the token answer lacks access_token")
    return Token(
        access_token=access_token,
        refresh_token=str(body.get("refresh_token") or ""),
        expires_at=_end(asked, body.get("expires_in")),
        refresh_expires_at=_end(asked, body.get("refresh_token_expires_in")),
        scope=str(body.get("scope") or ""),
    )


def _end(asked: float, seconds: Any) -> float:
    return asked + seconds if isinstance(seconds, (int, float)) and seconds > 0 else 0.0


def missing_scopes(token: Token, wanted: Sequence[str]) -> list[str]:
    """The scopes that a token lacks; none where the answer named none. `read` and `write` stand for all of theirs."""
    held = set(token.scope.split())
    return [scope for scope in wanted if held and scope not in held and scope.rpartition(":")[2] not in held]
