"""The HTTP session that carries every call: TLS, limits of time and size, correlation id, permitted hosts."""

import ssl
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from json import loads
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from . import errors, network_faults
from .addresses import CheckedAdapter, HostRules
from .errors import ClientError, Remedy

CONNECT_SECONDS = 5.0
#: Between two pieces of an answer.
READ_SECONDS = 60.0
#: For the whole of an answer: a server that sends a byte a minute is not waited for.
TOTAL_SECONDS = 180.0
#: Bytes of an answer, unpacked. A page of a hundred long tickets stays far below.
MAX_BYTES = 32 * 1024 * 1024
CORRELATION_HEADER = "X-Correlation-ID"
_PIECE = 64 * 1024


@dataclass(slots=True)
class CallInfo:
    """One HTTP call, for the engine's call guard and log.

    path: without its query, which holds values. ms: milliseconds until the answer was read. bytes: of the body,
    unpacked. error_kind: '' when there was an answer, else a fault class. headers: of the answer.
    """

    method: str
    host: str
    path: str
    correlation_id: str
    status: int | None = None
    ms: float = 0.0
    bytes: int = 0
    error_kind: str = ""
    error_code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status. headers: case-insensitive. body: unpacked, empty where it went into a sink."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False, default=b"")
    correlation_id: str = ""

    def json(self) -> Any:
        """The parsed body. Raises ClientError transient/NOT_JSON: an outage answers in HTML."""
        try:
            return loads(self.body)
        except (ValueError, RecursionError):
            raise ClientError(
                errors.TRANSIENT,
                "NOT_JSON",
                "the answer is not JSON",
                http_status=self.status,
                body_excerpt=self.text,
            ) from None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


Hook = Callable[[CallInfo], None]


class Transport:
    """Carries calls; never waits for ever, never follows a redirect. Not thread-safe: a job has its own.

    authorities: certificates in PEM form that replace the public authorities; None trusts those. hosts: which hosts may
    be called; None for any. before_call may raise whatever it likes, which passes through to the caller; after_call
    learns how each call ended. adapter: what carries calls to https://, in place of requests' own.
    Raises ClientError (contract, CA_BUNDLE_INVALID) for authorities that are none.
    """

    def __init__(
        self,
        authorities: str | None = None,
        *,
        hosts: HostRules | None = None,
        before_call: Hook | None = None,
        after_call: Hook | None = None,
        adapter: HTTPAdapter | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        total_seconds: float = TOTAL_SECONDS,
        max_bytes: int = MAX_BYTES,
        user_agent: str = "retail-sync",
    ) -> None:
        self.hosts = hosts
        self.before_call = before_call
        self.after_call = after_call
        self.timeout = timeout
        self.total_seconds = total_seconds
        self.max_bytes = max_bytes
        self._http = requests.Session()
        self._http.auth = _keep_authorization
        self._http.headers.update({"Accept": "application/json", "User-Agent": user_agent})
        self._http.adapters.clear()  # no http://: a token must not leave in clear text, not even by a mistyped address
        self._http.mount("https://", adapter or _adapter(authorities, hosts))

    def close(self) -> None:
        self._http.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | BinaryIO | None = None,
        sink: BinaryIO | None = None,
        max_bytes: int | None = None,
        idempotent: bool = True,
    ) -> Reply:
        """One call, answered with a reply of any status.

        sink: where the body of an answer below 300 is written piece by piece. max_bytes: of the body. idempotent: see
        `network_faults.from_exception`. Raises ClientError when there is no complete answer, for a host that may not be
        called and for an answer that is too long.
        """
        host = urlsplit(url).hostname or ""
        sent = {CORRELATION_HEADER: str(uuid.uuid4()), **(headers or {})}
        info = CallInfo(method, host, urlsplit(url).path, sent[CORRELATION_HEADER])
        self._check_host(url, host)
        if self.before_call:
            self.before_call(info)
        with self._reported(info):
            try:
                with self._http.request(
                    method,
                    url,
                    headers=sent,
                    params=params,
                    json=json,
                    data=data,
                    stream=True,
                    timeout=self.timeout,
                    proxies={"https": None, "all": None} if _is_loopback(host) else None,  # type: ignore[dict-item]
                    allow_redirects=False,  # an account that moved is for an administrator to confirm
                ) as response:
                    info.status, info.headers = response.status_code, response.headers
                    limit = self.max_bytes if max_bytes is None else max_bytes
                    target = sink if response.status_code < 300 else None
                    body = self._read(response, limit, target, info)
            except ClientError:
                raise
            except (requests.RequestException, OSError) as exc:
                # not chained: the library's text holds the address, and with it the values of a query
                raise network_faults.from_exception(exc, host, idempotent) from None
        return Reply(info.status, response.headers, body, info.correlation_id)

    def _check_host(self, url: str, host: str) -> None:
        if urlsplit(url).scheme != "https" or not host:
            raise ClientError(
                errors.CONTRACT, "BAD_URL", "the address must be https://host[:port]", remedy=Remedy.settings
            )
        if self.hosts and not self.hosts.allows(host):
            raise ClientError(
                errors.CONTRACT,
                "HOST_NOT_ALLOWED",
                f"{host} is none of the hosts that may be called",
                remedy=Remedy.settings,
            )

    @contextmanager
    def _reported(self, info: CallInfo) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        except ClientError as error:
            info.error_kind, info.error_code = error.kind, error.code
            raise
        finally:
            info.ms = (time.perf_counter() - began) * 1000
            if self.after_call:
                self.after_call(info)

    def _read(self, response: requests.Response, limit: int, sink: BinaryIO | None, info: CallInfo) -> bytes:
        ends = time.monotonic() + self.total_seconds
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > limit:
            raise _too_long(info.host, limit)
        pieces: list[bytes] = []
        for piece in response.iter_content(_PIECE):
            info.bytes += len(piece)
            if info.bytes > limit:  # also a small body that unpacks to a large one
                raise _too_long(info.host, limit)
            if time.monotonic() > ends:
                raise requests.exceptions.ReadTimeout("the answer takes too long")
            if sink is None:
                pieces.append(piece)
            else:
                sink.write(piece)
        return b"".join(pieces)


