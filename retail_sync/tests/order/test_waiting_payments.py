from odoo import Command, fields
from odoo.tests import tagged

from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestWaitingPayments(CommerceCase):
    """Payments without a journal entry, as the accounting app makes them: invoices stay open until the bank pays."""

    entities = ("order", "invoice")

    def setUp(self):
        super().setUp()
        self.patch(self.registry["account.move"], "_get_invoice_in_payment_state", lambda move: "in_payment")
        methods = self.env["account.payment.method.line"].search([("journal_id.company_id", "=", self.company.id)])
        methods.payment_account_id = False
        self.product = self.make_product()

    def billed(self, quantity=5):
        """Return an order and its invoice, which the platform has."""
        order = self.make_order([(self.product, quantity)])
        invoice = self.invoice(order)
        self.deliver()
        return order, invoice

    def pay(self, invoice, amount=None, **values):
        payment = super().pay(invoice, amount, **values)
        self.assertFalse(payment.move_id)
        return payment

    def amounts_of(self, order):
        """Return (state of payment, paid, due) that the platform has of an order."""
        self.deliver()
        row = self.row_of(order)
        return row["payment"], float(row["paid"]["amount"]), float(row["due"]["amount"])

    def standing(self, order, *kinds):
        """Return {kind: amount} of the journal, without entries that were taken back."""
        rows = self.env["retail.sync.milestone"].search([("res_id", "=", order.id), ("kind", "in", kinds)])
        return {row.kind: row.amount for row in rows if not row.reversal and not row.taken_back}

    def test_a_part_that_waits_for_the_bank_is_no_full_payment(self):
        order, invoice = self.billed()
        self.pay(invoice, 60)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("in_payment", 100))
        self.assertEqual(self.amounts_of(order), ("partly", 60, 40))
        self.assertEqual(self.standing(order, "partly_paid", "paid"), {"partly_paid": 60})
        rest = self.pay(invoice, 40)
        self.assertEqual(self.amounts_of(order), ("paid", 100, 0), "nothing changed of the invoice itself")
        self.assertEqual(self.standing(order, "paid"), {"paid": 100})
        rest.action_cancel()
        self.assertEqual(self.amounts_of(order), ("partly", 60, 40))
        self.assertNotIn("paid", self.standing(order, "paid"))

    def test_what_the_bank_has_paid_is_not_counted_once_more(self):
        order, invoice = self.billed()
        payment = self.pay(invoice, 60)
        self.deliver()
        owed = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "journal_id": bank.id,
                "date": fields.Date.today(),
                "line_ids": [
                    Command.create({"account_id": bank.default_account_id.id, "debit": 60}),
                    Command.create(
                        {"account_id": owed.account_id.id, "credit": 60, "partner_id": invoice.partner_id.id}
                    ),
                ],
            }
        )
        entry.action_post()
        (owed | entry.line_ids.filtered("credit")).reconcile()
        self.assertEqual((payment.state, invoice.amount_residual), ("paid", 40))
        self.assertEqual(self.amounts_of(order), ("partly", 60, 40))

    def test_one_payment_for_two_invoices_pays_each_its_own_amount(self):
        (first, bill), (second, other) = self.billed(1), self.billed(4)
        payment = self.pay(bill | other, group_payment=True)
        self.assertEqual(len(payment), 1)
        self.assertEqual(self.amounts_of(first), ("paid", 20, 0))
        self.assertEqual(self.amounts_of(second), ("paid", 80, 0))

    def test_a_refund_that_waits_for_the_bank_is_a_refund(self):
        order, invoice = self.billed()
        self.pay(invoice)
        note = self.credit(invoice, {self.product: 1})
        self.deliver()
        # Nothing is owed until the bank pays: the note is not cleared against its invoice.
        note.line_ids.remove_move_reconcile()
        self.pay(note)
        self.deliver()
        self.assertEqual(self.row_of(order)["refunded"], self.money(20))
        self.assertEqual(self.standing(order, "refund_paid"), {"refund_paid": 20})
