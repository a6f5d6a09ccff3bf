from decimal import Decimal

from odoo.tests import tagged

from ...api.schemas.requests import Exchange, RefundLines, Replace, ReturnGoods
from .goods_case import GoodsCase


@tagged("post_install", "-at_install")
class TestGoodsFacts(GoodsCase):
    """What was done with goods decides what may be done with them next."""

    def refund(self, order, quantity, reason="not_wanted"):
        return self.request(RefundLines, order, quantity, reason=reason)

    def test_a_whole_life_from_the_request_to_the_money(self):
        order = self.sold()
        self.pay(self.bill)
        _shown, done = self.carry_out(order, self.request(ReturnGoods, order, 2, reason="not_wanted"))
        header = self.documents(done, "return")
        self.assertEqual(self.refusals(order, self.refund(order, 1)), ["goods_not_back"])
        self.receive(header, 1)
        self.assertEqual(self.refusals(order, self.refund(order, 2)), ["goods_not_back"])
        self.assertTrue(self.verdict(order, self.refund(order, 1)).allowed)
        self.receive(header)
        self.inspect(header, ("as_new", 2, "stock"))
        self.assertEqual(header.state, "inspected")
        _shown, done = self.carry_out(order, self.refund(order, 2))
        self.assertEqual(header.state, "closed")
        self.assertEqual(set(header.rma_ids.mapped("state")), {"refunded"})
        self.assertEqual(done.amounts["money"], Decimal(40))
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(self.refusals(order, self.refund(order, 1)), ["goods_not_back"])
        self.assertFalse(self.verdict(order, self.request(ReturnGoods, order, 2)).allowed)

    def test_other_goods_in_the_parcel_bring_nothing_back(self):
        order = self.sold()
        header = self.returned(order, 2)
        self.receive(header)
        self.assertTrue(self.verdict(order, self.refund(order, 2)).allowed)
        self.inspect(header, ("wrong", 1, "keep"), ("as_new", 1, "stock"))
        self.assertEqual(self.refusals(order, self.refund(order, 2)), ["goods_not_back"])
        self.assertTrue(self.verdict(order, self.refund(order, 1)).allowed)
        self.assertIn("Other goods", header.next_step)
        self.carry_out(order, self.refund(order, 1))
        self.assertEqual((header.state, order.order_line.qty_delivered), ("inspected", 3))
        again = self.request(ReturnGoods, order, 2)
        self.assertTrue(self.verdict(order, again).allowed)
        _shown, done = self.carry_out(order, again)
        second = self.documents(done, "return")
        self.receive(second)
        self.inspect(second, ("as_new", 2, "stock"))
        self.carry_out(order, self.refund(order, 2))
        self.assertEqual((second.state, header.state), ("closed", "inspected"))

    def test_expected_goods_are_not_announced_again(self):
        order = self.sold()
        self.carry_out(order, self.request(ReturnGoods, order, 2))
        self.assertEqual(self.refusals(order, self.request(ReturnGoods, order, 2)), ["quantity_too_large"])
        self.carry_out(order, self.request(ReturnGoods, order, 1))
        self.assertEqual(self.refusals(order, self.request(ReturnGoods, order, 1)), ["return_expected"])

    def test_a_cancelled_return_frees_its_goods(self):
        order = self.sold()
        _shown, done = self.carry_out(order, self.request(ReturnGoods, order, 3))
        self.documents(done, "return").action_cancel()
        self.assertTrue(self.verdict(order, self.request(ReturnGoods, order, 3)).allowed)

    def test_replaced_goods_are_neither_replaced_nor_paid_back_again(self):
        order = self.sold()
        _shown, done = self.carry_out(order, self.request(Replace, order, 2))
        self.assertEqual(self.refusals(order, self.request(Replace, order, 2)), ["quantity_too_large"])
        self.assertEqual(self.refusals(order, self.refund(order, 2, "damaged")), ["all_replaced"])
        self.documents(done, "order")._action_cancel()
        self.assertTrue(self.verdict(order, self.request(Replace, order, 3)).allowed)

    def test_exchanged_goods_are_made_good(self):
        order = self.sold()
        self.make_product("SKU-COAT", 35)
        exchange = self.request(Exchange, order, 2, wanted=[("SKU-COAT", 1)])
        _shown, done = self.carry_out(order, exchange)
        self.receive(self.documents(done, "return"))
        self.assertEqual(self.refusals(order, self.refund(order, 2)), ["all_replaced", "goods_not_back"])
        self.assertEqual(
            self.refusals(order, self.request(Exchange, order, 2, wanted=[("SKU-COAT", 1)])), ["quantity_too_large"]
        )

    def test_an_expected_kit_is_not_announced_again(self):
        part, kit = self.make_product("PART", 1), self.make_product("KIT", 50, stock=0)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [(0, 0, {"product_id": part.id, "product_qty": 2})],
            }
        )
        order = self.make_order([(kit, 2)])
        self.ship(order)
        self.carry_out(order, self.request(ReturnGoods, order, 2))
        self.assertEqual(self.refusals(order, self.request(ReturnGoods, order, 1)), ["return_expected"])

    def test_the_credit_note_of_rma_itself_counts(self):
        order = self.sold()
        header = self.returned(order, 2)
        self.receive(header)
        # Made by hand in OCA rma, without a return of the service desk.
        by_hand = header.rma_ids
        by_hand.sync_return_line_id = False
        by_hand.operation_id = self.env.ref("rma.rma_operation_refund")
        by_hand.action_refund()
        self.assertEqual(by_hand.refund_id.state, "draft")
        self.assertNotEqual(self.refusals(order, self.refund(order, 2, "damaged")), [])
