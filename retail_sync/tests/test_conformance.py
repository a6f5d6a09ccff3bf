import json
import time
from contextlib import contextmanager

from odoo.tests import tagged

from ..adapter import EventRequest, FaultError, OutboundRecord, sign
from .conformance import AdapterConformance
from .engine_case import EngineCase
from .fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestConformance(AdapterConformance, EngineCase):
    """The fake platform keeps to what every adapter keeps to."""

    def setUp(self):
        super().setUp()
        self.platform.guarded = True
        self.platform.on_call = None
        self.addCleanup(self.platform.reset)
        self.firms.write({"cursor": False, "deleted_until": False})
        self.connection.event_key = "a-key-that-must-not-show"
        self.env.flush_all()

    def conformance_stream(self):
        return self.firms

    def conformance_record(self, number, at):
        self.platform.now = 1_700_000_000_000 + (at - 1) * 1000
        values = {"name": f"Firm {number}", "email": f"info{number}@rossi.example", "city": "Milano", "country": "IT"}
        return self.platform.put(FIRM, f"F{number}", **values)["id"]

    def conformance_delete(self, external_id):
        self.platform.delete(FIRM, external_id)

    def conformance_unknown_id(self):
        return "F999"

    def conformance_outgoing(self, number, external_id=None, parts=None, remote=None):
        parts = parts or {"main": {"kind": "company", "name": f"Firm {number}"}}
        record = OutboundRecord(f"key:{number}", number, external_id, parts, None, ack=True, remote=remote)
        [outgoing] = self.connection._adapter().encode(self.firms, [record])
        return outgoing

    def conformance_refuse(self, number):
        self.platform.refusals[f"key:{number}"] = FaultError("business", "RULE", "A rule is against it")

    @contextmanager
    def conformance_outage(self):
        self.platform.fault = FaultError("transient", "DOWN", "The gateway is down")
        yield
        self.platform.fault = None

    def conformance_on_call(self, hook):
        self.platform.on_call = hook

    def conformance_secrets(self):
        return ["a-secret-that-must-not-show", "a-key-that-must-not-show"]

    def conformance_events(self, number, key="a-key-that-must-not-show", at=None):
        now = time.time()
        body = json.dumps({"eventId": f"e{number}", "object": FIRM, "recordId": f"F{number}"}).encode()
        headers = {"x-retail-sync-signature": sign(key, body, int(at or now))}
        return [EventRequest("event", body, headers, at=now, keys=tuple(self.connection._event_keys()))]
