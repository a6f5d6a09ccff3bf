from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...models.merge import session
from ..common import GROUPS
from ..merge_case import MergeCase


@tagged("post_install", "-at_install")
class TestMergeAccess(MergeCase):
    """Who may merge, undo and read about it; and what the screens show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups("clerk")
        cls.users["merger"] = cls.make_user("merger", "base.group_partner_manager")

    def setUp(self):
        super().setUp()
        self.first, self.second = (
            self.customer("One", email="x@example.com"),
            self.customer("Two", email="x@example.com"),
        )

    def try_merge(self, name, survivor=None, losers=None):
        env = self.env(user=self.users[name])
        return session.merge(
            env, (survivor or self.first).with_env(env), (losers or self.second).with_env(env), "They are one"
        )

    def test_stewards_and_managers_merge_and_undo(self):
        for name in ("steward", "manager"):
            merge = self.try_merge(name)
            self.assertEqual(merge.sudo().user_id, self.users[name])
            wizard = (
                self.env["retail.sync.merge.undo"].browse(merge.action_undo()["res_id"]).with_user(self.users[name])
            )
            self.assertTrue(wizard.possible)
            with self.assertRaises(UserError):
                wizard.action_confirm()
            wizard.reason = "Father and son"
            wizard.action_confirm()
            self.refresh()
            self.assertTrue(self.second.exists())
            self.assertEqual((merge.sudo().undo_reason, merge.sudo().undone_by), ("Father and son", self.users[name]))

    def test_no_other_role_merges_or_undoes(self):
        merge = self.try_merge("steward")
        three = self.customer("Three")
        for name in ("operator", "auditor", "clerk", "merger"):
            with self.assertRaises(AccessError):
                self.try_merge(name, losers=three)
            with self.assertRaises(AccessError):
                merge.with_user(self.users[name])._undo("No")
        self.assertEqual(merge.state, "done")

    def test_who_reads(self):
        merge = self.try_merge("steward")
        for name in GROUPS:
            seen = merge.with_user(self.users[name])
            self.assertEqual(seen.loser_names, "Two")
            self.assertFalse(seen.has_access("write") or seen.has_access("unlink") or seen.has_access("create"))
            with self.assertRaises(AccessError):
                seen.read(["journal"])
            with self.assertRaises(AccessError):
                seen.line_ids.read(["snapshot"])
        for name in ("clerk", "merger"):
            with self.assertRaises(AccessError):
                merge.with_user(self.users[name]).read(["reason"])
        with self.assertRaises(AccessError):
            merge.line_ids.with_user(self.users["operator"]).read(["values"])
        self.assertEqual(merge.line_ids.with_user(self.users["steward"]).values["Email"], "x@example.com")

    def test_whoever_may_use_odoos_wizard_leaves_a_record(self):
        env = self.env(user=self.users["merger"])
        env["base.partner.merge.automatic.wizard"]._merge((self.first | self.second).ids, self.first.with_env(env))
        self.refresh()
        merge = self.env["retail.sync.merge"].search([], limit=1)
        self.assertEqual((merge.source, merge.user_id, merge.survivor_id), ("wizard", self.users["merger"], self.first))

    def test_odoos_own_limits_hold_for_its_wizard(self):
        env = self.env(user=self.users["merger"])
        self.second.email = "other@example.com"
        with self.assertRaisesRegex(UserError, "same email"):
            env["base.partner.merge.automatic.wizard"]._merge((self.first | self.second).ids, self.first.with_env(env))
        many = self.first | self.second | self.customer("Three") | self.customer("Four")
        with self.assertRaisesRegex(UserError, "more than 3"):
            env["base.partner.merge.automatic.wizard"]._merge(many.ids, self.first.with_env(env))
        self.assertEqual(many.exists(), many)

    def test_the_wizard_chooses_whom_core_would(self):
        survivor = self.env["base.partner.merge.automatic.wizard"]._get_ordered_partner((self.first | self.second).ids)[
            -1
        ]
        self.env["base.partner.merge.automatic.wizard"]._merge((self.first | self.second).ids)
        self.refresh()
        self.assertEqual(self.env["retail.sync.merge"].search([], limit=1).survivor_id, survivor)

    def test_customers_of_another_company_are_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.second.company_id = company
        for name in ("steward", "merger"):
            env = self.env(user=self.users[name])
            with self.assertRaises(AccessError):
                env["base.partner.merge.automatic.wizard"]._merge(
                    (self.first | self.second).ids, self.first.with_env(env)
                )
        with self.assertRaises(AccessError):
            self.try_merge("steward")
        # Else the survivor would get the loser's company, as in Odoo's own wizard.
        self.first.company_id = self.env.company
        merge = self.merge(self.first, self.second)
        seen = merge.with_user(self.users["steward"])
        self.assertFalse(seen.line_ids, "what a customer of another company was is not shown")
        self.users["steward"].company_ids = [Command.link(company.id)]
        self.env.invalidate_all()
        seen = merge.with_user(self.users["steward"]).with_context(
            allowed_company_ids=[self.env.company.id, company.id]
        )
        self.assertEqual(seen.line_ids.name, "Two")
        self.first.company_id = company
        self.assertFalse(
            self.env["retail.sync.merge"].with_user(self.users["operator"]).search([("id", "=", merge.id)]),
            "a merge shows to who may see the customer",
        )

    def test_the_customer_says_what_became_part_of_it(self):
        merge = self.try_merge("steward")
        two_id = merge.line_ids.old_id
        with Form(self.first.with_user(self.users["operator"])) as form:
            self.assertEqual(form.retail_sync_merge_count, 1)
            self.assertEqual(form.retail_sync_merge_notice, f"Merged from: Two (#{two_id})")
        action = self.first.with_user(self.users["operator"]).action_retail_sync_merges()
        self.assertEqual(self.env["retail.sync.merge"].search(action["domain"]), merge)
        merge._undo("No")
        self.refresh()
        self.assertEqual(self.first.with_user(self.users["operator"]).retail_sync_merge_count, 0)
        with Form(self.first.with_user(self.users["clerk"])) as form:
            self.assertEqual(form.name, "One")

    def test_merges_are_found_by_whom_they_took_away(self):
        merge = self.try_merge("steward")
        search = self.env["retail.sync.merge"].search
        self.assertEqual(search([("line_ids.name", "ilike", "two")]), merge)
        self.assertIn(merge, search([("survivor_id", "=", self.first.id)]))
        self.assertNotIn(merge, search([("survivor_id", "=", self.customer("Else").id)]))
