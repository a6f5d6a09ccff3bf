"""Signing in: OAuth clients, codes and tokens, the legacy API token, and what a token may do."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from . import times
from .errors import ApiError, forbidden
from .messages import Request, Response, answer
from .table import Row

if TYPE_CHECKING:
    from .account import Account

RESOURCES = (
    "tickets", "users", "organizations", "webhooks", "triggers", "automations", "auditlogs", "hc", "apps", "macros",
    "requests", "satisfaction_ratings", "dynamic_content", "targets", "any_channel", "web_widget",
)  # fmt: skip
SCOPES = frozenset(
    {"read", "write", "impersonate"} | {f"{resource}:{verb}" for resource in RESOURCES for verb in ("read", "write")}
)
DAY = 86400
# Resources of the API that are no scope of their own; with lenient scopes any of these will do.
_LENIENT = {"search": ("tickets", "users", "organizations"), "settings": ("tickets", "users", "organizations")}


@dataclass(slots=True)
class Client:
    client_id: str
    secret: str
    user_id: int
    redirect_uris: tuple[str, ...] = ()


@dataclass(slots=True)
class Token:
    """An access token, or a refresh token; ``pair`` is the other of the two."""

    value: str
    client_id: str
    user_id: int
    scopes: frozenset[str]
    expires: float
    pair: str = ""


@dataclass(slots=True)
class Code:
    client_id: str
    user_id: int
    scopes: frozenset[str]
    redirect_uri: str
    expires: float


class Authority:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.clients: dict[str, Client] = {}
        self.tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, Token] = {}
        self.codes: dict[str, Code] = {}
        self.api_tokens: dict[str, float] = {}

    # -- set up
    def add_client(self, client_id: str, secret: str, user_id: int, redirect_uris: tuple[str, ...] = ()) -> None:
        self.clients[client_id] = Client(client_id, secret, user_id, redirect_uris)

    def add_api_token(self, value: str) -> None:
        self.api_tokens[value] = self.account.clock.now()

    def consent(self, client_id: str, user_id: int, scope: str, redirect_uri: str) -> str:
        """The code that a person's consent gives to a client. Raises 400 for an unknown client or scope."""
        if client_id not in self.clients:
            raise _oauth(400, "invalid_client", "No client has this identifier")
        code = secrets.token_hex(20)
        expires = self.account.clock.now() + self.account.config.code_seconds
        self.codes[code] = Code(client_id, user_id, _scopes(scope), redirect_uri, expires)
        return code

    def revoke_all(self) -> int:
        count = len(self.tokens)
        self.tokens.clear()
        return count

    # -- token endpoint
    def grant(self, request: Request) -> Response:
        """Answer ``POST /oauth/tokens``."""
        body = self._token_body(request)
        client = self.clients.get(str(body.get("client_id")))
        if client is None or not secrets.compare_digest(client.secret, str(body.get("client_secret"))):
            raise _oauth(self.account.config.bad_client_status, "invalid_client", "Client authentication failed")
        lifetime = _bounded(body, "expires_in", 300, 172800, self.account.config.default_expires_in)
        kind = body.get("grant_type")
        if kind == "client_credentials":
            scopes = _scopes(body.get("scope") or "read")
            return self._issue(
                client, client.user_id, scopes, lifetime, body, self.account.config.refresh_for_client_credentials
            )
        if kind == "authorization_code":
            code = self.codes.pop(str(body.get("code")), None)
            if code is None or code.client_id != client.client_id or code.expires <= self.account.clock.now():
                raise _oauth(400, "invalid_grant", "The authorization code is invalid, expired or used")
            if (body.get("redirect_uri") or "") != code.redirect_uri:
                raise _oauth(400, "invalid_grant", "The redirect URI is not that of the authorization request")
            return self._issue(client, code.user_id, code.scopes, lifetime, body, True)
        if kind == "refresh_token":
            return self._refresh(client, lifetime, body)
        raise _oauth(400, "unsupported_grant_type", "The authorization grant type is not supported")

    def _token_body(self, request: Request) -> dict[str, Any]:
        if self.account.config.form_tokens and "form" in request.headers.get("content-type", ""):
            return dict(parse_qsl(request.body.decode("utf-8", "replace")))
        try:
            body = json.loads(request.body or b"null")
        except (ValueError, UnicodeDecodeError):
            body = None
        if not isinstance(body, dict):
            raise _oauth(400, "invalid_request", "The request is missing a required parameter or is malformed")
        return body

    def _refresh(self, client: Client, lifetime: int, body: dict[str, Any]) -> Response:
        old = self.refresh_tokens.get(str(body.get("refresh_token")))
        if old is None or old.client_id != client.client_id or old.expires <= self.account.clock.now():
            raise _oauth(400, "invalid_grant", "The refresh token is invalid, expired or revoked")
        scopes = _scopes(body["scope"]) if body.get("scope") else old.scopes
        if not scopes <= old.scopes:
            raise _oauth(400, "invalid_scope", "The requested scope exceeds the one that was granted")
        del self.refresh_tokens[old.value]
        self.tokens.pop(old.pair, None)
        return self._issue(client, old.user_id, scopes, lifetime, body, True)

    def _issue(
        self, client: Client, user_id: int, scopes: frozenset[str], lifetime: int, body: dict[str, Any], refresh: bool
    ) -> Response:
        now = self.account.clock.now()
        access = Token(secrets.token_hex(32), client.client_id, user_id, scopes, now + lifetime)
        reply = {
            "access_token": access.value, "token_type": "bearer", "scope": " ".join(sorted(scopes)),
            "expires_in": lifetime,
        }  # fmt: skip
        if refresh:
            seconds = _bounded(
                body, "refresh_token_expires_in", 604800, 7776000, self.account.config.default_refresh_expires_in
            )
            second = Token(secrets.token_hex(32), client.client_id, user_id, scopes, now + seconds, access.value)
            access.pair = second.value
            self.refresh_tokens[second.value] = second
            reply |= {"refresh_token": second.value, "refresh_token_expires_in": seconds}
        self.tokens[access.value] = access
        return answer(self.account.config.token_status, reply)

    # -- calls
    def check(self, request: Request) -> tuple[Row, frozenset[str], Token | None]:
        """The calling user, the scopes, and the token of a bearer call. Raises 401, or 403 for a suspended user."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            token = self.tokens.get(value.strip())
            if token is None or token.expires <= self.account.clock.now():
                text = "The access token provided is expired, revoked, malformed or invalid for other reasons."
                raise ApiError(401, "invalid_token", extra={"error_description": text})
            user, scopes = self.account.user(token.user_id), token.scopes
        elif scheme.lower() == "basic":
            token, user, scopes = None, self._basic(value), frozenset({"read", "write", "impersonate"})
        else:
            raise _unauthenticated()
        if user is None:
            raise _unauthenticated()
        if user["suspended"]:
            raise forbidden("User is suspended")
        return user, scopes, token

    def _basic(self, value: str) -> Row | None:
        """The user of ``{email}/token:{api_token}``; a password is not taken."""
        try:
            name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            raise _unauthenticated() from None
        email, slash, word = name.rpartition("/")
        config, now = self.account.config, self.account.clock.now()
        used = self.api_tokens.get(secret)
        alive = used is not None and now < min(
            used + config.api_token_idle_days * DAY, times.epoch_of(config.api_token_end)
        )
        if not (slash and word == "token" and config.api_tokens and alive):
            raise _unauthenticated()
        self.api_tokens[secret] = now
        return self.account.user(self.account.owner("email", email))

    def allow(self, scopes: frozenset[str], resource: str, method: str) -> None:
        """Raise 403 unless one of the scopes covers the resource. ``resource`` "" is open to every token."""
        verb = "read" if method in ("GET", "HEAD") else "write"
        accepted = {verb, f"{resource}:{verb}"}
        if not self.account.config.strict_scopes:
            accepted |= {f"{each}:{verb}" for each in _LENIENT.get(resource, ())}
        if resource and not scopes & accepted:
            raise forbidden("You do not have access to this page: the token's scope is too small.")


def _scopes(text: object) -> frozenset[str]:
    names = frozenset(str(text).replace(",", " ").split())
    if not names or not names <= SCOPES:
        raise _oauth(400, "invalid_scope", "The requested scope is invalid, unknown or malformed")
    return names


def _bounded(body: dict[str, Any], name: str, low: int, high: int, default: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or not low < value < high:
        raise _oauth(400, "invalid_request", f"{name} must be more than {low} and less than {high}")
    return value


def _oauth(status: int, error: str, description: str) -> ApiError:
    return ApiError(status, error, extra={"error_description": description})


def _unauthenticated() -> ApiError:
    return ApiError(401, "Couldn't authenticate you")
