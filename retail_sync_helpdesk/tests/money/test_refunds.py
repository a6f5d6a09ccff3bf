from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...domain.service.claims import LineClaim, Offer
from ...models.access.texts import rule_document
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

    def test_a_gift_card_has_the_amount_and_pays_the_note(self):
        program = self.env["loyalty.program"].search([("program_type", "=", "gift_card")], limit=1)
        refund = self.refund_of(method="gift_card")
        card = refund.card_id
        self.assertEqual((refund.state, card.program_id, card.points), ("paid", program, 60))
        self.assertEqual(card.partner_id, self.customer)
        history = self.env["loyalty.history"].search([("card_id", "=", card.id)])
        self.assertEqual((history.issued, history.order_id), (60, self.order.id))
        self.assertEqual(refund.note_id.amount_residual, 0)
        self.work(refund)
        self.assertFalse(self.fake.calls or self.jobs())
        self.assertEqual(self.left(self.order).to_pay_back, 40)

    def test_without_a_programme_of_gift_cards_a_person_has_it(self):
        self.env["loyalty.program"].search([("program_type", "=", "gift_card")]).active = False
        refund = self.refund_of(method="gift_card")
        self.assertEqual((refund.state, refund.cause), ("by_hand", "no_program"))

    def test_an_invoice_of_two_orders_gives_each_its_own(self):
        orders = [self.make_order((self.shirt, 2, 50.0)), self.make_order((self.shirt, 1, 30.0))]
        invoice = self.bill(orders[0] | orders[1])
        self.assertEqual(len(invoice), 1)
        self.pay_online(invoice, self.provider, order=orders[0])
        for order, amount in zip(orders, (100, 30), strict=True):
            before = self.left(order)
            found, notes, refund = self.refund(order, full=True)
            self.assertEqual((found.credit, refund.amount), (amount, amount))
            self.check_promise(order, before, found, notes)
            self.assertEqual(self.left(order).to_credit, 0)
        self.run_jobs()
        self.assertEqual(self.fake.paid, 130)

    def test_a_ticket_reads_what_became_of_the_money(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Late", "description": "Late"})
        action = self.env["retail.sync.action"].create(
            {
                "action": "refund_goodwill",
                "order_id": self.order.id,
                "company_id": self.company.id,
                "currency_id": self.order.currency_id.id,
                "request": "{}",
                "actor_reference": "user/2",
                "actor_kind": "person",
                "channel": "screen",
                "ticket_id": ticket.id,
            }
        )
        found, notes = self.credit(self.order, goodwill=D(60))
        refund = make_refunds(self.env, self.order, notes, found, action=action, method="original")
        self.work(refund)
        self.assertIn(refund.name, " ".join(ticket.message_ids.mapped("body")))

    def test_another_amount_than_was_offered_is_refused(self):
        found, notes = self.credit(self.order, goodwill=D(60))
        wrong = Offer(found.parts, D(10), D(50))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            make_refunds(self.env, self.order, notes, wrong, action=self.env["retail.sync.action"], method="original")

    def test_an_open_invoice_of_several_orders_is_refused_with_what_to_do(self):
        orders = self.make_order((self.shirt, 1, 60.0)) | self.make_order((self.shirt, 1, 40.0))
        invoice = self.bill(orders)
        self.pay(invoice, 70.0)
        found = self.offer(orders[0], full=True)
        self.assertEqual([refused.code for refused in found.refusals], ["shared_invoice_open"])
        text = rule_document(self.env, found.refusals[0]).text
        self.assertIn(invoice.name, text)
        self.assertIn("Wait until it is paid", text)
        self.pay(invoice)
        self.assertEqual(self.offer(orders[0], full=True).money, 60)

    def test_a_payment_that_waits_for_the_bank_is_refused_beyond_what_is_owed(self):
        order = self.make_order((self.shirt, 1, 100.0))
        invoice = self.bill(order)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.customer.id,
                "amount": 70.0,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        self.env.flush_all()
        # As it is where the journal has no outstanding account: the payment has no entry until the bank line comes.
        self.env.cr.execute("UPDATE account_payment SET state = 'in_process' WHERE id = %s", [payment.id])
        self.env.cr.execute("UPDATE account_move SET payment_state = 'in_payment' WHERE id = %s", [invoice.id])
        self.env.invalidate_all()
        self.assertFalse(payment.move_id)
        found = self.offer(order, full=True)
        self.assertEqual([refused.code for refused in found.refusals], ["payment_not_booked"])
        self.assertIn("Match the payment", rule_document(self.env, found.refusals[0]).text)
        owed = self.offer(order, lines=(LineClaim(order.order_line.id, amount=D(30)),))
        self.assertEqual((owed.debt, owed.money), (30, 0))

    def test_a_full_refund_after_partial_ones_pays_the_rest(self):
        line = self.order.order_line
        for claim in ({"lines": (LineClaim(line.id, amount=D("33.33")),)}, {"goodwill": D("0.01")}, {"full": True}):
            self.refund(self.order, **claim)
        self.run_jobs()
        self.assertEqual(self.fake.paid, 100)
        after = self.left(self.order)
        self.assertEqual((after.to_credit, after.to_pay_back, after.pending), (0, 0, 0))
