"""A small HTTP endpoint that notifications are sent to, and what an outbound message must look like."""

import ssl
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
OBJECTS = "urn:sobject.enterprise.soap.sforce.com"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ACK = (
    f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><notificationsResponse xmlns="{OUTBOUND}">'
    "<Ack>{}</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>"
)
FAULT = (
    f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode>'
    "<faultstring>no</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Records every POST. ``answers`` are used up one by one, as (status, text, seconds before it); then it acks."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.posts: list[Post] = []
        self.answers: list[tuple[int, str, float]] = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, text, pause = receiver._note(Post(self.path, dict(self.headers.items()), body))
                time.sleep(pause)
                payload = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: object) -> None:
                """Keeps the test's output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A sender that gave up waiting leaves a broken pipe behind, which is its own affair.
        self.server.handle_error = lambda *_: None
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if context else 'http'}://localhost:{self.server.server_address[1]}/in/token"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, *answers: tuple[int, str] | tuple[int, str, float]) -> None:
        with self._lock:
            self.answers += [(*entry, 0.0)[:3] for entry in answers]

    def _note(self, post: Post) -> tuple[int, str, float]:
        with self._lock:
            self.posts.append(post)
            return self.answers.pop(0) if self.answers else (200, ACK.format("true"), 0.0)

    def messages(self) -> list["Message"]:
        return [Message(post.body) for post in self.posts]


class Message:
    """One outbound message, held against the contract element by element; fails when it differs."""

    def __init__(self, body: bytes) -> None:
        assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        assert b"<!DOCTYPE" not in body
        root = etree.fromstring(body)
        assert root.tag == f"{{{SOAP}}}Envelope"
        (soap_body,) = root
        assert soap_body.tag == f"{{{SOAP}}}Body"
        (notifications,) = soap_body
        assert notifications.tag == f"{{{OUTBOUND}}}notifications"
        names = [child.tag.removeprefix(f"{{{OUTBOUND}}}") for child in notifications]
        head = ["OrganizationId", "ActionId", "SessionId", "EnterpriseUrl", "PartnerUrl"]
        assert names[:5] == head
        assert set(names[5:]) == {"Notification"}
        self.organization_id, self.action_id, _, self.enterprise_url, self.partner_url = (
            child.text for child in notifications[:5]
        )
        session = notifications[2]
        self.session_is_nil = session.get(f"{{{XSI}}}nil") == "true" and session.text is None
        self.items = [self._item(element) for element in notifications[5:]]

    @property
    def ids(self) -> list[str]:
        return [number for number, _, _ in self.items]

    @property
    def records(self) -> list[dict[str, str]]:
        return [fields for _, _, fields in self.items]

    @staticmethod
    def _item(element: etree._Element) -> tuple[str, str, dict[str, str]]:
        """(notification id, object, fields)"""
        number, sobject = element
        assert (number.tag, sobject.tag) == (f"{{{OUTBOUND}}}Id", f"{{{OUTBOUND}}}sObject")
        prefix, _, kind = sobject.get(f"{{{XSI}}}type").partition(":")
        assert sobject.nsmap[prefix] == OBJECTS
        assert all(child.tag.startswith(f"{{{OBJECTS}}}") for child in sobject)
        return number.text, kind, {etree.QName(child).localname: child.text for child in sobject}
