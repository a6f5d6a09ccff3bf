from decimal import Decimal

from odoo.tests import tagged

from ...domain.service.claims import LineClaim
from ...models.money.credit_notes import write_credit_notes
from .money_case import MoneyCase

D = Decimal


@tagged("post_install", "-at_install")
class TestBilledAgain(MoneyCase):
    """Credited goods are not billed again, or the order says that they would be."""

    def ship(self, order):
        for picking in order.picking_ids.filtered(lambda found: found.state not in ("done", "cancel")):
            for move in picking.move_ids:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        return order.picking_ids

    def send_back(self, picking, quantity):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": True})
        returned = wizard._create_return()
        for move in returned.move_ids:
            move.write({"quantity": quantity, "picked": True})
        returned.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def credit_one(self, order, cut=True):
        found = self.offer(order, lines=(LineClaim(order.order_line.id, quantity=D(1)),))
        action = self.env["retail.sync.action"]
        return write_credit_notes(self.env, order, found, reason="", action=action, cut_ordered=cut)

    def test_returned_and_credited_goods_are_no_longer_ordered(self):
        order = self.make_order((self.shirt, 3, 50.0))
        order.order_line.write({"price_unit": 44.0})
        self.bill(order)
        self.send_back(self.ship(order), 1)
        self.credit_one(order)
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.price_unit), (2, 44.0))
        self.assertEqual((order.order_line.qty_to_invoice, order.invoice_status), (0, "invoiced"))
        self.assertFalse(order.sync_billed_again)
        self.assertFalse(order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")))

    def test_goods_that_the_customer_keeps_are_named_on_the_order(self):
        order = self.make_order((self.shirt, 1, 50.0))
        self.bill(order)
        self.ship(order)
        self.credit_one(order)
        self.assertEqual(order.order_line.product_uom_qty, 1)
        self.assertTrue(order.sync_billed_again)
        self.assertIn("Shirt", order.sync_billed_again_lines)
        self.assertIn(order, order.search([("sync_billed_again", "=", True)]))

    def test_goods_that_are_still_to_be_shipped_stay_ordered(self):
        order = self.make_order((self.shirt, 3, 50.0))
        self.bill(order)
        self.credit_one(order)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(order.order_line.sync_credited_open, 1)

    def test_a_policy_may_leave_what_was_ordered(self):
        order = self.make_order((self.shirt, 3, 50.0))
        self.bill(order)
        self.send_back(self.ship(order), 1)
        self.credit_one(order, cut=False)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertTrue(order.sync_billed_again)

    def test_a_locked_order_is_marked_instead(self):
        order = self.make_order((self.shirt, 3, 50.0))
        self.bill(order)
        self.send_back(self.ship(order), 1)
        order.action_lock()
        self.credit_one(order)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertTrue(order.sync_billed_again)

    def test_goods_that_are_billed_by_delivery_end_with_their_return(self):
        self.shirt.invoice_policy = "delivery"
        order = self.make_order((self.shirt, 3, 50.0))
        picking = self.ship(order)
        self.bill(order)
        self.credit_one(order)
        self.assertTrue(order.sync_billed_again)
        self.send_back(picking, 1)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertFalse(order.sync_billed_again)

    def test_what_was_never_billed_is_no_warning(self):
        self.shirt.invoice_policy = "delivery"
        order = self.make_order((self.shirt, 3, 50.0))
        picking = self.ship(order)
        self.bill(order)
        self.send_back(picking, 1)
        self.credit_one(order)
        self.assertFalse(order.sync_billed_again)
