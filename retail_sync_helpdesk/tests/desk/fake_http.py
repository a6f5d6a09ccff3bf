"""A desk that lives in this process: what carries the client's calls to it, and what every desk has."""

import json
import re
from datetime import datetime, timedelta, timezone
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

from requests.adapters import HTTPAdapter
from requests.models import Response
from requests.structures import CaseInsensitiveDict

NOW = datetime(2026, 5, 20, 9, 0, tzinfo=timezone.utc)


def stamp(seconds=0):
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Refusal(Exception):
    def __init__(self, status, body, headers=None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class Call:
    """A call as a route gets it."""

    def __init__(self, request):
        parts = urlsplit(request.url)
        self.method, self.path = request.method, parts.path.removeprefix("/api/v2").removesuffix(".json")
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.headers = request.headers
        body = request.body
        self.raw = body.read() if hasattr(body, "read") else (body or b"")
        if isinstance(self.raw, str):
            self.raw = self.raw.encode()
        is_json = "json" in (request.headers.get("Content-Type") or "")
        self.body = json.loads(self.raw) if is_json and self.raw else {}


class FakeDesk(HTTPAdapter):
    """Routes by method and path; `before` may raise a Refusal, `hooks` hear of each call."""

    routes = ()

    def __init__(self):
        super().__init__()
        self.calls = []
        self.hooks = []
        self.before = lambda call: None
        self.clock = 0

    def send(self, request, **options):
        call = Call(request)
        for hook in self.hooks:
            hook(request.headers.get("X-Correlation-ID"))
        self.calls.append(f"{call.method} {call.path}")
        try:
            self.before(call)
            status, body, headers = self.answer(call)
        except Refusal as refusal:
            status, body, headers = refusal.status, refusal.body, refusal.headers
        return _response(request, status, body, headers)

    def answer(self, call):
        for method, pattern, handler in self.routes:
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                found = handler(self, call, *match.groups())
                return found if isinstance(found, tuple) else (200, found, {})
        raise Refusal(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def close(self):
        """Keep the records: each session closes its adapter."""


def _response(request, status, body, headers):
    response = Response()
    response.status_code, response.request, response.url = status, request, request.url
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response.headers = CaseInsensitiveDict({"Content-Type": "application/json", **headers})
    response.raw = _Raw(content)
    return response


class _Raw(BytesIO):
    def stream(self, size, decode_content=None):
        while piece := self.read(size):
            yield piece

    def release_conn(self):
        return None
