"""What the contract tests of the Zendesk simulator share: zenpy, plain HTTP, and a receiver of webhooks."""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from zenpy import Zenpy
from zenpy.lib.exception import APIException

STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
SCOPE = "read write"
FROZEN = "2026-05-20T09:44:32Z"
EPOCH = 1779270272  # of FROZEN


class Api:
    """Plain HTTP with a bearer token, for what zenpy cannot express; paths are relative to /api/v2."""

    def __init__(self, sim, scope=SCOPE, **options):
        self.sim = sim
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(sim.ca)
        self.scope = scope
        self.login(**options)

    def login(self, **options):
        body = {
            "grant_type": "client_credentials", "client_id": self.sim.client_id,
            "client_secret": self.sim.client_secret, "scope": self.scope, **options,
        }  # fmt: skip
        self.token = self.oauth(body).json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def oauth(self, body):
        return requests.post(
            f"{self.sim.base_url}/oauth/tokens", json=body, verify=str(self.sim.ca), timeout=20, proxies=_NO_PROXY
        )

    def __call__(self, method, path, body=None, **options):
        url = path if path.startswith("https://") else f"{self.sim.base_url}/api/v2/{path}"
        return self.session.request(method, url, json=body, timeout=30, **options)

    def get(self, path):
        """The JSON body of a call that must succeed."""
        response = self("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def ticket(self, **fields):
        """A new ticket, as the API answers it."""
        values = {"subject": "Late parcel", "comment": {"body": "Where is my parcel?"}, **fields}
        response = self("POST", "tickets", {"ticket": values})
        assert response.status_code == 201, response.text
        return response.json()["ticket"]

    def update(self, number, **fields):
        return self("PUT", f"tickets/{number}", {"ticket": fields})

    def job(self, response):
        """The job that a call has queued, once it has ended."""
        assert response.status_code == 200, response.text
        number = response.json()["job_status"]["id"]
        return wait_for(lambda: (j := self.get(f"job_statuses/{number}")["job_status"])["results"] is not None and j)


_NO_PROXY = {"http": "", "https": ""}


def zenpy(sim, token, **options):
    """zenpy on a given token. ``ratelimit_budget`` 1 has it raise instead of waiting out a 429."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(sim.ca)
    return Zenpy(
        subdomain="acme", oauth_token=token, session=session, disable_cache=True, ratelimit_budget=1, timeout=30,
        **options,
    )  # fmt: skip


@contextmanager
def refused(status, error=None, match=None):
    """The block must be refused through zenpy with this status and ``error``; ``match`` is looked for in the body."""
    with pytest.raises(APIException) as info:
        yield
    check(info.value.response, status, error, match)


def check(response, status, error=None, match=None):
    """The answer is this refusal, with an ``error`` that is a text."""
    assert response.status_code == status, (response.status_code, response.text)
    if error is not None:
        assert response.json()["error"] == error, response.text
    if match is not None:
        assert re.search(match, response.text), response.text


def wait_for(condition, seconds=20.0):
    """The first true value of ``condition()``; fails when none comes within the limit, which is there against hangs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.03)
    pytest.fail(f"not reached within {seconds} s")


@dataclass
class Sent:
    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def event(self):
        return json.loads(self.body)

    def signed_with(self, secret):
        """Whether the signature is right: base64 HMAC-SHA256 over the timestamp's text and the raw body."""
        message = self.headers["x-zendesk-webhook-signature-timestamp"].encode() + self.body
        digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
        return self.headers["x-zendesk-webhook-signature"] == base64.b64encode(digest).decode()


class Endpoint:
    """Records every call. ``answers`` are used up one by one, as (status, headers, seconds before it); then 200."""

    def __init__(self):
        self.calls, self.answers = [], []
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with endpoint._lock:
                    endpoint.calls.append(Sent(self.command, self.path, headers, body))
                    status, more, pause = endpoint.answers.pop(0) if endpoint.answers else (200, {}, 0)
                time.sleep(pause)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = do_PUT = handle_any

            def log_message(self, *_):
                """Keeps the test's output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A sender that gave up waiting leaves a broken pipe behind, which is its own affair.
        self.server.handle_error = lambda *_: None
        self.url = f"http://localhost:{self.server.server_address[1]}/in"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, status, headers=None, pause=0.0, times=1):
        with self._lock:
            self.answers += [(status, headers or {}, pause)] * times

    def close(self):
        self.server.shutdown()
        self.server.server_close()
