"""What people see of order exceptions and do about them; how exceptions are ranked, and who is notified."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .exception_case import OrderExceptionCase


@tagged("post_install", "-at_install")
class TestExceptionsOfPeople(OrderExceptionCase):
    def test_ignoring_needs_a_reason_and_lasts_until_the_cause_has_gone(self):
        order = self.late_order()
        self.evaluate(order, hours=6)
        exception = self.exceptions_of(order, "late")
        operator = new_test_user(
            self.env, "op", "base.group_user,sales_team.group_sale_salesman_all_leads,retail_sync.group_operator"
        )
        as_operator = exception.with_user(operator)
        with self.assertRaises(UserError):
            as_operator.action_ignore("  ")
        as_operator.action_ignore("The customer knows")
        self.assertEqual((exception.state, exception.ignored_by), ("ignored", operator))
        self.evaluate(order, hours=7)
        self.assertEqual(exception.state, "ignored")
        self.assertEqual(len(self.exceptions_of(order, "late")), 1)
        order.commitment_date = fields.Datetime.now() + timedelta(days=9)
        self.evaluate(order, hours=7)
        self.assertEqual(exception.state, "solved")
        self.evaluate(order, days=10)
        self.assertEqual(self.exceptions_of(order, "late").mapped("state"), ["solved", "open"])

    def test_an_auditor_reads_and_ignores_nothing(self):
        order = self.late_order()
        self.evaluate(order, hours=6)
        auditor = new_test_user(
            self.env, "aud", "base.group_user,sales_team.group_sale_salesman_all_leads,retail_sync.group_auditor"
        )
        exception = self.exceptions_of(order, "late").with_user(auditor)
        self.assertEqual(exception.state, "open")
        with self.assertRaises(AccessError):
            exception.action_ignore("no")
        with self.assertRaises(AccessError):
            exception.write({"state": "solved"})

    def test_the_order_shows_what_is_wrong_and_what_to_do(self):
        order = self.late_order()
        self.evaluate(order, hours=6)
        self.env.invalidate_all()
        self.assertEqual((order.sync_exception_count, order.sync_exception_priority), (1, "medium"))
        self.assertIn("Late against the promise", order.sync_exception_note)
        self.assertIn("agree on a new date", order.sync_exception_note)
        orders = self.env["sale.order"]
        self.assertIn(order, orders.search([("sync_exception_priority", "!=", False)]))
        self.assertNotIn(order, orders.search([("sync_exception_priority", "=", False)]))
        self.assertIn(order, orders.search([("sync_exception_priority", "=", "medium")]))
        self.assertNotIn(order, orders.search([("sync_exception_priority", "=", "high")]))
        order.commitment_date = fields.Datetime.now() + timedelta(days=9)
        self.evaluate(order, hours=7)
        self.env.invalidate_all()
        self.assertFalse(order.sync_exception_note)

    def test_each_number_of_the_overview_opens_a_list_of_that_length(self):
        orders = self.late_order() | self.late_order()
        self.evaluate(orders, hours=6)
        operator = new_test_user(
            self.env,
            "over",
            "base.group_user,sales_team.group_sale_salesman_all_leads,retail_sync.group_operator",
        )
        shown = self.env["retail.sync.connection"].with_user(operator).get_overview()["orders"]
        exceptions = self.env["retail.sync.order.exception"].with_user(operator)
        expectations = self.env["retail.sync.expectation"].with_user(operator)
        for cause in shown["causes"]:
            domain = [("rule_id", "=", cause["rule_id"]), ("state", "=", "open")]
            self.assertEqual(exceptions.search_count(domain), cause["count"])
        self.assertEqual(
            sum(cause["count"] for cause in shown["causes"]), exceptions.search_count([("state", "=", "open")])
        )
        for state in ("overdue", "waiting"):
            self.assertEqual(expectations.search_count([("state", "=", state)]), shown[state])
        self.assertGreaterEqual(shown["overdue"], 2)

    # -- priority and notice

    def test_the_value_of_an_order_raises_the_priority(self):
        self.env["ir.config_parameter"].set_param("retail_sync.exception_value_high", "100")
        cheap, dear = self.late_order(), self.make_order([(self.product, 8)])
        dear.commitment_date = cheap.commitment_date
        self.evaluate(cheap | dear, hours=6)
        self.assertEqual(self.exceptions_of(cheap, "late").priority, "medium")
        self.assertEqual(self.exceptions_of(dear, "late").priority, "high")

    def test_the_value_of_a_customer_is_what_it_was_billed(self):
        self.env["ir.config_parameter"].set_param("retail_sync.exception_value_basis", "customer")
        self.env["ir.config_parameter"].set_param("retail_sync.exception_value_high", "150")
        self.invoice(self.make_order([(self.product, 8)]))
        order = self.late_order()
        self.evaluate(order, hours=6)
        self.assertEqual(self.exceptions_of(order, "late").priority, "high")

    def test_a_group_is_notified_once_about_all_of_a_rule(self):
        group = self.env["res.groups"].create({"name": "Order desk"})
        user = new_test_user(self.env, "desk", "base.group_user")
        group.user_ids = user
        self.rules.filtered(lambda rule: rule.code == "late").notify_group_id = group
        orders = self.late_order() | self.late_order()
        for _look in range(2):
            self.evaluate(orders, hours=6)
        notices = self.env["mail.message"].search(
            [("partner_ids", "in", user.partner_id.ids), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(len(notices), 1)
        for order in orders:
            self.assertIn(order.name, notices.body)
