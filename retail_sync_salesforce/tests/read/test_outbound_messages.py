import json
import time
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.test_cursor import TestCursor
from odoo.tools import mute_logger

from odoo.addons.retail_sync.adapter import sign
from odoo.addons.retail_sync.tests import hostile_bodies

from ...client import ids
from ..fake_org import HOST, SECRET

PIECES = [
    *(
        b"<!DOCTYPE a>",
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///'>]>",
        b"&#0;",
        b"&#x10FFFF;",
        b"&a;",
        b"]]>",
        b"<![CDATA[",
    ),
    *(b"<", b">", b"</", b'"', b"<?a?>", b"<a>", b' xmlns:sf="x"', b' encoding="UTF-7"', b" "),
]
ORG = "00D5g000004XyzAEAS"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ACK = b"<Ack>true</Ack>"


def notification(number, object="Account", record=None, key=None):
    key = key or ids.to_18(f"04l5g00000G{number:04d}")
    record = record or ids.to_18(f"0015g00000A{number:04d}")
    return (
        f'<Notification><Id>{key}</Id><sObject xsi:type="sf:{object}"'
        f' xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>{record}</sf:Id>'
        "<sf:Name>Rossi &amp; Figli</sf:Name></sObject></Notification>"
    )


def message(*notifications, org=ORG, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return (
        f'{head}<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{org}</OrganizationId><ActionId>04k5g000000CaRkAAK</ActionId>"
        f'<SessionId xsi:nil="true"/>{"".join(notifications)}</notifications></soapenv:Body></soapenv:Envelope>'
    ).encode()


@tagged("post_install", "-at_install")
class TestOutboundMessages(HttpCase):
    """POST /retail_sync/<token>/soap"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.env["retail.sync.connection"].create(
            {
                "name": "Acme",
                "system": "salesforce",
                "environment": "sandbox",
                "base_url": HOST,
                "client_id": "key",
                "client_secret": SECRET,
            }
        )
        cls.connection.stream_ids.state = "live"
        cls.connection.write({"state": "running", "sf_org_id": ORG})
        cls.path = f"/retail_sync/{cls.connection.event_token}/soap"

    def post(self, body, path=None, content_type="text/xml; charset=utf-8"):
        headers = {"Content-Type": content_type, "SOAPAction": '""'}
        return self.url_open(path or self.path, data=body, headers=headers, method="POST")

    def stored(self):
        self.env.invalidate_all()
        return self.env["retail.sync.event"].search([("connection_id", "=", self.connection.id)], order="event_key")

    def assertRefused(self, answer, status):
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertNotIn(ACK, answer.content)
        self.assertFalse(self.stored())

    # -- accepted

    def test_a_message(self):
        answer = self.post(message(notification(1), notification(2, "Contact", "0035g00000BcDeFAAV")))
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/xml"))
        self.assertIn(ACK, answer.content)
        events = self.stored()
        self.assertEqual(events.mapped("remote_object"), ["Account", "Contact"])
        self.assertEqual(events.mapped("external_id"), [ids.to_18("0015g00000A0001"), "0035g00000BcDeFAAV"])
        self.assertEqual(set(events.mapped("source")), {"soap"})
        self.assertEqual(self.env["queue.job"].search_count([("method_name", "=", "_job_events")]), 1)

    def test_hundred_notifications_and_the_same_again(self):
        body = message(*(notification(number) for number in range(100)))
        for _time in range(2):
            answer = self.post(body)
            self.assertEqual(answer.status_code, 200)
            self.assertIn(ACK, answer.content)
            self.assertEqual(len(self.stored()), 100)
        self.assertEqual(self.env["queue.job"].search_count([("method_name", "=", "_job_events")]), 1)

    def test_ids_of_15_characters(self):
        self.assertEqual(self.post(message(notification(1, record="0015g00000A0001"), org=ORG[:15])).status_code, 200)
        self.assertEqual(self.stored().external_id, ids.to_18("0015g00000A0001"))

    def test_a_record_that_was_gone_when_the_message_was_sent(self):
        record = ids.to_18("0015g00000A0001")
        body = message(notification(1)).replace(f"<sf:Id>{record}</sf:Id>".encode(), b"")
        answer = self.post(body)
        self.assertIn(ACK, answer.content)
        self.assertFalse(self.stored())

    def test_objects_that_no_stream_reads(self):
        self.assertIn(ACK, self.post(message(notification(1, "ERP_Order__c", "a0D30000001n7Pi"))).content)
        self.assertEqual(self.stored().state, "ignored")

    # -- refused

    def test_wrong_addresses(self):
        for path in ("/retail_sync/x/soap", self.path.replace("/soap", "x/soap"), f"/retail_sync/{ORG}/soap"):
            self.assertRefused(self.post(message(notification(1)), path=path), 404)

    def test_other_organisations(self):
        other = "00D5g000004XyzBEAS"
        self.assertRefused(self.post(message(notification(1), org=ids.to_18(other[:15]))), 403)
        self.connection.sf_org_id = False
        self.env.flush_all()
        self.assertRefused(self.post(message(notification(1))), 403)

    def test_bodies(self):
        entity = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
        bomb = "<!DOCTYPE a [<!ENTITY a 'lol'>" + "".join(
            f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        )
        for body in (
            b"",
            b"\xff\xfe\x00",
            b"<a/>",
            message(),
            message(notification(1), head=entity),
            message(notification(1, object="&x;"), head=entity),
            message(notification(1), head=bomb + "]>"),
            message(notification(1)).decode().encode("utf-16"),
            message(notification(1)).replace(b"Rossi", b"\xff"),
            message(notification(1, record="nonsense")),
            message(*(notification(number) for number in range(101))),
            message(notification(1))[:-20],
        ):
            self.assertRefused(self.post(body), 400)

    def test_media_types(self):
        for content_type in ("application/json", "application/x-www-form-urlencoded", ""):
            self.assertRefused(self.post(message(notification(1)), content_type=content_type), 415)

    def test_too_long(self):
        self.assertRefused(self.post(message(notification(1)) + b" " * 1024 * 1024), 413)

    def test_too_long_in_chunks(self):
        body = message(notification(1)) + b" " * 1024 * 1024
        answer = self.url_open(
            self.path,
            data=(body[start : start + 50000] for start in range(0, len(body), 50000)),
            headers={"Content-Type": "text/xml"},
        )
        self.assertRefused(answer, 413)

    def test_a_connection_of_another_platform(self):
        with patch.object(
            type(self.env["retail.sync.connection"]), "_of_event_token", lambda self, token: self.new({})
        ):
            self.assertRefused(self.post(message(notification(1))), 404)

    def test_nothing_is_acknowledged_that_is_not_committed(self):
        commit = TestCursor.commit

        def failing(cr):
            cr.execute("SELECT count(*) FROM retail_sync_event WHERE connection_id = %s", [self.connection.id])
            if cr.fetchone()[0]:
                raise psycopg2.OperationalError("the disk is full")
            commit(cr)

        with patch.object(TestCursor, "commit", failing), mute_logger("odoo.http"):
            answer = self.post(message(notification(1)))
        self.assertRefused(answer, 500)
        self.assertIn(ACK, self.post(message(notification(1))).content)

    def test_hostile_bodies(self):
        """Whatever comes, no request ends in a server error, and nothing that is not a message is acknowledged."""
        goods = [message(*(notification(number) for number in range(3))), message(notification(4, "Contact"))]
        statuses = set()
        for number, body in enumerate(hostile_bodies.bodies(goods, PIECES)):
            answer = self.post(body)
            self.assertIn(answer.status_code, (200, 400, 403), (number, body))
            self.assertEqual(ACK in answer.content, answer.status_code == 200)
            statuses.add(answer.status_code)
        self.assertTrue({200, 400} <= statuses)
        for stored in self.stored():
            self.assertTrue(ids.is_id(stored.event_key) and ids.is_id(stored.external_id))

    # -- signed calls of the same org

    def test_signed_calls_name_their_org(self):
        self.connection.action_renew_event_key()
        self.env.flush_all()
        for number, (org, status) in enumerate(((ORG, 202), (ORG[:15], 202), ("00D5g000004XyzB", 403), (None, 403))):
            event = {"eventId": f"e{number}", "orgId": org, "object": "Account", "recordId": "0015g00000A0001"}
            body = json.dumps(event).encode()
            answer = self.url_open(
                self.path.replace("/soap", "/event"),
                data=body,
                headers={
                    "Content-Type": "application/json",
                    "X-Retail-Sync-Signature": sign(self.connection.event_key, body, int(time.time())),
                },
            )
            self.assertEqual(answer.status_code, status)
        self.assertEqual(set(self.stored().mapped("external_id")), {ids.to_18("0015g00000A0001")})

    def test_signed_calls_with_ids_that_are_none(self):
        self.connection.action_renew_event_key()
        self.env.flush_all()
        body = json.dumps({"eventId": "e", "orgId": ORG, "object": "Account", "recordId": "F1"}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Retail-Sync-Signature": sign(self.connection.event_key, body, int(time.time())),
        }
        answer = self.url_open(self.path.replace("/soap", "/event"), data=body, headers=headers)
        self.assertRefused(answer, 400)

    def test_who_sees_the_address(self):
        manager = new_test_user(self.env, "marta", "base.group_user,retail_sync.group_manager")
        self.assertTrue(self.connection.with_user(manager).sf_message_address.endswith(self.path))
        steward = new_test_user(self.env, "stella", "base.group_user,retail_sync.group_steward")
        with self.assertRaises(AccessError):
            self.connection.with_user(steward).read(["sf_message_address"])
