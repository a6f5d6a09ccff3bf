from odoo.tests import tagged

from ...models.outbox import outbox
from ..outbound_case import OutboundCase

WAITING, SENDING = 6000, 1500


@tagged("post_install", "-at_install")
class TestClaimPlan(OutboundCase):
    """A claim reads as many messages as it takes, however many wait and whatever the statistics say."""

    def setUp(self):
        super().setUp()
        self.stream = self.connection.stream_ids[0]

    def fill(self, start, count, state="pending", lane="standard"):
        self.env.cr.execute(
            "INSERT INTO retail_sync_message (connection_id, stream_id, kind, key, res_model, res_id, direction, state,"
            " lane, op, changes, attempts, create_date) SELECT %s, %s, 'delivery', 'res.partner/' || number,"
            " 'res.partner', number, 'out', %s, %s, 'write', '{}', 0, now()"
            " FROM generate_series(%s, %s) AS number",
            [self.connection.id, self.stream.id, state, lane, start, start + count - 1],
        )

    def analyze(self):
        self.env.cr.execute("ANALYZE retail_sync_message")

    def nodes(self):
        """Return {name of each node of the plan of what is due: rows that it read}."""
        self.env.cr.execute(
            outbox.SQL(
                "EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) SELECT message.id FROM retail_sync_message message"
                " WHERE %s ORDER BY message.lane, message.id LIMIT 100",
                outbox._due(self.stream, "standard"),
            )
        )
        [(answer,)] = self.env.cr.fetchall()
        found, plans = {}, [answer[0]["Plan"]]
        while plans:
            plan = plans.pop()
            plans += plan.get("Plans", [])
            name = f"{plan['Node Type']} {plan.get('Index Name', '')} {plan.get('Alias', '')}".strip()
            found[name] = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        return found

    def check(self, at_most=100):
        found = self.nodes()
        walked = found.get("Index Scan retail_sync_message_due_idx message")
        self.assertIsNotNone(walked, found)
        self.assertLessEqual(walked, at_most, found)
        self.assertFalse([name for name in found if "Sort" in name], found)

    def test_plan(self):
        """Seen: all that waits was read and sorted for each claim, each with a search of all that was being sent."""
        self.fill(10**8, WAITING, "done")
        self.fill(1, WAITING)
        self.analyze()
        with self.subTest("nothing is being sent"):
            self.check()
        # What is being sent began after the statistics were made; newer changes of the same records wait.
        self.env.cr.execute(
            "UPDATE retail_sync_message SET state = 'sending' WHERE stream_id = %s AND res_id <= %s",
            [self.stream.id, SENDING],
        )
        self.fill(1, SENDING)
        with self.subTest("statistics of before"):
            self.check()
        self.analyze()
        with self.subTest("thousands are being sent"):
            self.check()
        self.env.cr.execute(
            "DELETE FROM retail_sync_message WHERE stream_id = %s AND state = 'pending' AND res_id > %s",
            [self.stream.id, SENDING],
        )
        claimed = outbox.claim(self.env, self.stream, "standard", "job", 100)
        self.assertEqual(claimed, [], "the changes of a record go in order")

    def test_order(self):
        """The oldest of the lane are taken, none of another lane, none of a record that is being sent."""
        self.fill(1, 3, "sending")
        self.fill(1, 10)
        self.fill(11, 5, lane="bulk")
        claimed = outbox.claim(self.env, self.stream, "standard", "job", 4)
        self.assertEqual([message.res_id for message in claimed], [4, 5, 6, 7])
        self.assertTrue(outbox.passed_over(self.env, self.stream, "standard"))
        self.assertEqual([message.res_id for message in outbox.claim(self.env, self.stream, "bulk", "job", 9)],
                         [11, 12, 13, 14, 15])  # fmt: skip
