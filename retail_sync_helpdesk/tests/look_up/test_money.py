from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ...api.errors import ApiProblem
from .look_up_case import LookUpCase


@tagged("post_install", "-at_install")
class TestMoneyLookUp(LookUpCase):
    """Documents and payments of an order, and what they add up to."""

    def look_at(self, order, **values):
        return self.look_ups(**values).money(order.id)

    def test_billed_paid_credited_and_paid_back(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        self.ship(order)
        invoice = self.invoice(order)
        payment = self.pay(invoice)
        note = self.credit(invoice, {product: 2})
        refund = self.pay(note)
        shown = self.look_at(order)
        self.assertEqual(
            (shown.ordered, shown.invoiced, shown.credited, shown.paid, shown.refunded, shown.pending),
            ("100.00", "100.00", "40.00", "100.00", "40.00", "0.00"),
        )
        first, second = shown.invoices
        self.assertEqual((first.id, first.kind, first.total, first.residual), (invoice.id, "invoice", "100.00", "0.00"))
        self.assertEqual(
            (second.id, second.kind, second.total, second.reverses), (note.id, "credit_note", "40.00", invoice.id)
        )
        self.assertEqual(
            {(entry.id, entry.kind, entry.state, entry.amount, entry.of_this_order) for entry in shown.payments},
            {
                (payment.id, "payment", "done", "100.00", "100.00"),
                (refund.id, "refund", "done", "40.00", "40.00"),
            },
        )

    def test_what_a_credit_note_owes_is_pending(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        invoice = self.invoice(order)
        self.pay(invoice)
        note = self.credit(invoice, {product: 1}, post=False)
        self.assertEqual((self.look_at(order).refunded, self.look_at(order).pending), ("0.00", "20.00"), "of a draft")
        note.action_post()
        self.assertEqual((self.look_at(order).refunded, self.look_at(order).pending), ("0.00", "20.00"))
        self.pay(note)
        self.assertEqual((self.look_at(order).refunded, self.look_at(order).pending), ("20.00", "0.00"))

    def test_an_invoice_of_two_orders_counts_by_its_lines(self):
        product = self.make_product()
        first, other = self.make_order([(product, 1)]), self.make_order([(product, 3)])
        invoice = (first | other)._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self.pay(invoice)
        shown = self.look_at(first)
        self.assertEqual((shown.invoiced, shown.paid), ("20.00", "20.00"))
        self.assertEqual((shown.invoices[0].total, shown.invoices[0].of_this_order), ("80.00", "20.00"))
        self.assertEqual((shown.payments[0].amount, shown.payments[0].of_this_order), ("80.00", "20.00"))

    def test_online_payment_is_listed_once(self):
        order = self.make_order([(self.make_product(), 5)])
        provider = self.env["payment.provider"].search([("company_id", "=", self.company.id)], limit=1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "reference": "TX-1",
                "amount": 100,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "sale_order_ids": [(6, 0, order.ids)],
                "state": "pending",
            }
        )
        shown = self.look_at(order)
        [entry] = shown.payments
        self.assertEqual((entry.id, entry.state, entry.amount), (transaction.id, "pending", "100.00"))
        self.assertIn(provider.name, entry.method)
        self.assertEqual(shown.paid, "0.00")

    def test_nothing_yet(self):
        shown = self.look_at(self.make_order([(self.make_product(), 1)]))
        self.assertEqual((shown.invoiced, shown.paid, shown.invoices, shown.payments), ("0.00", "0.00", (), ()))

    def test_the_policy_may_demand_a_verified_customer(self):
        order = self.make_order([(self.make_product(), 1)])
        self.env["retail.sync.policy"].create(
            {
                "name": "Verified customers",
                "priority": 1,
                "demand_ids": [
                    Command.create(
                        {
                            "kind_id": self.env.ref("retail_sync_helpdesk.action_kind_get_money").id,
                            "methods": "phone_pin",
                            "minutes": 10,
                        }
                    )
                ],
            }
        )
        now = fields.Datetime.now()
        for values in (
            {},
            {"verified_by": "mail_code", "verified_at": now},
            {"verified_by": "phone_pin", "verified_at": now - timedelta(minutes=11)},
        ):
            with self.assertRaises(ApiProblem) as caught:
                self.look_at(order, **values)
            self.assertEqual(caught.exception.code, "verification_required")
            self.assertIn(caught.exception.rules[0]["rule"], ("verification_missing", "verification_too_old"))
            masked = self.look_ups(**values).order(order.id).order
            self.assertEqual((masked.paid, masked.refunded, "paid" in masked.masked), (None, None, True))
        shown = self.look_at(order, verified_by="phone_pin", verified_at=now - timedelta(minutes=9))
        self.assertEqual(shown.order_id, order.id)
        verified = self.look_ups(verified_by="phone_pin", verified_at=now - timedelta(minutes=9))
        self.assertEqual(verified.order(order.id).order.paid, "0.00", "the order itself needs none to be seen")

    def test_queries_do_not_grow_with_documents(self):
        product = self.make_product()
        small, large = self.make_order([(product, 1)]), self.make_order([(product, 5)])
        self.pay(self.invoice(small))
        for _number in range(5):
            self.ship(large, {product: 1})
        invoice = self.invoice(large)
        for amount in (10, 20, 30):
            self.pay(invoice, amount)
        counts = {len(self.queries_of(lambda looks, order=order: looks.money(order.id))) for order in (small, large)}
        self.assertEqual(len(counts), 1)
