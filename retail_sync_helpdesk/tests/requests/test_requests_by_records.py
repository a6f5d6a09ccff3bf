import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ...api.service import PageAsked
from ...models.requests.answers import action_by_uuid, actions_page
from ...models.requests.eligibility import eligibility_of
from ..requests_case import MANAGER, SUPERVISOR, RequestsCase


@tagged("post_install", "-at_install")
class TestRequestsByRecords(RequestsCase):
    """Policies and approval rules as people maintain them decide on requests; callers see what became of theirs."""

    by_values = False

    @classmethod
    def make_documents(cls, shop):
        cls.order = shop.delivered(paid=False)
        cls.other = shop.fresh()
        cls.env["retail.sync.policy"].search([]).active = False
        cls.env["retail.sync.approval.rule"].search([]).active = False
        cls.shop_policy = cls.env["retail.sync.policy"].create(
            {"name": "What the shop promises", "goodwill_percent": 10, "takes_returns": False}
        )
        cls.rule = cls.env["retail.sync.approval.rule"].create(
            {
                "name": "Goodwill from 5",
                "code": "goodwill_from_5",
                "group_id": cls.env.ref(SUPERVISOR).id,
                "by_amount": True,
                "above": 5,
                "action_ids": [
                    Command.set(cls.env["retail.sync.action.kind"].search([("code", "=", "refund_goodwill")]).ids)
                ],
            }
        )

    def verdict(self, action, reason=""):
        found = eligibility_of(self.env, self.caller(), self.order.id, reason)
        return next(verdict for verdict in found.actions if verdict.action == action)

    def test_what_may_be_done_shows_no_money_beyond_the_scopes(self):
        looker = self.caller(scopes=frozenset({"orders.read"}))
        for action in eligibility_of(self.env, looker, self.order.id, "").actions:
            self.assertIsNone(action.amount)
            self.assertIn("scope_missing", [rule.rule for rule in action.refusals])
            self.assertNotIn("no_money_moves", [rule.rule for rule in action.notices])
        shown = self.preview(self.order, self.asked("refund_goodwill", amount="5.00"), looker)
        self.assertEqual((shown.verdict.amount, shown.amounts), (None, {}))

    def test_what_is_shown_as_possible_is_what_a_request_may_do(self):
        self.assertEqual(self.verdict("refund_goodwill").amount, "10.00")
        self.assertEqual(
            [rule.rule for rule in self.verdict("cancel_order").refusals], ["goods_left", "invoice_posted"]
        )
        self.assertTrue(self.verdict("return").approvable)
        self.assertEqual(len(eligibility_of(self.env, self.caller(), self.order.id).actions), 12)
        self.done(self.order, self.asked("refund_goodwill", amount="4.00"))
        self.assertEqual(self.verdict("refund_goodwill").amount, "6.00")

    def test_a_rule_of_the_shop_makes_its_actions_wait(self):
        values = self.asked("refund_goodwill", amount="6.00")
        shown = self.preview(self.order, values)
        self.assertEqual(shown.approval, "Service supervisor has to agree: Goodwill from 5.")
        action = self.done(self.order, values)
        self.assertEqual(action.policy, f"{self.shop_policy.id}/{self.shop_policy.version}")
        self.assertEqual((action.state, action.approval_ids.because_text), ("waiting", "Goodwill from 5."))
        action.approval_ids.with_user(self.supervisor).action_approve()
        self.assertEqual(action.state, "done")

    def test_what_the_policy_says_is_why_an_approval_is_needed(self):
        values = self.asked("refund_goodwill", amount="50.00")
        approval = self.done(self.order, values).approval_ids
        self.assertIn("50.00", approval.because_text)
        self.assertEqual(approval.because, ["goodwill_from_5", "goodwill_above_cap"])

    def test_a_new_version_of_the_policy_makes_previews_stale(self):
        values = self.asked("refund_goodwill", amount="4.00")
        token = self.preview(self.order, values).token
        self.shop_policy.goodwill_percent = 20
        with self.problem("preview_stale") as found:
            self.submit(self.order, values, token=token)
        self.assertEqual(found[0].more["changed"], ["policy"])

    # -- what became of actions

    def test_callers_page_through_their_own_actions(self):
        uuids = [self.done(self.order, self.asked("refund_goodwill", amount="1.00"), key=f"{n}").uuid for n in range(3)]
        self.done(self.other, self.asked("cancel_order"))
        stranger = self.caller(self.other_agent)
        first = actions_page(self.env, self.caller(), self.order.id, PageAsked(2))
        self.assertEqual([item.uuid for item in first.items], uuids[:0:-1])
        rest = actions_page(self.env, self.caller(), self.order.id, PageAsked(2, first.next_cursor))
        self.assertEqual(([item.uuid for item in rest.items], rest.next_cursor), (uuids[:1], None))
        self.assertEqual(len(actions_page(self.env, self.caller(), None, PageAsked(50)).items), 4)
        self.assertFalse(actions_page(self.env, stranger, None, PageAsked(50)).items)
        with self.problem("invalid_cursor"):
            actions_page(self.env, self.caller(), None, PageAsked(2, first.next_cursor))
        with self.problem("not_found"):
            action_by_uuid(self.env, stranger, uuids[0])

    def test_an_action_tells_what_followed_while_its_answer_stays(self):
        values = self.asked("refund_goodwill", amount="6.00")
        token = self.preview(self.order, values).token
        answer = self.submit(self.order, values, token=token)
        uuid = json.loads(answer.text)["uuid"]
        self.action_of(answer).approval_ids.with_user(self.supervisor).action_refuse("Send a new lamp instead")
        now = action_by_uuid(self.env, self.caller(), uuid)
        self.assertEqual((now.state, now.decision, now.waits_for), ("refused", "Send a new lamp instead", ""))
        self.assertEqual(self.submit(self.order, values, token=token).text, answer.text)

    # -- keys

    def waiting_of_a_key(self, issuer):
        """Return a key, and an approval that its request waits for."""
        key = self.env["retail.sync.api.key"].create({"name": "Desk", "owner_id": self.agent.id})
        key.with_user(issuer).action_issue()
        caller = self.caller(self.agent, reference=f"key/{key.id}", key_id=key.id)
        answer = self.submit(self.order, self.asked("refund_goodwill", amount="6.00"), caller=caller)
        return key, self.action_of(answer).approval_ids

    def refuses(self, approval, user, text):
        with self.assertRaisesRegex(UserError, text):
            approval.with_user(user).action_approve()
        self.assertEqual(approval.state, "waiting")

    def test_who_knows_the_secret_of_a_key_does_not_approve_its_requests(self):
        manager = new_test_user(self.env, "service_manager", groups=MANAGER)
        _key, approval = self.waiting_of_a_key(manager)
        self.refuses(approval, manager, "Another person")
        approval.with_user(self.supervisor).action_approve()
        self.assertEqual(approval.action_id.state, "done")

    def test_what_a_key_asked_for_ends_with_the_key(self):
        key, approval = self.waiting_of_a_key(new_test_user(self.env, "service_manager", groups=MANAGER))
        key.active = False
        self.refuses(approval, self.supervisor, "may not ask for actions any more")
        key.active = True
        self.agent.active = False
        self.refuses(approval, self.supervisor, "may not ask for actions any more")
        self.agent.active = True
        key.action_revoke()
        self.refuses(approval, self.supervisor, "may not ask for actions any more")
        approval.with_user(self.supervisor).action_refuse("The key was stolen")
        self.assertEqual(approval.action_id.state, "refused")
