"""OAuth: connected apps, the token endpoint, and the tokens it hands out."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote_plus

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from .errors import ApiError
from .messages import Request, Response

if TYPE_CHECKING:
    from .org import Org

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")
MAX_ASSERTION_SECONDS = 300
CLOCK_SKEW_SECONDS = 30


@dataclass
class App:
    """A connected app. ``usernames`` are pre-authorised for JWT; ``run_as`` is the client-credentials user."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    public_key: Any = field(default=None, repr=False)
    usernames: tuple[str, ...] = ()
    run_as: str | None = None


@dataclass
class Token:
    user_id: str
    app: str
    issued: float
    last_used: float
    calls: int = 0


class TokenError(Exception):
    """A refusal of the token endpoint, which is a JSON object."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.response = Response(status, {"error": error, "error_description": description})


class Authority:
    def __init__(self, org: Org) -> None:
        self.org = org
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self.revoked = 0

    # -- apps
    def register(self, spec: dict[str, Any]) -> App:
        """Add or replace an app; ``certificate_pem`` may hold a certificate or a public key."""
        pem = spec.get("certificate_pem")
        key = None
        if pem:
            data = pem.encode()
            key = (
                x509.load_pem_x509_certificate(data).public_key()
                if b"CERTIFICATE" in data
                else load_pem_public_key(data)
            )
        app = App(
            spec["client_id"], spec.get("client_secret"), key, tuple(spec.get("usernames") or ()), spec.get("run_as")
        )
        self.apps[app.client_id] = app
        return app

    # -- token endpoint
    def grant(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        try:
            kind = form.get("grant_type")
            if kind == "client_credentials":
                app, username = self._client_credentials(form, request)
            elif kind == JWT_GRANT:
                app, username = self._jwt_bearer(form)
            elif not kind:
                raise TokenError("invalid_request", "missing required parameter: grant_type")
            else:
                raise TokenError("unsupported_grant_type", "grant type not supported")
            return Response(200, self.issue(app, username))
        except TokenError as refusal:
            return refusal.response

    def _client_credentials(self, form: dict[str, str], request: Request) -> tuple[App, str]:
        if request.headers.get("host", "").split(":")[0].lower() in LOGIN_HOSTS:
            raise TokenError("invalid_grant", "request not supported on this domain")
        client_id, secret = form.get("client_id"), form.get("client_secret")
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic" and client_id is None:
            try:
                text = base64.b64decode(encoded, validate=True).decode()
            except ValueError:
                raise TokenError("invalid_client", "invalid client credentials", 401) from None
            name, _, password = text.partition(":")
            client_id, secret = unquote_plus(name), unquote_plus(password)
        if not client_id:
            raise TokenError("invalid_client_id", "client identifier invalid")
        app = self.apps.get(client_id)
        if app is None:
            raise TokenError("invalid_client_id", "client identifier invalid")
        if app.client_secret is None or not secrets.compare_digest(app.client_secret.encode(), (secret or "").encode()):
            raise TokenError("invalid_client", "invalid client credentials")
        if app.run_as is None:
            raise TokenError("invalid_grant", "no client credentials user enabled")
        return app, app.run_as

    def _jwt_bearer(self, form: dict[str, str]) -> tuple[App, str]:
        assertion = form.get("assertion")
        if not assertion:
            raise TokenError("invalid_request", "missing required parameter: assertion")
        try:
            claims = jwt.decode(
                assertion, options={"verify_signature": False, "verify_exp": False, "verify_aud": False}
            )
            algorithm = jwt.get_unverified_header(assertion).get("alg")
        except jwt.PyJWTError:
            raise TokenError("invalid_grant", "invalid assertion") from None
        app = self.apps.get(str(claims.get("iss", "")))
        if app is None:
            raise TokenError("invalid_client_id", "client identifier invalid")
        self._check_signature(app, assertion, algorithm)
        if claims.get("aud") not in self._audiences():
            raise TokenError("invalid_grant", "audience is invalid")
        self._check_expiry(claims.get("exp"))
        username = claims.get("sub")
        if username not in app.usernames:
            raise TokenError("invalid_grant", "user hasn't approved this consumer")
        return app, username

    def _check_signature(self, app: App, assertion: str, algorithm: str | None) -> None:
        if app.public_key is None or algorithm != "RS256":
            raise TokenError("invalid_grant", "invalid assertion")
        try:
            jwt.decode(
                assertion, app.public_key, algorithms=["RS256"],
                options={"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False},
            )  # fmt: skip
        except jwt.PyJWTError:
            raise TokenError("invalid_grant", "invalid assertion") from None

    def _audiences(self) -> set[str]:
        hosts = {f"https://{host}" for host in LOGIN_HOSTS}
        return hosts | {self.org.base_url, self.org.instance_url, "https://acme.my.salesforce.com"}

    def _check_expiry(self, expiry: object) -> None:
        try:
            moment = float(str(expiry))
        except ValueError:
            raise TokenError("invalid_grant", "invalid assertion") from None
        now = self.org.clock.now()
        if moment + CLOCK_SKEW_SECONDS < now:
            raise TokenError("invalid_grant", "expired authorization code")
        if moment > now + MAX_ASSERTION_SECONDS + CLOCK_SKEW_SECONDS:
            raise TokenError("invalid_grant", "invalid assertion: exp is too far in the future")

    def issue(self, app: App, username: str) -> dict[str, str]:
        try:
            user_id = self.org.user_id(username)
        except KeyError:
            raise TokenError("invalid_grant", "authentication failure") from None
        if not self.org.store.table("User").live[user_id].get("IsActive"):
            raise TokenError("inactive_user", "user is inactive")
        now = self.org.clock.now()
        token = f"{self.org.org_id[:15]}!{secrets.token_urlsafe(48)}"
        self.tokens[token] = Token(user_id, app.client_id, now, now)
        return {
            "access_token": token,
            "signature": base64.b64encode(secrets.token_bytes(32)).decode(),
            "scope": "api",
            "instance_url": self.org.instance_url,
            "id": f"https://login.salesforce.com/id/{self.org.org_id}/{user_id}",
            "token_type": "Bearer",
            "issued_at": str(int(now * 1000)),
        }

    # -- using tokens
    def check(self, request: Request) -> Token:
        """The token of a call. Raises ``INVALID_SESSION_ID`` or ``INVALID_AUTH_HEADER``."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "oauth"):
            raise ApiError("INVALID_AUTH_HEADER" if scheme else "INVALID_SESSION_ID",
                           "INVALID_HEADER_TYPE" if scheme else "Session expired or invalid", status=401)  # fmt: skip
        token = self.tokens.get(value.strip())
        config, now = self.org.config, self.org.clock.now()
        if token is not None:
            since = token.last_used if config.token_sliding else token.issued
            if now - since >= config.token_ttl_seconds or 0 < config.token_max_calls <= token.calls:
                del self.tokens[value.strip()]
                token = None
        if token is None:
            raise ApiError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        token.last_used = now
        token.calls += 1
        return token

    def revoke(self, token: str) -> bool:
        return self.tokens.pop(token, None) is not None

    def revoke_all(self) -> int:
        count = len(self.tokens)
        self.tokens.clear()
        self.revoked += count
        return count
