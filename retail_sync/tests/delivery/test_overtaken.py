from contextlib import suppress
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...adapter.values import Answer
from ...domain.resilience.faults import FaultError
from ...models.delivery import bulk, deliver, prepare
from ...models.outbox import outbox
from ..outbound_case import OutboundCase

OLD, NEW = "+390432222221", "+390432222222"
TIME_OUT = FaultError("transient", "READ_TIMEOUT", "No answer")


@tagged("post_install", "-at_install")
class TestOvertaken(OutboundCase):
    """A slow call that an urgent message has overtaken writes an old value last, and no answer says so.

    Its record is looked at again. The poll, which would find it too, is left out of these tests.
    """

    def setUp(self):
        super().setUp()
        self.customer = self.linked_firm()

    def claimed(self):
        self.customer.phone = OLD
        self.route()
        [message] = outbox.claim(self.env(su=True), self.firms, "standard", "a-job", 10)
        return message

    def overtake(self):
        self.outbox("sending").claimed_at = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        self.customer.phone = NEW
        self.route()
        self.outbox("pending").lane = "critical"
        self.env.flush_all()
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "critical")
        self.assertEqual(self.remote("F1")["phone"], NEW)

    def overtaken(self, method, ends):
        """Let an urgent message pass while a call is under way; ends: what comes of the call, given the real one."""
        adapter = type(self.firms._adapter())
        call = getattr(adapter, method)

        def hangs(model, stream, outgoing):
            with patch.object(adapter, method, call):
                self.overtake()
            return ends(lambda: call(model, stream, outgoing))

        return patch.object(adapter, method, hangs)

    def put_right(self):
        """Check that the late call has landed, and that the record is sent again once the call is over."""
        self.assertEqual(self.remote("F1")["phone"], OLD, "the late call has landed")
        message = self.outbox("pending").ensure_one()
        self.assertGreater(message.next_try_at, fields.Datetime.now(), "the call may still be under way")
        message.next_try_at = False
        self.env.flush_all()
        self.send()
        self.assertEqual((self.customer.phone, self.remote("F1")["phone"]), (NEW, NEW))
        self.assertFalse(self.outbox("pending", "sending", "open"))

    def test_a_call_that_ends_in_a_time_out_is_put_right(self):
        def ends(call):
            call()
            raise TIME_OUT

        message = self.claimed()
        with self.overtaken("push", ends):
            deliver._deliver(self.env, self.firms, "standard", [message])
        self.put_right()

    def test_a_call_over_which_odoo_fails_is_put_right(self):
        def ends(call):
            call()
            raise RuntimeError("The answer cannot be read")

        message = self.claimed()
        with self.overtaken("push", ends), suppress(RuntimeError):
            deliver._deliver(self.env, self.firms, "standard", [message])
            self.fail("The error goes up")
        self.put_right()

    def test_a_call_that_leaves_one_record_unanswered_is_put_right(self):
        def ends(call):
            return [Answer(False, fault=TIME_OUT) for _answer in call()]

        message = self.claimed()
        with self.overtaken("push", ends):
            deliver._deliver(self.env, self.firms, "standard", [message])
        self.put_right()

    def test_a_bulk_delivery_whose_upload_is_not_answered_is_put_right(self):
        def ends(call):
            call()
            raise TIME_OUT

        self.customer.phone = OLD
        self.route()
        self.outbox("pending").lane = "standard"
        self.platform.bulk_from = 1
        with self.overtaken("bulk_push_begin", ends):
            bulk.start(self.env(su=True), self.firms, "standard")
        self.platform.bulk_from = 0
        self.put_right()

    def test_a_bulk_job_that_the_platform_gives_up_is_put_right(self):
        self.customer.phone = OLD
        self.route()
        self.outbox("pending").lane = "standard"
        self.platform.bulk_from, self.platform.bulk_is_late = 1, True
        bulk.start(self.env(su=True), self.firms, "standard")
        self.platform.bulk_from = 0
        self.overtake()
        self.platform.run_bulk(self.firms._adapter())
        run = self.env["retail.sync.run"].search([("kind", "=", "ingest"), ("state", "=", "running")])
        fault = FaultError("contract", "JOB_GONE", "The platform does not know the job")
        with patch.object(type(self.firms._adapter()), "bulk_push_ready", side_effect=fault):
            bulk.job_ingest(self.env(su=True), run.id)
        self.env.invalidate_all()
        self.assertEqual(run.state, "failed")
        self.firms.write({"state": "live"})
        message = self.outbox("pending").ensure_one()
        self.assertEqual((message.res_id, self.remote("F1")["phone"]), (self.customer.id, OLD))

    def test_a_change_that_comes_meanwhile_is_sent_at_once(self):
        """It joined the message that waits for the end of the slow call, and an account block waited with it."""

        def ends(call):
            call()
            raise TIME_OUT

        message = self.claimed()
        with self.overtaken("push", ends):
            deliver._deliver(self.env, self.firms, "standard", [message])
        self.customer.website = "http://new.example"
        self.send()
        self.assertEqual((self.remote("F1")["phone"], self.remote("F1")["website"]), (NEW, "http://new.example"))
        self.assertFalse(self.outbox("pending", "sending", "open"))

    def test_a_call_that_was_clearly_refused_leaves_nothing_to_put_right(self):
        def ends(_call):
            return [Answer(False, fault=FaultError("business", "REFUSED", "Not so"))]

        message = self.claimed()
        with self.overtaken("push", ends):
            deliver._deliver(self.env, self.firms, "standard", [message])
        self.assertEqual(self.remote("F1")["phone"], NEW)
        self.assertFalse(self.outbox("pending", "sending", "open"))

    def test_a_record_that_no_call_has_carried_leaves_nothing_to_put_right(self):
        message = self.claimed()
        read = prepare.read

        def fails(*args):
            with patch.object(prepare, "read", read):
                self.overtake()
            raise TIME_OUT

        with patch.object(prepare, "read", fails):
            deliver._deliver(self.env, self.firms, "standard", [message])
        self.assertEqual(self.remote("F1")["phone"], NEW)
        self.assertFalse(self.outbox("pending", "sending", "open"))
