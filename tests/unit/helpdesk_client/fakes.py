"""A scripted desk behind requests' adapter seam: real Request and Response objects, no socket."""

import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from retail_sync_helpdesk.client.budget import MemoryBudgetStore
from retail_sync_helpdesk.client.tokens import MemoryTokenStore, Token
from retail_sync_helpdesk.client.transport import Transport
from retail_sync_helpdesk.client.zendesk.session import ZendeskSession
from retail_sync_helpdesk.client.zendesk.sign_in import App, ClientCredentials

HOST = "https://acme.zendesk.com"
SECRET = "canary-client-secret"
STAMP = "2026-05-20T09:44:32Z"


class Answer:
    """What the desk says: a JSON body unless `body` is text or bytes."""

    def __init__(self, body: Any = None, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        if isinstance(body, bytes):
            self.content = body
        else:
            self.content = (body if isinstance(body, str) else "" if body is None else json.dumps(body)).encode()


Script = Answer | Exception | Callable[[requests.PreparedRequest], Answer]


class FakeDesk(HTTPAdapter):
    """Gives the scripted answers in turn; a call beyond the script fails the test."""

    def __init__(self, *script: Script) -> None:
        super().__init__()
        self.script = list(script)
        self.requests: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []

    def send(self, request, **options):
        self.requests.append(request.copy())
        self.options.append(options)
        body = request.body
        self.bodies.append(body.read() if hasattr(body, "read") else (body or b""))
        if not self.script:
            raise AssertionError(f"unexpected call {request.method} {request.url}")
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        answer = step if isinstance(step, Answer) else step(request)
        raw = HTTPResponse(
            body=io.BytesIO(answer.content),
            status=answer.status,
            headers=answer.headers,
            preload_content=False,
            decode_content=False,
        )
        return self.build_response(request, raw)

    @property
    def last(self) -> requests.PreparedRequest:
        return self.requests[-1]

    def calls(self) -> list[str]:
        """`GET /tickets/5` of each call, the path below the API."""
        return [f"{request.method} {urlsplit(request.url).path.removeprefix('/api/v2')}" for request in self.requests]

    def query(self, index: int = -1) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.requests[index].url).query).items()}

    def json(self, index: int = -1) -> Any:
        return json.loads(self.bodies[index])


def new_token(name: str = "first", **values) -> Token:
    return Token(f"canary-access-{name}", **values)


def new_session(*script: Script, token: Token | None = None, sign_in=None, store=None, budget=None, **options):
    """(session, desk): a session that holds a token already, before a desk with this script."""
    desk = FakeDesk(*script)
    transport = Transport(adapter=desk, **options.pop("transport", {}))
    app = App(HOST, "odoo_sync", SECRET)
    session = ZendeskSession(
        HOST,
        transport,
        sign_in(app, transport) if sign_in else ClientCredentials(app, transport),
        store or MemoryTokenStore(token or new_token()),
        budget or MemoryBudgetStore(),
        **options,
    )
    return session, desk


def ticket_row(key: int = 4014, **values) -> dict[str, Any]:
    return {
        "id": key,
        "external_id": f"odoo:helpdesk:{key}",
        "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": STAMP,
        "updated_at": STAMP,
        "subject": "Late parcel",
        "raw_subject": "Late parcel",
        "description": "Where is my parcel?",
        "status": "new",
        "priority": None,
        "type": None,
        "requester_id": 61,
        "assignee_id": None,
        "organization_id": 63,
        "group_id": None,
        "is_public": True,
        "tags": ["vip"],
        "custom_fields": [{"id": 27642, "value": "745"}],
        "ticket_form_id": 66,
        "brand_id": 65,
        **values,
    }


def ticket_answer(key: int = 4014, status: int = 200, **values) -> Answer:
    return Answer({"ticket": ticket_row(key, **values), "audit": {"id": 9}}, status)


def token_answer(name: str = "second", **values) -> Answer:
    return Answer({"access_token": f"canary-access-{name}", "token_type": "bearer", "expires_in": 86400, **values})
