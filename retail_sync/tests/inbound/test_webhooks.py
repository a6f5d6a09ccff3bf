import json
import time
from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.tests import tagged

from ...domain.security.webhook_signature import sign
from ...models.inbound.event import RetailSyncEvent
from ..fake_platform import FIRM
from ..webhook_case import JSON, WebhookCase, event


class LostRace(psycopg2.errors.SerializationFailure):
    pgcode = "40001"


@tagged("post_install", "-at_install")
class TestSignedEvents(WebhookCase):
    """POST /retail_sync/<token>/event: what is taken."""

    def test_one_event(self):
        answer = self.post(event(changedAt="2026-05-20T09:44:32.000Z", changeType="DELETE"))
        self.assertEqual((answer.status_code, answer.json()), (202, {"received": 1, "new": 1}))
        received = self.stored()
        self.assertEqual((received.source, received.event_key, received.remote_object), ("json", "e-1", FIRM))
        self.assertEqual((received.external_id, received.at, received.state), ("F1", 1779270272000, "pending"))
        self.assertNotIn("session_id", answer.cookies)
        self.assertEqual(self.env["queue.job"].search_count([("method_name", "=", "_job_events")]), 1)

    def test_a_list_of_them(self):
        answer = self.post([event(number) for number in range(200)])
        self.assertEqual(answer.json(), {"received": 200, "new": 200})
        self.assertEqual(len(self.stored()), 200)

    def test_the_same_again(self):
        body = json.dumps([event(1), event(2), event(1)]).encode()
        signature = sign(self.key, body, int(time.time()))
        self.assertEqual(self.post(body, signature).json(), {"received": 3, "new": 2})
        answer = self.post(body, signature)
        self.assertEqual((answer.status_code, answer.json()["new"]), (202, 0))
        self.assertEqual(len(self.stored()), 2)

    def test_a_paused_connection_stores_them(self):
        self.connection.state = "paused"
        self.env.flush_all()
        self.assertEqual(self.post(event()).status_code, 202)
        self.assertFalse(self.env["queue.job"].search_count([("method_name", "=", "_job_events")]))

    def test_chunked(self):
        body = json.dumps(event()).encode()
        headers = {"X-Retail-Sync-Signature": sign(self.key, body, int(time.time())), "Content-Type": JSON}
        answer = self.url_open(self.path, data=iter([body[:7], body[7:]]), headers=headers)
        self.assertEqual(answer.status_code, 202)

    def test_the_former_key_is_good_for_a_day(self):
        former = self.key
        self.key = self.connection.action_renew_event_key()["context"]["default_key"]
        self.env.flush_all()
        self.assertEqual(self.post(event(1)).status_code, 202)
        self.key = former
        self.assertEqual(self.post(event(2)).status_code, 202)
        self.connection.event_key_until = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.assertEqual(self.post(event(3)).status_code, 401)

    def test_the_former_address_is_good_for_a_day(self):
        former = self.path
        self.connection.action_renew_event_url()
        self.env.flush_all()
        self.assertNotIn(self.connection.event_token, former)
        path = f"/retail_sync/{self.connection.event_token}/event"
        self.assertEqual(self.post(event(1), path=path).status_code, 202)
        self.assertEqual(self.post(event(2), path=former).status_code, 202)
        self.connection.event_token_until = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.assertEqual(self.post(event(3), path=former).status_code, 404)

    def test_a_lost_race_is_tried_again_with_the_same_body(self):
        store, left = RetailSyncEvent._store, [LostRace("could not serialize access")]

        def racing(*args):
            if left:
                raise left.pop()
            return store(*args)

        with patch.object(RetailSyncEvent, "_store", racing), patch("odoo.service.model.random.uniform", lambda *a: 0):
            answer = self.post(event())
        self.assertEqual((answer.status_code, answer.json()["new"]), (202, 1))
