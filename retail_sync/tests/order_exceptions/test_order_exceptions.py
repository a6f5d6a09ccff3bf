"""Exceptions of real orders: opened once per occurrence, ended with their cause."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...models.milestone import scheduled
from ...models.order_exceptions import evaluate, life
from .exception_case import OrderExceptionCase

SCHEDULED = "odoo.addons.retail_sync.models.milestone.scheduled"


@tagged("post_install", "-at_install")
class TestOrderExceptions(OrderExceptionCase):
    def test_an_order_in_time_has_no_exception_and_one_expectation(self):
        order = self.late_order()
        self.evaluate(order)
        self.assertFalse(self.exceptions_of(order))
        expected = self.env["retail.sync.expectation"].search(
            [("order_id", "=", order.id), ("rule_id.code", "=", "late")]
        )
        self.assertEqual((expected.state, expected.due_at), ("waiting", order.commitment_date))

    def test_a_broken_promise_opens_one_exception_however_often_it_is_looked_at(self):
        order = self.late_order()
        for _look in range(3):
            self.evaluate(order, hours=6)
        exception = self.exceptions_of(order, "late")
        self.assertEqual((exception.state, exception.ordinal, exception.key), ("open", 1, f"{order.id}:late:1"))
        self.assertEqual(exception.partner_id, self.customer)
        self.assertEqual(exception.due_at, order.commitment_date)

    def test_shipping_ends_it_and_a_second_occurrence_is_another_one(self):
        order = self.late_order()
        self.evaluate(order, hours=6)
        order.commitment_date = fields.Datetime.now() + timedelta(days=9)
        self.evaluate(order, hours=6)
        first = self.exceptions_of(order, "late")
        self.assertEqual((first.state, first.closing), ("solved", "cause_gone"))
        self.evaluate(order, days=10)
        second = self.exceptions_of(order, "late") - first
        self.assertEqual((second.ordinal, second.earlier_id, second.state), (2, first, "open"))
        self.ship(order)
        self.evaluate(order, days=10)
        self.assertEqual(second.state, "solved")
        met = self.env["retail.sync.expectation"].search([("order_id", "=", order.id), ("rule_id.code", "=", "late")])
        self.assertEqual((met.state, bool(met.met_at)), ("met", True))

    def test_a_cancelled_order_has_no_open_exception(self):
        order = self.late_order()
        self.evaluate(order, hours=6)
        order._action_cancel()
        self.evaluate(order, hours=6)
        self.assertEqual(set(self.exceptions_of(order).mapped("state")), {"solved"})
        self.assertFalse(
            self.env["retail.sync.expectation"].search([("order_id", "=", order.id), ("state", "!=", "met")])
        )

    def test_goods_that_are_reserved_and_lie_there(self):
        order = self.make_order([(self.product, 2)])
        self.evaluate(order, days=8)
        self.assertEqual(self.exceptions_of(order, "not_shipped").state, "open")
        self.ship(order)
        self.evaluate(order, days=8)
        self.assertEqual(self.exceptions_of(order, "not_shipped").state, "solved")

    def test_a_backorder_names_its_transfer(self):
        order = self.make_order([(self.product, 5)])
        self.ship(order, {self.product: 3})
        self.evaluate(order, days=8)
        exception = self.exceptions_of(order, "backorder")
        self.assertEqual((exception.state, exception.picking_id), ("open", self.open_pickings(order)))
        self.open_pickings(order).action_cancel()
        self.evaluate(order, days=8)
        self.assertEqual(exception.state, "solved")

    def test_an_incomplete_address_is_named_by_the_names_of_its_fields(self):
        self.customer.write({"zip": False, "city": " "})
        order = self.make_order([(self.product, 1)])
        self.evaluate(order)
        exception = self.exceptions_of(order, "address")
        self.assertEqual((exception.state, exception.detail), ("open", "city, zip"))
        self.assertIn("postal code", exception.why)
        self.customer.write({"zip": "00100", "city": "Roma"})
        self.evaluate(order)
        self.assertEqual(exception.state, "solved")

    def test_an_address_that_was_completed_is_seen_without_a_change_of_the_order(self):
        self.customer.write({"zip": False})
        order = self.make_order([(self.product, 1)])
        self.evaluate(order)
        self.customer.write({"zip": "00100"})
        self.env.flush_all()
        self.env.cr.execute("UPDATE retail_sync_expectation SET look_at = look_at - interval '1 hour'")
        self.env.ref("retail_sync.cron_expectation").method_direct_trigger()
        self.assertEqual(self.exceptions_of(order, "address").state, "solved")

    def test_a_refund_that_nobody_pays(self):
        order = self.make_order([(self.product, 1)])
        self.ship(order)
        invoice = self.invoice(order)
        self.pay(invoice)
        credit = self.credit(invoice)
        self.evaluate(order, days=9)
        exception = self.exceptions_of(order, "refund_stuck")
        self.assertEqual((exception.state, exception.move_id, exception.priority), ("open", credit, "high"))
        self.pay(credit)
        self.evaluate(order, days=9)
        self.assertEqual(exception.state, "solved")

    def test_the_schedule_opens_what_fell_due_and_looks_at_nothing_else(self):
        due, later = self.late_order(), self.make_order([(self.product, 1)])
        later.commitment_date = fields.Datetime.now() + timedelta(days=3)
        self.evaluate(due | later)
        self.env.cr.execute(
            "UPDATE retail_sync_expectation SET look_at = look_at - interval '6 hours', due_at = due_at"
        )
        due.commitment_date = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
        self.assertEqual(evaluate._due(self.env, fields.Datetime.now()), due.ids)
        self.env.ref("retail_sync.cron_expectation").method_direct_trigger()
        self.assertEqual(self.exceptions_of(due, "late").state, "open")
        self.assertFalse(self.exceptions_of(later))

    def test_what_is_due_is_read_by_its_index_however_much_is_expected_later(self):
        order = self.late_order()
        self.evaluate(order)
        self.env.cr.execute(
            """
            INSERT INTO retail_sync_expectation
                   (order_id, rule_id, document_model, document_id, since, due_at, state, look_at)
            SELECT %s, %s, 'stock.picking', number, now(), later, 'waiting', later
              FROM generate_series(1, 20000) AS number, (SELECT now() + interval '9 days') AS limits(later)
            """,
            [order.id, self.env.ref("retail_sync.order_rule_backorder").id],
        )
        self.env.cr.execute("ANALYZE retail_sync_expectation")
        query = evaluate.due_query(fields.Datetime.now())
        plan = "\n".join(line for (line,) in self.env.execute_query(SQL("EXPLAIN (ANALYZE, TIMING OFF) %s", query)))
        self.assertIn("retail_sync_expectation_look_idx", plan)
        self.assertNotIn("Seq Scan", plan)

    def test_a_rule_that_fails_stops_neither_the_journal_nor_other_orders(self):
        orders = self.late_order() | self.late_order()
        whole = life.step

        def step(env, order_ids, *args):
            if orders[0].id in order_ids:
                raise ValueError("broken")
            return whole(env, order_ids, *args)

        with patch.object(life, "step", step), mute_logger("odoo.addons.retail_sync.models.order_exceptions.evaluate"):
            self.assertEqual(evaluate.evaluate_each(self.env, orders.ids), orders[0].ids)
        self.assertFalse(self.env["retail.sync.expectation"].search([("order_id", "=", orders[0].id)]))
        self.assertTrue(self.env["retail.sync.expectation"].search([("order_id", "=", orders[1].id)]))
        look = self.env["retail.sync.milestone.look"].search([("order_id", "in", orders.ids), ("failures", ">", 0)])
        self.assertEqual((look.order_id, look.error), (orders[0].id, "ValueError"))
        self.assertIn("could not be evaluated (ValueError, failures so far: 1)", orders[0].sync_exception_note)
        self.assertNotIn("could not be evaluated", orders[1].sync_exception_note or "")
        shown = self.env["retail.sync.order.exception"]._overview()
        self.assertEqual((shown["failing"], shown["retry_at"]), (1, fields.Datetime.to_string(look.at)))
        self.assertEqual(look.action_open_order()["res_id"], orders[0].id)

        # The schedule tries the rules again, and says so as long as they fail.
        for fails in (True, False):
            self.env.cr.execute("UPDATE retail_sync_milestone_look SET at = at - interval '1 day'")
            with patch.object(life, "step", step if fails else whole), mute_logger(SCHEDULED):
                scheduled.look(self.env)
            self.env.invalidate_all()
            self.assertEqual("failures so far: 2" in (orders[0].sync_exception_note or ""), fails)
        self.assertTrue(self.env["retail.sync.expectation"].search([("order_id", "=", orders[0].id)]))
        self.assertEqual(self.env["retail.sync.order.exception"]._overview()["failing"], 0)

    # -- the number of queries

    def test_many_orders_cost_as_many_queries_as_one(self):
        first = self.late_order()
        many = self.env["sale.order"].union(*(self.make_order([(self.product, 1)]) for _number in range(6)))
        many.commitment_date = first.commitment_date
        self.evaluate(first | many)
        self.evaluate(first)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.evaluate(first)
        single = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.evaluate(many)
        self.assertLessEqual(self.env.cr.sql_log_count - before, single + 2)
