from odoo import Command
from odoo.tests import tagged

from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestJournalMoney(JournalCase):
    """Invoices, payments, refunds and holds are written once, and taken back when they no longer hold."""

    def test_an_order_is_reported_from_quotation_to_payment(self):
        order = self.order((self.chair, 5))
        self.route()
        self.assertEqual(self.kinds(order), ["quoted"])
        order.action_confirm()
        self.route()
        self.ship(order)
        self.route()
        invoice = self.invoice(order)
        self.route()
        self.pay(invoice)
        self.route()
        self.assertEqual(self.kinds(order), ["quoted", "confirmed", "allocated", "shipped", "invoiced", "paid"])
        self.evaluate(order)
        self.assertEqual(len(self.kinds(order)), 6, "looked at again, no entry is made twice")
        self.assertEqual(self.row(order, "shipped").quantity_text, "5 Units")
        self.assertEqual(self.row(order, "paid").amount, 500)

    def test_a_return_an_inspection_less_refund_and_its_payment(self):
        order = self.confirmed((self.chair, 4))
        shipped = self.ship(order)
        invoice = self.invoice(order)
        self.pay(invoice)
        self.route()
        back = self.give_back(shipped, 3)
        self.route()
        self.do(back, 2)
        self.route()
        note = self.credit(invoice, keep=2)
        self.route()
        self.pay(note)
        self.route()
        found = [kind for kind in self.kinds(order) if kind.startswith(("return", "refund", "-"))]
        self.assertEqual(found, ["return_requested", "return_received", "refund_issued", "refund_paid"])
        self.assertEqual(self.row(order, "return_received").quantity_text, "2 of 4 Units")
        self.assertEqual(self.row(order, "refund_issued").cause_text, note.ref)
        rest = self.open_picking(order, "incoming")
        self.do(rest)
        self.route()
        self.assertEqual(len(self.written(order, "return_received")), 2, "the return's backorder is a return")

    def test_a_refund_of_an_unpaid_invoice_pays_nothing_back(self):
        order = self.confirmed((self.chair, 4))
        invoice = self.invoice(order)
        self.route()
        self.credit(invoice)
        self.route()
        self.assertIn("refund_issued", self.kinds(order))
        self.assertNotIn("refund_paid", self.kinds(order))
        self.assertNotIn("paid", self.kinds(order))

    def test_an_invoice_reset_edited_and_posted_again(self):
        order = self.confirmed((self.chair, 4))
        invoice = self.invoice(order)
        self.route()
        invoice.button_draft()
        self.route()
        invoice.invoice_line_ids.price_unit = 90
        invoice.action_post()
        self.route()
        written = self.written(order, "invoiced")
        self.assertEqual(written, [("invoiced", 1, False), ("invoiced", 1, True), ("invoiced", 2, False)])
        self.assertEqual([self.row(order, "invoiced", number).amount for number in (1, 2)], [400, 360])

    def test_a_payment_that_is_undone_and_made_again(self):
        order = self.confirmed((self.chair, 4))
        invoice = self.invoice(order)
        self.pay(invoice, 100)
        self.route()
        self.pay(invoice)
        self.route()
        lines = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        lines.remove_move_reconcile()
        self.route()
        self.pay(invoice)
        self.route()
        written = self.written(order, "paid", "partly_paid")
        self.assertEqual(
            written, [("partly_paid", 1, False), ("paid", 1, False), ("paid", 1, True), ("paid", 2, False)]
        )

    def test_a_down_payment_is_invoiced_and_its_refund_reported(self):
        order = self.confirmed((self.chair, 4))
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids, active_model="sale.order")
        wizard.create({"advance_payment_method": "percentage", "amount": 50}).create_invoices()
        invoice = order.invoice_ids
        invoice.action_post()
        self.route()
        self.assertEqual(self.row(order, "invoiced").amount, 200)
        self.credit(invoice)
        self.route()
        self.assertEqual(self.row(order, "refund_issued").amount, 200)

    def test_a_payment_that_fails_and_one_that_succeeds_later(self):
        order = self.confirmed((self.chair, 1))
        provider = self.env["payment.provider"].create({"name": "Demo", "code": "none"})
        method = self.env["payment.method"].search([], limit=1)
        values = {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "amount": 100,
            "currency_id": order.currency_id.id,
            "partner_id": order.partner_id.id,
            "sale_order_ids": [Command.set(order.ids)],
        }
        failed = self.env["payment.transaction"].create({**values, "reference": "T1", "state": "draft"})
        failed._set_error("Card declined")
        self.route()
        self.assertEqual(self.row(order, "payment_failed").cause_text, "Card declined")
        pending = self.env["payment.transaction"].create({**values, "reference": "T2"})
        pending._set_pending()
        self.route()
        self.assertEqual(self.row(order, "held").cause, "payment_pending")
        pending._set_done()
        self.route()
        self.assertEqual(self.kinds(order)[-2:], ["-held", "-payment_failed"])

    def test_a_blocked_customer_holds_its_orders_until_the_block_is_lifted(self):
        order, done = self.confirmed((self.chair, 2)), self.confirmed((self.table, 2))
        self.ship(done)
        quotation = self.order((self.chair, 1))
        self.route()
        self.customer._block_account("Unpaid")
        self.route()
        self.assertEqual(self.row(order, "held").cause, "account_block")
        self.assertEqual(self.row(quotation, "held").cause_text, "The customer is blocked.")
        self.assertNotIn("held", self.kinds(done))
        self.assertFalse(self.row(order, "held").document_name, "the journal holds no name of a customer")
        self.customer._lift_account_block("Paid")
        self.route()
        self.assertIn("-held", self.kinds(order))
        self.assertIn("-held", self.kinds(quotation))

    def test_a_credit_hold_that_stops_orders_holds_them(self):
        self.env["ir.config_parameter"].set_param("retail_sync.credit_stops_orders", "1")
        waiting = self.order((self.table, 1))
        other = self.confirmed((self.chair, 2))
        self.route()
        invoice = self.invoice(other)
        self.route()
        self.assertNotIn("held", self.kinds(waiting))
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = date_maturity - 90 WHERE move_id = %s", invoice.ids
        )
        self.env.invalidate_all()
        self.route()
        self.assertEqual(self.row(waiting, "held").cause, "credit_hold")
        self.pay(invoice)
        self.route()
        self.assertIn("-held", self.kinds(waiting))
