from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...domain.service.claims import LineClaim, Offer
from ...models.money.refunds import make_refunds
from .fake_provider import FakeProvider
from .pay_out_case import PayOutCase

D = Decimal


@tagged("post_install", "-at_install")
class TestRefunds(PayOutCase):
    """What is to be paid back, by which payment, and what a person pays."""

    def test_each_note_has_its_refund_and_the_newest_payment_gives_it(self):
        later = self.pay_online(self.order.invoice_ids, self.provider, amount=70, order=self.order)
        self.assertEqual(self.refund_of("60").source_transaction_id, later)
        self.assertEqual(self.refund_of("20").source_transaction_id, self.source)

    def test_a_refund_larger_than_each_payment_is_split(self):
        order = self.make_order((self.shirt, 2, 50.0))
        invoice = self.bill(order)
        first = self.pay_online(invoice, self.provider, amount=40, order=order)
        second = self.pay_online(invoice, self.provider, amount=60, order=order)
        refunds = self.refund_of("90", order)
        self.assertEqual(
            [(refund.source_transaction_id, refund.amount) for refund in refunds], [(second, 60), (first, 30)]
        )
        self.run_jobs()
        self.assertEqual(set(refunds.mapped("state")), {"paid"})
        self.assertEqual((self.fake.paid, refunds.note_id.amount_residual), (90, 0))

    def test_what_was_paid_by_bank_is_paid_back_by_a_person(self):
        order = self.make_order((self.shirt, 2, 50.0))
        invoice = self.bill(order)
        self.pay_online(invoice, self.provider, amount=40, order=order)
        self.pay(invoice)
        refunds = self.refund_of("70", order)
        self.assertEqual(
            [(refund.state, refund.amount, refund.cause) for refund in refunds],
            [("waiting", 40, False), ("by_hand", 30, "no_transaction")],
        )

    def test_a_provider_that_cannot_refund_is_named(self):
        self.use(FakeProvider(refunds="none"))
        refund = self.refund_of()
        self.assertEqual(
            (refund.state, refund.cause, refund.source_transaction_id), ("by_hand", "provider_cannot", self.source)
        )

    def test_a_provider_that_refunds_only_the_whole(self):
        self.use(FakeProvider(refunds="full"))
        self.assertEqual(self.refund_of("60").cause, "partial_not_possible")
        order, source = self.make_paid_order()
        whole = self.refund_of("100", order)
        self.assertEqual((whole.state, whole.source_transaction_id), ("waiting", source))

    def test_a_debt_is_lowered_without_a_refund(self):
        order = self.make_order((self.shirt, 2, 50.0))
        self.bill(order)
        self.assertFalse(self.refund_of("60", order))

    def test_a_bank_transfer_is_made_by_a_person(self):
        refund = self.refund_of(method="bank")
        self.assertEqual((refund.state, refund.cause, refund.method), ("by_hand", "method", "bank"))

    def test_a_credit_stays_open_on_the_account(self):
        refund = self.refund_of(method="credit")
        self.assertEqual((refund.state, refund.note_id.amount_residual), ("paid", 60))
        self.work(refund)
        self.assertFalse(self.fake.calls)

    def test_another_amount_than_was_offered_is_refused(self):
        found, notes = self.credit(self.order, goodwill=D(60))
        wrong = Offer(found.parts, D(10), D(50))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            make_refunds(self.env, self.order, notes, wrong, action=self.env["retail.sync.action"], method="original")

    def test_a_full_refund_after_partial_ones_pays_the_rest(self):
        line = self.order.order_line
        for claim in ({"lines": (LineClaim(line.id, amount=D("33.33")),)}, {"goodwill": D("0.01")}, {"full": True}):
            self.refund(self.order, **claim)
        self.run_jobs()
        self.assertEqual(self.fake.paid, 100)
        after = self.left(self.order)
        self.assertEqual((after.to_credit, after.to_pay_back, after.pending), (0, 0, 0))
