"""The HTTP session that carries every call: limits of time, TLS, permanent headers, hooks before and after."""

import os
import re
import ssl
import tempfile
import time
import uuid
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from . import errors, replies
from .addresses import CheckedAdapter, HostNotAllowed, HostRules
from .errors import ClientError

CONNECT_SECONDS = 5
READ_SECONDS = 60
#: Bulk results are put together by the server before the first byte leaves.
BULK_READ_SECONDS = 300
#: Each written record may run the org's own automation before the answer leaves.
WRITE_SECONDS = 120
CORRELATION_HEADER = "X-Correlation-ID"
#: error_kind of a 401 that the session repairs with a new token; no fault of the connection.
EXPIRED = "expired"

_USAGE = re.compile(r"(?:^|[;\s])api-usage=(\d+)/(\d+)")
_OPERATIONS = (
    ("/services/oauth2/token", "token"),
    ("/jobs/", "bulk"),
    ("/composite", "composite"),
    ("/query", "query"),
    ("/describe", "describe"),
    ("/updated", "replication"),
    ("/deleted", "replication"),
    ("/limits", "limits"),
    ("/sobjects/", "row"),
)


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls used of the org's daily allowance, both in calls (section 6.1)."""

    used: int
    limit: int


@dataclass(slots=True)
class CallInfo:
    """One HTTP call, for the engine's budget and breaker.

    path: without its query, which holds values. ms: milliseconds until the answer was read (until its headers, when
    it is streamed). bytes: length of the decoded body; of a streamed one what the server announced. retry_after:
    seconds. error_kind: '' when well, a fault class, or `EXPIRED`.
    """

    method: str
    host: str
    path: str
    operation: str
    correlation_id: str
    status: int | None = None
    ms: float = 0.0
    usage: Usage | None = None
    bytes: int = 0
    retry_after: float | None = None
    error_kind: str = ""
    error_code: str = ""


Hook = Callable[[CallInfo], None]


class HttpSession(requests.Session):
    """A requests session that never waits for ever, never follows a redirect and asks before each call.

    Not thread-safe: one per job. `before_call` may raise whatever it likes; it passes through to the caller. hosts:
    which hosts and addresses may be called; None for any.
    """

    def __init__(
        self,
        ca_bundle: str | None = None,
        *,
        hosts: HostRules | None = None,
        before_call: Hook | None = None,
        after_call: Hook | None = None,
        client_name: str = "retail-sync",
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        pool_size: int = 4,
    ) -> None:
        super().__init__()
        self.before_call = before_call
        self.after_call = after_call
        self.timeout = timeout
        self.hosts = hosts
        # Whether the call at hand is the second one, with a new token.
        self.replaying = False
        self.verify = _ca_file(self, ca_bundle) if ca_bundle else True
        self.auth = _keep_authorization
        self.headers.update({"Accept": "application/json", "Sforce-Call-Options": f"client={client_name}"})
        self.adapters.clear()  # no http://: a token must not leave in clear text, not even by a mistyped address
        pools: dict[str, Any] = {"pool_connections": pool_size, "pool_maxsize": pool_size, "max_retries": 0}
        self.mount("https://", CheckedAdapter(hosts, **pools) if hosts else HTTPAdapter(**pools))

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        settings: Any = super().merge_environment_settings(url, proxies, stream, verify, cert)
        if self.verify is not True:
            settings["verify"] = self.verify  # REQUESTS_CA_BUNDLE would silently replace the connection's own CA
        if _is_loopback(urlsplit(url).hostname or ""):
            settings["proxies"] = {}
        return settings

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.headers.setdefault(CORRELATION_HEADER, str(uuid.uuid4()))
        info = CallInfo(
            method=request.method or "",
            host=parts.netloc,
            path=parts.path,
            operation=_operation(parts.path),
            correlation_id=request.headers[CORRELATION_HEADER],
        )
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.timeout
        kwargs["allow_redirects"] = False  # a moved org is for an administrator to confirm, not for a redirect
        if self.before_call:
            self.before_call(info)
        started = time.perf_counter()
        try:
            if self.hosts and not self.hosts.allows(parts.hostname or ""):
                raise HostNotAllowed(request=request)
            response = super().send(request, **kwargs)
            if response.status_code >= 300:
                # a streamed refusal is read here, so that the hook knows its code
                _ = response.content
        except (requests.RequestException, OSError) as exc:
            fault = replies.from_exception(exc, parts.hostname or "the server")
            info.error_kind, info.error_code = fault.kind, fault.code
            self._report(info, started)
            raise
        _describe_reply(info, response, streamed=bool(kwargs.get("stream")))
        if (
            info.operation != "token"
            and not self.replaying
            and replies.is_expired(response.status_code, info.error_code)
        ):
            info.error_kind = EXPIRED
        self._report(info, started)
        return response

    def _report(self, info: CallInfo, started: float) -> None:
        info.ms = (time.perf_counter() - started) * 1000
        if self.after_call:
            self.after_call(info)


def new_http(ca_bundle: str | None = None, **options: Any) -> HttpSession:
    """An HTTP session for one job.

    ca_bundle: certificates in PEM form that replace the public authorities; None trusts those.
    Options are those of `HttpSession`. Raises ClientError (contract, CA_BUNDLE_INVALID) for an unusable bundle.
    """
    return HttpSession(ca_bundle, **options)


def parse_usage(header: str | None) -> Usage | None:
    """`api-usage=1250/100000; per-app-api-usage=…` -> Usage(1250, 100000); None when absent."""
    match = _USAGE.search(header or "")
    return Usage(int(match[1]), int(match[2])) if match else None


def _describe_reply(info: CallInfo, response: requests.Response, streamed: bool) -> None:
    info.status = response.status_code
    info.usage = parse_usage(response.headers.get("Sforce-Limit-Info"))
    info.retry_after = replies.retry_after(response.headers)
    if streamed and response.status_code < 300:
        announced = response.headers.get("Content-Length", "")
        info.bytes = int(announced) if announced.isdigit() else 0
    else:
        info.bytes = len(response.content)
    if response.status_code < 300 or response.status_code == 304:
        return
    fault = replies.from_response(response, info.path)
    info.error_kind, info.error_code = fault.kind, fault.code
    info.retry_after = fault.retry_after


def _operation(path: str) -> str:
    for part, name in _OPERATIONS:
        if part in path:
            return name
    return "other"


def _keep_authorization(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An auth that does nothing: without one, requests lets a ~/.netrc entry replace the Authorization header."""
    return request


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _ca_file(owner: object, pem: str) -> str:
    """Path of a private file with these certificates, which lives as long as its owner.

    The path of a file on the server is refused: whoever edits a connection could learn what is there.
    """
    try:
        ssl.create_default_context(cadata=pem if "-----BEGIN CERTIFICATE-----" in pem else "no certificate")
    except (OSError, ValueError):
        raise ClientError(
            errors.CONTRACT, "CA_BUNDLE_INVALID", "the CA certificates are not certificates in PEM form"
        ) from None
    handle, path = tempfile.mkstemp(prefix="retail-sync-ca-", suffix=".pem")
    with os.fdopen(handle, "w", encoding="ascii", errors="replace") as stream:
        stream.write(pem)
    weakref.finalize(owner, _remove, path)
    return path


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
