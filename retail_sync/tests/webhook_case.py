import json
import time

from odoo.tests import HttpCase

from ..domain.security.webhook_signature import sign
from .common import FakePlatformMixin
from .fake_platform import FIRM

JSON = "application/json; charset=utf-8"


def event(number=1, **values):
    return {"eventId": f"e-{number}", "account": "acme", "object": FIRM, "recordId": f"F{number}", **values}


class WebhookCase(FakePlatformMixin, HttpCase):
    """Requests to the address of a connection that runs."""

    def setUp(self):
        super().setUp()
        self.connection.stream_ids.state = "live"
        self.connection.state = "running"
        self.connection.action_renew_event_key()
        self.env.flush_all()
        self.key = self.connection.event_key
        self.path = f"/retail_sync/{self.connection.event_token}/event"

    def post(self, body, signature=True, path=None, content_type=JSON, **headers):
        """Send a body (bytes, or what JSON can carry); signature: True to sign it, or the header itself."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if signature is True:
            signature = sign(self.key, body, int(time.time()))
        if signature:
            headers["X-Retail-Sync-Signature"] = signature
        headers["Content-Type"] = content_type
        return self.url_open(path or self.path, data=body, headers=headers, method="POST")

    def stored(self):
        self.env.invalidate_all()
        return self.env["retail.sync.event"].search([("connection_id", "=", self.connection.id)])

    def assertRefused(self, answer, status):
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertFalse(self.stored())
