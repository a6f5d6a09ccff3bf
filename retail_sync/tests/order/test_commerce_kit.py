from odoo.tests import tagged

from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestCommerceKit(CommerceCase):
    """The kit makes real documents."""

    def test_an_order_goes_from_confirmation_to_refund(self):
        product, other = self.make_product(), self.make_product("SKU-2", 5.0)
        order = self.make_order([(product, 5), (other, 2)])
        first = self.ship(order, {product: 3})
        self.assertEqual(order.order_line.mapped("qty_delivered"), [3, 0])
        rest = self.ship(order)
        self.assertEqual(rest.backorder_id, first)
        invoice = self.invoice(order)
        self.assertEqual(invoice.amount_total, 110)
        self.pay(invoice, 50)
        self.assertEqual(invoice.payment_state, "partial")
        self.pay(invoice)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        returned = self.return_(first, {product: 1}, done=True)
        self.assertEqual(returned.move_ids.origin_returned_move_id.picking_id, first)
        note = self.credit(invoice, {product: 1})
        self.assertEqual((note.amount_total, note.move_type), (20, "out_refund"))
        self.assertEqual(self.pay(note).payment_type, "outbound")

    def test_special_ways(self):
        product = self.make_product()
        order = self.make_order([(product, 4)])
        self.assertEqual(self.down_payment(order).amount_total, 40)
        picking = self.ship(order, {product: 3}, backorder=False)
        returned, replacement = self.exchange(picking, {product: 1})
        self.assertEqual((len(returned), len(replacement)), (1, 1))
