"""Which orders are evaluated when a rule is activated or changed: all that the rule may say something about."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.milestone import evaluation
from ...models.order_exceptions import candidates, evaluate
from ..commerce_case import CommerceCase

LONG_AGO = timedelta(days=70)


@tagged("post_install", "-at_install")
class TestRuleCandidates(CommerceCase):
    entities = ()

    def setUp(self):
        super().setUp()
        # What other rules find is not counted here.
        self.env["retail.sync.order.rule"].search([]).active = False
        self.goods = self.make_product(stock=100, invoice_policy="order")

    def age(self, order):
        """Make an order one of 70 days ago; its journal keeps its times."""
        self.env.flush_all()
        moment = fields.Datetime.now() - LONG_AGO
        self.env.cr.execute("UPDATE sale_order SET date_order = %s WHERE id = %s", [moment, order.id])
        self.env.cr.execute("UPDATE stock_picking SET date_done = %s WHERE sale_id = %s", [moment, order.id])
        self.env.invalidate_all()

    def finished(self):
        """Return an order of 70 days ago, shipped and paid."""
        order = self.make_order([(self.goods, 1)])
        self.ship(order)
        self.pay(self.invoice(order))
        evaluation.evaluate(self.env, order.ids)
        self.age(order)
        return order

    def new_rule(self, after, then, **values):
        rule = {"name": f"{after} {then}", "code": f"{after}_{then}", "after_kind": after, "then_kind": then}
        return self.env["retail.sync.order.rule"].create({**rule, **values})

    def change(self, rule, **values):
        """Change or activate a rule, and evaluate by it; return (exceptions that were to open, and to end)."""
        dialog = self.env["retail.sync.order.rule.change"].browse(rule.action_change()["res_id"])
        dialog.write(values)
        counted = (dialog.opens, dialog.ends)
        dialog.action_apply()
        self.run_jobs()
        return counted

    def alive(self, rule):
        return self.env["retail.sync.order.exception"].search([("rule_id", "=", rule.id), ("state", "=", "open")])

    def test_a_finished_order_that_no_rule_watches_is_not_evaluated(self):
        order = self.finished()
        self.assertNotIn(order.id, candidates.after(self.env, None, candidates.PAGE))

    def test_a_change_ends_the_exception_of_an_order_that_was_shipped_long_ago(self):
        order = self.finished()
        rule = self.new_rule("shipped", "delivered", active=True)
        evaluate.evaluate(self.env, order.ids)
        self.assertEqual(self.alive(rule).order_id, order)
        self.assertEqual(self.change(rule, within=100), (0, 1))
        self.assertFalse(self.alive(rule))

    def test_a_change_ends_what_is_ignored_in_an_order_that_was_shipped_long_ago(self):
        order = self.finished()
        rule = self.new_rule("shipped", "delivered", active=True)
        evaluate.evaluate(self.env, order.ids)
        exception = self.alive(rule)
        exception.action_ignore("The customer has it")
        self.change(rule, within=100)
        self.assertEqual(exception.state, "solved")

    def test_a_change_opens_what_was_expected_later_of_an_order_that_was_shipped_long_ago(self):
        order = self.finished()
        rule = self.new_rule("shipped", "delivered", within=100, active=True)
        evaluate.evaluate(self.env, order.ids)
        self.assertFalse(self.alive(rule))
        self.assertEqual(self.change(rule, within=0), (1, 0))
        self.assertEqual(self.alive(rule).order_id, order)

    def test_an_activation_finds_goods_that_a_supplier_has_not_been_asked_for(self):
        supplier = self.env["res.partner"].create({"name": "Maker"})
        product = self.make_product(
            "SOFA",
            stock=0,
            invoice_policy="order",
            route_ids=[Command.link(self.env.ref("stock_dropshipping.route_drop_shipping").id)],
            seller_ids=[Command.create({"partner_id": supplier.id, "price": 5})],
        )
        order = self.make_order([(product, 2)])
        self.pay(self.invoice(order))
        evaluation.evaluate(self.env, order.ids)
        self.age(order)
        self.assertEqual((order.invoice_status, order.picking_ids.ids), ("invoiced", []))
        rule = self.new_rule("confirmed", "shipped")
        self.assertEqual(self.change(rule), (1, 0))
        self.assertEqual(self.alive(rule).order_id, order)

    def test_an_activation_finds_services_that_are_not_invoiced(self):
        service = self.make_product("HOUR", stock=0, type="service", invoice_policy="delivery")
        order = self.make_order([(service, 2)])
        evaluation.evaluate(self.env, order.ids)
        self.age(order)
        self.assertEqual((order.invoice_status, order.picking_ids.ids), ("no", []))
        rule = self.new_rule("confirmed", "invoiced")
        self.assertEqual(self.change(rule), (1, 0))
        self.assertEqual(self.alive(rule).order_id, order)

    def test_an_activation_finds_goods_that_were_shipped_long_ago_and_not_invoiced(self):
        order = self.make_order([(self.goods, 1)])
        self.ship(order)
        evaluation.evaluate(self.env, order.ids)
        self.age(order)
        rule = self.new_rule("confirmed", "invoiced")
        self.assertEqual(self.change(rule), (1, 0))
        self.assertEqual(self.alive(rule).order_id, order)

    def test_orders_are_found_by_index_however_many_are_finished(self):
        order = self.finished()
        for table, key, others in (
            ("sale_order", order.id, {"id": "number"}),
            ("stock_picking", order.picking_ids.id, {"id": "number", "sale_id": "number", "name": "number::text"}),
        ):
            pairs = SQL(", ").join(SQL("%s, %s", name, SQL(value)) for name, value in others.items())
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %(table)s SELECT (jsonb_populate_record(known, jsonb_build_object(%(pairs)s))).*"
                    " FROM %(table)s known, generate_series(10000000, 10002000) AS number WHERE known.id = %(key)s",
                    table=SQL.identifier(table),
                    pairs=pairs,
                    key=key,
                )
            )
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        query = candidates.query(None, candidates.PAGE, fields.Datetime.now())
        plan = "\n".join(line for (line,) in self.env.execute_query(SQL("EXPLAIN %s", query)))
        self.assertIn("sale_order_pkey", plan)
        self.assertIn("stock_picking__sale_id_index", plan)
        self.assertNotIn("hashed", plan, "a whole table would be read for each page")
        self.assertNotIn("Seq Scan on stock_picking", plan)
