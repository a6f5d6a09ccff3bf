from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.service.money_out import Answer
from ...models.money import pay_out as pay_out_module
from .fake_provider import FakeProvider
from .pay_out_case import PayOutCase


@tagged("post_install", "-at_install")
class TestPayOut(PayOutCase):
    """Money leaves once, under our key, and the books have it."""

    def check_paid(self, refund, amount=60.0):
        self.assertEqual(refund.state, "paid")
        self.assertEqual(self.fake.paid, amount)
        self.assertEqual(refund.payment_id, refund.child_transaction_id.payment_id)
        self.assertEqual((refund.payment_id.payment_type, refund.payment_id.amount), ("outbound", amount))
        self.assertEqual(refund.note_id.amount_residual, 0)
        self.assertEqual(refund.note_id.payment_state, "paid")
        self.assertEqual(self.left(self.order).pending, 0)

    def test_a_refund_is_paid_by_its_job(self):
        refund = self.refund_of()
        self.assertEqual((refund.state, refund.source_transaction_id), ("waiting", self.source))
        before = self.left(self.order)
        self.assertEqual(self.run_jobs(), 1)
        self.check_paid(refund)
        self.assertEqual(refund.child_transaction_id.reference, refund._key())
        self.assertEqual(self.left(self.order).to_pay_back, before.to_pay_back)

    def test_a_job_that_runs_again_pays_nothing(self):
        refund = self.refund_of()
        for _ in range(3):
            self.work(refund)
        self.check_paid(refund)
        self.assertEqual([call for call, _key in self.fake.calls], ["send"])

    def test_a_killed_worker_never_pays_twice(self):
        """Whatever is committed last, the next job finishes: for providers that keep keys, or can be asked."""
        ended = False
        for number in range(1, 9):
            ended = ended or not self._pay_killed(number, FakeProvider())
        self.assertTrue(ended, "the job has more steps than were tried")
        # Before the call, and before its answer is stored.
        for number in (2, 3):
            self._pay_killed(number, FakeProvider(keeps_keys=True, can_be_asked=False))

    def _pay_killed(self, number, fake):
        self.use(fake)
        refund = self.refund_of("5.00")
        with self.subTest(number=number, keeps=fake.keeps_keys, asked=fake.can_be_asked):
            killed = self.work_killed_after(refund, number)
            self.assertLessEqual(fake.paid, 5)
            self.work(refund)
            self.assertEqual((refund.state, fake.paid), ("paid", 5))
            self.assertEqual(refund.note_id.amount_residual, 0)
        return killed

    def test_a_provider_that_finds_refunds_and_keeps_no_keys_is_called_once(self):
        for number, found in ((2, False), (3, True)):
            self.use(FakeProvider(keeps_keys=False, can_be_asked=True))
            refund = self.refund_of("5.00")
            self.assertTrue(self.work_killed_after(refund, number))
            self.work(refund)
            self.assertEqual([call for call, _key in self.fake.calls].count("send"), found)
            self.assertEqual(refund.state, "paid" if found else "in_doubt")

    def test_a_provider_that_knows_no_key_is_called_once(self):
        for number in (1, 2, 3):
            self.use(FakeProvider(False, False))
            refund = self.refund_of("5.00")
            self.assertTrue(self.work_killed_after(refund, number))
            for _ in range(2):
                self.work(refund)
            self.assertEqual((refund.state, refund.cause), ("in_doubt", "lost_answer"))
            self.assertEqual(len(self.fake.calls), number > 2)

    def test_a_lost_answer_is_looked_up(self):
        self.fake.script = ["lost"]
        refund = self.refund_of()
        self.work(refund)
        self.assertEqual((refund.state, refund.looks), ("sent", 1))
        self.assertTrue(self.jobs())
        self.work(refund)
        self.check_paid(refund)
        self.assertEqual([call for call, _key in self.fake.calls], ["send", "look_up"])

    def test_a_call_that_never_arrived_is_made_again_under_the_same_key(self):
        self.fake.script = ["away"]
        refund = self.refund_of()
        self.work(refund)
        self.work(refund)
        self.check_paid(refund)
        self.assertEqual(len({key for _call, key in self.fake.calls}), 1)

    def test_a_provider_that_stays_away_is_for_a_person(self):
        self.fake.script = ["away"] * 50
        refund = self.refund_of()
        with patch.object(pay_out_module, "_MOST_UNKNOWN", 2):
            for _ in range(3):
                self.work(refund)
        self.assertEqual((refund.state, refund.cause), ("in_doubt", "no_answer"))

    def test_pending_waits_for_the_webhook(self):
        self.fake.script = ["pending"]
        refund = self.refund_of()
        self.work(refund)
        self.assertEqual((refund.state, refund.child_transaction_id.state), ("sent", "pending"))
        self.assertEqual(self.left(self.order).pending, 60)
        self.jobs().unlink()
        refund.child_transaction_id._set_done()
        self.assertEqual(len(self.jobs()), 1)
        self.run_jobs()
        self.check_paid(refund)

    def test_pending_is_asked_for_where_no_webhook_comes(self):
        self.fake.script = ["pending"]
        refund = self.refund_of()
        self.work(refund)
        self.work(refund)
        self.assertEqual((refund.state, refund.looks), ("sent", 2))
        self.fake.answers = dict.fromkeys(self.fake.answers, Answer.done)
        self.work(refund)
        self.check_paid(refund)

    def test_a_refusal_is_for_finance(self):
        self.fake.script = ["failed"]
        refund = self.refund_of()
        self.work(refund)
        self.assertEqual((refund.state, refund.cause, refund.message), ("failed", "refused", "Card closed"))
        self.assertEqual(self.left(self.order).to_pay_back, 40)

    def test_a_refusal_that_may_pass_gets_a_new_key(self):
        self.fake.script = ["retryable", "retryable", "retryable"]
        refund = self.refund_of()
        for _ in range(3):
            self.work(refund)
        self.assertEqual((refund.state, refund.attempt), ("failed", 3))
        self.assertEqual(len({key for _call, key in self.fake.calls}), 3)
        self.assertEqual(self.fake.paid, 0)

    def test_a_refund_that_the_provider_takes_back_is_open_again(self):
        refund = self.refund_of()
        self.work(refund)
        refund.child_transaction_id._set_error("Account closed", extra_allowed_states=("done",))
        self.run_jobs()
        self.assertEqual((refund.state, refund.cause), ("failed", "failed_later"))

    def test_a_payment_that_cannot_be_booked_is_tried_again(self):
        refund = self.refund_of()
        transaction = type(self.env["payment.transaction"])

        def refuse(_self):
            raise UserError("The period is locked")  # pylint: disable=translation-required

        with patch.object(transaction, "_post_process", refuse):
            self.work(refund)
        self.assertEqual((refund.state, refund.cause), ("sent", "not_booked"))
        self.assertEqual(self.fake.paid, 60)
        self.work(refund)
        self.check_paid(refund)

    def test_what_odoo_booked_in_the_meantime_is_not_booked_again(self):
        refund = self.refund_of()
        self.work_killed_after(refund, 4)
        refund.child_transaction_id._post_process()
        self.assertEqual(refund.state, "sent")
        self.work(refund)
        self.check_paid(refund)
        self.assertEqual(
            self.env["account.payment"].search_count([("payment_transaction_id", "=", refund.child_transaction_id.id)]),
            1,
        )

    def test_a_note_that_was_paid_by_someone_else_sends_no_money(self):
        refund = self.refund_of()
        self.pay(refund.note_id)
        self.work(refund)
        self.assertEqual((refund.state, refund.cause, self.fake.paid), ("by_hand", "note_not_open", 0))

    def test_a_provider_that_is_switched_off_leaves_it_to_finance(self):
        self.provider.state = "disabled"
        refund = self.refund_of()
        self.assertEqual((refund.state, refund.cause), ("by_hand", "provider_cannot"))
        self.assertFalse(self.jobs())

    def test_errors_of_the_provider_leave_the_refund_open(self):
        refund = self.refund_of()
        with (
            patch.object(FakeProvider, "send", side_effect=KeyError("id")),
            mute_logger("odoo.addons.retail_sync_helpdesk.models.money.pay_out"),
        ):
            self.work(refund)
        self.assertEqual((refund.state, refund.message), ("sent", "KeyError"))
        self.work(refund)
        self.check_paid(refund)

    def test_odoos_own_button_counts_what_is_under_way(self):
        self.refund_of("60.00")
        with self.assertRaises(UserError):
            self.source.action_refund(40.01)
        self.source.action_refund(40.0)
        self.assertEqual(sum(self.source.child_transaction_ids.mapped("amount")), -40)

    def test_what_odoos_own_button_gave_back_is_not_given_again(self):
        refund = self.refund_of("60.00")
        self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.source.payment_method_id.id,
                "partner_id": self.customer.id,
                "currency_id": self.source.currency_id.id,
                "amount": -41,
                "operation": "refund",
                "source_transaction_id": self.source.id,
                "reference": "by the button",
                "state": "done",
            }
        )
        self.work(refund)
        self.assertEqual((refund.state, refund.cause, self.fake.paid), ("by_hand", "no_transaction", 0))

    def test_the_sweep_finds_refunds_whose_job_is_gone(self):
        refund = self.refund_of()
        self.jobs().unlink()
        self.env["retail.sync.money.jobs"]._cron_sweep()
        self.assertFalse(self.jobs())
        refund.next_try_at = "2020-01-01"
        self.env["retail.sync.money.jobs"]._cron_sweep()
        self.env["retail.sync.money.jobs"]._cron_sweep()
        self.assertEqual(len(self.jobs()), 1)
        self.run_jobs()
        self.check_paid(refund)

    def test_a_refund_that_another_worker_has_is_left_to_it(self):
        refund = self.refund_of()
        env = self.env(su=True)
        with (
            patch.object(type(env), "execute_query", lambda _env, _query: [(False,)]),
            self.assertRaises(RetryableJobError),
        ):
            pay_out_module.pay_out(env, refund.id)
        self.assertFalse(self.fake.calls)
