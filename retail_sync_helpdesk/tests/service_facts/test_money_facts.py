from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .facts_case import FactsCase, amounts


@tagged("post_install", "-at_install")
class TestMoneyFacts(FactsCase):
    """What was billed, credited, paid and paid back, by documents as people make them."""

    def setUp(self):
        super().setUp()
        self.shirt = self.make_product("SHIRT")
        self.cap = self.make_product("CAP", price=10.0)

    def of_line(self, facts, order, product):
        line = order.order_line.filtered(lambda found: found.product_id == product)
        return [billed for billed in facts.billed if billed.line_id == line.id]

    def test_an_invoice_has_its_lines_by_kind_in_the_unit_of_the_order(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        service = self.make_product("SEW", type="service", price=5.0)
        order = self.make_order([(self.shirt, 1), (service, 1)], confirm=False)
        order.order_line[0].write({"product_uom_id": dozen.id, "price_unit": 240})
        order.action_confirm()
        invoice = self.invoice(order)
        facts = self.money_facts(order)
        self.assertEqual([(bill.id, bill.total, bill.residual) for bill in facts.invoices], [(invoice.id, 245, 245)])
        self.assertEqual(
            [(line.kind, line.quantity, line.total) for line in facts.billed], [("goods", 1, 240), ("service", 1, 5)]
        )

    def test_a_discount_of_the_whole_order_follows_its_goods(self):
        order = self.make_order([(self.shirt, 2)], confirm=False)
        self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "so_discount", "discount_percentage": 0.1}
        ).action_apply_discount()
        order.action_confirm()
        self.invoice(order)
        facts = self.money_facts(order)
        self.assertIn(("reward", Decimal(-4)), [(line.kind, line.total) for line in facts.billed])
        self.assertEqual(facts.invoices[0].total, 36)

    def test_a_down_payment_is_billed_and_taken_off_with_a_quantity_of_one(self):
        order = self.make_order([(self.shirt, 2)])
        self.down_payment(order, 50)
        self.invoice(order)
        facts = self.money_facts(order)
        down = [(line.quantity, line.total) for line in facts.billed if line.kind == "down_payment"]
        self.assertEqual(down, [(1, 20), (1, -20)])
        self.assertEqual(sum(bill.total for bill in facts.invoices), 40)

    def test_a_draft_invoice_bills_nothing(self):
        order = self.make_order([(self.shirt, 2)])
        self.invoice(order, post=False)
        self.assertEqual(self.left(order), amounts(0, 0, 0, 0, 0))

    def test_a_payment_of_the_bank_counts_once(self):
        order = self.make_order([(self.shirt, 2)])
        self.pay(self.invoice(order))
        self.assertEqual(self.left(order), amounts(40, 0, 40, 0, 40))
        self.assertEqual(self.money_facts(order).invoices[0].residual, 0)

    def test_a_write_off_is_no_money(self):
        order = self.make_order([(self.shirt, 2)])
        account = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        self.pay(self.invoice(order), 38, payment_difference_handling="reconcile", writeoff_account_id=account.id)
        self.assertEqual(self.left(order)[2], 38)

    def test_a_transaction_and_the_payment_made_of_it_are_one(self):
        order = self.make_order([(self.shirt, 2)])
        invoice = self.invoice(order)
        transaction = self.transaction(40, order=order, invoice=invoice)
        self.assertEqual(self.left(order)[2], 40)
        self.pay(invoice).payment_transaction_id = transaction
        self.assertEqual(self.left(order)[2], 40)

    def test_a_transaction_that_is_not_booked_yet_and_a_bank_payment_are_two(self):
        order = self.make_order([(self.shirt, 2)])
        invoice = self.invoice(order)
        self.pay(invoice, 15)
        self.transaction(25, order=order)
        self.assertEqual(self.left(order)[2], 40)

    def test_what_is_reserved_is_not_paid_and_what_is_captured_in_part_is(self):
        order = self.make_order([(self.shirt, 2)])
        source = self.transaction(40, "authorized", order=order)
        self.assertEqual((self.left(order)[2], self.order_facts(order).reserved), (0, 40))
        self.transaction(15, "done", order=order, source_transaction_id=source.id)
        self.assertEqual((self.left(order)[2], self.order_facts(order).reserved), (15, 25))
        self.transaction(25, "cancel", order=order, source_transaction_id=source.id)
        self.set_state(source, "done")
        self.assertEqual((self.left(order)[2], self.order_facts(order).reserved), (15, 0))

    def test_a_refund_counts_in_every_state_but_failed_booked_or_not(self):
        order = self.make_order([(self.shirt, 2)])
        source = self.transaction(40, order=order)
        for state, returned in (("draft", 10), ("pending", 10), ("done", 10), ("error", 0), ("cancel", 0)):
            child = self.transaction(-10, state, order=order, source_transaction_id=source.id, operation="refund")
            self.assertEqual(self.left(order)[3], returned, state)
            self.set_state(child, "cancel")

    def test_a_note_by_hand_credits_its_lines(self):
        order = self.make_order([(self.shirt, 3), (self.cap, 1)])
        invoice = self.invoice(order)
        self.pay(invoice)
        note = self.credit(invoice, {self.shirt: 2})
        facts = self.money_facts(order)
        self.assertEqual([(line.quantity, line.total) for line in facts.credits[0].lines], [(2, 40)])
        self.assertEqual(facts.credits[0].invoice_id, invoice.id)
        self.assertEqual(self.left(order), amounts(70, 40, 70, 40, 30))
        self.pay(note)
        self.assertEqual(self.left(order), amounts(70, 40, 70, 40, 30))

    def test_a_draft_note_counts_and_a_cancelled_one_does_not(self):
        order = self.make_order([(self.shirt, 3)])
        invoice = self.invoice(order)
        self.pay(invoice)
        note = self.credit(invoice, {self.shirt: 1}, post=False)
        self.assertEqual(self.left(order), amounts(60, 20, 60, 20, 40))
        note.button_cancel()
        self.assertEqual(self.left(order), amounts(60, 0, 60, 0, 60))

    def test_a_note_in_another_currency_counts_too(self):
        order = self.make_order([(self.shirt, 2, 50.0)])
        invoice = self.invoice(order)
        self.pay(invoice)
        before = self.left(order)
        note = self.credit(invoice, {self.shirt: 1}, post=False)
        other = self.env.ref("base.CHF")
        other.active = True
        self.env["res.currency.rate"].create({"currency_id": other.id, "rate": 2.0, "name": "2020-01-01"})
        note.currency_id = other
        given = note.amount_total / 2
        self.assertAlmostEqual(float(self.left(order)[1]), given)
        note.action_post()
        _invoiced, credited, _paid, _returned, left = self.left(order)
        self.assertAlmostEqual(float(credited), given)
        self.assertAlmostEqual(float(left), float(before[4]) - given)

    def test_a_note_that_clears_a_debt_moves_no_money(self):
        order = self.make_order([(self.shirt, 3)])
        invoice = self.invoice(order)
        self.credit(invoice, {self.shirt: 1})
        facts = self.money_facts(order)
        self.assertEqual((facts.credits[0].offset, facts.invoices[0].residual), (20, 40))
        self.assertEqual(self.left(order), amounts(60, 20, 0, 0, 0))

    def test_a_lower_price_by_hand_leaves_the_goods_billed(self):
        order = self.make_order([(self.shirt, 2)])
        invoice = self.invoice(order)
        note = self.credit(invoice, post=False)
        note.invoice_line_ids.price_unit = 5
        note.action_post()
        facts = self.money_facts(order)
        self.assertEqual([(line.quantity, line.total) for line in facts.credits[0].lines], [(0, 10)])

    def test_lines_of_the_same_product_are_not_mixed_up(self):
        order = self.make_order([(self.shirt, 2, 20), (self.shirt, 2, 15)])
        invoice = self.invoice(order)
        second = invoice.invoice_line_ids.filtered(lambda line: line.price_unit == 15)
        note = self.credit(invoice, post=False)
        note.invoice_line_ids.filtered(lambda line: line.price_unit == 20).unlink()
        note.action_post()
        facts = self.money_facts(order)
        self.assertEqual([line.billed_id for line in facts.credits[0].lines], [second.id])

    def test_an_amount_beside_the_lines_is_goodwill(self):
        order = self.make_order([(self.shirt, 2)])
        invoice = self.invoice(order)
        note = self.credit(invoice, post=False)
        note.invoice_line_ids.unlink()
        note.invoice_line_ids = [Command.create({"name": "Sorry", "quantity": 1, "price_unit": 7, "tax_ids": []})]
        note.action_post()
        credit = self.money_facts(order).credits[0]
        self.assertEqual((credit.total, credit.goodwill, credit.lines), (7, 7, ()))

    def test_an_invoice_of_two_orders_counts_with_the_lines_of_each(self):
        orders = self.make_order([(self.shirt, 2)]) | self.make_order([(self.cap, 3)])
        invoice = orders._create_invoices()
        invoice.action_post()
        self.assertEqual(len(invoice), 1)
        self.pay(invoice, 35)
        self.assertEqual(self.left(orders[0]), amounts(40, 0, 20, 0, 20))
        self.assertEqual(self.left(orders[1]), amounts(30, 0, 15, 0, 15))
        residuals = [self.money_facts(order).invoices[0].residual for order in orders]
        self.assertEqual(residuals, [20, 15])
        self.credit(invoice, {self.cap: 1})
        self.assertEqual(self.left(orders[0])[1], 0)
        self.assertEqual(self.left(orders[1])[1], 10)

    def test_a_final_invoice_that_takes_goods_back_counts_as_a_credit(self):
        shirt = self.make_product("LATER", invoice_policy="delivery")
        order = self.make_order([(shirt, 2), (self.cap, 3)], confirm=True)
        self.ship(order, {shirt: 2, self.cap: 0})
        order.order_line[1].product_uom_qty = 0
        self.pay(self.invoice(order))
        picking = order.picking_ids.filtered(lambda moved: moved.state == "done")
        self.return_(picking, {shirt: 1}, done=True)
        order.order_line[1].product_uom_qty = 5
        self.invoice(order)
        facts = self.money_facts(order)
        self.assertEqual(self.left(order)[:2], amounts(90, 20))
        self.assertEqual([line.quantity for line in facts.credits[0].lines], [1])
        self.assertEqual(sum(bill.residual for bill in facts.invoices), 30)

    def test_taxes_and_rounding_are_as_the_document_has_them(self):
        tax = self.make_tax(21)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            product = self.make_product(f"T-{method}", taxes=tax)
            order = self.make_order([(product, 3, 0.33), (product, 7, 0.17)])
            invoice = self.invoice(order)
            facts = self.money_facts(order)
            self.assertEqual(facts.invoices[0].total, Decimal(str(round(invoice.amount_total, 2))), method)
            self.assertEqual(
                [line.total for line in facts.billed],
                [Decimal(str(round(line.price_total, 2))) for line in invoice.invoice_line_ids],
                method,
            )
