import json
from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...domain.control.approvals import ApprovalRule
from ...domain.service.policy import Policy
from ..requests_case import FINANCE, SUPERVISOR, RequestsCase

APPROVAL = "retail.sync.approval"


@tagged("post_install", "-at_install")
class TestApprovals(RequestsCase):
    """Actions that wait for people: who decides, on what, and what comes of it."""

    @classmethod
    def make_documents(cls, shop):
        # Of an unpaid order: a credit note lowers the debt.
        cls.order = shop.delivered(paid=False)

    def setUp(self):
        super().setUp()
        self.rules = [ApprovalRule("large", SUPERVISOR, above=Decimal(50))]
        self.values = self.asked("refund_full")

    def waiting(self, order=None, values=None, key="key-1", **more):
        """Submit what needs approval; return its only approval."""
        answer = self.submit(order or self.order, values or self.values, key=key, **more)
        self.assertEqual(json.loads(answer.text)["state"], "waiting", answer.text)
        return self.action_of(answer).approval_ids

    def notes(self):
        return self.notes_of(self.order)

    def approve(self, approval, user=None):
        return approval.with_user(user or self.supervisor).action_approve()

    def refused_to(self, user, approval, text):
        with self.assertRaisesRegex((UserError, AccessError), text):
            self.approve(approval, user)
        self.assertEqual((approval.state, approval.action_id.state), ("waiting", "waiting"))

    # -- asking

    def test_a_large_refund_waits_with_what_was_shown(self):
        shown = self.preview(self.order, self.values)
        self.assertTrue(shown.needs_approval)
        self.assertIn("Service supervisor has to agree", shown.approval)
        approval = self.waiting()
        self.assertFalse(self.notes())
        self.assertEqual(approval.group_id, self.env.ref(SUPERVISOR))
        counted = [approval.with_user(user).count_for_me() for user in (self.supervisor, self.agent)]
        self.assertEqual(counted, [1, 0])
        self.assertEqual((approval.because, approval.amount, approval.actor_name), (["large"], 100.0, self.agent.name))
        self.assertEqual(json.loads(approval.shown)["amounts"]["credit"], "100.00")
        self.assertNotIn("token", json.loads(approval.shown))
        self.assertIn("A credit note of", approval.effects)

    def test_the_answer_of_a_waiting_request_says_who_decides_and_is_repeated(self):
        token = self.preview(self.order, self.values).token
        first = self.submit(self.order, self.values, token=token)
        self.assertEqual(json.loads(first.text)["waits_for"], "Service supervisor")
        self.assertEqual(self.submit(self.order, self.values, token=token).text, first.text)
        self.assertEqual(self.env[APPROVAL].search_count([("order_id", "=", self.order.id)]), 1)

    def test_small_amounts_wait_for_no_one(self):
        self.done(self.order, self.asked("refund_lines", lines=self.of_lines(self.order, 2)))
        self.assertEqual(sum(self.notes().mapped("amount_total")), 50.0)

    def test_what_a_policy_forbids_waits_for_the_supervisor(self):
        self.rules, self.policy = [], Policy(1, goodwill_percent=Decimal(0))
        approval = self.waiting(values=self.asked("refund_goodwill", amount="5.00"))
        self.assertEqual((approval.because, approval.group_id), (["goodwill_not_allowed"], self.env.ref(SUPERVISOR)))
        self.assertIn("goodwill", approval.because_text)
        self.approve(approval)
        self.assertEqual(sum(self.notes().mapped("amount_total")), 5.0)

    def test_an_override_leaves_the_rules_of_amounts(self):
        self.policy = Policy(1, goodwill_percent=Decimal(0))
        senior = self.caller(self.senior, may_override=True)
        values = self.asked("refund_goodwill", amount="60.00")
        approval = self.waiting(values=values, caller=senior, override_reason="A good customer")
        self.assertEqual(approval.because, ["large"])

    # -- agreeing

    def test_an_approved_action_is_carried_out_in_the_approver_s_transaction(self):
        approval = self.waiting()
        self.approve(approval)
        action = approval.action_id
        self.assertEqual((action.state, action.decided_by_id), ("done", self.supervisor))
        self.assertEqual(sum(self.notes().mapped("amount_total")), 100.0)
        self.assertEqual([document["kind"] for document in action.documents], ["credit_note"])
        self.assertEqual((approval.state, approval.decided_by_id), ("approved", self.supervisor))

    def test_each_group_that_is_asked_has_to_agree(self):
        self.rules.append(ApprovalRule("finance", FINANCE, above=Decimal(80)))
        approvals = self.waiting()
        by_group = {approval.group_id.get_external_id()[approval.group_id.id]: approval for approval in approvals}
        self.approve(by_group[SUPERVISOR])
        self.assertFalse(self.notes())
        self.assertEqual(approvals.action_id.state, "waiting")
        self.approve(by_group[FINANCE], self.finance)
        self.assertEqual(approvals.action_id.state, "done")
        self.assertEqual(len(self.notes()), 1)

    def test_it_is_decided_once(self):
        approval = self.waiting()
        self.approve(approval)
        with self.assertRaises(UserError):
            self.approve(approval)
        with self.assertRaises(UserError):
            approval.with_user(self.supervisor).action_refuse("Too late")
        self.assertEqual(len(self.notes()), 1)

    def test_the_ticket_is_answered_with_a_note_that_the_customer_does_not_get(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Broken lamp", "description": "It broke", "partner_id": self.buyer.id}
        )
        before = ticket.message_ids
        approval = self.waiting(values=self.values | {"ticket": ticket.id})
        self.approve(approval)
        notes = (ticket.message_ids - before).sorted("id")
        self.assertEqual(len(notes), 2)
        self.assertIn("waits for approval", notes[0].body)
        self.assertIn(self.notes().name, notes[1].body)
        self.assertEqual(set(notes.mapped("subtype_id.internal")), {True})
        self.assertFalse(notes.notified_partner_ids)

    # -- who may

    def test_own_requests_are_decided_by_another_person(self):
        approval = self.waiting(caller=self.caller(self.supervisor))
        self.refused_to(self.supervisor, approval, "Another person")
        self.assertNotIn(approval, self.env[APPROVAL].with_user(self.supervisor).search([("for_me", "=", True)]))
        other = new_test_user(self.env, "service_supervisor_2", groups=SUPERVISOR)
        self.assertIn(approval, self.env[APPROVAL].with_user(other).search([("for_me", "=", True)]))
        self.approve(approval, other)
        self.assertEqual(approval.action_id.state, "done")

    def test_the_owner_of_a_key_does_not_approve_what_its_machine_asked_for(self):
        self.policy = Policy(1, machine_actions=frozenset({"refund_full"}))
        key = self.env["retail.sync.api.key"].search([], limit=1)
        machine = self.caller(self.supervisor, reference="key/1", key_id=key.id, machine=True)
        self._patch_spend()
        approval = self.waiting(caller=machine)
        self.refused_to(self.supervisor, approval, "Another person")

    def _patch_spend(self):
        from ...models.requests import submit as module

        self._patch(module, "spend", lambda *_arguments: ())

    def test_another_group_does_not_decide(self):
        approval = self.waiting()
        self.refused_to(self.other_agent, approval, "group")
        self.refused_to(self.finance, approval, "group")

    def test_a_person_of_another_company_does_not_decide(self):
        approval = self.waiting()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "elsewhere", groups=SUPERVISOR, company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        with self.assertRaises(AccessError):
            self.approve(approval, stranger)
        self.assertEqual(approval.state, "waiting")

    def test_people_write_nothing_into_an_approval(self):
        approval = self.waiting().with_user(self.supervisor)
        for forbidden in (
            lambda: approval.write({"state": "approved"}),
            approval.unlink,
            lambda: approval.create({"action_id": approval.action_id.id, "group_id": approval.group_id.id}),
        ):
            with self.assertRaises(AccessError):
                forbidden()

    # -- what has changed

    def test_a_changed_order_is_shown_anew_and_then_approved(self):
        approval = self.waiting()
        self.done(self.order, self.asked("refund_lines", lines=self.of_lines(self.order, 1)), key="other")
        answer = self.approve(approval)
        self.assertIn("changed", answer["params"]["message"])
        self.assertEqual((approval.state, approval.action_id.state), ("waiting", "waiting"))
        self.assertEqual(json.loads(approval.shown)["amounts"]["credit"], "75.00")
        self.approve(approval)
        self.assertEqual(approval.action_id.state, "done")
        self.assertEqual(sum(self.notes().mapped("amount_total")), 100.0)
        self.assertEqual(approval.action_id.amounts["credit"], "75.00")

    def test_who_agreed_to_something_else_is_asked_again(self):
        self.rules.append(ApprovalRule("finance", FINANCE, above=Decimal(70)))
        approvals = self.waiting()
        first = approvals.filtered(lambda found: found.group_id == self.env.ref(SUPERVISOR))
        second = approvals - first
        self.approve(first)
        self.done(self.order, self.asked("refund_lines", lines=self.of_lines(self.order, 1)), key="other")
        self.approve(second, self.finance)
        self.assertEqual((first.state, second.state), ("waiting", "waiting"))
        self.assertFalse(first.decided_by_id)

    def test_a_group_that_a_change_calls_for_is_asked_too(self):
        approval = self.waiting()
        self.rules.append(ApprovalRule("finance", FINANCE, above=Decimal(90)))
        self.approve(approval)
        action = approval.action_id
        added = action.approval_ids - approval
        self.assertEqual((added.group_id, added.because), (self.env.ref(FINANCE), ["finance"]))
        self.approve(approval)
        self.assertEqual((approval.state, action.state), ("approved", "waiting"))
        self.assertFalse(self.notes())
        self.approve(added, self.finance)
        self.assertEqual(action.state, "done")

    def test_rules_that_were_set_aside_ask_no_one_after_a_change(self):
        self.policy = Policy(1, goodwill_percent=Decimal(0))
        senior = self.caller(self.senior, may_override=True)
        values = self.asked("refund_goodwill", amount="60.00")
        approval = self.waiting(values=values, caller=senior, override_reason="A good customer")
        self.rules.append(ApprovalRule("finance", FINANCE, above=Decimal(55)))
        self.approve(approval)
        self.assertEqual(approval.action_id.approval_ids.group_id, self.env.ref(SUPERVISOR) | self.env.ref(FINANCE))
        self.assertEqual(len(approval.action_id.approval_ids), 2)

    def test_an_approver_agrees_to_what_the_screen_shows(self):
        approval = self.waiting()
        seen = approval.with_context(retail_sync_shown_version=approval.money_version)
        self.done(self.order, self.asked("refund_lines", lines=self.of_lines(self.order, 1)), key="other")
        self.approve(approval)
        self.assertIn("changed", self.approve(seen)["params"]["message"])
        self.assertEqual(approval.action_id.state, "waiting")
        self.approve(approval.with_context(retail_sync_shown_version=approval.money_version))
        self.assertEqual(approval.action_id.state, "done")

    def test_a_change_that_alters_nothing_is_approved_at_once(self):
        approval = self.waiting()
        self.order.sudo().sync_money_version += 7
        self.approve(approval)
        self.assertEqual(approval.action_id.state, "done")

    def test_what_is_no_longer_possible_is_not_carried_out(self):
        approval = self.waiting()
        self.rules = []
        self.done(self.order, self.values, key="other", caller=self.caller(self.other_agent))
        with self.assertRaises(UserError):
            self.approve(approval)
        self.assertEqual(sum(self.notes().mapped("amount_total")), 100.0)

    # -- ending

    def test_a_refusal_needs_a_reason_which_the_requester_reads(self):
        approval = self.waiting()
        wizard = self.env["retail.sync.approval.refuse"].with_user(self.supervisor).create({"approval_id": approval.id})
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.reason = "Talk to the warehouse first"
        wizard.action_apply()
        action = approval.action_id
        self.assertEqual((approval.state, action.state), ("refused", "refused"))
        self.assertEqual(action.decision, "Talk to the warehouse first")
        self.assertFalse(self.notes())

    def test_agents_and_requesters_refuse_nothing(self):
        approval = self.waiting()
        for user in (self.agent, self.other_agent, self.finance):
            with self.assertRaises(UserError):
                approval.with_user(user).action_refuse("No")
        self.assertEqual(approval.state, "waiting")

    def test_one_refusal_ends_the_request(self):
        self.rules.append(ApprovalRule("finance", FINANCE, above=Decimal(80)))
        approvals = self.waiting()
        first = approvals.filtered(lambda found: found.group_id == self.env.ref(SUPERVISOR))
        first.with_user(self.supervisor).action_refuse("No")
        self.assertEqual((approvals - first).state, "withdrawn")
        with self.assertRaises(UserError):
            self.approve(approvals - first, self.finance)

    def test_only_the_requester_withdraws(self):
        action = self.waiting().action_id
        with self.assertRaises(UserError):
            action.with_user(self.other_agent).action_withdraw()
        with self.assertRaises(AccessError):
            action.with_user(self.finance).action_withdraw()
        action.with_user(self.agent).action_withdraw()
        self.assertEqual((action.state, action.approval_ids.state), ("withdrawn", "withdrawn"))
        with self.assertRaises(UserError):
            action.with_user(self.agent).action_withdraw()

    def test_what_waits_too_long_expires(self):
        approval = self.waiting()
        approval.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.refused_to(self.supervisor, approval, "waited too long")
        self.env[APPROVAL]._cron_expire()
        self.assertEqual((approval.state, approval.action_id.state), ("expired", "expired"))
        self.assertFalse(self.notes())

    def test_what_still_may_wait_does_not_expire(self):
        approval = self.waiting()
        self.env[APPROVAL]._cron_expire()
        self.assertEqual(approval.state, "waiting")