def origin(url: str) -> str:
    """`https://host[:port]` of an address; a missing scheme is taken as https, any path is dropped.

    Raises ClientError (contract, BAD_URL) for plain http or what is no address.
    """
    text = url.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme.lower() != "https" or not parts.hostname or parts.username or port == -1 or " " in parts.netloc:
        raise ClientError(errors.CONTRACT, "BAD_URL", "the address must be https://host[:port]", remedy=Remedy.settings)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"https://{host}" if port in (None, 443) else f"https://{host}:{port}"


class _TrustingAdapter(CheckedAdapter):
    """Trusts what its context trusts: no argument and no environment adds an authority or takes a check away."""

    def __init__(self, context: ssl.SSLContext, hosts: HostRules | None) -> None:
        self._context = context
        super().__init__(hosts)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # pylint: disable=missing-return
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _pool = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"ssl_context": self._context}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        return


def _adapter(authorities: str | None, hosts: HostRules | None) -> HTTPAdapter:
    return CheckedAdapter(hosts) if authorities is None else _TrustingAdapter(_context(authorities), hosts)


def _context(authorities: str) -> ssl.SSLContext:
    try:
        # the path of a file on the server is refused: whoever edits a connection could learn what is there
        return ssl.create_default_context(
            cadata=authorities if "-----BEGIN CERTIFICATE-----" in authorities else "no certificate"
        )
    except (OSError, ValueError):
        raise ClientError(
            errors.CONTRACT,
            "CA_BUNDLE_INVALID",
            "the CA certificates are not certificates in PEM form",
            remedy=Remedy.settings,
        ) from None


def _keep_authorization(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An auth that does nothing: without it, requests lets a ~/.netrc entry replace the Authorization header."""
    return request


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _too_long(host: str, limit: int) -> ClientError:
    return ClientError(errors.CONTRACT, "ANSWER_TOO_LONG", f"the answer of {host} is longer than {limit} bytes")
