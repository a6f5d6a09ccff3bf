from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..block_case import BlockCase


@tagged("post_install", "-at_install")
class TestAccountBlock(BlockCase):
    """A person stops a customer: who may, what it stops, and when it ends."""

    # -- blocking and lifting

    def test_dialog(self):
        action = self.as_user("blocker", self.contact).action_account_block()
        wizard = self.as_user("blocker", self.env["retail.sync.block"]).browse(action["res_id"])
        self.assertEqual(wizard.partner_ids, self.firm, "the company is blocked, not one of its contacts")
        with self.assertRaisesRegex(UserError, "reason is missing"):
            wizard.action_apply()
        with Form(wizard, view="retail_sync.view_block_form") as form:
            form.reason = "Unpaid invoices"
            form.until = self.today + timedelta(days=7)
        wizard.action_apply()
        self.assertTrue(self.firm.account_block)
        self.assertEqual(self.firm.account_block_uid, self.users["blocker"])
        self.assertEqual(self.firm.account_block_until, self.today + timedelta(days=7))
        self.assertTrue(self.firm.account_block_since)
        self.assertIn("Unpaid invoices", self.notes(self.firm))
        action = self.as_user("blocker", self.contact).action_account_lift()
        wizard = self.as_user("blocker", self.env["retail.sync.block"]).browse(action["res_id"])
        self.assertIn("Unpaid invoices", wizard.current)
        wizard.reason = "They paid"
        wizard.action_apply()
        self.assertFalse(self.contact.account_blocked)
        self.assertFalse(self.firm.account_block_reason or self.firm.account_block_uid or self.firm.account_block_until)
        self.assertRegex(self.notes(self.firm), "They paid.*Unpaid invoices")

    def test_end_before_begin(self):
        wizard = self.as_user("blocker", self.env["retail.sync.block"]).create(
            {"mode": "block", "partner_ids": self.firm.ids, "reason": "x", "until": self.days(-1)}
        )
        with self.assertRaisesRegex(UserError, "in the past"):
            wizard.action_apply()

    def test_who_may_block(self):
        for name in ("seller", "auditor", "portal"):
            with self.assertRaises(AccessError, msg=name):
                self.as_user(name, self.firm).action_account_block()
            with self.assertRaises(AccessError, msg=name):
                self.as_user(name, self.firm)._block_account("because", False)
            with self.assertRaises(AccessError, msg=name):
                self.as_user(name, self.env["retail.sync.block"]).create({"mode": "block"})
        editor = self.users["seller"]
        editor.group_ids += self.env.ref("base.group_partner_manager")
        for vals in ({"account_block": True, "account_block_reason": "x"}, {"account_block_until": self.days(1)}):
            with self.assertRaises(AccessError):
                self.firm.with_user(editor).write(vals)
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(editor).create({"name": "New", **vals})
        self.block()
        with self.assertRaises(AccessError):
            self.firm.with_user(editor).account_block = False
        with self.assertRaises(AccessError):
            self.firm.with_user(editor)._lift_account_block("I want to sell")
        self.firm.with_user(editor).phone = "+39 02 123"
        self.assertTrue(self.firm.account_blocked)

    def test_sales_and_accounting_managers_may_block(self):
        for group in ("sales_team.group_sale_manager", "account.group_account_manager"):
            implied = self.env.ref(group).all_implied_ids
            self.assertIn(self.env.ref("retail_sync.group_account_block"), implied)
            self.assertNotIn(self.env.ref("retail_sync.group_account_block_override"), implied)

    def test_a_reason_is_required_whatever_the_way(self):
        for reason in (False, "", "  "):
            with self.assertRaisesRegex(UserError, "reason is missing"):
                self.firm.write({"account_block": True, "account_block_reason": reason})
            with self.assertRaisesRegex(UserError, "reason is missing"):
                self.env["res.partner"].create({"name": "New", "account_block": True, "account_block_reason": reason})
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE res_partner SET account_block = true WHERE id = %s", [self.firm.id])

    def test_who_and_when_cannot_be_given(self):
        self.users["blocker"].group_ids += self.env.ref("base.group_partner_manager")
        self.as_user("blocker", self.firm).write(
            {
                "account_block": True,
                "account_block_reason": "x",
                "account_block_uid": self.users["boss"].id,
                "account_block_since": "2001-01-01",
            }
        )
        self.assertEqual(self.firm.account_block_uid, self.users["blocker"])
        self.assertNotEqual(self.firm.account_block_since.year, 2001)
        new = self.as_user("blocker", self.env["res.partner"]).create(
            {"name": "New", "account_block": True, "account_block_reason": "x", "account_block_uid": 1}
        )
        self.assertEqual(new.account_block_uid, self.users["blocker"])
        self.assertIn("was blocked by", self.notes(new))

    def test_changing_a_block(self):
        self.block()
        since = self.firm.account_block_since
        with freeze_time(datetime.now() + timedelta(hours=2)):
            self.as_user("boss", self.firm)._block_account("Still unpaid", self.days(3))
        self.assertEqual(self.firm.account_block_since, since)
        self.assertEqual(self.firm.account_block_uid, self.users["boss"])
        self.assertEqual(self.firm.account_block_reason, "Still unpaid")

    def test_many_at_once(self):
        firms = self.env["res.partner"].create([{"name": f"Firm {number}"} for number in range(20)])
        self.block(firms)
        self.assertTrue(all(firms.mapped("account_blocked")))
        firms.invalidate_recordset()
        with self.assertQueryCount(6):
            firms.mapped("account_blocked")

    # -- what it holds for

    def test_whole_entity(self):
        address = self.env["res.partner"].create({"name": "Dock", "type": "delivery", "parent_id": self.contact.id})
        self.block()
        for partner in (self.firm, self.contact, address):
            self.assertTrue(partner.account_blocked)
            self.assertIn("Rossi Srl was blocked by", partner.account_block_banner)
        self.assertFalse(self.other.account_blocked)
        found = self.env["res.partner"].search([("account_blocked", "=", True)])
        self.assertLessEqual(self.firm | self.contact | address, found)
        self.assertNotIn(self.other, found)
        free = self.env["res.partner"].search([("account_blocked", "=", False)])
        self.assertIn(self.other, free)
        self.assertFalse(free & found)
        everyone = self.env["res.partner"].search([("account_blocked", "in", [True, False])])
        self.assertEqual(everyone, self.env["res.partner"].search([]))

    def test_a_blocked_person_stays_blocked_under_another_company(self):
        person = self.env["res.partner"].create({"name": "Ugo"})
        self.block(person)
        person.parent_id = self.other
        self.assertEqual(person.commercial_partner_id, self.other)
        with self.assertRaises(UserError):
            self.order(person).action_confirm()
        self.assertFalse(self.other.account_blocked)
        self.as_user("blocker", person)._lift_account_block("Paid")
        self.order(person).action_confirm()

    def merge(self, source, into, user):
        self.env["base.partner.merge.automatic.wizard"].with_user(user)._merge(
            (source | into).ids, into.with_user(user)
        )
        self.env.invalidate_all()

    def test_merge_keeps_the_block(self):
        merger = self.users["seller"]
        merger.group_ids += self.env.ref("base.group_partner_manager")
        self.block(self.other, until=self.days(5))
        since = self.other.account_block_since
        self.merge(self.other, self.firm, merger)
        self.assertTrue(self.firm.account_blocked)
        self.assertEqual(self.firm.account_block_uid, self.users["blocker"])
        self.assertEqual(self.firm.account_block_since, since)

    def test_merge_does_not_shorten_a_block(self):
        self.block(self.firm)
        self.block(self.other, until=self.days(1))
        self.merge(self.other, self.firm, self.env.user)
        self.assertTrue(self.firm.account_block)
        self.assertFalse(self.firm.account_block_until)

    def test_copy_is_free(self):
        self.block()
        self.assertFalse(self.firm.copy().account_block)

    # -- the end

    def test_ends_by_itself_in_the_companys_time_zone(self):
        self.block(until=fields.Date.to_date("2031-05-31"))
        order = self.order()
        # 23:30 of the last day in Rome, and half past midnight of the next one.
        with freeze_time("2031-05-31 21:30:00"):
            self.assertTrue(self.firm._account_blocks())
            with self.assertRaises(UserError):
                order.with_context(tz="Asia/Tokyo").action_confirm()
        with freeze_time("2031-05-31 22:30:00"):
            self.assertFalse(self.firm._account_blocks())
            order.with_context(tz="America/New_York").action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(self.firm.account_block, "its end has passed: it stays, and stops no order")

    def test_time_zone_of_a_company(self):
        company = self.env["res.company"].create({"name": "No zone"})
        company.partner_id.tz = False
        with freeze_time("2031-05-31 22:30:00"):
            self.assertEqual(str(company._retail_sync_today()), "2031-05-31")
            company.country_id = self.env.ref("base.it")
            self.assertEqual(str(company._retail_sync_today()), "2031-06-01")
            company.country_id = self.env.ref("base.us")
            self.assertEqual(str(company._retail_sync_today()), "2031-05-31", "many zones: none is guessed")
            company.partner_id.tz = "Asia/Tokyo"
            self.assertEqual(str(company._retail_sync_today()), "2031-06-01")

    def test_cron_lifts_what_ended(self):
        self.block(until=self.today)
        self.block(self.other, until=self.days(30))
        self.env["res.partner"]._cron_retail_sync_credit()
        self.assertTrue(self.firm.account_block, "the last day counts")
        with freeze_time(datetime.now() + timedelta(days=2)):
            self.env["res.partner"]._cron_retail_sync_credit()
        self.assertFalse(self.firm.account_block)
        self.assertFalse(self.firm.account_block_reason)
        self.assertIn("ended on", self.notes(self.firm))
        self.assertTrue(self.other.account_block)
        self.assertIn("account_block", self.changes()[self.firm.id])

    def test_shared_customers_are_free_when_the_day_ended_everywhere(self):
        far = self.env["res.company"].create({"name": "Far west"})
        far.partner_id.tz = "Pacific/Honolulu"
        self.block(until=fields.Date.to_date("2031-05-31"))
        self.block(self.other, until=fields.Date.to_date("2031-05-31"))
        self.other.company_id = self.company
        with freeze_time("2031-05-31 23:00:00"):
            ended = self.env["res.partner"]._lift_ended_blocks()
            self.assertIn(self.other, ended)
            self.assertNotIn(self.firm, ended)
        with freeze_time("2031-06-01 11:00:00"):
            self.assertIn(self.firm, self.env["res.partner"]._lift_ended_blocks())
