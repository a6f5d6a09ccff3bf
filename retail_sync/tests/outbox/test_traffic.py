from odoo.tests import tagged

from ...models.credit.constants import AMOUNT_SECONDS, CREDIT_NAMES
from ...models.mapping.pace import BUSY_WINDOW_SECONDS
from ...models.outbox import traffic
from ..fake_mapping import field_mapping
from ..outbound_case import OutboundCase

WINDOW = 30


@tagged("post_install", "-at_install")
class TestTraffic(OutboundCase):
    """While a connection is busy with documents, what may wait leaves at one moment, in few calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = {*CREDIT_NAMES, "account_block", "lifetime_value"}
        mapped = set(cls.firms.map_ids.mapped("canonical_field"))
        cls.env["retail.sync.field.map"].create(
            [
                dict(field_mapping(name, name, direction="both"), stream_id=cls.firms.id, sequence=300)
                for name in sorted(names - mapped)
            ]
        )

    def setUp(self):
        super().setUp()
        self.firm_record = self.linked_firm(phone="+390200000001")
        self.connection.stream_ids.busy_window_seconds = WINDOW
        self.show(self.firm_record._retail_sync_commercial()[self.firm_record.id]["credit_state"])
        # Customers stand for documents here.
        self.patch(type(self.env["retail.sync.entity.customer"]), "_makes_load", True)
        self.cr.execute("DELETE FROM retail_sync_message")
        self.env["queue.job"].search([]).unlink()
        self.env.invalidate_all()

    def send_messages(self, count, lane="standard", seconds=0):
        """Let the stream have had so many messages, so many seconds ago."""
        self.env["retail.sync.message"].flush_model()
        self.cr.execute(
            "INSERT INTO retail_sync_message (connection_id, stream_id, lane, kind, direction, state, key, write_date)"
            " SELECT %s, %s, %s, 'delivery', 'out', 'done', 'x/' || n, now() AT TIME ZONE 'UTC'"
            " - %s * interval '1 second' FROM generate_series(1, %s) AS n",
            [self.connection.id, self.firms.id, lane, seconds, count],
        )

    def show(self, credit_state):
        """Let the platform have this credit state of the firm."""
        link = self.env["retail.sync.link"].search([("res_id", "=", self.firm_record.id), ("part", "=", "main")])
        link.base = {**link.base, "credit_state": credit_state}

    def change(self, *names):
        """Report values of the firm as changed, by default a plain one; return the message."""
        self.env["retail.sync.change"]._raise("res.partner", self.firm_record.ids, set(names or ["phone"]))
        self.route()
        return self.outbox("pending")

    def test_change_leaves_at_once_while_little_is_sent(self):
        self.send_messages(traffic.BUSY_MESSAGES - 1)
        message = self.change()
        self.assertEqual((message.next_try_at, message.lane), (False, self.firms.lane))

    def test_change_waits_for_the_common_moment_while_much_is_sent(self):
        self.send_messages(traffic.BUSY_MESSAGES)
        message = self.change()
        # The second after a multiple of the window, whenever the change came.
        self.assertEqual((message.next_try_at.timestamp() - 1) % WINDOW, 0)
        self.assertEqual(message.lane, self.firms.lane)
        jobs = self.env["queue.job"].search([("identity_key", "=like", f"retail_sync/drain/{self.firms.id}/%")])
        self.assertTrue(jobs)
        self.assertTrue(all(job.eta and job.eta >= message.next_try_at for job in jobs))

    def test_less_load_goes_on_gathering_while_something_waits(self):
        self.send_messages(traffic.STILL_BUSY_MESSAGES)
        self.assertFalse(traffic.is_busy(self.env, self.connection))
        message = self.change()
        message.write({"next_try_at": "2099-01-01 00:00:00"})
        self.assertTrue(traffic.is_busy(self.env, self.connection))

    def test_block_of_a_customer_does_not_wait_and_takes_along_what_does(self):
        self.send_messages(traffic.BUSY_MESSAGES)
        self.assertTrue(self.change().next_try_at)
        message = self.change("account_block")
        self.assertEqual((message.next_try_at, message.lane), (False, "critical"))

    def test_credit_state_that_an_invoice_changes_does_not_wait(self):
        self.show("hold")
        message = self.change(*CREDIT_NAMES)
        self.assertEqual((message.next_try_at, message.lane), (False, "critical"))

    def test_credit_state_that_an_invoice_changes_does_not_wait_under_load(self):
        self.send_messages(traffic.BUSY_MESSAGES)
        self.show("hold")
        message = self.change(*CREDIT_NAMES)
        self.assertEqual((message.next_try_at, message.lane), (False, "critical"))

    def test_credit_state_that_an_invoice_changes_takes_along_the_amounts_that_wait(self):
        self.assertTrue(self.change(*CREDIT_NAMES).next_try_at)
        self.show("hold")
        message = self.change(*CREDIT_NAMES)
        self.assertEqual((message.next_try_at, message.lane), (False, "critical"))

    def test_amounts_of_a_customer_wait_where_its_credit_state_stays(self):
        message = self.change(*CREDIT_NAMES)
        self.assertEqual((message.next_try_at.timestamp() - 1) % AMOUNT_SECONDS, 0)
        self.assertEqual(message.lane, self.firms.lane)
        self.assertLessEqual((message.next_try_at - self.env.cr.now()).total_seconds(), AMOUNT_SECONDS + 1)

    def test_amounts_wait_where_no_credit_state_was_ever_sent_and_there_is_none_to_send(self):
        self.show(None)
        self.assertTrue(self.change(*CREDIT_NAMES).next_try_at)

    def test_roll_ups_alone_wait_without_a_look_at_credit(self):
        looked_at = []
        self.patch(
            type(self.env["retail.sync.entity.customer"]), "_cannot_wait", lambda *asked: looked_at.append(asked)
        )
        self.assertTrue(self.change("lifetime_value").next_try_at)
        self.assertFalse(looked_at)

    def test_amounts_that_an_administrator_marked_as_urgent_do_not_wait(self):
        self.env["retail.sync.ownership.rule"].create(
            {"entity": "customer", "canonical_field": "amount_due", "connection_id": self.connection.id, "urgent": True}
        )
        message = self.change(*CREDIT_NAMES)
        self.assertEqual((message.next_try_at, message.lane), (False, "critical"))

    def test_amounts_wait_no_longer_than_they_have_to_beside_other_gathered_values(self):
        message = self.change(*CREDIT_NAMES, "lifetime_value")
        self.assertLessEqual((message.next_try_at - self.env.cr.now()).total_seconds(), AMOUNT_SECONDS + 1)

    def test_documents_gather_under_load_as_shipped(self):
        for name in ("order", "shipment", "invoice", "return"):
            with self.subTest(name):
                self.assertEqual(self.env[f"retail.sync.entity.{name}"]._busy_window_seconds, BUSY_WINDOW_SECONDS)
        self.assertFalse(self.env["retail.sync.entity.customer"]._busy_window_seconds, "a person edits them")

    def test_the_earlier_moment_of_two_counts(self):
        self.change("lifetime_value")
        rare = self.outbox("pending")
        rare.next_try_at = "2099-01-01 00:00:00"
        self.send_messages(traffic.BUSY_MESSAGES)
        self.assertLess(self.change().next_try_at.year, 2099)

    def test_load_of_an_earlier_time_is_over(self):
        self.send_messages(traffic.BUSY_MESSAGES, seconds=traffic.BUSY_SECONDS + 1)
        self.assertFalse(self.change().next_try_at)

    def test_bulk_work_is_no_load(self):
        self.send_messages(traffic.BUSY_MESSAGES, lane="bulk")
        self.assertFalse(self.change().next_try_at)

    def test_records_other_than_documents_are_no_load(self):
        self.patch(type(self.env["retail.sync.entity.customer"]), "_makes_load", False)
        self.send_messages(traffic.BUSY_MESSAGES)
        self.assertFalse(self.change().next_try_at)

    def test_load_changes_nothing_for_a_stream_without_such_a_window(self):
        self.firms.busy_window_seconds = 0
        self.send_messages(traffic.BUSY_MESSAGES)
        self.assertFalse(self.change().next_try_at)

    def test_holds_of_documents_do_not_wait_and_stages_do(self):
        order = self.env["retail.sync.entity.order"]
        urgent = order._spec().urgent_fields()
        self.assertFalse(order._gathers_under_load({"hold", "stage"}, urgent))
        self.assertTrue(order._gathers_under_load({"stage", "timeline"}, urgent))
        self.assertTrue(order._gathers_under_load(None, urgent))

    def test_records_leave_after_those_that_they_refer_to(self):
        names = ("order", "shipment", "return", "invoice")
        streams = self.env["retail.sync.stream"].browse()
        for name in names:
            streams |= self.firms.new({"entity": name})
        found = {stream.entity: traffic._depth(stream, streams) for stream in streams}
        self.assertEqual(found, {"order": 0, "shipment": 1, "return": 2, "invoice": 1})
