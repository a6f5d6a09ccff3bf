from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..block_case import BlockCase


@tagged("post_install", "-at_install")
class TestBlockOverride(BlockCase):
    """Who may confirm all the same, and what stays on record of it."""

    def override(self, order, reason="Paid in advance"):
        action = self.as_user("boss", order).action_confirm_despite_block()
        wizard = self.as_user("boss", self.env["retail.sync.block.confirm"]).browse(action["res_id"])
        self.assertIn("Unpaid invoices", wizard.stops_text)
        wizard.reason = reason
        wizard.action_apply()

    def test_override(self):
        self.block()
        order = self.order()
        with self.assertRaisesRegex(UserError, "reason is missing"):
            self.override(order, reason="  ")
        self.assertEqual(order.state, "draft")
        self.override(order)
        self.assertEqual(order.state, "sale")
        row = self.env["retail.sync.block.override"].search([("order_id", "=", order.id)])
        self.assertEqual((row.user_id, row.reason, row.kind), (self.users["boss"], "Paid in advance", "account_block"))
        self.assertEqual((row.partner_id, row.blocked_by_id), (self.firm, self.users["blocker"]))
        self.assertEqual((row.order_name, row.amount_total), (order.name, order.amount_total))
        self.assertIn("Unpaid invoices", row.block_text)
        self.assertIn("Paid in advance", self.notes(order))
        order._action_cancel()
        order.action_draft()
        with self.assertRaisesRegex(UserError, "blocked by", msg="one override, one confirmation"):
            order.action_confirm()
        with self.assertRaises(UserError):
            self.as_user("boss", self.order()).action_confirm()

    def test_override_that_fails_leaves_no_row(self):
        self.block()
        order = self.order()
        with (
            patch.object(self.registry["sale.order"], "_action_confirm", side_effect=UserError("no stock")),
            self.assertRaisesRegex(UserError, "no stock"),
            self.env.cr.savepoint(),
        ):
            self.override(order)
        self.assertFalse(self.env["retail.sync.block.override"].search([("order_id", "=", order.id)]))
        with self.assertRaisesRegex(UserError, "blocked"):
            order.action_confirm()

    def test_who_may_override(self):
        self.block()
        order = self.order()
        for name in ("seller", "blocker", "auditor"):
            with self.assertRaises(AccessError, msg=name):
                self.as_user(name, order).action_confirm_despite_block()
            with self.assertRaises(AccessError, msg=name):
                self.as_user(name, self.env["retail.sync.block.confirm"]).create(
                    {"order_ids": order.ids, "reason": "mine"}
                )

    def test_rows_are_for_good(self):
        self.block()
        order = self.order()
        self.override(order)
        row = self.env["retail.sync.block.override"].search([("order_id", "=", order.id)])
        boss_row = self.as_user("boss", row)
        for rows in (boss_row, row.sudo(), boss_row.sudo()):
            with self.assertRaises(UserError):
                rows.write({"reason": "nicer"})
            with self.assertRaises(UserError):
                rows.unlink()
        with self.assertRaises(UserError):
            boss_row.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        with self.assertRaises(AccessError):
            self.as_user("boss", self.env["retail.sync.block.override"]).create({"reason": "made up"})
        for name in ("auditor", "blocker", "boss"):
            self.assertEqual(self.as_user(name, row).read(["reason"])[0]["reason"], "Paid in advance")
        with self.assertRaises(AccessError):
            self.as_user("seller", row).read(["reason"])
        order._action_cancel()
        order.unlink()
        row.invalidate_recordset()
        self.assertTrue(row.exists() and row.order_name)
        self.assertFalse(row.order_id)
        row.sudo().with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        self.assertFalse(row.exists())

    def test_rows_of_other_companies_are_out_of_sight(self):
        self.block()
        order = self.order()
        self.override(order)
        company = self.env["res.company"].create({"name": "Other company"})
        user = self.users["auditor"]
        user.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(self.as_user("auditor", self.env["retail.sync.block.override"]).search([]))
