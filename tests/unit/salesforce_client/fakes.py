"""A scripted server behind requests' adapter seam: real Request and Response objects, no socket."""

import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from retail_sync_salesforce.client.session import MemoryTokenStore, SalesforceSession
from retail_sync_salesforce.client.tokens import Token
from retail_sync_salesforce.client.transport import new_http

HOST = "https://acme.my.salesforce.com"
ORG_ID = "00D5g000004XyzAEAS"
SESSION_EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


class Answer:
    """What the server says: a JSON body unless `body` is text or bytes."""

    def __init__(self, body: Any = None, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = {"Content-Type": "application/json;charset=UTF-8", **(headers or {})}
        if isinstance(body, bytes):
            self.content = body
        else:
            self.content = (body if isinstance(body, str) else "" if body is None else json.dumps(body)).encode()

    def raw(self) -> Any:
        return io.BytesIO(self.content)


Script = Answer | Exception | Callable[[requests.PreparedRequest], Answer]


class FakeServer(HTTPAdapter):
    """Gives the scripted answers in turn; a call beyond the script fails the test."""

    def __init__(self, *script: Script) -> None:
        super().__init__()
        self.script = list(script)
        self.requests: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []

    def send(self, request, **options):  # noqa: D102
        self.requests.append(request.copy())
        self.options.append(options)
        if not self.script:
            raise AssertionError(f"unexpected call {request.method} {request.url}")
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        answer = step if isinstance(step, Answer) else step(request)
        raw = HTTPResponse(
            body=answer.raw(), status=answer.status, headers=answer.headers, preload_content=False, decode_content=False
        )
        return self.build_response(request, raw)

    @property
    def last(self) -> requests.PreparedRequest:
        return self.requests[-1]

    def paths(self) -> list[str]:
        return [urlsplit(request.url).path for request in self.requests]

    def query(self, index: int = -1) -> dict[str, str]:
        """The decoded query of a request."""
        return {key: values[0] for key, values in parse_qs(urlsplit(self.requests[index].url).query).items()}

    def json(self, index: int = -1) -> Any:
        return json.loads(self.requests[index].body)


def new_token(name: str = "first", instance_url: str = HOST) -> Token:
    return Token(f"00D5g000004XyzA!{name}", instance_url, ORG_ID, "0055g00000AbCdEAAV", 1763720000.0)


def new_session(*script: Script, token: Token | None = None, fetch=None, store=None, **http_options):
    """(session, server): a session that holds a token already, before a server with this script."""
    server = FakeServer(*script)
    http = new_http(**http_options)
    http.mount("https://", server)
    store = store or MemoryTokenStore(token or new_token())
    return SalesforceSession(store, fetch or _no_login, http), server


def _no_login() -> Token:
    raise AssertionError("no login was expected")
