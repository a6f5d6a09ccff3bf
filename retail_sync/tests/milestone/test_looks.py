from datetime import timedelta

from odoo.tests import tagged

from ...models.milestone import looks, scheduled, settings
from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestLooks(JournalCase):
    """Time alone makes things true: the schedule looks when their time has come, and not before."""

    def look_of(self, order):
        return self.env["retail.sync.milestone.look"].sudo().search([("order_id", "=", order.id)])

    def pass_time(self, order, days):
        """Let everything about an order be so many days older."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET commitment_date = commitment_date - %s * interval '1 day' WHERE id = %s",
            [days, order.id],
        )
        self.env.cr.execute(
            "UPDATE stock_picking SET date_done = date_done - %(days)s * interval '1 day',"
            " date_deadline = date_deadline - %(days)s * interval '1 day' WHERE sale_id = %(order)s",
            {"days": days, "order": order.id},
        )
        self.env.cr.execute(
            "UPDATE retail_sync_milestone_look SET at = at - %s * interval '1 day' WHERE order_id = %s",
            [days, order.id],
        )
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()

    def test_a_promise_that_passes_is_a_delay(self):
        order = self.confirmed((self.chair, 5), commitment_date=self.later(days=3))
        self.made_before(order)
        self.route()
        self.assertEqual(self.look_of(order).at, order.commitment_date)
        self.assertEqual(scheduled.look(self.env), 0)
        self.pass_time(order, 4)
        self.assertEqual(scheduled.look(self.env), 1)
        self.assertEqual(self.row(order, "delayed").cause, "promise_passed")
        self.assertFalse(self.look_of(order))
        order.commitment_date = self.later(days=9)
        self.route()
        self.assertEqual(set(self.kinds(order)[-2:]), {"-delayed", "repromised"})
        self.assertTrue(self.look_of(order))

    def test_a_delivery_is_assumed_after_days_and_marked(self):
        self.env["ir.config_parameter"].set_param(settings.ASSUME_DAYS, "5")
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order)
        self.route()
        self.assertEqual(self.look_of(order).at, picking.date_done + timedelta(days=5))
        self.pass_time(order, 6)
        scheduled.look(self.env)
        self.assertTrue(self.row(order, "delivered").assumed)
        self.assertFalse(self.look_of(order))

    def test_what_a_look_finds_is_sent(self):
        order = self.confirmed((self.chair, 5), commitment_date=self.later(days=3))
        self.route()
        self.pass_time(order, 4)
        scheduled.look(self.env)
        self.env.cr.execute("SELECT model, res_id, op FROM retail_sync_change")
        self.assertIn(("sale.order", order.id, "C"), self.env.cr.fetchall())

    def test_due_looks_are_found_by_their_time_however_many_there_are(self):
        self.env.cr.execute(
            "INSERT INTO retail_sync_milestone_look (order_id, at, failures)"
            " SELECT -n, now() AT TIME ZONE 'UTC' + n * interval '1 minute', 0 FROM generate_series(1, 20000) n"
        )
        self.env.cr.execute("ANALYZE retail_sync_milestone_look")
        self.env.cr.execute(
            "EXPLAIN SELECT order_id FROM retail_sync_milestone_look WHERE at <= now() AT TIME ZONE 'UTC'"
            " ORDER BY at LIMIT 200 FOR UPDATE SKIP LOCKED"
        )
        plan = " ".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("retail_sync_milestone_look_at_idx", plan)
        self.assertEqual(looks.due(self.env), [])

    def test_switching_the_journal_on_looks_at_open_orders(self):
        self.env["ir.config_parameter"].set_param(settings.KEPT, settings.OFF)
        self.env["retail.sync.capture"]._refresh()
        order = self.confirmed((self.chair, 5))
        self.route()
        self.assertFalse(self.look_of(order))
        self.env["res.config.settings"].create({"retail_sync_milestones": "on"}).execute()
        self.assertTrue(self.look_of(order))
        self.env["retail.sync.milestone.look"].invalidate_model()
        self.assertGreaterEqual(len(looks.due(self.env)), 1)
        scheduled.look(self.env)
        self.assertIn("confirmed", self.kinds(order))

    def test_days_that_are_set_later_reach_orders_that_were_shipped_before(self):
        """Only orders with open transfers were looked at: a shipment of last month never counted as delivered."""
        order = self.confirmed((self.chair, 5))
        self.ship(order)
        self.route()
        self.assertFalse(self.look_of(order))
        self.pass_time(order, 9)
        self.env["res.config.settings"].create({"retail_sync_assume_delivered_days": 5}).execute()
        scheduled.look(self.env)
        self.assertTrue(self.row(order, "delivered").assumed)

    def test_fewer_days_count_for_shipments_whose_look_was_planned_with_more(self):
        self.env["ir.config_parameter"].set_param(settings.ASSUME_DAYS, "30")
        order = self.confirmed((self.chair, 5))
        self.ship(order)
        self.route()
        self.pass_time(order, 9)
        self.env["res.config.settings"].create({"retail_sync_assume_delivered_days": 5}).execute()
        scheduled.look(self.env)
        self.assertTrue(self.row(order, "delivered").assumed)

    def test_switching_the_journal_on_looks_at_orders_without_goods(self):
        self.env["ir.config_parameter"].set_param(settings.KEPT, settings.OFF)
        self.env["retail.sync.capture"]._refresh()
        advice = self.env["product.product"].create({"name": "Advice", "type": "service"})
        order = self.confirmed((advice, 1))
        self.env["res.config.settings"].create({"retail_sync_milestones": "on"}).execute()
        self.assertTrue(self.look_of(order))
