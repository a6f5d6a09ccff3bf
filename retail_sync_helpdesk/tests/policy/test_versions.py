from datetime import date, timedelta
from decimal import Decimal

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ...domain.service.eligibility import ACTIONS
from ...domain.service.policy import Demand
from ...domain.service.side_actions import SIDE_ACTIONS
from ...models.policy import store


@tagged("post_install", "-at_install")
class TestPolicyVersions(TransactionCase):
    """A change of a policy makes a version, and a version never changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Underwear"})
        cls.defective = cls.env.ref("retail_sync_helpdesk.reason_defective")
        cls.kind = cls.env.ref("retail_sync_helpdesk.action_kind_return")
        cls.policy = cls.env["retail.sync.policy"].create({"name": "Consumers", "return_days": 14})

    def numbers(self):
        return self.policy.version_ids.sorted("number").mapped("number")

    def test_all_fields_reach_the_decisions(self):
        self.policy.write(
            {
                "priority": 5,
                "company_id": self.env.company.id,
                "brand": "Nord",
                "starts": "2026-01-01",
                "ends": "2026-12-31",
                "warranty_days": 365,
                "category_ids": [
                    Command.create(
                        {
                            "category_id": self.category.id,
                            "returns": "never",
                            "warranty": "days",
                            "warranty_days": 90,
                        }
                    )
                ],
                "no_return_category_ids": [Command.set(self.category.ids)],
                "restocking_percent": 12.5,
                "defect_reason_ids": [Command.set(self.defective.ids)],
                "at_once_reason_ids": [Command.set(self.defective.ids)],
                "method_ids": [Command.clear()]
                + [Command.create({"method": name, "sequence": n}) for n, name in enumerate(("bank", "original"))],
                "shipping_refund": "always",
                "shipping_percent": 50,
                "shipping_limited": True,
                "shipping_most": 4.9,
                "goodwill_percent": 10,
                "goodwill_limited": True,
                "goodwill_most": 20,
                "machine_action_ids": [Command.set(self.kind.ids)],
                "customer_days": 60,
                "limit_refunds": True,
                "customer_refunds": 3,
                "limit_amount": True,
                "customer_amount": 99.99,
                "demand_ids": [
                    Command.create({"kind_id": self.kind.id, "methods": "phone_pin, mail_code", "minutes": 15})
                ],
                "refuse_printed": False,
                "refuse_picked": False,
                "cut_ordered": False,
            }
        )
        found = self.policy.version_ids[0]._policy()
        self.assertEqual(found, self.policy._policy())
        self.assertEqual((found.id, found.version), (self.policy.id, 2))
        self.assertEqual((found.starts, found.ends), (date(2026, 1, 1), date(2026, 12, 31)))
        self.assertEqual(found.category_return_days, {self.category.id: None})
        self.assertEqual(found.category_warranty_days, {self.category.id: 90})
        self.assertEqual(found.no_return, {self.category.id})
        self.assertEqual(found.methods, ("bank", "original"))
        self.assertEqual(found.restocking_percent, Decimal("12.5"))
        self.assertEqual((found.shipping_most, found.goodwill_most), (Decimal("4.9"), Decimal(20)))
        self.assertEqual((found.customer_refunds, found.customer_amount), (3, Decimal("99.99")))
        self.assertEqual(
            found.demands, {"return": Demand(frozenset({"phone_pin", "mail_code"}), timedelta(minutes=15))}
        )
        self.assertEqual(found.machine_actions, {"return"})

    def test_a_save_makes_one_version_and_an_equal_save_none(self):
        self.policy.write(
            {
                "warranty_days": 10,
                "category_ids": [Command.create({"category_id": self.category.id, "returns": "never"})],
            }
        )
        self.assertEqual(self.numbers(), [1, 2])
        self.policy.write({"warranty_days": 10})
        self.assertEqual((self.numbers(), self.policy.version), ([1, 2], 2))

    def test_a_line_that_changes_alone_makes_a_version(self):
        line = self.env["retail.sync.policy.category"].create(
            {"policy_id": self.policy.id, "category_id": self.category.id, "returns": "never"}
        )
        line.returns = "policy"
        line.unlink()
        # Without a window of its own the line says nothing, so its removal changes nothing.
        self.assertEqual(self.numbers(), [1, 2, 3])

    def test_the_context_of_a_caller_does_not_leave_versions_out(self):
        self.policy.with_context(tracking_disable=True, no_version=True).return_days = 15
        self.assertEqual(self.numbers(), [1, 2])
        self.assertIn("return_days: 14 → 15", self.policy.version_ids[0].difference)

    def test_a_policy_without_a_way_to_pay_back_is_refused(self):
        with self.assertRaises(UserError):
            self.policy.method_ids.unlink()

    def test_versions_and_policies_cannot_be_removed_or_changed(self):
        version = self.policy.version_ids
        for attempt in (lambda: version.write({"content": "{}"}), version.unlink, self.policy.unlink):
            with self.assertRaises(UserError):
                attempt()
        manager = new_test_user(self.env, "policy_manager", "retail_sync_helpdesk.group_service_manager")
        with self.assertRaises(AccessError):
            self.env["retail.sync.policy.version"].with_user(manager).create(
                {"policy_id": self.policy.id, "number": 9, "content": "{}"}
            )
        for statement in ("UPDATE %s SET content = '{}'", "DELETE FROM %s"):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(SQL(statement, SQL.identifier("retail_sync_policy_version")))

    def test_a_manager_changes_policies_and_an_agent_reads_them(self):
        manager = new_test_user(self.env, "policy_manager", "retail_sync_helpdesk.group_service_manager")
        agent = new_test_user(self.env, "policy_agent", "retail_sync_helpdesk.group_agent")
        self.policy.with_user(manager).return_days = 20
        self.assertEqual(self.policy.version_ids[0].changed_by_id, manager)
        self.assertEqual(self.policy.with_user(agent).return_days, 20)
        with self.assertRaises(AccessError):
            self.policy.with_user(agent).return_days = 99

    def test_a_copy_has_the_lines_and_versions_of_its_own(self):
        self.policy.method_ids = [Command.create({"method": "bank", "sequence": 1})]
        copy = self.policy.copy()
        self.assertEqual(copy._policy().methods, self.policy._policy().methods)
        self.assertEqual((copy.version, len(copy.version_ids)), (1, 1))


@tagged("post_install", "-at_install")
class TestReasonsAndRules(TransactionCase):
    """Reasons and approval rules as decisions read them."""

    def test_every_service_action_has_a_kind(self):
        codes = set(self.env["retail.sync.action.kind"].search([("looks_up", "=", False)]).mapped("code"))
        self.assertEqual(codes, {*ACTIONS, *SIDE_ACTIONS})

    def test_reasons_are_translated_and_archived_ones_are_left_out(self):
        self.env["res.lang"]._activate_lang("de_DE")
        reason = self.env.ref("retail_sync_helpdesk.reason_lost")
        reason.with_context(lang="de_DE").name = "Verloren"
        rows = {row.code: row for row in store.reasons(self.env, "de_DE")}
        self.assertEqual(rows["lost"].text, "Verloren")
        self.assertIn("replace", rows["lost"].actions)
        self.assertEqual(rows["other"].actions, ())
        reason.active = False
        self.assertNotIn("lost", [row.code for row in store.reasons(self.env)])

    def test_the_code_of_a_reason_stays(self):
        reason = self.env.ref("retail_sync_helpdesk.reason_lost")
        with self.assertRaises(UserError):
            reason.code = "gone"
        with self.assertRaises(UserError):
            reason.unlink()

    def test_shipped_rules_ask_supervisors_and_finance(self):
        rules = {rule.code: rule for rule in store.approval_rules(self.env, self.env.company)}
        self.assertEqual(rules["refund_above_100"].group, "retail_sync_helpdesk.group_supervisor")
        self.assertEqual(rules["refund_above_500"].group, "retail_sync_helpdesk.group_refund_finance")
        self.assertEqual(rules["goodwill_above_25"].above, Decimal(25))
        self.assertTrue(rules["machine_above_25"].machines)
        self.assertIsNone(rules["refund_above_100"].machines)

    def test_a_group_that_people_made_gets_a_name(self):
        group = self.env["res.groups"].create({"name": "Head of service"})
        self.env["retail.sync.approval.rule"].create({"name": "All", "code": "all", "group_id": group.id})
        rule = next(rule for rule in store.approval_rules(self.env, self.env.company) if rule.code == "all")
        self.assertEqual(self.env.ref(rule.group), group)
        self.assertIsNone(rule.above)

    def test_a_rule_of_another_company_is_not_read(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.ref("retail_sync_helpdesk.approval_rule_machine_above_25").company_id = other
        codes = [rule.code for rule in store.approval_rules(self.env, self.env.company)]
        self.assertNotIn("machine_above_25", codes)
        self.assertIn("machine_above_25", [rule.code for rule in store.approval_rules(self.env, other)])


@tagged("post_install", "-at_install")
class TestChoice(TransactionCase):
    """Which policy decides on an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "Europe/Rome"
        cls.partner = cls.env["res.partner"].create({"name": "Rossi Srl", "country_id": cls.env.ref("base.it").id})
        cls.team = cls.env["crm.team"].create({"name": "Nord"})
        cls.default = cls.env.ref("retail_sync_helpdesk.policy_default")

    def order(self, **values):
        return self.env["sale.order"].create({"partner_id": self.partner.id, "team_id": self.team.id, **values})

    def policy(self, **values):
        return self.env["retail.sync.policy"].create({"name": "Policy", "priority": 1, **values})

    def test_the_default_decides_where_no_other_fits(self):
        other = self.policy(brand="Sud")
        order = self.order()
        choice = store.choices_for(self.env, order)[order.id]
        self.assertEqual(choice.policy.reference, f"{self.default.id}/{self.default.version}")
        self.assertEqual(choice.skipped, ((f"{other.id}/1", "brand"),))
        self.assertFalse(choice.policy.machine_actions)

    def test_the_day_of_the_order_is_that_of_the_company(self):
        policy = self.policy(brand="Nord", starts="2026-03-02")
        order = self.order(date_order="2026-03-01 23:30:00")
        self.assertEqual(store.choose_for(self.env, order)[order.id].id, policy.id)
        order.date_order = "2026-03-01 22:30:00"
        self.assertEqual(store.choose_for(self.env, order)[order.id].id, self.default.id)

    def test_a_change_counts_at_once_and_an_archived_policy_not_at_all(self):
        policy = self.policy()
        order = self.order()
        policy.return_days = 3
        self.assertEqual(store.choose_for(self.env, order)[order.id].return_days, 3)
        policy.active = False
        self.default.active = False
        self.assertIsNone(store.choose_for(self.env, order)[order.id])

    def test_queries_do_not_grow_with_orders(self):
        orders = self.order()
        for _number in range(9):
            orders |= self.order()
        counts = []
        for chosen in (orders[:1], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            store.choose_for(self.env, chosen)
            store.region_of(chosen)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_brand_and_region(self):
        order = self.order()
        self.assertEqual(store.brand_of(order), {order.id: "Nord"})
        self.assertEqual(store.region_of(order), {order.id: "IT"})

    def test_the_trial_says_which_policy_decides_and_why_others_do_not(self):
        self.policy(name="Later", starts="2999-01-01")
        trial = self.env["retail.sync.policy.trial"].create({"order_id": self.order().id})
        self.assertIn("Default policy decides", trial.result)
        self.assertIn("Later: it starts after the date of the order.", trial.result)
