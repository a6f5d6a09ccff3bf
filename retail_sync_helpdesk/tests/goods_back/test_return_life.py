from odoo.exceptions import UserError
from odoo.tests import tagged

from ...api.errors import ApiProblem
from .return_case import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnLife(ReturnCase):
    """A return from its announcement to the refund, with real transfers and credit notes."""

    def test_announced_goods_wait_in_a_receipt_of_their_order(self):
        order = self.sold()
        header = self.returned(order)
        self.assertEqual(header.state, "expected")
        self.assertRegex(header.name, r"^RET/\d{4}/\d{5}$")
        self.assertEqual(header.label_state, "reference")
        self.assertIn(header.name, header.next_step)
        receipt = self.receipt(header)
        self.assertEqual(receipt.sale_id, order)
        self.assertEqual(receipt.move_ids.mapped("product_uom_qty"), [2])
        self.assertEqual(receipt.move_ids.origin_returned_move_id.sale_line_id, order.order_line)
        self.assertEqual(receipt.location_dest_id, self.warehouse.rma_loc_id)

    def test_a_part_arrives_then_the_rest(self):
        header = self.returned(self.sold(), 3)
        self.receive(header, 1)
        self.assertEqual(header.state, "partly_received")
        self.assertEqual((header.line_ids.received_quantity, header.line_ids.expected_quantity), (1, 2))
        self.assertFalse(header.received_at)
        self.receive(header)
        self.assertEqual(header.state, "received")
        self.assertEqual(header.line_ids.received_quantity, 3)
        self.assertTrue(header.received_at)
        self.assertEqual(header.rma_ids.mapped("state"), ["received", "received"])

    def test_goods_that_never_come_end_the_wait_when_the_warehouse_says_so(self):
        header = self.returned(self.sold(), 3)
        self.receive(header, 1, backorder=False)
        self.assertEqual(header.state, "received")
        self.assertEqual(sorted(header.rma_ids.mapped("state")), ["cancelled", "received"])
        self.assertFalse(self.receipt(header))

    def test_inspected_goods_go_back_to_stock_or_to_scrap(self):
        header = self.returned(self.sold(), 3)
        self.receive(header)
        before = self.free()
        found = self.inspect(header, ("as_new", 2, "stock"), ("damaged", 1, "scrap"))
        self.assertEqual(header.state, "inspected")
        self.assertEqual(self.free(), before + 2)
        self.assertEqual(found.picking_id.mapped("state"), ["done", "done"])
        self.assertEqual(header.line_ids.result, "mixed")
        self.assertTrue(header.inspected_at)

    def test_no_more_is_inspected_than_arrived(self):
        header = self.returned(self.sold(), 2)
        self.receive(header, 1)
        with self.assertRaises(UserError):
            self.inspect(header, ("as_new", 2, "stock"))
        with self.assertRaises(UserError):
            self.inspect(header, ("damaged", 1, "stock"))
        self.inspect(header, ("as_new", 1, "stock"))
        self.assertEqual(header.state, "partly_received")

    def test_missing_goods_are_expected_no_longer(self):
        header = self.returned(self.sold(), 3)
        self.receive(header, 1)
        self.inspect(header, ("as_new", 1, "stock"), ("missing", 1, "none"))
        self.assertEqual(header.state, "partly_received")
        self.assertEqual(self.receipt(header).move_ids.product_uom_qty, 1)
        self.inspect(header, ("missing", 1, "none"))
        self.assertEqual(header.state, "inspected")
        self.assertFalse(self.receipt(header))
        self.assertEqual(header.line_ids.received_quantity, 1)

    def test_a_credit_note_pays_for_what_came_back_and_closes_the_return(self):
        order = self.sold()
        header = self.returned(order, 2)
        self.receive(header, 1)
        self.receive(header)
        self.inspect(header, ("as_new", 2, "stock"))
        self.credit(self.bill, {self.shirt: 1})
        self.assertEqual(sorted(header.rma_ids.mapped("state")), ["received", "refunded"])
        self.assertEqual(header.state, "inspected")
        note = self.credit(self.bill, {self.shirt: 1})
        self.assertEqual(header.state, "closed")
        self.assertEqual(header.rma_ids.sorted("id")[-1].refund_id, note)
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_a_refund_before_the_goods_came_is_seen_when_they_come(self):
        header = self.returned(self.sold(), 2)
        self.credit(self.bill, {self.shirt: 2})
        self.assertEqual(header.state, "expected")
        self.receive(header)
        self.assertEqual(header.rma_ids.state, "refunded")
        self.assertEqual(header.state, "received")
        self.inspect(header, ("as_new", 2, "stock"))
        self.assertEqual(header.state, "closed")

    def test_a_credit_note_that_is_cancelled_opens_the_return_again(self):
        order = self.sold()
        header = self.returned(order, 2)
        self.receive(header)
        note = self.credit(self.bill, {self.shirt: 2})
        self.assertEqual(header.rma_ids.state, "refunded")
        note.button_draft()
        note.button_cancel()
        self.assertEqual(header.rma_ids.state, "received")
        self.assertFalse(header.rma_ids.refund_id)
        self.assertEqual(header.rma_ids.reception_move_id.sale_line_id, order.order_line)
        self.assertEqual(order.order_line.qty_delivered, 3)

    def test_its_parts_cannot_be_paid_back_a_second_way(self):
        header = self.returned(self.sold(), 2)
        self.receive(header)
        self.assertFalse(header.rma_ids.can_be_refunded)
        header.rma_ids.operation_id = self.env.ref("rma.rma_operation_refund")
        self.assertTrue(header.rma_ids.can_be_refunded)
        with self.assertRaises(UserError):
            header.rma_ids.action_refund()
        with self.assertRaises(UserError):
            header.rma_ids.action_refund_without_invoice()

    def test_a_cancelled_return_expects_nothing(self):
        header = self.returned(self.sold(), 2)
        receipt = self.receipt(header)
        header.action_cancel()
        self.assertEqual(header.state, "cancelled")
        self.assertEqual(receipt.state, "cancel")
        self.assertTrue(header.cancelled_at)
        with self.assertRaises(UserError):
            header.action_cancel()

    def test_a_return_whose_receipt_the_warehouse_cancelled_says_so(self):
        header = self.returned(self.sold(), 2)
        self.receipt(header).action_cancel()
        self.assertEqual(header.state, "announced")
        header.action_expect_again()
        self.assertEqual(header.state, "expected")
        self.receive(header)
        self.assertEqual(header.state, "received")

    def test_goods_that_have_arrived_are_not_cancelled(self):
        header = self.returned(self.sold(), 2)
        self.receive(header, 1)
        with self.assertRaises(UserError):
            header.action_cancel()

    def test_no_more_comes_back_than_was_delivered(self):
        order = self.sold(3)
        self.returned(order, 2)
        with self.assertRaises(ApiProblem):
            self.returned(order, 2)
        self.returned(order, 1)

    def test_returns_made_by_hand_in_the_warehouse_are_left_alone(self):
        order = self.sold(3)
        back = self.return_(order.picking_ids, {self.shirt: 1}, done=True)
        self.assertEqual(back.state, "done")
        self.assertFalse(self.env["retail.sync.return"].search([("order_id", "=", order.id)]))

    def test_a_supervisor_closes_a_return_without_a_refund(self):
        header = self.returned(self.sold(), 1)
        with self.assertRaises(UserError):
            header.action_close()
        self.receive(header)
        self.inspect(header, ("used", 1, "keep"))
        header.action_close()
        self.assertEqual(header.state, "closed")
        self.assertEqual(header.rma_ids.state, "finished")
