from decimal import Decimal
from random import Random

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...domain.service.claims import LineClaim, Offer, Part
from ...models.money.credit_notes import write_credit_notes
from .money_case import MoneyCase

D = Decimal
# More of them, with other seeds, were tried once; these are for every day.
SEED, DRAWN = 12, 2


@tagged("post_install", "-at_install")
class TestCreditNotes(MoneyCase):
    """A credit note has the total, the lines and the debt that its offer promised, to the cent."""

    def test_drawn_invoices_in_all_tax_shapes(self):
        """Every claim is credited as it was offered, and a full refund at the end leaves nothing."""
        draw = Random(SEED)
        shapes = [
            self.make_tax(21),
            self.make_tax(10, included=True),
            self.make_tax(21) + self.make_tax(5.2),
            self.make_tax(7.7, included=True) + self.make_tax(1.1, included=True),
            self.make_tax(0.35, amount_type="fixed") + self.make_tax(19),
            self.env["account.tax"],
        ]
        for number in range(DRAWN):
            self.company.tax_calculation_rounding_method = ("round_per_line", "round_globally")[number % 2]
            taxes = [draw.choice(shapes) for _ in range(3)]
            lines = [
                (
                    self.shirt,
                    draw.choice([1, 2, 3, 7]),
                    draw.choice([0.07, 9.99, 33.33, 19.95, 1234.56]),
                    tax,
                    draw.choice([0.0, 0.0, 10.0, 33.3]),
                )
                for tax in taxes
            ]
            order = self.make_order(*lines, (self.delivery, 1, draw.choice([4.9, 6.66]), taxes[0]))
            self.pay(self.bill(order))
            with self.subTest(number=number, lines=lines, rounding=self.company.tax_calculation_rounding_method):
                self._claim_all(order, draw)

    def _claim_all(self, order, draw):
        goods = order.order_line.filtered(lambda line: line.product_id == self.shirt)
        claims = [
            {"lines": (LineClaim(goods[0].id, quantity=D(1)),), "restocking": draw.random() < 0.5},
            {"lines": (LineClaim(goods[1].id, amount=D("0.03")), LineClaim(goods[2].id, quantity=D(1)))},
            {"shipping": D("1.01")} if draw.random() < 0.5 else {"goodwill": D("0.02")},
            {"full": True},
        ]
        kept = D(0)
        for claim in claims:
            before = self.left(order)
            offered = self.offer(order, **claim)
            if offered.refusals:
                continue
            found, notes = self.credit(order, **claim)
            kept += found.kept
            after = self.check_promise(order, before, found, notes)
        self.assertEqual(after.to_credit, kept)
        self.assertEqual(after.to_pay_back, kept)

    def test_nine_times_seven_cents_round_as_they_were_billed(self):
        tax = self.make_tax(21)
        self.company.tax_calculation_rounding_method = "round_globally"
        order = self.make_order(*[(self.shirt, 1, 0.07, tax)] * 9)
        invoice = self.bill(order)
        self.pay(invoice)
        for line in order.order_line[:3]:
            before = self.left(order)
            self.check_promise(order, before, *self.credit(order, lines=(LineClaim(line.id, quantity=D(1)),)))
        before = self.left(order)
        found, notes = self.credit(order, full=True)
        self.assertEqual(self.check_promise(order, before, found, notes).to_credit, 0)
        credited = self.env["account.move"].search([("reversed_entry_id", "=", invoice.id)])
        self.assertEqual(invoice.currency_id.compare_amounts(sum(credited.mapped("amount_total")), 0.76), 0)

    def test_a_note_is_the_invoice_turned_round(self):
        """Taxes, discount, journal, currency, analytic and links come from the invoice, quantities from the offer."""
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        account = self.env["account.analytic.account"].create({"name": "Rome", "plan_id": plan.id})
        tax = self.make_tax(21)
        order = self.make_order((self.shirt, 4, 30.0, tax, 10.0))
        order.order_line.analytic_distribution = {str(account.id): 100}
        invoice = self.bill(order)
        self.pay(invoice)
        _offer, note = self.credit(order, lines=(LineClaim(order.order_line.id, quantity=D(3)),))
        line = note.invoice_line_ids.filtered("sale_line_ids")
        billed = invoice.invoice_line_ids
        self.assertEqual((note.state, note.move_type, note.reversed_entry_id), ("posted", "out_refund", invoice))
        self.assertEqual((note.journal_id, note.currency_id), (invoice.journal_id, invoice.currency_id))
        self.assertEqual((line.quantity, line.price_unit, line.discount), (3, 30.0, 10.0))
        for name in ("tax_ids", "account_id", "sale_line_ids", "product_id", "analytic_distribution"):
            self.assertEqual(line[name], billed[name], name)
        self.assertEqual(line.sync_billed_line_id, billed)
        self.assertEqual(order.order_line.qty_invoiced, 1)

    def test_a_credit_by_price_leaves_the_quantity_invoiced(self):
        order = self.make_order((self.shirt, 2, 50.0, self.make_tax(21)))
        self.pay(self.bill(order))
        _offer, note = self.credit(order, lines=(LineClaim(order.order_line.id, amount=D("17.77")),))
        line = note.invoice_line_ids.filtered(lambda found: found.sync_credit_kind == "price")
        self.assertFalse(note.invoice_line_ids.sale_line_ids)
        self.assertFalse(line.product_id)
        self.assertEqual((line.quantity, line.sync_credit_quantity), (1, 0))
        self.assertEqual(order.order_line.qty_invoiced, 2)

    def test_a_fee_is_a_line_that_takes_it_off(self):
        order = self.make_order((self.shirt, 1, 100.0, self.make_tax(21)))
        self.pay(self.bill(order))
        found, note = self.credit(order, lines=(LineClaim(order.order_line.id, quantity=D(1)),), restocking=True)
        self.assertEqual((found.credit, found.kept), (D("102.85"), D("18.15")))
        fee = note.invoice_line_ids.filtered(lambda line: line.sync_credit_kind == "kept")
        self.assertEqual((fee.price_total, fee.tax_ids), (-18.15, order.order_line.tax_ids))
        self.assertFalse(fee.sale_line_ids)

    def test_an_unpaid_invoice_is_lowered_first(self):
        order = self.make_order((self.shirt, 2, 50.0))
        invoice = self.bill(order)
        before = self.left(order)
        found, note = self.credit(order, lines=(LineClaim(order.order_line.id, quantity=D(1)),))
        self.assertEqual((found.debt, found.money), (50, 0))
        self.check_promise(order, before, found, note)
        self.assertEqual((note.amount_residual, invoice.amount_residual), (0, 50))

    def test_a_partly_paid_invoice_gives_money_beyond_its_debt(self):
        order = self.make_order((self.shirt, 2, 50.0))
        invoice = self.bill(order)
        self.pay(invoice, 80)
        before = self.left(order)
        found, note = self.credit(order, lines=(LineClaim(order.order_line.id, quantity=D(1)),))
        self.assertEqual((found.debt, found.money), (20, 30))
        self.check_promise(order, before, found, note)
        self.assertEqual((note.amount_residual, invoice.amount_residual), (30, 0))

    def test_an_order_with_several_invoices_gets_a_note_for_each(self):
        order = self.make_order((self.shirt, 2, 50.0), (self.delivery, 1, 9.9))
        order.order_line[0].product_uom_qty = 1
        first = self.bill(order)
        order.order_line[0].product_uom_qty = 3
        second = self.bill(order)
        self.pay(first)
        self.pay(second)
        before = self.left(order)
        found, notes = self.credit(order, full=True)
        self.assertEqual(notes.reversed_entry_id, first | second)
        self.assertEqual(self.check_promise(order, before, found, notes).to_credit, 0)

    def test_foreign_currency(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        currency.active = True
        currency.rounding = 0.05
        self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": 0.87, "name": "2020-01-01"})
        pricelist = self.env["product.pricelist"].create({"name": "Swiss", "currency_id": currency.id})
        order = self.make_order((self.shirt, 3, 33.35, self.make_tax(8.1)), pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        self.pay(self.bill(order))
        for claim in ({"lines": (LineClaim(order.order_line.id, quantity=D(1)),)}, {"full": True}):
            before = self.left(order)
            found, note = self.credit(order, **claim)
            after = self.check_promise(order, before, found, note)
            self.assertEqual(note.currency_id, currency)
        self.assertEqual(after.to_credit, 0)

    def test_a_down_payment_goes_back_with_the_rest(self):
        order = self.make_order((self.shirt, 2, 61.0, self.make_tax(21)))
        self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 33,
                "sale_order_ids": [Command.set(order.ids)],
            }
        ).create_invoices()
        order.invoice_ids.action_post()
        self.pay(order.invoice_ids)
        self.pay(self.bill(order))
        before = self.left(order)
        found, notes = self.credit(order, full=True)
        self.assertEqual(len(notes), 2)
        self.assertEqual(found.credit, D(str(order.amount_total)))
        self.assertEqual(self.check_promise(order, before, found, notes).to_credit, 0)

    def test_goodwill_has_no_line_of_the_order_and_its_taxes_in_proportion(self):
        full, low = self.make_tax(20), self.make_tax(5, included=True)
        waste = self.make_tax(0.35, amount_type="fixed")
        order = self.make_order((self.shirt, 2, 60.0, full | waste), (self.shirt, 1, 48.0, low))
        self.pay(self.bill(order))
        before = self.left(order)
        found, note = self.credit(order, goodwill=D("10.01"))
        self.check_promise(order, before, found, note)
        self.assertFalse(note.invoice_line_ids.sale_line_ids)
        self.assertEqual(order.order_line.mapped("qty_invoiced"), [2, 1])
        lines = note.invoice_line_ids.filtered(lambda line: line.sync_credit_kind == "goodwill")
        self.assertEqual(lines.tax_ids, full | low)
        # 144.84 of 192.84 were billed with the full tax, fees by piece included.
        by_tax = {line.tax_ids: line.price_total for line in lines}
        self.assertAlmostEqual(by_tax[full], 7.52, delta=0.011)
        self.assertAlmostEqual(by_tax[low], 2.49, delta=0.011)
        self.assertEqual(sum(lines.mapped("sync_credit_total")), 10.01)

    def test_a_reward_is_taken_back_with_the_goods(self):
        tax = self.make_tax(21)
        voucher = self.make_product("Voucher", type="service")
        order = self.make_order((self.shirt, 2, 50.0, tax), (voucher, 1, -10.0, tax))
        self.pay(self.bill(order))
        before = self.left(order)
        found, note = self.credit(order, full=True)
        self.assertEqual(self.check_promise(order, before, found, note).to_credit, 0)

    def test_an_offer_that_takes_money_is_refused(self):
        order = self.make_order((self.shirt, 1, 50.0))
        invoice = self.bill(order)
        wrong = Offer((Part(invoice.id, "goodwill", D(-5)),))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            write_credit_notes(self.env, order, wrong, reason="", action=self.env["retail.sync.action"])

    def test_a_note_of_cash_rounded_invoices_gives_back_what_was_billed(self):
        method = self.env["account.cash.rounding"].create(
            {"name": "5 cents", "rounding": 0.05, "strategy": "biggest_tax", "rounding_method": "HALF-UP"}
        )
        order = self.make_order((self.shirt, 1, 9.99, self.make_tax(21)))
        invoice = order._create_invoices(final=True)
        invoice.invoice_cash_rounding_id = method
        invoice.action_post()
        self.pay(invoice)
        before = self.left(order)
        found, note = self.credit(order, full=True)
        self.assertEqual(found.credit, D(str(invoice.amount_total)))
        self.check_promise(order, before, found, note)
