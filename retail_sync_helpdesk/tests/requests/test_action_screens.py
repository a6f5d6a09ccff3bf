from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..requests_case import AGENT, RequestsCase

ACTION = "retail.sync.action"


@tagged("post_install", "-at_install")
class TestScreens(RequestsCase):
    """What the screens of Odoo call, with the user in place of a key."""

    @classmethod
    def make_documents(cls, shop):
        cls.order = shop.fresh()

    def setUp(self):
        super().setUp()
        self.values = self.asked("cancel_order")
        self.model = self.env[ACTION].with_user(self.agent)

    def test_preview_and_submit_by_a_user(self):
        shown = self.model.preview_for_screen(self.order.id, self.values)
        self.assertTrue(shown["verdict"]["allowed"])
        result = self.model.submit_for_screen(self.order.id, self.values, shown["token"], "click-1")
        self.assertEqual((result["state"], self.order.state), ("done", "cancel"))
        again = self.model.submit_for_screen(self.order.id, self.values, shown["token"], "click-1")
        self.assertEqual(again, result)
        action = self.env[ACTION].search([("uuid", "=", result["uuid"])])
        self.assertEqual((action.channel, action.user_id), ("screen", self.agent))

    def test_a_refusal_is_reported_and_its_audit_row_stays(self):
        self.order.action_lock()
        shown = self.model.preview_for_screen(self.order.id, self.values)
        result = self.model.submit_for_screen(self.order.id, self.values, shown["token"], "click-1")
        self.assertEqual(result["state"], "refused")
        self.assertIn("locked", result["text"])
        self.assertEqual(self.env[ACTION].search([("order_id", "=", self.order.id)]).state, "refused")

    def test_a_changed_order_comes_back_with_its_new_preview(self):
        shown = self.model.preview_for_screen(self.order.id, self.values)
        self.order.sync_money_version += 1
        result = self.model.submit_for_screen(self.order.id, self.values, shown["token"], "click-1")
        self.assertEqual((result["state"], self.order.state), ("stale", "sale"))
        result = self.model.submit_for_screen(self.order.id, self.values, result["preview"]["token"], "click-2")
        self.assertEqual(result["state"], "done")

    def test_values_that_do_not_fit_are_reported(self):
        with self.assertRaisesRegex(UserError, "do not fit"):
            self.model.preview_for_screen(self.order.id, {"action": "refund_lines", "reason": "damaged"})
        with self.assertRaisesRegex(UserError, "do not fit"):
            self.model.preview_for_screen(self.order.id, {"action": "no_such_action"})

    def test_only_agents_act(self):
        for groups in ("base.group_user", "sales_team.group_sale_manager", "retail_sync_helpdesk.group_refund_finance"):
            user = new_test_user(self.env, f"user_{groups}", groups=groups)
            model = self.env[ACTION].with_user(user)
            with self.assertRaises(AccessError):
                model.preview_for_screen(self.order.id, self.values)
            with self.assertRaises(AccessError):
                model.submit_for_screen(self.order.id, self.values, "token", "click-1")
        self.assertEqual(self.order.state, "sale")

    def test_an_order_of_another_company_is_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "elsewhere", groups=AGENT, company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        with self.assertRaises(UserError):
            self.env[ACTION].with_user(stranger).preview_for_screen(self.order.id, self.values)

    def test_agents_without_sales_rights_see_what_became_of_actions(self):
        shown = self.model.preview_for_screen(self.order.id, self.values)
        self.model.submit_for_screen(self.order.id, self.values, shown["token"], "click-1")
        [row] = self.model.search_read(
            [("order_id", "=", self.order.id)], ["display_name", "state", "order_id", "partner_id", "approval_ids"]
        )
        self.assertEqual(row["state"], "done")
        self.assertIn(self.order.name, row["display_name"])
