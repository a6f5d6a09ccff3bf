"""OAuth tokens: client credentials and JWT bearer (API sheet sections 1.2-1.4)."""

import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests

from . import errors, ids, replies
from .errors import ClientError

TOKEN_PATH = "/services/oauth2/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: Seconds. The server takes 3 to 5 minutes at most; clock skew is the usual cause of refusal.
JWT_LIFETIME = 180

_IDENTITY = re.compile(r"/(00D\w{12}(?:\w{3})?)/(005\w{12}(?:\w{3})?)/?\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and what came with it.

    instance_url: https origin that all later calls go to. org_id, user_id: 18 characters, '' when the reply named none.
    issued_at: seconds since the epoch. There is no expiry: only a 401 tells that a token has ended.
    """

    access_token: str = field(repr=False)
    instance_url: str
    org_id: str = ""
    user_id: str = ""
    issued_at: float = 0.0


def origin(url: str) -> str:
    """`https://host[:port]` of an address; a missing scheme is taken as https, any path is dropped.

    Raises ClientError (contract, BAD_URL) for plain http or something that is no address.
    """
    text = url.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme.lower() != "https" or not parts.hostname or parts.username or port == -1 or " " in parts.netloc:
        raise ClientError(errors.CONTRACT, "BAD_URL", "the address must be https://host[:port]")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"https://{host}" if port in (None, 443) else f"https://{host}:{port}"


def host(url: str) -> str:
    """The host name of an address. Raises ClientError as `origin`."""
    return urlsplit(origin(url)).hostname or ""


def fetch_client_credentials(base_url: str, client_id: str, client_secret: str, http: requests.Session) -> Token:
    """A token for the app's Run-As user. base_url: the My Domain address, never login.… or test.….

    Raises ClientError: auth (refused), throttled (too many logins), transient (outage), contract (odd answer).
    """
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return _fetch(base_url, form, http)


def fetch_jwt(
    base_url: str, client_id: str, username: str, private_key_pem: str, audience: str, http: requests.Session
) -> Token:
    """A token by a signed assertion. base_url: My Domain or the login host.

    audience: `https://login.salesforce.com`, or `https://test.salesforce.com` for a sandbox.
    Raises ClientError as `fetch_client_credentials`; auth/INVALID_PRIVATE_KEY when the key cannot sign.
    """
    claims = {"iss": client_id, "sub": username, "aud": audience, "exp": int(time.time()) + JWT_LIFETIME}
    try:
        assertion = jwt.encode(claims, private_key_pem, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        # not chained: the library's text may quote the key
        raise ClientError(errors.AUTH, "INVALID_PRIVATE_KEY", "the private key is not an RSA key in PEM form") from None
    return _fetch(base_url, {"grant_type": JWT_BEARER, "assertion": assertion}, http)


def _fetch(base_url: str, form: dict[str, str], http: requests.Session) -> Token:
    base = origin(base_url)
    try:
        response = http.post(
            base + TOKEN_PATH, data=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
    except (requests.RequestException, OSError) as exc:
        raise replies.from_exception(exc, urlsplit(base).hostname or base) from None
    if response.status_code != 200:
        raise _refusal(response)
    return _token(replies.decode(response), response.status_code)


def _refusal(response: requests.Response) -> ClientError:
    fault = replies.from_response(response, TOKEN_PATH)
    if fault.code.startswith("HTTP_") and response.status_code in (400, 403, 404):
        # a proxy, a login page or a wrong host answered, not a token endpoint
        return ClientError(
            errors.AUTH,
            "TOKEN_ENDPOINT_UNKNOWN",
            "this address has no token endpoint: check the My Domain address",
            http_status=response.status_code,
            body_excerpt=fault.body_excerpt,
        )
    return fault


def _token(body: Any, status: int) -> Token:
    if not isinstance(body, dict):
        # a maintenance page with status 200
        raise ClientError(errors.TRANSIENT, "NOT_JSON", "the token endpoint did not answer in JSON", http_status=status)
    access_token, instance_url = body.get("access_token"), body.get("instance_url")
    if not isinstance(access_token, str) or not access_token or not isinstance(instance_url, str):
        raise ClientError(
            errors.CONTRACT,
            "INVALID_TOKEN_ANSWER",
            "the token answer lacks access_token or instance_url",
            http_status=status,
        )
    identity = _IDENTITY.search(str(body.get("id") or ""))
    # The token itself begins with the id of its org.
    org_id, user_id = identity.groups() if identity else (access_token.partition("!")[0], "")
    return Token(
        access_token=access_token,
        instance_url=origin(instance_url),
        org_id=ids.to_18(org_id) if ids.is_id(org_id) else "",
        user_id=ids.to_18(user_id) if ids.is_id(user_id) else "",
        issued_at=_issued_at(body.get("issued_at")),
    )


def _issued_at(value: Any) -> float:
    """Seconds since the epoch; sent as text in milliseconds, although some pages say seconds. Absent: now."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return time.time()
    return number / 1000 if number > 1e11 else number
