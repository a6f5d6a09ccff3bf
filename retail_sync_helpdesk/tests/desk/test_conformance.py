import base64
import hashlib
import hmac
import json
import time
from contextlib import contextmanager

from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import EventRequest
from odoo.addons.retail_sync.tests.conformance import AdapterConformance

from ...client import times
from .common import API_KEY, DeskCase
from .fake_http import Refusal
from .fake_zendesk import SECRET

KEY = "a-key-that-must-not-show"


class DeskConformance(AdapterConformance):
    """What the conformance tests need of an account, whichever desk it is: a mixin, as its tests are inherited."""

    def setUp(self):
        super().setUp()
        self.connection.event_key = KEY
        self.env.flush_all()

    def conformance_unknown_id(self):
        return "999999"

    @contextmanager
    def conformance_outage(self):
        def refuse(call):
            raise Refusal(503, b"<html>The gateway is down</html>")

        self.desk.before = refuse
        yield
        self.desk.before = lambda call: None

    def conformance_on_call(self, hook):
        self.desk.hooks.append(hook)

    def conformance_refused(self, call):
        return Refusal(422, {"error": "RecordInvalid", "details": {"base": [{"description": "A rule is against it"}]}})


class ZendeskConformance(DeskConformance):
    signed_doors = ("zendesk",)

    def conformance_secrets(self):
        return [SECRET, KEY, *([self.desk.token] if self.desk.token else [])]

    def conformance_events(self, number, key=KEY, at=None):
        now = time.time()
        body = json.dumps(
            {
                "type": "zen:event-type:ticket.status_changed",
                "account_id": 12514403,
                "id": f"e{number}",
                "time": "2026-05-20T09:44:32.123Z",
                "subject": f"zen:ticket:{number}",
                "detail": {"id": str(number), "actor_id": "62"},
                "event": {},
            }
        ).encode()
        signed_at = times.iso(at or now)
        digest = hmac.new(key.encode(), signed_at.encode() + body, hashlib.sha256).digest()
        headers = {
            "x-zendesk-webhook-signature": base64.b64encode(digest).decode(),
            "x-zendesk-webhook-signature-timestamp": signed_at,
        }
        return [EventRequest("zendesk", body, headers, at=now, keys=tuple(self.connection._event_keys()))]


@tagged("post_install", "-at_install")
class TestZendeskPeople(ZendeskConformance, DeskCase):
    """People of Zendesk keep to what every adapter keeps to."""

    def setUp(self):
        super().setUp()
        self.desk.rows["users"].clear()

    def conformance_stream(self):
        return self.people

    def conformance_record(self, number, at):
        values = {"name": f"User {number}", "email": f"user{number}@rossi.example", "phone": "+39021234567"}
        return self.desk.add("users", 1000 + number, at, **values)

    def conformance_delete(self, external_id):
        self.desk.delete("users", external_id)

    def conformance_outgoing(self, number, external_id=None, parts=None, remote=None):
        return self.out(self.people, number, external_id, parts, remote, name=f"User {number}")

    def conformance_refuse(self, number):
        def judge(kind, values):
            if values.get("name") == f"User {number}":
                raise self.conformance_refused(None)

        self.desk.judge = judge


@tagged("post_install", "-at_install")
class TestZendeskTickets(ZendeskConformance, DeskCase):
    """Tickets of Zendesk keep to what every adapter keeps to."""

    def conformance_stream(self):
        return self.tickets

    def conformance_record(self, number, at):
        values = {"subject": f"Ticket {number}", "status": "open", "priority": "high", "tags": ["odoo", "vip"]}
        custom = {"custom_fields": [{"id": 27642, "value": "S00042"}], "requester_id": 7000}
        return self.desk.add("tickets", 1000 + number, at, description="Where is it?", **values, **custom)

    def conformance_delete(self, external_id):
        self.desk.delete("tickets", external_id)

    def conformance_outgoing(self, number, external_id=None, parts=None, remote=None):
        main = {"subject": f"Ticket {number}", "requester": "user/7000", "status": "open"}
        return self.out(self.tickets, number, external_id, parts, remote, **main)

    def conformance_refuse(self, number):
        def judge(kind, values):
            if values.get("subject") == f"Ticket {number}":
                raise self.conformance_refused(None)

        self.desk.judge = judge


@tagged("post_install", "-at_install")
class TestFreshdeskTickets(DeskConformance, DeskCase):
    """Freshdesk keeps to what every adapter keeps to; it signs nothing."""

    system = "freshdesk"
    signed_doors = ()

    def conformance_stream(self):
        return self.tickets

    def conformance_secrets(self):
        return [API_KEY, KEY]

    def conformance_record(self, number, at):
        values = {"subject": f"Ticket {number}", "tags": ["odoo"], "description_text": "Where is it?"}
        return self.desk.add("tickets", 1000 + number, at, **values)

    def conformance_delete(self, external_id):
        self.desk.delete("tickets", external_id)

    def conformance_outgoing(self, number, external_id=None, parts=None, remote=None):
        main = {"subject": f"Ticket {number}", "requester": "user/7000", "status": "open"}
        return self.out(self.tickets, number, external_id, parts, remote, **main)

    def conformance_refuse(self, number):
        def judge(values):
            if values.get("subject") == f"Ticket {number}":
                raise Refusal(400, {"description": "Validation failed", "errors": [{"code": "invalid_value"}]})

        self.desk.judge = judge

    def conformance_events(self, number, key=KEY, at=None):
        body = json.dumps({"ticket_id": number}).encode()
        headers = {"x-webhook-secret": key}
        keys = tuple(self.connection._event_keys())
        return [EventRequest("freshdesk", body, headers, at=time.time(), keys=keys)]
