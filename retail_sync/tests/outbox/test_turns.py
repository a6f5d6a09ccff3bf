import random

from odoo.tests import tagged

from ...domain.resilience.lanes import BULK_FROM
from ...models.outbox import routing, turn
from ..outbound_case import OutboundCase, route_all

HOLD, MASS, SMALL = 9_000_001, 9_000_002, 9_000_003
# A model that no stream sends: its changes are taken, and leave no message.
OTHER = "res.partner.category"


@tagged("post_install", "-at_install")
class TestTurns(OutboundCase):
    """What people wait for is routed before mass changes, and each record ends as if all had gone in order."""

    def setUp(self):
        super().setUp()
        self.env["retail.sync.ownership.rule"].create(
            {
                "entity": "customer",
                "canonical_field": "phone",
                "connection_id": self.connection.id,
                "survivorship": "most_recent",
                "urgent": True,
            }
        )
        self.cr.execute("DELETE FROM retail_sync_change")

    def captured(self, res_ids, names, txid, op="U", at=0, model="res.partner"):
        """Let a transaction have changed these records; at: seconds after the first of January."""
        self.cr.execute(
            "INSERT INTO retail_sync_change (model, res_id, op, names, txid, at)"
            " SELECT %s, id, %s, %s, %s, timestamp '2026-01-01' + %s * interval '1 second'"
            " FROM unnest(%s) WITH ORDINALITY AS ids (id, place) ORDER BY place",
            [model, op, names, txid, at, list(res_ids)],
        )

    def mass(self, count, txid=MASS, res_ids=(), names="email", at=0):
        """Let one transaction have changed so many records, these among them."""
        ids = [*res_ids, *range(10_000_000, 10_000_000 + count - len(res_ids))]
        self.captured(ids, names, txid, at=at)

    def waiting(self):
        self.cr.execute("SELECT txid, COUNT(*) FROM retail_sync_change GROUP BY 1")
        return dict(self.cr.fetchall())

    def route_small(self, limit=turn.SMALL_PER_STEP):
        return routing.route_small(self.env(su=True), limit)

    def route_mass(self, limit=turn.MASS_PER_STEP):
        return routing.route_mass(self.env(su=True), limit)

    def test_a_hold_behind_a_mass_change_is_routed_before_it(self):
        """A credit hold waited 55 seconds for the routing of 100,000 partners that one statement had changed."""
        firm = self.linked_firm()
        self.mass(BULK_FROM + 200)
        self.captured([firm.id], "phone", HOLD)
        self.assertFalse(self.route_small())
        message = self.outbox("pending")
        self.assertEqual((message.res_id, message.lane), (firm.id, "critical"))
        self.assertEqual(self.waiting(), {MASS: BULK_FROM + 200})

    def test_a_hold_behind_many_small_imports_is_routed_before_them(self):
        firm = self.linked_firm()
        for number in range(20):
            self.captured(range(20_000_000 + number * 10, 20_000_010 + number * 10), "email", SMALL + number)
        self.captured([firm.id], "phone", HOLD)
        self.assertTrue(self.route_small(limit=1))
        self.assertEqual(self.outbox("pending").res_id, firm.id)
        self.assertNotIn(HOLD, self.waiting())

    def test_a_hold_keeps_its_lane_beside_a_mass_change_of_the_same_customer(self):
        firm = self.linked_firm()
        self.mass(BULK_FROM, res_ids=[firm.id], at=1)
        self.captured([firm.id], "phone", HOLD, at=2)
        route_all(self.env)
        message = self.outbox("pending")
        self.assertEqual((message.lane, set(message.sudo().changes)), ("critical", {"phone", "email"}))

    def test_the_end_of_a_mass_change_travels_as_its_beginning(self):
        """The last page of a mass change counted as a small transaction, and went into the critical lane."""
        firm = self.linked_firm()
        self.captured(range(10_000_000, 10_000_000 + BULK_FROM + 99), "phone", MASS)
        self.captured([firm.id], "phone", MASS)
        self.assertFalse(self.route_mass(limit=100) and self.route_small())
        route_all(self.env)
        self.assertEqual(self.outbox("pending").mapped("lane"), ["standard"])

    def test_a_page_leaves_no_end_that_looks_small(self):
        self.mass(1700)
        self.assertTrue(self.route_mass(limit=1000))
        self.assertEqual(self.waiting(), {MASS: 700})
        self.assertFalse(self.route_small())
        self.assertEqual(self.waiting(), {MASS: 700})
        self.assertFalse(self.route_mass(limit=600))
        self.assertEqual(self.waiting(), {})

    def test_pages_that_go_by_an_earlier_look_take_what_is_there_now(self):
        """Another worker may have taken pages since: what it has left must not look small either."""
        self.mass(1700)
        waiting = routing.look_for_mass(self.env(su=True))
        self.assertTrue(self.route_mass(limit=1000))
        waiting = routing.route_mass_page(self.env(su=True), waiting, 600)
        self.assertEqual(self.waiting(), {})
        self.assertEqual(waiting.mass, [])

    def test_one_look_serves_all_pages_of_a_job(self):
        self.mass(1700)
        looks, look = [], turn.look
        self.patch(turn, "look", lambda env: looks.append(1) or look(env))
        self.patch(routing.route_mass_page, "__defaults__", (300,))
        self.env["retail.sync.outbox.jobs"].sudo()._job_route_mass()
        self.assertEqual((self.waiting(), len(looks)), ({}, 1))

    def test_a_mass_change_that_is_committed_during_a_step_is_left_to_its_job(self):
        """The step took a part of it, and the rest looked like the work of a person."""
        firm = self.linked_firm()
        self.captured([firm.id], "phone", HOLD)
        look = turn.look

        def looked(env):
            self.patch(turn, "look", look)
            found = look(env)
            self.mass(BULK_FROM + 300)
            return found

        self.patch(turn, "look", looked)
        self.assertFalse(self.route_small(limit=BULK_FROM + 100))
        self.assertEqual(self.waiting(), {MASS: BULK_FROM + 300})
        self.assertEqual(self.outbox("pending").res_id, firm.id)

    def test_an_edit_that_is_routed_after_the_deletion_of_its_record_does_not_undo_it(self):
        """A mass change is routed after a deletion that came later: the message turned into a write again."""
        self.firms.unlink_policy = "delete"
        firm = self.linked_firm()
        firm_id = firm.id
        self.cr.execute("DELETE FROM retail_sync_change")
        self.mass(BULK_FROM, res_ids=[firm_id])
        firm.unlink()
        self.env.flush_all()
        self.cr.execute("UPDATE retail_sync_change SET txid = %s WHERE op = 'D'", [HOLD])
        route_all(self.env)
        self.assertEqual(self.outbox("pending").filtered(lambda message: message.res_id == firm_id).op, "delete")

    def test_any_order_of_turns_leaves_what_the_order_of_edits_would(self):
        firms = [self.linked_firm(f"F{number}") for number in range(3)]
        columns = ["phone", "email", "website"]
        for seed in range(12):
            rng = random.Random(seed)
            latest = {}
            for number in range(rng.randint(4, 14)):
                firm, column, at = rng.choice(firms), rng.choice(columns), number // 2
                size = rng.choice([1, 1, 3, BULK_FROM])
                self.mass(size, SMALL + number, [firm.id], column, at)
                latest[firm.id, column] = 1_767_225_600_000 + at * 1000
                while rng.random() < 0.4:
                    rng.choice([self.route_small, self.route_mass])(rng.choice([1, 2, 700]))
            route_all(self.env)
            found = {
                (message.res_id, name): at
                for message in self.outbox("pending")
                for name, at in message.sudo().changes.items()
            }
            self.assertEqual(found, latest, f"seed {seed}")
            self.outbox("pending").sudo().unlink()

    def test_a_job_leaves_the_mass_change_to_a_job_of_its_own(self):
        self.mass(BULK_FROM)
        self.env["retail.sync.outbox.jobs"].sudo()._job_route()
        self.assertEqual(self.waiting(), {MASS: BULK_FROM})
        job = self.env["queue.job"].search([("method_name", "=", "_job_route_mass")])
        self.assertEqual((job.channel, job.priority), ("root.retail_sync.bulk", 10), "before bulk deliveries")
        self.env["retail.sync.outbox.jobs"].sudo()._job_route_mass()
        self.assertEqual(self.waiting(), {})
