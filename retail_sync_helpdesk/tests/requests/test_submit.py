import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...domain.service.policy import Policy
from ...models.actions import cancel_order
from ...models.requests import submit as submit_module
from ..requests_case import RequestsCase

KEYS = "retail.sync.idempotency.key"


class Death(Exception):
    """A worker that is killed: what it has not committed is lost."""


@tagged("post_install", "-at_install")
class TestSubmit(RequestsCase):
    """An action happens once for a key, as it was shown, or not at all."""

    @classmethod
    def make_documents(cls, shop):
        cls.order, cls.other = shop.fresh(), shop.fresh()
        cls.paid = shop.delivered()

    # -- once

    def test_same_key_gets_the_same_bytes_and_acts_once(self):
        order = self.order
        values = self.asked("cancel_order")
        token = self.preview(order, values).token
        first = self.submit(order, values, token=token)
        again = self.submit(order, values, token=token)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(first.text.encode(), again.text.encode())
        self.assertEqual((first.replayed, again.replayed), (False, True))
        self.assertEqual(self.env["retail.sync.action"].search_count([("order_id", "=", order.id)]), 1)

    def test_quantities_that_odoo_rounds_are_refused(self):
        for quantity, fits in (("0.001", False), ("1.0049", False), ("1.500000", True)):
            values = self.asked("refund_lines", lines=self.of_lines(self.paid, quantity))
            if fits:
                self.preview(self.paid, values)
                continue
            with self.problem("invalid_values") as found:
                self.preview(self.paid, values)
            self.assertEqual(found[0].errors[0]["pointer"], "/body/request/lines/0/quantity")

    def test_same_key_with_another_body_is_refused(self):
        order, other = self.order, self.other
        self.submit(order, self.asked("cancel_order"))
        with self.problem("idempotency_key_reused"):
            self.submit(other, self.asked("cancel_order"))
        self.assertEqual(other.state, "sale")

    def test_same_key_of_another_caller_is_another_key(self):
        order, other = self.order, self.other
        self.submit(order, self.asked("cancel_order"))
        self.submit(other, self.asked("cancel_order"), caller=self.caller(self.other_agent))
        self.assertEqual((order.state, other.state), ("cancel", "cancel"))

    def test_an_answer_of_a_key_that_expired_is_not_repeated(self):
        order = self.order
        values = self.asked("cancel_order")
        token = self.preview(order, values).token
        self.submit(order, values, token=token)
        self.env[KEYS].search([]).expires_at = fields.Datetime.now() - timedelta(seconds=1)
        with self.problem("idempotency_key_expired"):
            self.submit(order, values, token=token)

    def test_keys_of_money_are_kept_for_400_days(self):
        self.submit(self.paid, self.asked("return", lines=self.of_lines(self.paid)))
        self.submit(self.paid, self.asked("refund_full"), key="money")
        keys = self.env[KEYS].search([], order="id")
        now = fields.Datetime.now()
        self.assertEqual(keys._delete_expired(now + timedelta(days=2)), 1)
        self.assertEqual(keys.exists().key, "money")
        self.assertEqual(keys._delete_expired(now + timedelta(days=399)), 0)
        self.assertEqual(keys._delete_expired(now + timedelta(days=401)), 1)

    def test_a_body_whose_meaning_depends_on_the_reader_is_refused(self):
        order = self.order
        request = self.preview(order, self.asked("cancel_order"))
        self.assertTrue(request.token)
        with self.problem("malformed_request"):
            submit_module.submit(self.env, self.caller(), order.id, None, "key-1", b'{"a": 1, "a": 2}')

    # -- as it was shown

    def test_a_changed_order_makes_the_preview_stale_and_shows_the_new_one(self):
        order = self.paid
        values = self.asked("refund_full")
        token = self.preview(order, values).token
        self.done(order, self.asked("refund_lines", lines=self.of_lines(order, 1)), key="other")
        with self.problem("preview_stale") as found:
            self.submit(order, values, token=token)
        [problem] = found
        self.assertIn("money_version", problem.more["changed"])
        self.assertEqual(problem.more["preview"]["amounts"]["credit"], "75.00")
        # The new preview is one that can be submitted.
        self.done(order, values, token=problem.more["preview"]["token"])

    def test_a_preview_of_another_caller_order_or_time_is_refused(self):
        order, other = self.order, self.other
        values = self.asked("cancel_order")
        token = self.preview(order, values).token
        with self.problem("preview_invalid"):
            self.submit(other, values, token=token)
        with self.problem("preview_invalid"):
            self.submit(order, values, token=token, caller=self.caller(self.other_agent))
        with self.problem("preview_invalid"):
            self.submit(order, values, token="db1.e30.e30")
        later = fields.Datetime.now() + timedelta(minutes=11)
        with patch.object(submit_module.fields.Datetime, "now", lambda: later), self.problem("preview_expired"):
            self.submit(order, values, token=token)
        self.assertEqual(order.state, "sale")

    def test_another_request_than_was_shown_is_stale(self):
        order = self.paid
        token = self.preview(order, self.asked("refund_lines", lines=self.of_lines(order, 1))).token
        with self.problem("preview_stale"):
            self.submit(order, self.asked("refund_lines", lines=self.of_lines(order, 2)), token=token)

    def test_a_preview_writes_nothing(self):
        order = self.paid
        before = order.sync_money_version
        self.env.flush_all()
        self.preview(order, self.asked("refund_full"))
        self.assertEqual(order.sync_money_version, before)
        self.assertFalse(order.invoice_ids.filtered(lambda move: move.move_type == "out_refund"))
        self.assertFalse(self.env["retail.sync.action"].search([("order_id", "=", order.id)]))

    # -- refused

    def test_a_refusal_is_answered_and_only_its_audit_row_is_kept(self):
        order = self.order
        self.ship(order)
        version = order.sync_money_version
        answer = self.submit(order, self.asked("cancel_order"))
        self.assertEqual(answer.status, 409)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.headers["X-Correlation-Id"], "test-correlation")
        action = self.refused(answer, "goods_left")
        self.assertEqual((action.actor_reference, action.rules[0]["rule"]), (f"user/{self.agent.id}", "goods_left"))
        self.assertFalse(self.env[KEYS].search([]))
        self.env.invalidate_all()
        self.assertEqual((order.sync_money_version, order.state), (version, "sale"))

    def test_after_a_refusal_the_same_key_may_succeed(self):
        order = self.order
        values = self.asked("cancel_order")
        order.action_lock()
        self.refused(self.submit(order, values), "order_locked")
        order.action_unlock()
        self.done(order, values)
        self.assertEqual(order.state, "cancel")

    def test_missing_rights_have_problems_of_their_own(self):
        order = self.order
        values = self.asked("cancel_order")
        answer = self.submit(order, values, caller=self.caller(scopes=frozenset()))
        self.assertEqual((answer.status, json.loads(answer.text)["code"]), (403, "scope_missing"))
        answer = self.submit(order, values, caller=self.caller(read_only=True))
        self.assertEqual((answer.status, json.loads(answer.text)["code"]), (403, "read_only"))

    def test_an_order_out_of_reach_does_not_exist(self):
        order = self.order
        with self.problem("not_found"):
            self.submit(order, self.asked("cancel_order"), caller=self.caller(companies=frozenset()), token="x")

    def test_values_that_do_not_fit_are_named(self):
        order = self.paid
        with self.problem("invalid_values") as found:
            self.preview(order, self.asked("refund_full") | {"reason": "no_such_reason"})
        self.assertEqual(found[0].errors[0]["pointer"], "/body/request/reason")
        with self.problem("invalid_values"):
            self.preview(order, self.asked("refund_full", ticket=2_000_000_000))
        line = {"line_id": order.order_line.id, "quantity": "1"}
        with self.problem("invalid_values"):
            self.preview(order, self.asked("refund_lines", lines=[line, line]))
        with self.problem("invalid_values"):
            self.preview(order, self.asked("refund_lines", lines=[{"line_id": order.order_line.id}]))

    def test_what_odoo_refuses_leaves_nothing_behind(self):
        order = self.order

        def half_done(work):
            work.order.client_order_ref = "half"
            raise UserError("Odoo says no to Rossi")  # pylint: disable=translation-required

        broken = replace(cancel_order.CANCEL, carry_out=half_done)
        with (
            patch.dict("odoo.addons.retail_sync_helpdesk.models.requests.situation.EXECUTORS", cancel_order=broken),
            self.problem("conflict") as found,
        ):
            self.submit(order, self.asked("cancel_order"))
        self.assertFalse(found[0].detail, "texts of Odoo may name customers")
        self.env.invalidate_all()
        self.assertFalse(order.client_order_ref)
        self.assertFalse(self.env[KEYS].search([]))
        self.assertFalse(self.env["retail.sync.action"].search([("order_id", "=", order.id)]))

    def test_a_worker_that_dies_at_any_step_leaves_nothing_and_the_same_key_finishes(self):
        values = self.asked("refund_lines", lines=self.of_lines(self.paid, 1))
        token = self.preview(self.paid, values).token
        steps = [
            (submit_module.keys, "insert"),
            *(
                (submit_module, name)
                for name in (
                    "lock_order",
                    "read_situation",
                    "prepare",
                    "add_action",
                    "carry_out",
                    "set_done",
                    "note_of_action",
                    "action_result",
                )
            ),
            (submit_module.keys, "finish"),
        ]
        for module, name in steps:
            with self.subTest(step=name):
                work = getattr(module, name)

                def die(*arguments, work=work, **more):
                    work(*arguments, **more)
                    raise Death

                with patch.object(module, name, die), self.assertRaises(Death), self.env.cr.savepoint():
                    self.submit(self.paid, values, token=token)
                self.env.invalidate_all()
                self.assertFalse(self.env[KEYS].search([]))
                self.assertFalse(self.env["retail.sync.action"].search([("order_id", "=", self.paid.id)]))
                self.assertFalse(self.notes_of(self.paid))
                self.assertFalse(self.env["retail.sync.refund"].search([("order_id", "=", self.paid.id)]))
        self.done(self.paid, values, token=token)
        self.assertEqual(self.notes_of(self.paid).amount_total, 25.0)

    # -- override

    def test_an_override_needs_the_right_and_a_reason_which_is_kept(self):
        self.policy = Policy(1, goodwill_percent=Decimal(0))
        order = self.paid
        values = self.asked("refund_goodwill", amount="5.00")
        shown = self.preview(order, values)
        self.assertTrue(shown.verdict.approvable)
        self.assertFalse(shown.verdict.allowed)
        answer = self.submit(order, values, override_reason="A good customer")
        self.refused(answer, "goodwill_not_allowed", "override_not_allowed")
        senior = self.caller(self.senior, may_override=True)
        action = self.done(order, values, caller=senior, override_reason="A good customer")
        self.assertEqual((action.state, action.override_reason), ("done", "A good customer"))
        self.assertEqual([rule["rule"] for rule in action.rules], ["goodwill_not_allowed"])

    def test_an_override_sets_no_fact_aside(self):
        order = self.paid
        values = self.asked("refund_lines", lines=self.of_lines(order, 5))
        senior = self.caller(self.senior, may_override=True)
        answer = self.submit(order, values, caller=senior, override_reason="A good customer")
        self.refused(answer, "quantity_too_large")

    # -- what is kept

    def test_the_audit_tells_who_asked_for_what_by_which_facts(self):
        order = self.paid
        now = fields.Datetime.now()
        caller = self.caller(verified_by="phone_pin", verified_at=now)
        action = self.done(
            order, self.asked("refund_lines", lines=self.of_lines(order, 1), note="Broken"), caller=caller
        )
        self.assertEqual(action.state, "done")
        self.assertEqual((action.amounts["credit"], action.amount), ("25.00", 25.0))
        self.assertEqual((action.policy, action.note, action.verified_by), ("1/1", "Broken", "phone_pin"))
        self.assertEqual((action.user_id, action.actor_kind, action.channel), (self.agent, "person", "api"))
        self.assertEqual(json.loads(action.request)["lines"][0]["quantity"], "1")
        self.assertEqual(json.loads(action.facts)["name"], order.name)
        self.assertEqual([document["kind"] for document in action.documents], ["credit_note"])
