"""The desk's own screens, in place of Zendesk's: its tickets, a reply to each, and the app in the sidebar of a ticket.

As at Zendesk, the app never has the key of the agent API: this server adds it to each call.
"""

import http.client
import json
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from . import paths

if TYPE_CHECKING:
    from tests.simulators.zendesk.client import Simulator as Client

_ADDON = paths.ROOT / "retail_sync_helpdesk"
_APP = _ADDON / "zendesk_app" / "assets"
_STAND_INS = _ADDON / "tests" / "screens"
_SDK = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
_API = "/retail_sync/api/v1/"
_LARGEST = 1_000_000
_STATUSES = ("", "open", "pending", "hold", "solved")
_STYLE = (
    "<style>body{font:15px/1.5 sans-serif;margin:2rem;max-width:70rem}td,th{padding:.3rem .8rem;text-align:left}"
    "li.internal{background:#fff3d6}iframe{border:1px solid #ccc}</style>"
)


class DeskPage:
    """A small web server on this machine. client: of the simulated desk; odoo, key: what the app's calls go to."""

    def __init__(self, client: "Client", odoo: str, key: str, port: int) -> None:
        self.client, self.odoo, self.key = client, urlsplit(odoo), key
        page = self

        class Handler(_Handler):
            desk = page

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"http://localhost:{self.port}"

    def start(self) -> None:
        """Serve until :meth:`stop`, in a thread."""
        threading.Thread(target=self._server.serve_forever, name="desk page", daemon=True).start()

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    # -- pages
    def list_page(self) -> str:
        """The tickets, the newest first."""
        people = {row["id"]: row["name"] for row in self.client.records("user")}
        rows = "".join(
            f'<tr><td><a href="/tickets/{row["id"]}">{row["id"]}</a></td><td>{escape(row["subject"] or "")}</td>'
            f"<td>{row['status']}</td><td>{escape(people.get(row['requester_id'], ''))}</td></tr>"
            for row in sorted(self.client.records("ticket"), key=lambda found: -found["id"])
        )
        head = "<tr><th>Ticket</th><th>Subject</th><th>Status</th><th>Customer</th></tr>"
        return f"{_STYLE}<h1>Tickets of the simulated desk</h1><table>{head}{rows}</table>"

    def ticket_page(self, number: int) -> str | None:
        """A ticket with its comments, a form for a further one, and the sidebar; None: there is none."""
        found = self.client.records("ticket", [number])
        if not found:
            return None
        people = {row["id"]: row["name"] for row in self.client.records("user")}
        comments = "".join(
            f'<li class="{"public" if row["public"] else "internal"}"><b>{escape(people.get(row["author_id"], ""))}</b>'
            f"{'' if row['public'] else ' (internal)'}: {escape(row['plain_body'])}</li>"
            for row in self.client.records("comment", ticket=number)
        )
        statuses = "".join(f"<option value='{name}'>{name or 'as it is'}</option>" for name in _STATUSES)
        return (
            f'{_STYLE}<p><a href="/">All tickets</a></p><h1>{escape(found[0]["subject"] or "")}</h1>'
            f"<p>Ticket {number}, {found[0]['status']}</p><ul>{comments}</ul>"
            '<form method="post"><textarea name="text" rows="3" cols="60" required></textarea><br>'
            "<select name='as'><option value='agent'>reply to the customer</option>"
            "<option value='internal'>internal note</option><option value='customer'>as the customer</option></select>"
            f" Status <select name='status'>{statuses}</select> <button>Send</button></form>"
            f'<h2>The app in the sidebar</h2><iframe src="/sidebar/{number}" width="360" height="900"></iframe>'
        )

    def sidebar_page(self, number: int) -> str | None:
        """The stand-in of the desk's frame around the app; None: there is no such ticket."""
        found = self.client.records("ticket", [number])
        if not found:
            return None
        [requester] = self.client.records("user", [found[0]["requester_id"]])
        ticket = {
            "ticket.id": number,
            "ticket.subject": found[0]["subject"],
            "ticket.requester.email": requester["email"],
            "ticket.requester.identities": [],
        }
        text = (_STAND_INS / "zendesk_host.html").read_text()
        # The key stays here: what the page sends in its place is replaced on the way to Odoo.
        return text.replace("{{key}}", "").replace("{{ticket}}", json.dumps(ticket).replace("<", "\\u003c"))

    def file(self, name: str) -> tuple[str, str] | None:
        """(content, type) of a file of the app, None: there is none."""
        path = _STAND_INS / "zendesk_sdk.js" if name == "sdk.js" else _APP / name
        if path.parent not in (_APP, _STAND_INS) or path.suffix not in _TYPES or not path.is_file():
            return None
        return path.read_text().replace(_SDK, "sdk.js"), _TYPES[path.suffix]

    # -- what people and the app do
    def write(self, number: int, form: dict[str, list[str]]) -> None:
        """Write a comment as an agent or as the customer, with a status where one is chosen."""
        said_by, status = form.get("as", ["agent"])[0], form.get("status", [""])[0]
        [ticket] = self.client.records("ticket", [number])
        user = ticket["requester_id"] if said_by == "customer" else "agent"
        changes = {"status": status} if status and said_by != "customer" else {}
        self.client.comment(number, form["text"][0], user=user, public=said_by != "internal", **changes)

    def forward(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        """(status, type, body) of Odoo's answer to a call of the app."""
        connection = http.client.HTTPConnection(self.odoo.hostname or "", self.odoo.port, timeout=60)
        try:
            connection.request(method, path, body, {**headers, "Authorization": f"Bearer {self.key}"})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    desk: DeskPage
    protocol_version = "HTTP/1.0"
    timeout = 60

    def do_GET(self) -> None:
        self._safely(self._get)

    def do_POST(self) -> None:
        self._safely(self._post)

    def _safely(self, work: Any) -> None:
        """Answer pages of this server alone: another site that is open in the browser must not act in its name."""
        address = f"localhost:{self.desk.port}"
        if (
            self.headers.get("Host") != address
            or self.headers.get("Origin", f"http://{address}") != f"http://{address}"
        ):
            self._answer(403, "text/plain", b"not from here")
            return
        try:
            work()
        except Exception as error:  # of the simulator or of Odoo: the page says it
            self._answer(502, "text/plain", str(error).encode())

    def _get(self) -> None:
        path = urlsplit(self.path).path
        kind, _, rest = path.strip("/").partition("/")
        page: str | None = None
        if path.startswith(_API):
            self._forward("GET")
            return
        if kind == "zendesk_app" and (found := self.desk.file(rest)):
            self._answer(200, found[1], found[0].encode())
            return
        if not kind:
            page = self.desk.list_page()
        elif rest.isdecimal() and kind in ("tickets", "sidebar"):
            page = self.desk.ticket_page(int(rest)) if kind == "tickets" else self.desk.sidebar_page(int(rest))
        if page is None:
            self._answer(404, "text/plain", b"not found")
        else:
            self._answer(200, "text/html; charset=utf-8", page.encode())

    def _post(self) -> None:
        path = urlsplit(self.path).path
        kind, _, rest = path.strip("/").partition("/")
        if path.startswith(_API):
            self._forward("POST")
        elif kind == "tickets" and rest.isdecimal():
            self.desk.write(int(rest), parse_qs(self._body().decode(), keep_blank_values=True))
            self.send_response(303)
            self.send_header("Location", path)
            self.end_headers()
        else:
            self._answer(404, "text/plain", b"not found")

    def _forward(self, method: str) -> None:
        kept = ("Content-Type", "Accept", "Idempotency-Key", "X-Verified-By", "X-Verified-At")
        headers = {name: self.headers[name] for name in kept if self.headers.get(name)}
        status, kind, body = self.desk.forward(method, self.path, self._body(), headers)
        self._answer(status, kind, body)

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _LARGEST))

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no log: the terminal tells what happens on either side."""
