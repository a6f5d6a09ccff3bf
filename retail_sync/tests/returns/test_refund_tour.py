from odoo.tests import tagged

from ..commerce_case import CommerceCase
from ..tour_case import STAFF, TourCase


@tagged("post_install", "-at_install", "browser")
class TestRefundTour(CommerceCase, TourCase):
    """In a real browser: an agent follows a return of part of an order until the money is back."""

    def setUp(self):
        super().setUp()
        self.no_messages_to_customers()
        self.make_user("agent", *STAFF, lang="en_US")

    def test_a_partial_return_until_the_refund_is_paid(self):
        product = self.make_product()
        order = self.make_order([(product, 3)], name="TOUR-RETURN")
        [shipment] = self.ship(order)
        bill = self.invoice(order)
        self.pay(bill)
        self.deliver()
        returned = self.return_(shipment, {product: 1})
        self.deliver()
        self.assertEqual(self.row_of(returned, "return")["state"], "requested")

        self.tour(f"/odoo/sale.order/{order.id}", "retail_sync_return_receive", "agent")
        self.assertEqual(returned.state, "done")
        self.deliver()
        self.assertEqual(self.row_of(returned, "return")["state"], "received")

        note = self.credit(bill, {product: 1}, reason="Too small")
        self.deliver()
        self.pay(note)
        self.deliver()
        row = self.row_of(returned, "return")
        self.assertEqual((row["state"], row["credit_notes"]), ("refunded", note.name))
        self.assertEqual((row["refund"], row["refund_open"]), (self.money(20), self.money(0)))
        self.assertEqual(row["lines"][0]["quantity"]["quantity"], "1")
        self.assertEqual(self.row_of(note, "invoice")["number"], note.name)

        self.tour(f"/odoo/sale.order/{order.id}", "retail_sync_return_refunded", "agent")
