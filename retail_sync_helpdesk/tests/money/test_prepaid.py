from decimal import Decimal
from random import Random

from odoo import Command
from odoo.tests import tagged

from ...domain.service.balance import balance_of
from ...domain.service.prepaid import with_prepaid
from ...models.money.billed_again import lower
from ...models.money.refunds import make_prepaid_refunds
from ...models.service_facts.read import order_facts
from ...models.service_facts.to_bill import still_to_bill
from .fake_provider import FakeProvider
from .pay_out_case import PayOutCase


@tagged("post_install", "-at_install")
class TestPrepaid(PayOutCase):
    """What was paid and never billed goes back in two phases, without a credit note."""

    @classmethod
    def make_paid_order(cls, price=50.0, quantity=2, provider=None):
        order = cls.make_order((cls.shirt, quantity, price))
        return order, cls.pay_online(cls.env["account.move"], provider or cls.provider, 100.0, order=order)

    @classmethod
    def pay_orders(cls, orders, amount):
        """Return a transaction that paid several orders, none of them billed."""
        transaction = cls.pay_online(cls.env["account.move"], cls.provider, amount, order=orders[0])
        transaction.sale_order_ids = [Command.set(orders.ids)]
        return transaction

    def prepaid(self, order=None):
        found = with_prepaid(self.facts(order or self.order), Decimal(0))
        return found.prepaid if found else 0

    def pay_back(self, amount="100.00", method="original"):
        action = self.env["retail.sync.action"]
        refunds = make_prepaid_refunds(self.env, self.order, Decimal(amount), action=action, method=method)
        self.env.flush_all()
        return refunds

    def check_books(self, refund):
        """Check that the money that left clears the money that came in."""
        self.assertEqual((refund.state, refund.payment_id.payment_type), ("paid", "outbound"))
        lines = (refund.payment_id | self.source.payment_id).move_id.line_ids
        self.assertFalse([line.amount_residual for line in lines if line.account_type == "asset_receivable"].count(50))
        self.assertEqual(self.prepaid(), 0)

    def test_the_job_pays_it_and_the_books_are_even(self):
        self.assertEqual(self.prepaid(), 100)
        refund = self.pay_back()
        self.assertEqual(
            (refund.state, refund.source_transaction_id, refund.partner_id), ("waiting", self.source, self.customer)
        )
        self.assertEqual(self.prepaid(), 0, "what is under way does not go back again")
        self.work(refund)
        self.assertEqual(self.fake.paid, 100)
        self.check_books(refund)
        receivable = self.source.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertTrue(all(receivable.mapped("reconciled")))

    def test_a_killed_worker_pays_once(self):
        refund = self.pay_back("60.00")
        for number in range(1, 9):
            if not self.work_killed_after(refund, number):
                break
        self.work(refund)
        self.assertEqual((self.fake.paid, refund.state), (60, "paid"))
        self.assertEqual(self.prepaid(), 40)

    def test_what_no_provider_can_pay_waits_for_finance_and_is_closed_by_hand(self):
        self.use(FakeProvider(refunds="none"))
        refund = self.pay_back()
        self.assertEqual((refund.state, refund.cause), ("by_hand", "provider_cannot"))
        self.assertEqual(self.prepaid(), 0)
        wizard = self.env["retail.sync.refund.close"].create(
            {"refund_id": refund.id, "kind": "by_hand", "reference": "T-7"}
        )
        self.assertEqual(wizard.partner_id, self.customer)
        self.env.user.group_ids = [Command.link(self.env.ref("retail_sync_helpdesk.group_refund_finance").id)]
        wizard.action_apply()
        self.assertEqual((refund.payment_id.amount, refund.payment_id.memo), (100, "T-7"))
        self.check_books(refund)

    def test_a_gift_card_needs_a_note_so_the_money_goes_back_as_it_came(self):
        self.assertEqual(self.pay_back(method="gift_card").mapped("method"), ["original"])
        self.assertEqual(self.pay_back("1.00", method="bank").mapped("state"), ["by_hand"])

    def test_money_that_an_invoice_of_another_order_has_used_stays(self):
        other = self.bill(self.make_order((self.shirt, 1, 70.0)))
        lines = (self.source.payment_id.move_id | other).line_ids
        if self.source.payment_id.move_id:
            lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
            self.assertEqual(self.prepaid(), 30)

    def test_a_payment_of_two_orders_is_shared_and_paid_back_once(self):
        first, second = self.make_order((self.shirt, 1, 60.0)), self.make_order((self.shirt, 1, 30.0))
        self.pay_orders(first | second, 90.0)
        paid = [balance_of(self.facts(order)).paid for order in (first, second)]
        self.assertEqual(paid, [60, 30])
        self.order = first
        self.pay_back("60.00")
        left = [balance_of(self.facts(order)).to_pay_back for order in (first, second)]
        self.assertEqual(left, [0, 30])
        first._sync_keep_total()
        first.order_line.product_uom_qty = 0
        self.assertEqual([balance_of(self.facts(order)).to_pay_back for order in (first, second)], [0, 30])

    def test_what_is_paid_back_of_a_rest_leaves_what_odoo_bills_later_in_all_tax_shapes(self):
        shapes = [
            self.make_tax(21),
            self.make_tax(10, included=True),
            self.make_tax(21) + self.make_tax(5.2),
            self.make_tax(7.7, included=True) + self.make_tax(1.1, included=True),
            self.make_tax(0.35, amount_type="fixed") + self.make_tax(19),
            self.env["account.tax"],
        ]
        draw = Random(12)
        for number, tax in enumerate(shapes):
            self.company.tax_calculation_rounding_method = ("round_per_line", "round_globally")[number % 2]
            lines = [
                (
                    self.shirt,
                    draw.randint(2, 9),
                    draw.choice([0.07, 9.99, 33.33]),
                    draw.choice([tax, shapes[0]]),
                    percent,
                )
                for percent in (0.0, 10.0, 33.3)
            ]
            order = self.make_order(*lines, (self.delivery, 1, 4.9, tax))
            self.pay_online(self.env["account.move"], self.provider, order.amount_total, order=order)
            paid = Decimal(f"{order.amount_total:.2f}")
            given_up = {line.id: Decimal(draw.randint(1, 2)) for line in order.order_line[:2]}
            facts = self.order_facts(order)
            rest = still_to_bill(order, facts.lines, facts.money, given_up)
            found = with_prepaid(facts.money, rest)
            for line in order.order_line[:2]:
                lower(line, line.product_uom_qty - float(given_up[line.id]))
            with self.subTest(number=number, lines=lines):
                self.assertEqual(paid - found.prepaid, Decimal(f"{order.amount_total:.2f}"))

    def order_facts(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return order_facts(self.env, order, {order.id: self.policy})[order.id]
