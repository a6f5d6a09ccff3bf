from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .fake_provider import FakeProvider
from .pay_out_case import PayOutCase

GROUP = "retail_sync_helpdesk.group_"


@tagged("post_install", "-at_install")
class TestByHand(PayOutCase):
    """Finance pays what no provider can, finds out what is in doubt, and nothing is paid twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, f"hand_{name}", groups=f"{GROUP}{name},base.group_user")
            for name in ("agent", "service_manager", "refund_finance")
        }
        cls.finance = cls.users["refund_finance"]

    def close(self, refund, kind="by_hand", user=None, **values):
        wizard = self.env["retail.sync.refund.close"].with_user(user or self.finance)
        return wizard.create({"refund_id": refund.id, "kind": kind, "reference": "T-1", **values}).action_apply()

    def in_doubt(self, **fake):
        self.use(FakeProvider(**{"keeps_keys": False, "can_be_asked": False, **fake}))
        self.fake.script = ["lost"]
        refund = self.refund_of()
        self.work(refund)
        self.assertEqual(refund.state, "in_doubt")
        return refund

    def test_paid_by_hand_makes_the_payment(self):
        refund = self.refund_of(method="bank")
        self.close(refund, date="2026-03-04")
        self.assertEqual((refund.state, refund.cause, refund.hand_reference), ("paid", "closed_by_hand", "T-1"))
        self.assertEqual((refund.hand_user_id, refund.hand_date), (self.finance, fields.Date.to_date("2026-03-04")))
        self.assertEqual((refund.payment_id.payment_type, refund.payment_id.amount), ("outbound", 60))
        self.assertEqual(refund.note_id.amount_residual, 0)
        self.assertEqual(refund.payment_id.memo, "T-1")

    def test_a_payment_that_is_there_is_linked(self):
        refund = self.refund_of(method="bank")
        payment = self.pay(refund.note_id)
        self.close(refund)
        self.assertEqual((refund.state, refund.payment_id), ("paid", payment))

    def test_a_payment_stands_for_one_refund(self):
        first, second = self.refund_of("20", method="bank"), self.refund_of("20", method="bank")
        payment = self.pay(first.note_id)
        self.close(first, payment_id=payment.id)
        with self.assertRaises(UserError):
            self.close(second, payment_id=payment.id)
        stranger = self.env["account.payment"].create(
            {"partner_id": self.env.user.partner_id.id, "payment_type": "outbound", "amount": 20}
        )
        stranger.action_post()
        with self.assertRaises(UserError):
            self.close(second, payment_id=stranger.id)

    def test_what_the_provider_has_is_not_closed_by_hand(self):
        refund = self.refund_of()
        with self.assertRaises(UserError):
            self.close(refund)
        self.work(refund)
        for kind in ("by_hand", "provider_paid", "provider_not_paid"):
            with self.assertRaises(UserError):
                self.close(refund, kind)

    def test_buttons_are_for_finance(self):
        refund = self.refund_of(method="bank")
        for name in ("agent", "service_manager"):
            seen = refund.with_user(self.users[name])
            self.assertFalse(seen.may_pay)
            for forbidden in (
                seen.action_paid_by_hand,
                seen.action_send_again,
                seen.action_find_out,
                seen.action_provider_paid,
                seen.action_provider_not_paid,
                lambda name=name: self.close(refund, user=self.users[name]),
            ):
                with self.assertRaises(AccessError):
                    forbidden()
        self.assertTrue(refund.with_user(self.finance).may_pay)
        self.assertEqual(refund.with_user(self.finance).action_paid_by_hand()["res_model"], "retail.sync.refund.close")

    def test_finance_of_another_company_closes_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "hand_stranger", groups=f"{GROUP}refund_finance,base.group_user", company_id=other.id
        )
        refund = self.refund_of(method="bank")
        with self.assertRaises(AccessError):
            self.close(refund, user=stranger)
        with self.assertRaises(AccessError):
            refund.with_user(stranger).action_send_again()

    def test_in_doubt_and_paid_after_all(self):
        refund = self.in_doubt()
        self.close(refund, "provider_paid", reference="re-77")
        self.run_jobs()
        self.assertEqual((refund.state, refund.child_transaction_id.provider_reference), ("paid", "re-77"))
        self.assertEqual((refund.note_id.amount_residual, self.fake.paid), (0, 60))

    def test_in_doubt_and_not_paid_is_sent_under_a_new_key(self):
        refund = self.in_doubt()
        self.fake.ledger.clear()
        self.close(refund, "provider_not_paid")
        self.run_jobs()
        self.assertEqual(refund.state, "failed")
        self.assertTrue(refund.with_user(self.finance).may_send_again)
        refund.with_user(self.finance).action_send_again()
        self.run_jobs()
        self.assertEqual((refund.state, refund.attempt, self.fake.paid), ("paid", 2, 60))

    def test_a_former_attempt_that_is_paid_late_is_not_paid_again(self):
        refund = self.in_doubt()
        former = refund.child_transaction_id
        self.close(refund, "provider_not_paid")
        refund.with_user(self.finance).action_send_again()
        former._set_done()
        self.assertEqual((refund.state, refund.child_transaction_id), ("sent", former))
        self.work(refund)
        self.assertEqual((refund.state, self.fake.paid, refund.note_id.amount_residual), ("paid", 60, 0))

    def test_two_attempts_that_were_both_paid_are_said(self):
        refund = self.in_doubt()
        former = refund.child_transaction_id
        self.close(refund, "provider_not_paid")
        self.close(refund, date="2026-03-04")
        former._set_done()
        self.work(refund)
        self.assertEqual((refund.state, refund.cause), ("in_doubt", "paid_twice"))

    def test_a_former_attempt_that_is_paid_after_the_next_one_is_said(self):
        refund = self.refund_of("20")
        refund.attempt = 2
        self.work(refund)
        self.assertEqual(refund.state, "paid")
        late = refund.child_transaction_id.copy({"reference": f"{refund.uuid}-1", "state": "pending"})
        late._set_done()
        self.assertEqual((refund.state, refund.cause), ("in_doubt", "paid_twice"))

    def test_find_out_asks_the_provider(self):
        refund = self.in_doubt(can_be_asked=False)
        self.assertFalse(refund.with_user(self.finance).may_find_out)
        with self.assertRaises(UserError):
            refund.with_user(self.finance).action_find_out()
        self.fake.can_be_asked = True
        refund.invalidate_recordset()
        refund.with_user(self.finance).action_find_out()
        self.run_jobs()
        self.assertEqual((refund.state, self.fake.paid), ("paid", 60))

    def test_what_is_in_doubt_is_never_sent_again(self):
        refund = self.in_doubt()
        with self.assertRaises(UserError):
            refund.with_user(self.finance).action_send_again()
        self.assertEqual(len(self.fake.calls), 1)

    def test_a_refund_that_the_provider_pays_after_a_person_did_is_said(self):
        self.fake.script = ["failed"]
        refund = self.refund_of()
        self.work(refund)
        self.close(refund)
        self.assertEqual(refund.state, "paid")
        refund.child_transaction_id._set_done()
        self.run_jobs()
        self.assertEqual((refund.state, refund.cause), ("in_doubt", "paid_twice"))

    def test_what_a_provider_took_back_can_be_paid_by_hand(self):
        refund = self.refund_of()
        self.work(refund)
        refund.child_transaction_id._set_error("Account closed", extra_allowed_states=("done",))
        self.run_jobs()
        self.assertEqual((refund.cause, refund.note_id.amount_residual), ("failed_later", 60))
        self.close(refund)
        self.assertEqual((refund.state, refund.note_id.amount_residual), ("paid", 0))

    def test_each_state_says_what_is_next(self):
        refund = self.refund_of()
        for state in ("waiting", "sent", "by_hand", "failed", "in_doubt"):
            refund.state = state
            self.assertTrue(refund.next_step, state)
        refund.state = "paid"
        self.assertFalse(refund.next_step)
