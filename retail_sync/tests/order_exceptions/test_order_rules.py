"""Rules are changed with a preview: what is counted before is what happens after."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.milestone import evaluation
from ...models.order_exceptions import evaluate
from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestOrderRules(CommerceCase):
    entities = ()

    def setUp(self):
        super().setUp()
        # What other rules find is not counted here.
        self.env["retail.sync.order.rule"].search([]).active = False
        self.manager = new_test_user(
            self.env,
            "man",
            "base.group_user,sales_team.group_sale_salesman_all_leads,retail_sync.group_manager",
        )
        self.product = self.make_product(stock=100)
        self.orders = self.env["sale.order"].union(*(self.make_order([(self.product, 1)]) for _number in range(3)))
        self.ship(self.orders[2])
        evaluation.evaluate(self.env, self.orders.ids)
        self.rule = self.new_rule("not_out", within=0)

    def new_rule(self, code, **values):
        rules = self.env["retail.sync.order.rule"].with_user(self.manager)
        return rules.create(
            {"name": f"Rule {code}", "code": code, "after_kind": "allocated", "then_kind": "shipped", **values}
        )

    def dialog(self, rule=None, **values):
        action = (rule or self.rule).action_change()
        dialog = self.env["retail.sync.order.rule.change"].with_user(self.manager).browse(action["res_id"])
        dialog.write(values)
        return dialog

    def alive(self):
        return self.env["retail.sync.order.exception"].search([("rule_id", "=", self.rule.id), ("state", "=", "open")])

    def activate(self, **values):
        dialog = self.dialog(**values)
        dialog.action_apply()
        self.run_jobs()
        return dialog

    def test_a_new_rule_checks_nothing_before_it_is_activated(self):
        self.assertFalse(self.rule.active)
        evaluate.evaluate(self.env, self.orders.ids)
        self.assertFalse(self.alive())

    def test_the_preview_counts_what_the_activation_then_opens(self):
        dialog = self.dialog()
        counted = (dialog.opens, dialog.ends)
        self.assertEqual(counted, (2, 0))
        self.assertIn(self.orders[0].name, dialog.order_names)
        self.assertFalse(self.alive(), "a preview changes nothing")
        dialog.action_apply()
        self.run_jobs()
        self.assertEqual(self.alive().order_id, self.orders[:2])

    def test_a_change_previews_what_ends(self):
        self.activate()
        dialog = self.dialog(within=5)
        self.assertEqual((dialog.opens, dialog.ends), (0, 2))
        dialog.action_apply()
        self.run_jobs()
        self.assertFalse(self.alive())
        self.assertEqual(self.rule.within, 5)

    def test_an_active_rule_is_not_changed_past_the_preview(self):
        self.activate()
        for values in ({"within": 9}, {"active": False}, {"domain": "[('id', '=', 1)]"}, {"code": "other"}):
            with self.assertRaises(UserError):
                self.rule.write(values)
        self.rule.write({"name": "Lies there", "next_step": "Ship it."})

    def test_switching_off_ends_its_exceptions(self):
        self.activate()
        action = self.rule.action_switch_off()
        dialog = self.env["retail.sync.order.rule.change"].with_user(self.manager).browse(action["res_id"])
        self.assertEqual(dialog.ends, 2)
        ended = self.alive()
        dialog.action_apply()
        self.assertEqual(set(ended.mapped("closing")), {"rule_off"})
        self.assertFalse(self.rule.active)
        self.assertFalse(self.env["retail.sync.expectation"].search([("rule_id", "=", self.rule.id)]))

    def test_a_dialog_that_is_out_of_date_does_nothing(self):
        first, second = self.dialog(), self.dialog()
        first.action_apply()
        with self.assertRaises(UserError):
            second.action_apply()

    def test_a_rule_may_be_for_some_orders_only(self):
        dialog = self.dialog(domain=f"[('id', '=', {self.orders[1].id})]")
        self.assertEqual(dialog.opens, 1)
        dialog.action_apply()
        self.run_jobs()
        self.assertEqual(self.alive().order_id, self.orders[1])

    def test_a_filter_that_is_code_is_refused(self):
        for domain in ("__import__('os').getcwd()", "[('nowhere', '=', 1)]", "{'a': 1}"):
            with self.assertRaises(ValidationError), mute_logger("odoo.sql_db"):
                self.new_rule("code", domain=domain)

    def test_incomplete_rules_are_refused(self):
        for values in ({"kind": "condition"}, {"then_kind": "allocated"}, {"code": "Über uns"}):
            with self.assertRaises(ValidationError):
                self.new_rule("bad", **values) if "code" not in values else self.new_rule(values["code"])

    def test_a_rule_of_one_company_leaves_the_orders_of_others_alone(self):
        other = self.env["res.company"].create({"name": "Other"})
        rule = self.rule.sudo()
        rule.write({"company_id": other.id, "active": True})
        evaluate.evaluate(self.env, self.orders.ids)
        self.assertFalse(self.alive())
        rule.company_id = self.company
        evaluate.evaluate(self.env, self.orders.ids)
        self.assertEqual(self.alive().order_id, self.orders[:2])

    def test_operators_and_auditors_change_no_rules(self):
        for role in ("operator", "auditor"):
            user = new_test_user(self.env, role, f"base.group_user,retail_sync.group_{role}")
            rule = self.rule.with_user(user)
            self.assertTrue(rule.summary)
            with self.assertRaises(AccessError):
                rule.write({"name": "Mine"})
            with self.assertRaises(AccessError):
                rule.action_change()

    def test_rules_are_read_as_sentences(self):
        self.assertEqual(self.rule.summary, "After Allocated, Shipped within 0")
        self.rule.write({"within": 2, "working_days": True})
        self.assertEqual(self.rule.summary, "After Allocated, Shipped within 2 working days")
        self.assertEqual(self.env.ref("retail_sync.order_rule_late").summary, "Shipped before the promised date")
        backorder = self.env.ref("retail_sync.order_rule_backorder")
        self.assertEqual(backorder.summary, "A backorder is open for more than 7 days")

    def test_working_days_are_those_of_the_companys_calendar(self):
        calendar = self.company.resource_calendar_id
        calendar.attendance_ids.filtered(lambda line: line.dayofweek == "2").unlink()
        from ...models.order_exceptions.reading import working_days

        days = working_days(self.company)
        monday = fields.Date.to_date("2026-11-30")
        self.assertEqual(
            [days.works(monday + timedelta(days=number)) for number in range(7)],
            [True, True, False, True, True, False, False],
        )

    def test_a_rule_with_exceptions_is_kept(self):
        self.activate()
        with self.assertRaises(UserError):
            self.rule.sudo().unlink()

    def test_a_filter_asks_for_nothing_that_is_hidden_from_who_writes_it(self):
        """A filter is evaluated with the rights of the system: counts gave a secret away letter by letter."""
        hidden = (
            "[('sync_link_ids.connection_id.client_secret', '=like', 'a%')]",
            "[('sync_link_ids', 'any', [('connection_id.client_secret', '!=', False)])]",
            "['!', ('sync_link_ids.base', '!=', False)]",
        )
        for domain in hidden:
            with self.assertRaises(ValidationError, msg=domain):
                self.new_rule("secret", domain=domain)
            with self.assertRaises(ValidationError):
                self.dialog(domain=domain).read(["opens"])
            dialog = self.dialog()
            dialog.sudo().domain = domain
            with self.assertRaises(ValidationError):
                dialog.action_apply()
        self.new_rule(
            "open", domain="[('order_line.product_id.default_code', '=', 'X'), ('partner_id.city', '=', 'Y')]"
        )

    def test_a_preview_counts_and_names_the_orders_of_the_users_companies_alone(self):
        self.activate()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        manager = new_test_user(
            self.env,
            "manager_elsewhere",
            "base.group_user,sales_team.group_sale_salesman_all_leads,retail_sync.group_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        action = self.rule.with_user(manager).action_change()
        dialog = self.env["retail.sync.order.rule.change"].with_user(manager).browse(action["res_id"])
        self.assertEqual((dialog.opens, dialog.ends, dialog.looked_at, dialog.order_names), (0, 0, 0, False))
        self.assertEqual(dialog.counted_in, "Orders of Elsewhere. The rule itself checks the orders of all companies.")
        dialog.mode = "off"
        self.assertEqual(dialog.ends, 0)

    def test_a_preview_of_a_rule_of_one_company_counts_the_orders_of_that_one(self):
        self.env["res.company"].create({"name": "Elsewhere"})
        self.rule.company_id = self.env.company
        dialog = self.dialog()
        self.assertEqual(dialog.opens, 2)
        self.assertFalse(dialog.counted_in)

    def test_a_dialog_about_a_rule_of_another_company_is_refused(self):
        rule = self.rule.sudo()
        rule.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        dialogs = self.env["retail.sync.order.rule.change"].with_user(self.manager)
        with self.assertRaises(AccessError):
            dialogs.create({"rule_id": rule.id, "mode": "activate"})
