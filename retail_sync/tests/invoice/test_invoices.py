from odoo import Command
from odoo.tests import tagged

from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestInvoices(CommerceCase):
    """Invoices, credit notes and payments on their way to the platform: equal to Odoo to the cent."""

    entities = ("order", "invoice", "payment")

    def assertAmounts(self, move):
        """Check every amount of a document against Odoo's own."""
        row, currency = self.row_of(move), move.currency_id
        self.assertEqual(row["untaxed"], self.money(move.amount_untaxed, currency))
        self.assertEqual(row["tax"], self.money(move.amount_tax, currency))
        self.assertEqual(row["total"], self.money(move.amount_total, currency))
        self.assertEqual(row["total_company"], self.money(move.amount_total_signed, move.company_currency_id))
        self.assertEqual(row["due"], self.money(move.amount_residual if move.state == "posted" else 0, currency))
        lines = {line["key"]: line for line in row["lines"]}
        self.assertEqual(set(lines), {str(line.id) for line in self.product_lines(move)})
        for line in self.product_lines(move):
            self.assertEqual(lines[str(line.id)]["subtotal"], self.money(line.price_subtotal, currency))
            self.assertEqual(lines[str(line.id)]["total"], self.money(line.price_total, currency))

    def product_lines(self, move):
        return move.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    def test_an_invoice_is_sent_once_it_is_posted(self):
        order = self.make_order([(self.make_product(taxes=self.make_tax()), 3)])
        invoice = self.invoice(order, post=False)
        self.deliver()
        self.assertIsNone(self.row_of(invoice))
        invoice.action_post()
        self.deliver()
        row = self.row_of(invoice)
        self.assertEqual((row["number"], row["kind"], row["state"]), (invoice.name, "invoice", "posted"))
        self.assertEqual((row["payment_state"], row["orders"]), ("not_paid", order.name))
        self.assertEqual((row["customer"], row["currency"]), ("Firm/F1", self.company.currency_id.name))
        self.assertEqual(row["lines"][0]["order_line"], str(order.order_line.id))
        self.assertAmounts(invoice)

    def test_a_posted_invoice_does_not_wait_behind_other_documents(self):
        invoice = self.invoice(self.make_order([(self.make_product(), 1)]), post=False)
        self.deliver()
        invoice.action_post()
        self.route()
        self.assertEqual(self.messages_of(invoice).mapped("lane"), ["critical"])

    def test_reset_edit_and_post_again(self):
        order = self.make_order([(self.make_product(taxes=self.make_tax()), 3)])
        invoice = self.invoice(order)
        self.deliver()
        invoice.button_draft()
        self.deliver()
        row = self.row_of(invoice)
        self.assertEqual((row["state"], row["number"], row["due"]), ("draft", invoice.name, self.money(0)))
        self.assertIsNone(row["payment_state"])
        invoice.invoice_line_ids.quantity = 2
        invoice.action_post()
        self.deliver()
        self.assertEqual(self.row_of(invoice)["state"], "posted")
        self.assertAmounts(invoice)
        invoice.button_draft()
        invoice.button_cancel()
        self.deliver()
        self.assertEqual(self.row_of(invoice)["state"], "cancelled")

    def test_a_label_that_is_corrected_on_a_posted_invoice_reaches_the_platform(self):
        invoice = self.invoice(self.make_order([(self.make_product(), 3)]))
        self.deliver()
        self.product_lines(invoice).name = "Shirt, blue"
        self.deliver()
        self.assertEqual([line["name"] for line in self.row_of(invoice)["lines"]], ["Shirt, blue"])

    def test_payment_in_two_parts_taken_back_and_paid_again(self):
        invoice = self.invoice(self.make_order([(self.make_product(), 5)]))
        first = self.pay(invoice, 30)
        self.deliver()
        row = self.row_of(invoice)
        self.assertEqual((row["payment_state"], row["paid"], row["due"]), ("partial", self.money(30), self.money(70)))
        self.assertIsNone(row["paid_on"])
        self.pay(invoice)
        self.deliver()
        row = self.row_of(invoice)
        self.assertEqual((row["payment_state"], row["due"]), (invoice.payment_state, self.money(0)))
        self.assertTrue(row["paid_on"])
        receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        receivable.remove_move_reconcile()
        self.deliver()
        self.assertEqual(self.row_of(invoice)["payment_state"], "not_paid")
        self.assertIsNone(self.row_of(invoice)["paid_on"])
        self.assertFalse(self.row_of(first)["invoices"])
        self.pay(invoice)
        self.deliver()
        self.assertAmounts(invoice)

    def test_partial_and_full_credit_note(self):
        tax = self.make_tax()
        product, other = self.make_product(taxes=tax), self.make_product("SKU-2", 7.33, taxes=tax)
        order = self.make_order([(product, 3), (other, 1)])
        invoice = self.invoice(order)
        self.pay(invoice)
        note = self.credit(invoice, {product: 1}, reason="Torn")
        self.deliver()
        row = self.row_of(note)
        self.assertEqual((row["kind"], row["orders"]), ("credit_note", order.name))
        self.assertEqual(row["reverses"], f"Invoice/{self.link_of(invoice).external_id}")
        self.assertIn("Torn", row["reason"])
        self.assertAmounts(note)
        self.assertLess(float(row["total_company"]["amount"]), 0)
        rest = self.credit(invoice)
        self.pay(note)
        self.deliver()
        for move in (invoice, note, rest):
            self.assertAmounts(move)
        self.assertEqual(self.row_of(note)["due"], self.money(0))

    def test_a_credit_note_of_no_order_goes_to_its_customer(self):
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "Goodwill", "price_unit": 5, "tax_ids": []})],
            }
        )
        note.action_post()
        self.deliver()
        row = self.row_of(note)
        self.assertEqual((row["customer"], row.get("order"), row["orders"]), ("Firm/F1", None, None))
        self.assertAmounts(note)

    def test_a_down_payment_and_the_final_invoice(self):
        order = self.make_order([(self.make_product(taxes=self.make_tax()), 3, 33.33)])
        first = self.down_payment(order, 50)
        final = self.invoice(order)
        self.deliver()
        self.assertAmounts(first)
        self.assertAmounts(final)
        self.assertEqual([line["down_payment"] for line in self.row_of(first)["lines"]], [True])
        self.assertEqual({self.row_of(move)["orders"] for move in (first, final)}, {order.name})

    def test_both_rounding_rules_go_out_as_odoo_has_them(self):
        tax = self.make_tax()
        for method in ("round_globally", "round_per_line"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                products = [self.make_product(f"{method}-{number}", 0.07, taxes=tax) for number in range(9)]
                invoice = self.invoice(self.make_order([(product, 1) for product in products]))
                self.deliver()
                self.assertAmounts(invoice)

    def test_prices_that_include_the_tax(self):
        product = self.make_product(price=9.99, taxes=self.make_tax(included=True))
        order = self.make_order([(product, 3)])
        order.order_line.discount = 10
        invoice = self.invoice(order)
        self.deliver()
        self.assertAmounts(invoice)
        self.assertEqual(self.row_of(invoice)["lines"][0]["unit_price"]["amount"], "9.9900")

    def test_an_invoice_in_another_currency(self):
        for code, rate in (("JPY", 160.0), ("KWD", 0.31)):
            with self.subTest(currency=code):
                currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
                currency.active = True
                self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": rate, "name": "2020-01-01"})
                pricelist = self.env["product.pricelist"].create({"name": code, "currency_id": currency.id})
                product = self.make_product(f"SKU-{code}", taxes=self.make_tax(name=f"Tax {code}"))
                order = self.make_order([(product, 3)], pricelist_id=pricelist.id)
                invoice = self.invoice(order)
                payment = self.pay(invoice)
                self.deliver()
                self.assertEqual(self.row_of(invoice)["currency"], code)
                self.assertAmounts(invoice)
                row = self.row_of(payment)
                self.assertEqual(row["amount"], self.money(payment.amount, currency))
                self.assertEqual(
                    row["amount_company"],
                    self.money(payment.amount_company_currency_signed, self.company.currency_id),
                )

    def test_bills_receipts_and_other_entries_stay_in_odoo(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [Command.create({"name": "Paper", "price_unit": 5, "tax_ids": []})],
            }
        )
        bill.action_post()
        paid = self.pay(bill)
        self.deliver()
        self.assertFalse(self.platform.rows["Invoice"] or self.platform.rows["Payment"])
        self.assertFalse(self.messages_of(bill) or self.messages_of(paid))

    def test_a_payment_names_its_invoices_and_its_order(self):
        order = self.make_order([(self.make_product(), 5)])
        invoice = self.invoice(order)
        payment = self.pay(invoice)
        self.deliver()
        row = self.row_of(payment)
        self.assertEqual((row["kind"], row["customer"], row["invoices"]), ("payment", "Firm/F1", invoice.name))
        self.assertEqual((row["state"], row["amount"]), (payment.state, self.money(100)))
        self.assertTrue(row["paid_on"] and row["method"])
        note = self.credit(invoice)
        refund = self.pay(note)
        self.deliver()
        self.assertEqual((self.row_of(refund)["kind"], self.row_of(refund)["amount"]), ("refund", self.money(100)))

    def test_one_invoice_of_two_orders_names_both(self):
        product = self.make_product()
        orders = self.make_order([(product, 1)]) | self.make_order([(product, 2)])
        invoice = self.invoice(orders)
        self.deliver()
        self.assertEqual(self.row_of(invoice)["orders"], ", ".join(orders.sorted("id").mapped("name")))

    def test_an_invoice_of_another_company_is_not_sent(self):
        self.connection.company_id = self.company
        other = self.env["res.company"].create({"name": "Other company"})
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        move = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "invoice_line_ids": [Command.create({"name": "Paper", "price_unit": 5, "tax_ids": []})],
                }
            )
        )
        move.action_post()
        self.deliver()
        self.assertIsNone(self.row_of(move))
