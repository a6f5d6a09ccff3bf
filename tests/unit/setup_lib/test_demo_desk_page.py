"""The demo's page in place of Zendesk's screens: the key stays on the server, and other sites cannot use it."""

from __future__ import annotations

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from setup.lib.demo_desk_page import DeskPage

KEY = "the-key-of-the-demo"
USERS = [{"id": 1, "name": "Ada <b>", "email": "ada@example.com"}, {"id": 2, "name": "Agent", "email": "a@example.com"}]
TICKET = {"id": 7, "subject": "Broken </script><b>", "status": "open", "requester_id": 1}
COMMENT = {"author_id": 1, "public": True, "plain_body": "Hello <img>"}


class FakeDesk:
    """Rows of one ticket, and what was written."""

    def __init__(self):
        self.written = []

    def records(self, kind, ids=(), ticket=None):
        if kind == "comment":
            return [COMMENT] if ticket == 7 else []
        rows = USERS if kind == "user" else [TICKET]
        return [row for row in rows if not ids or row["id"] in ids]

    def comment(self, ticket, text, **more):
        self.written.append((ticket, text, more))


class FakeOdoo(BaseHTTPRequestHandler):
    """Answers with what it was sent."""

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        sent = {"path": self.path, "headers": dict(self.headers), "body": self.rfile.read(length).decode()}
        body = json.dumps(sent).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module")
def server():
    odoo = HTTPServer(("127.0.0.1", 0), FakeOdoo)
    threading.Thread(target=odoo.serve_forever, daemon=True).start()
    made = DeskPage(FakeDesk(), f"http://127.0.0.1:{odoo.server_address[1]}", KEY, 0)
    made.start()
    yield made
    made.stop()
    odoo.shutdown()
    odoo.server_close()


@pytest.fixture
def page(server):
    server.client.written.clear()
    return server


def ask(page, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=30)
    connection.request(method, path, body, {"Host": f"localhost:{page.port}", **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_tickets_are_listed_and_shown_without_their_markup(page):
    status, text = ask(page, "/")
    assert status == 200
    assert "Broken &lt;/script&gt;" in text
    status, text = ask(page, "/tickets/7")
    assert status == 200
    assert "Hello &lt;img&gt;" in text
    assert ask(page, "/tickets/8")[0] == ask(page, "/zendesk_app/../main.py")[0] == 404


def test_the_sidebar_is_the_app_of_the_addon_in_a_stand_in_frame(page):
    status, text = ask(page, "/sidebar/7")
    assert status == 200
    assert "ada@example.com" in text
    assert "</script><b>" not in text
    assert KEY not in text
    assert "sdk.js" in ask(page, "/zendesk_app/iframe.html")[1]
    assert "ZAFClient" in ask(page, "/zendesk_app/sdk.js")[1]


def test_the_key_is_added_on_the_way_to_odoo(page):
    headers = {"Authorization": "Bearer ", "Idempotency-Key": "one", "Cookie": "session_id=x"}
    status, text = ask(page, "/retail_sync/api/v1/orders/1/actions?a=b", "POST", "{}", **headers)
    sent = json.loads(text)
    assert status == 201
    assert (sent["path"], sent["body"]) == ("/retail_sync/api/v1/orders/1/actions?a=b", "{}")
    assert sent["headers"]["Authorization"] == f"Bearer {KEY}"
    assert sent["headers"]["Idempotency-Key"] == "one"
    assert "Cookie" not in sent["headers"]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_other_sites_get_nothing(page, headers):
    assert ask(page, "/", **headers)[0] == 403
    assert ask(page, "/retail_sync/api/v1/orders/1/actions", "POST", "{}", **headers)[0] == 403
    assert ask(page, "/tickets/7", "POST", "text=x", **headers)[0] == 403
    assert page.client.written == []


def test_people_write_as_the_customer_as_an_agent_and_internally(page):
    for body in ("text=a&as=customer&status=solved", "text=b&as=agent&status=solved", "text=c&as=internal&status="):
        assert ask(page, "/tickets/7", "POST", body)[0] == 303
    assert page.client.written == [
        (7, "a", {"user": 1, "public": True}),
        (7, "b", {"user": "agent", "public": True, "status": "solved"}),
        (7, "c", {"user": "agent", "public": False}),
    ]
