import json
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import EventRequest, sign
from odoo.addons.retail_sync.tests.conformance import AdapterConformance

from ..client import ids
from ..client.transport import CORRELATION_HEADER
from .fake_org import NOW, ORG_ID, SECRET, Refusal, stamp
from .read.test_outbound_messages import message, notification
from .writing_case import WritingCase

KEY = "a-key-that-must-not-show"


@tagged("post_install", "-at_install")
class TestConformance(AdapterConformance, WritingCase):
    """Salesforce keeps to what every adapter keeps to."""

    def setUp(self):
        super().setUp()
        self.connection.write({"sf_org_id": ORG_ID, "event_key": KEY})
        self.env.flush_all()

    def conformance_stream(self):
        return self.accounts

    def conformance_record(self, number, at):
        values = {"Phone": "+39 02 1234567", "Website": f"https://firm{number}.example", "BillingCity": "Milano"}
        return self.account(number, stamp(NOW + timedelta(seconds=at)), Odoo_Account_Blocked__c=False, **values)

    def conformance_delete(self, external_id):
        self.org.rows["Account"] = [row for row in self.org.rows["Account"] if row["Id"] != external_id]
        self.org.gone["Account"].append(external_id)

    def conformance_unknown_id(self):
        return ids.to_18("0015g00000Z9999")

    def conformance_outgoing(self, number, external_id=None, parts=None, remote=None):
        if parts:
            record = self.out(number, external_id, parts=parts, remote=remote)
        else:
            record = self.out(number, external_id, name=f"Firm {number}")
        [outgoing] = self.encode(self.accounts, record)
        return outgoing

    def conformance_refuse(self, number):
        def judge(name, fields, alone):
            if fields.get("Name") == f"Firm {number}":
                raise Refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "A rule is against it")

        self.org.judge = judge

    @contextmanager
    def conformance_outage(self):
        def refuse(method, path):
            raise Refusal(503, "SERVER_UNAVAILABLE", "The gateway is down")

        self.org.refuse = refuse
        yield
        self.org.refuse = lambda method, path: None

    def conformance_on_call(self, hook):
        send = self.org.send

        def sending(request, **options):
            hook(request.headers.get(CORRELATION_HEADER))
            return send(request, **options)

        self.org.send = sending

    def conformance_secrets(self):
        return [SECRET, KEY, *([self.org.live_token] if self.org.live_token else [])]

    def conformance_events(self, number, key=KEY, at=None):
        now = time.time()
        record = ids.to_18(f"0015g00000A{number:04d}")
        body = json.dumps({"eventId": f"e{number}", "orgId": ORG_ID, "object": "Account", "recordId": record}).encode()
        headers = {"x-retail-sync-signature": sign(key, body, int(at or now))}
        signed = EventRequest("event", body, headers, at=now, keys=tuple(self.connection._event_keys()))
        return [signed, EventRequest("soap", message(notification(number), org=ORG_ID), at=now)]
