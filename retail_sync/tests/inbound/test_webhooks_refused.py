import json
import logging
import socket
import time
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from odoo.tests.test_cursor import TestCursor
from odoo.tools import mute_logger

from ...controllers.log_masking import MaskPathTokens
from ...domain.security.webhook_signature import sign
from .. import hostile_bodies
from ..webhook_case import JSON, WebhookCase, event

PIECES = [
    b"[",
    b"{",
    b"}",
    b"]",
    b'"',
    b",",
    b":",
    b"\\ud800",
    b"\\u0000",
    b"1e999",
    b"-0",
    b"NaN",
    b"null",
    b"9" * 400,
]


@tagged("post_install", "-at_install")
class TestRefusedEvents(WebhookCase):
    """POST /retail_sync/<token>/event: what is not taken, and what is not said."""

    def test_wrong_addresses(self):
        for path in (
            "/retail_sync/x/event",
            f"/retail_sync/{self.connection.event_token[:-1]}/event",
            f"/retail_sync/{self.connection.event_token}x/event",
            f"/retail_sync/{self.connection.code}/event",
            "/retail_sync/%00%ff%F0%9F%92%A9/event",
            "/retail_sync/" + "a" * 2000 + "/event",
        ):
            self.assertRefused(self.post(event(), path=path), 404)

    def test_an_archived_connection_has_no_address(self):
        self.connection.active = False
        self.env.flush_all()
        self.assertRefused(self.post(event()), 404)

    def test_other_verbs(self):
        for method in ("GET", "PUT", "DELETE"):
            self.assertEqual(self.url_open(self.path, method=method).status_code, 405)

    def test_signatures(self):
        body, now = json.dumps(event()).encode(), int(time.time())
        for signature in (
            None,
            "",
            "nonsense",
            sign("another key", body, now),
            sign(self.key, body + b" ", now),
            sign(self.key, body, now - 400),
            sign(self.key, body, now + 400),
        ):
            self.assertRefused(self.post(body, signature), 401)

    def test_without_a_key_nothing_is_signed(self):
        self.connection.write({"event_key": False, "event_key_previous": False})
        self.env.flush_all()
        self.assertRefused(self.post(event()), 401)
        self.assertRefused(self.post(event(), sign("\0", json.dumps(event()).encode(), int(time.time()))), 401)

    def test_bodies(self):
        for body in (
            b"",
            b"{",
            b"\xff\xfe",
            b"[]",
            b"[" * 50000,
            [event(number) for number in range(201)],
            [event(1), {}],
            event(object="a b"),
            event(recordId="\x00"),
            event(eventId="\ud800"),
        ):
            self.assertRefused(self.post(body), 400)

    def test_media_types(self):
        for content_type in ("text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            self.assertRefused(self.post(event(), content_type=content_type), 415)

    def test_another_organisation(self):
        adapter = type(self.connection._adapter())
        with patch.object(adapter, "is_own_account", lambda self, connection, account: account == "other"):
            self.assertRefused(self.post(event()), 403)

    def test_too_long(self):
        self.assertRefused(self.post(b" " * (1024 * 1024 + 1), signature="x"), 413)

    def test_too_long_in_chunks(self):
        body = json.dumps(event()).encode() + b" " * (1024 * 1024)
        headers = {"X-Retail-Sync-Signature": sign(self.key, body, int(time.time())), "Content-Type": JSON}
        parts = (body[start : start + 65536] for start in range(0, len(body), 65536))
        self.assertRefused(self.url_open(self.path, data=parts, headers=headers), 413)

    def raw(self, lines, body=b"", cut=False):
        """Send a request as it is, and return the status; cut: hang up when it is sent."""
        with (
            self.allow_requests(),
            socket.create_connection(("127.0.0.1", self.http_port()), timeout=10) as sock,
        ):
            cookie = f"Cookie: {TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"
            head = [f"POST {self.path} HTTP/1.1", "Host: localhost", cookie, f"Content-Type: {JSON}", *lines]
            sock.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
            if cut:
                sock.shutdown(socket.SHUT_WR)
            answer = sock.makefile("rb").readline()
        return int(answer.split()[1])

    def test_requests_that_no_client_library_sends(self):
        body = json.dumps(event()).encode()
        signed = "X-Retail-Sync-Signature: " + sign(self.key, body, int(time.time()))
        self.assertEqual(self.raw([signed, f"Content-Length: {len(body)}"], body), 202)
        self.stored().unlink()
        for status, lines, sent in (
            (401, ["Content-Length: 0"], b""),
            (401, [signed], b""),
            (401, [signed, "Content-Length: abc"], b""),
            (401, [signed, "Content-Length: -5"], b""),
            (413, [signed, "Content-Length: 99999999999999"], b""),
            (400, [signed, f"Content-Length: {len(body) + 10}"], body),
            (400, [signed, "Transfer-Encoding: chunked"], b"zz\r\n" + body),
            (400, [signed, "Transfer-Encoding: chunked"], b"5\r\n{"),
            (400, [signed, "Transfer-Encoding: chunked"], b"-1\r\n{}\r\n0\r\n\r\n"),
        ):
            self.assertEqual(self.raw(lines, sent, cut=True), status, lines)
        self.assertFalse(self.stored())

    def test_an_error_at_commit_is_no_acceptance(self):
        """Odoo sends an answer only after the commit: what fails there is answered with an error."""
        commit = TestCursor.commit

        def failing(cr):
            cr.execute("SELECT count(*) FROM retail_sync_event WHERE event_key = 'e-1'")
            if cr.fetchone()[0]:
                raise psycopg2.OperationalError("the disk is full")
            commit(cr)

        with patch.object(TestCursor, "commit", failing), mute_logger("odoo.http"):
            answer = self.post(event())
        self.assertEqual(answer.status_code, 500)
        self.assertFalse(self.stored())

    def test_hostile_bodies(self):
        """Whatever comes, no request ends in a server error, and nothing that is not an event is kept."""
        goods = [
            json.dumps([event(number) for number in range(3)]).encode(),
            json.dumps({"account": "acme", "events": [event(4), event(5)]}).encode(),
            json.dumps(event(6, changedAt="2026-05-20T09:44:32.000Z")).encode(),
        ]
        statuses = set()
        for number, body in enumerate(hostile_bodies.bodies(goods, PIECES)):
            # Signed or not: a sender's key may have been stolen.
            signed = number % 5 != 0
            answer = self.post(body, signature=signed or f"t={int(time.time())},v1={'0' * 64}")
            self.assertIn(answer.status_code, (202, 400, 403) if signed else (401,), (number, body))
            self.assertNotIn("Traceback", answer.text)
            statuses.add(answer.status_code)
        self.assertTrue({202, 400, 401} <= statuses)
        for stored in self.stored():
            self.assertTrue(stored.event_key.isprintable() and stored.external_id.isprintable())
            self.assertTrue(stored.event_key.isascii() and stored.external_id.isascii())

    def test_query_strings_and_forms_reach_nothing(self):
        query = "?self=1&token=other&db=other&a=%ff&b[]=1&_query=2"
        self.assertEqual(self.post(event(), path=self.path + query).status_code, 202)
        for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            with self.assertNoLogs("odoo.http", "WARNING"):
                body = b'self=1&token=2&secret-of-a-body\r\n--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'
                self.assertEqual(self.post(body, content_type=content_type).status_code, 415)

    # -- what is not said

    def test_logs_hold_no_token_and_no_body(self):
        # By number: Odoo gives the name to a level of its own.
        access = self.enterContext(self.assertLogs("werkzeug", logging.INFO))
        ours = self.enterContext(self.assertLogs("odoo.addons.retail_sync.controllers", logging.INFO))
        self.post(event(recordId="in the body"))
        self.post(event(), path=f"/retail_sync/{self.connection.event_token}/nothing")
        text = "\n".join([*access.output, *ours.output])
        self.assertIn("/retail_sync/***/event", text)
        self.assertIn("An event request was refused with 400", text)
        for secret in (self.connection.event_token, self.key, "in the body"):
            self.assertNotIn(secret, text)

    def test_other_paths_are_logged_as_they_are(self):
        record = logging.LogRecord("werkzeug", 20, "", 1, '"%s"', ("GET /retail_sync/static/src/overview.js",), None)
        self.assertTrue(MaskPathTokens().filter(record))
        self.assertEqual(record.getMessage(), '"GET /retail_sync/static/src/overview.js"')
