from types import SimpleNamespace
from unittest.mock import patch

import requests

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...domain.service.money_out import Answer
from ...models.money.providers import Demo, OwnRequest, is_unknown
from ...models.money.stripe import KEY, Stripe
from .pay_out_case import PayOutCase


def answered(status, **body):
    """Return the error that Odoo raises for an answer of a provider."""
    response = SimpleNamespace(status_code=status, json=lambda: {"error": body})
    return failed(requests.exceptions.HTTPError(response=response))


def failed(cause):
    error = ValidationError("The payment provider rejected the request.")  # pylint: disable=translation-required
    error.__context__ = cause
    return error


@tagged("post_install", "-at_install")
class TestProviders(PayOutCase):
    """How providers are called under our key, and what their answers mean."""

    def setUp(self):
        super().setUp()
        self.refund = self.refund_of("60.00")
        self.child = self.source._create_child_transaction(60.0, is_refund=True, reference=self.refund._key())
        self.calls = []
        self.answers = []
        self.enterContext(patch.object(type(self.child), "_send_api_request", self.request))
        module = "odoo.addons.payment_stripe.const"
        const = SimpleNamespace(CURRENCY_DECIMALS={"ISK": 2})
        self.enterContext(patch.dict("sys.modules", {module: const}))

    def request(self, method, endpoint, **values):
        self.calls.append((method, endpoint, values))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def test_stripe_gets_our_key_and_the_amount_in_cents(self):
        self.answers = [{"id": "re_1", "status": "succeeded"}]
        outcome = Stripe().send(self.child)
        self.assertEqual((outcome.answer, outcome.reference), (Answer.done, "re_1"))
        [(method, endpoint, values)] = self.calls
        self.assertEqual((method, endpoint, values["idempotency_key"]), ("POST", "refunds", self.refund._key()))
        self.assertEqual(values["data"]["amount"], 6000)
        self.assertEqual(values["data"]["payment_intent"], self.source.provider_reference)
        self.assertEqual(values["data"][f"metadata[{KEY}]"], self.refund._key())

    def test_stripe_finds_our_key_among_all_refunds_of_the_payment(self):
        ours = {"id": "re_3", "status": "pending", "metadata": {KEY: self.child.reference}}
        other = {"id": "re_2", "status": "succeeded", "metadata": {KEY: "other"}}
        self.answers = [{"data": [other], "has_more": True}, {"data": [{"id": "re_1"}, ours], "has_more": False}]
        outcome = Stripe().look_up(self.child)
        self.assertEqual((outcome.answer, outcome.reference), (Answer.pending, "re_3"))
        self.assertEqual(self.calls[1][2]["params"]["starting_after"], "re_2")
        self.answers = [{"data": [other], "has_more": False}]
        self.assertIs(Stripe().look_up(self.child).answer, Answer.not_found)

    def test_what_stripe_refuses_and_what_may_pass(self):
        self.answers = [answered(400, code="charge_already_refunded"), answered(400, code="balance_insufficient")]
        refused, passing = (Stripe().send(self.child) for _ in range(2))
        self.assertEqual((refused.answer, refused.retryable), (Answer.failed, False))
        self.assertEqual((passing.answer, passing.retryable), (Answer.failed, True))

    def test_a_call_without_an_answer_leaves_it_open(self):
        for error in (
            answered(500),
            answered(429),
            answered(409),
            failed(requests.exceptions.Timeout()),
            failed(requests.exceptions.ConnectionError()),
        ):
            self.assertTrue(is_unknown(error))
            self.answers = [error, error]
            self.assertIsNone(Stripe().send(self.child).answer)
            self.assertIsNone(Stripe().look_up(self.child).answer)
        self.assertFalse(is_unknown(answered(402)))
        self.assertFalse(is_unknown(failed(None)))

    def test_odoos_own_request_tells_refused_from_lost(self):
        transaction = type(self.child)
        with patch.object(transaction, "_send_refund_request", side_effect=answered(402)):
            self.assertIs(OwnRequest().send(self.child).answer, Answer.failed)
        with patch.object(transaction, "_send_refund_request", side_effect=failed(requests.exceptions.Timeout())):
            self.assertIsNone(OwnRequest().send(self.child).answer)
        with patch.object(transaction, "_send_refund_request"):
            outcome = OwnRequest().send(self.child)
        self.assertEqual((outcome.answer, outcome.stored), (Answer.pending, True))
        self.assertIs(Demo().look_up(self.child).answer, Answer.not_found)

    def test_a_payment_refunds_what_provider_and_method_can(self):
        method = self.source.payment_method_id
        for provider, by_method, expected in (
            ("partial", "partial", "partial"),
            ("partial", "full_only", "full"),
            ("full_only", "partial", "full"),
            ("none", "partial", "none"),
            ("partial", "none", "none"),
        ):
            method.support_refund = by_method
            with patch.object(type(self.provider), "support_refund", provider):
                self.assertEqual(OwnRequest().refunds(self.source), expected)

    def test_stripes_webhook_makes_no_second_refund_of_ours(self):
        second = self.source._create_child_transaction(60.0, is_refund=True)
        data = {"refund": {"id": "re_1", "status": "succeeded", "metadata": {KEY: self.child.reference}}}
        with (
            patch.object(type(second), "_apply_updates", lambda tx, _data: tx._set_done()),
            patch.object(type(second), "_extract_amount_data", lambda _tx, _data: None),
        ):
            processed = second._process("stripe", data)
        self.assertEqual((processed, self.child.state), (self.child, "done"))
        self.assertFalse(second.exists())
        self.assertEqual(self.source.child_transaction_ids, self.child)

    def test_a_refund_in_stripes_own_screens_is_a_transaction_of_its_own(self):
        made = self.source._create_child_transaction(10.0, is_refund=True)
        data = {"refund": {"id": "re_9", "status": "succeeded", "metadata": {}}}
        with (
            patch.object(type(made), "_apply_updates", lambda tx, _data: tx._set_done()),
            patch.object(type(made), "_extract_amount_data", lambda _tx, _data: None),
        ):
            self.assertEqual(made._process("stripe", data), made)
        self.assertEqual(made.state, "done")
