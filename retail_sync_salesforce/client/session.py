"""The one way to the REST API, and the one module that imports simple-salesforce.

simple-salesforce is used in session mode: it builds the call and sorts refusals by status. Logging in, renewing the
token, limits of time and error classes are ours, because its own login renews without a lock, drops headers on replay
and has no limits of time.
"""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from . import errors, replies, times
from .errors import ClientError
from .tokens import Token, origin
from .transport import CORRELATION_HEADER, HttpSession

API_VERSION = "62.0"


class TokenStore(Protocol):
    """Where the workers of one connection share a token."""

    def get(self) -> Token | None:
        """The present token, None before the first."""

    def refresh(self, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        """A token other than `stale`.

        Calls `fetch` at most once, under a lock that all workers share, and only while the stored token is still
        `stale`.
        """


class MemoryTokenStore:
    """A token store for the threads of one process."""

    def __init__(self, token: Token | None = None) -> None:
        self._token = token
        self._lock = threading.Lock()

    def get(self) -> Token | None:
        return self._token

    def refresh(self, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        with self._lock:
            current = self._token
            if current is not None and (stale is None or current.access_token != stale.access_token):
                return current
            self._token = fetch()
            return self._token


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """An answer with a status below 300, or 304."""

    status: int
    headers: Mapping[str, str]
    _response: requests.Response

    def json(self) -> Any:
        """The parsed body. Raises ClientError transient: NOT_JSON for an outage page, EMPTY_ANSWER for null."""
        try:
            body = self._response.json()
        except ValueError:
            raise ClientError(
                errors.TRANSIENT,
                "NOT_JSON",
                "the answer is not JSON",
                http_status=self.status,
                body_excerpt=self.text,
            ) from None
        if body is None:
            raise errors.odd_answer(body, "")
        return body

    @property
    def text(self) -> str:
        return self._response.text

    @property
    def content(self) -> bytes:
        return self._response.content

    @property
    def raw(self) -> Any:
        """The urllib3 stream of a call made with stream=True."""
        return self._response.raw

    def close(self) -> None:
        self._response.close()


class SalesforceSession:
    """Calls to one org with one shared token. Not thread-safe: one per job.

    fetch_token: logs in and returns a new Token; called through the store's lock only. correlation_id: sent with
    every call; None gives each call its own. server_time_ms: the remote clock at the last answer.
    """

    def __init__(
        self,
        token_store: TokenStore,
        fetch_token: Callable[[], Token],
        http: requests.Session,
        *,
        version: str = API_VERSION,
        correlation_id: str | None = None,
    ) -> None:
        self.version = version
        self.correlation_id = correlation_id
        self.server_time_ms: int | None = None
        self._store = token_store
        self._fetch = fetch_token
        self._http = http
        self._token: Token | None = None
        self._client: Salesforce | None = None

    def __repr__(self) -> str:
        return f"SalesforceSession(version={self.version!r}, token={self._token!r})"

    def token(self) -> Token:
        """The token in use; logs in when there is none yet. Raises ClientError when the login is refused."""
        if self._token is None:
            self._use(self._store.get() or self._store.refresh(None, self._fetch))
        return self._token  # type: ignore[return-value]

    def path(self, relative: str) -> str:
        """`sobjects/Account` -> `/services/data/v62.0/sobjects/Account`; a path from the root stays as it is."""
        return relative if relative.startswith("/") else f"/services/data/v{self.version}/{relative}"

    def close(self) -> None:
        self._http.close()

    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: Any = None,
        data: bytes | str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        idempotent: bool = True,
        timeout: tuple[float, float] | None = None,
    ) -> ApiResponse:
        """One call; an expired token is renewed once and the call replayed with the same headers and body.

        path_or_url: relative to the API version, from the root, or an address of this org (another host is refused,
        since the token would go there). idempotent=False: an unknown outcome is reported as such instead of as
        transient. timeout: (connect, read) seconds. Raises ClientError for every status >= 300 but 304.
        """
        token = self.token()
        target = self._target(path_or_url, token)
        options: dict[str, Any] = {
            "params": params,
            "stream": stream,
            "timeout": timeout,
            "headers": {CORRELATION_HEADER: self.correlation_id or str(uuid.uuid4()), **(headers or {})},
        }
        if json is not None:
            options["json"] = json
        if data is not None:
            options["data"] = data.encode("utf-8") if isinstance(data, str) else data
        response = self._call(method, target, options, idempotent)
        if response.status_code == 401 and self._expired(response, target):
            self._use(self._store.refresh(token, self._fetch))
            with self._replay():
                response = self._call(method, target, options, idempotent)
        if response.status_code >= 300 and response.status_code != 304:
            raise replies.from_response(response, urlsplit(target).path, idempotent)
        self.server_time_ms = times.http_date_ms(response.headers.get("Date")) or self.server_time_ms
        return ApiResponse(response.status_code, response.headers, response)

    @contextmanager
    def _replay(self) -> Iterator[None]:
        """A 401 to a token that is new is no expiry: the hook hears of a refusal, so that the calls stop."""
        if not isinstance(self._http, HttpSession):
            yield
            return
        self._http.replaying = True
        try:
            yield
        finally:
            self._http.replaying = False

    def _call(self, method: str, target: str, options: dict[str, Any], idempotent: bool) -> requests.Response:
        answers: list[requests.Response] = []
        client = self._client
        # the exceptions of simple-salesforce hold no headers, and Retry-After is one: keep the answer itself
        hooks = {"response": lambda response, **_: answers.append(response)}
        url = f"https://{client.sf_instance}{target}"  # type: ignore[union-attr]
        try:
            return client._call_salesforce(method, url, **{**options, "hooks": hooks})  # type: ignore[union-attr]
        except SalesforceError:
            return answers[-1]
        except (requests.RequestException, OSError) as exc:
            # not chained: the library's text holds the URL, and with it the values of a query
            raise replies.from_exception(exc, client.sf_instance, idempotent) from None  # type: ignore[union-attr]

    def _use(self, token: Token) -> None:
        client = Salesforce(
            session_id=token.access_token,
            instance_url=token.instance_url,
            session=self._http,
            version=self.version,
        )
        client.headers.pop("X-PrettyPrint", None)  # indented answers are a third larger
        self._token, self._client = token, client

    def _target(self, path_or_url: str, token: Token) -> str:
        if "://" not in path_or_url.partition("?")[0]:
            return self.path(path_or_url)
        if origin(path_or_url) != origin(token.instance_url):
            raise ClientError(
                errors.CONTRACT, "FOREIGN_HOST", "the token is not sent to a host other than the org's own"
            )
        parts = urlsplit(path_or_url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @staticmethod
    def _expired(response: requests.Response, target: str) -> bool:
        return replies.is_expired(response.status_code, replies.from_response(response, target).code)
