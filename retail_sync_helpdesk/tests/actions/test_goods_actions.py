import dataclasses
from decimal import Decimal

from odoo.tests import tagged

from ...api.errors import ApiProblem
from ...api.schemas.requests import ClaimedLine, Exchange, RefundLines, Replace, ReturnGoods
from ...models.actions.exchange import price_of
from .goods_case import GoodsCase


@tagged("post_install", "-at_install")
class TestReturnGoods(GoodsCase):
    """A return that an agent announces."""

    def test_the_return_remembers_who_allowed_it(self):
        order = self.sold()
        request = self.request(ReturnGoods, order, 2, note="Box is torn")
        shown, done = self.carry_out(order, request, note="Box is torn")
        self.assertEqual([effect.code for effect in shown.effects], ["return_opened", "number_given"])
        self.assertFalse(shown.given_away)
        header = self.documents(done, "return")
        self.assertEqual((header.reason, header.policy, header.note), ("damaged", "1/1", "Box is torn"))
        self.assertEqual(header.action_uuid, self.env["retail.sync.action"].search([], limit=1).uuid)
        self.assertEqual(self.documents(done, "shipment"), self.receipt(header))
        self.assertIn(header.name, done.note)

    def test_a_preview_writes_nothing(self):
        order = self.sold()
        before = self.env["retail.sync.return"].search_count([])
        self.show(order, self.request(ReturnGoods, order, 1))
        self.assertEqual(self.env["retail.sync.return"].search_count([]), before)


@tagged("post_install", "-at_install")
class TestReplaceGoods(GoodsCase):
    """Goods that are sent again."""

    def test_replaced_goods_are_free_reserved_and_linked(self):
        order = self.sold(3, client_order_ref="PO 7")
        request = self.request(Replace, order, 2)
        shown, done = self.carry_out(order, request)
        self.assertEqual((shown.given_away, shown.amounts["value"]), (Decimal(40), Decimal(40)))
        made = self.documents(done, "order")
        self.assertEqual((made.state, made.amount_total, made.origin), ("sale", 0, order.name))
        self.assertEqual((made.partner_shipping_id, made.warehouse_id), (order.partner_shipping_id, order.warehouse_id))
        self.assertEqual(made.client_order_ref, "PO 7")
        line = made.order_line
        self.assertEqual((line.product_uom_qty, line.price_unit, line.discount), (2, 20, 100))
        self.assertEqual(line.sync_replaces_line_id, order.order_line)
        self.assertEqual(made.picking_ids.mapped("state"), ["assigned"])
        self.assertIn(made.name, done.note)

    def test_the_value_is_that_of_the_price_with_taxes_before_discounts(self):
        tax = self.make_tax(21)
        shirt = self.make_product("SKU-T", 100, taxes=tax)
        order = self.make_order([(shirt, 2)])
        order.order_line.discount = 50
        self.ship(order)
        self.assertEqual(self.show(order, self.request(Replace, order, 1)).given_away, Decimal("121"))

    def test_goods_without_a_price_are_worth_their_list_price(self):
        gift = self.make_product("SKU-G", 15)
        order = self.make_order([(gift, 1, 0.0)])
        self.ship(order)
        self.assertEqual(self.show(order, self.request(Replace, order, 1)).given_away, Decimal(15))

    def test_goods_that_are_gone_by_now_are_not_promised(self):
        order = self.sold(3)
        self.put_in_stock(self.shirt, -97)
        with self.assertRaises(ApiProblem) as refused, self.env.cr.savepoint():
            self.carry_out(order, self.request(Replace, order, 1))
        self.assertEqual(refused.exception.code, "conflict")

    def test_an_approved_replacement_for_a_blocked_customer_is_confirmed_and_kept(self):
        order = self.sold()
        self.buyer._block_account("Unpaid invoices", False)
        _shown, done = self.carry_out(order, self.request(Replace, order, 1), override_reason="Our fault")
        made = self.documents(done, "order")
        self.assertEqual(made.state, "sale")
        kept = self.env["retail.sync.block.override"].search([("order_id", "=", made.id)])
        self.assertEqual(kept.reason, "Our fault")


@tagged("post_install", "-at_install")
class TestExchangeGoods(GoodsCase):
    """Goods for other goods, in one action."""

    def exchanged(self, price, quantity=1, wanted=1, tax=None):
        order = self.sold(2, taxes=tax) if tax else self.sold(2)
        self.coat = self.make_product("SKU-COAT", price, taxes=tax)
        return order, self.carry_out(order, self.request(Exchange, order, quantity, wanted=[("SKU-COAT", wanted)]))

    def test_goods_that_cost_more_charge_the_difference(self):
        order, (shown, done) = self.exchanged(35)
        made = self.documents(done, "order")
        self.assertEqual(self.total(made), Decimal(15))
        self.assertEqual(shown.amounts, {"value": Decimal(20), "charge": Decimal(15), "left": Decimal(0)})
        self.assertEqual(shown.given_away, Decimal(20))
        header = self.documents(done, "return")
        self.assertEqual((header.order_id, header.quantity), (order, 1))
        credit = made.order_line.filtered("sync_replaces_line_id")
        self.assertEqual((credit.sync_replaces_line_id, credit.product_uom_qty), (order.order_line, 1))
        self.assertEqual(made.picking_ids.move_ids.product_id, self.coat)
        self.assertEqual(made.picking_ids.mapped("state"), ["assigned"])

    def test_goods_that_were_delivered_and_never_ordered_have_the_price_of_their_line(self):
        """Of a line of zero pieces there is no total to take a share of: the preview ended with an error."""
        order = self.sold(2)
        work = self.work(order, self.request(Exchange, order, 1, wanted=[("SKU-COAT", 1)]))
        money = dataclasses.replace(work.facts.money, billed=())
        work = dataclasses.replace(work, facts=dataclasses.replace(work.facts, money=money))
        self.assertEqual(price_of(work, order.order_line.id, Decimal(1)), Decimal(20))
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_uom_qty = 0, price_total = 0 WHERE id = %s", order.order_line.ids
        )
        self.env.invalidate_all()
        self.assertEqual(price_of(work, order.order_line.id, Decimal(1)), Decimal(20))

    def test_goods_that_cost_less_pay_the_difference_back_with_its_taxes(self):
        tax = self.env["account.tax"].create({"name": "21 %", "amount": 21, "type_tax_use": "sale"})
        order, (shown, done) = self.exchanged(12, tax=tax)
        self.assertEqual(self.total(self.documents(done, "order")), Decimal(0))
        self.assertEqual(shown.amounts["left"], Decimal("9.68"))
        self.assertEqual(shown.amounts["credit"], Decimal("9.68"))
        self.assertIn("difference_left", [effect.code for effect in shown.effects])
        note = self.env["account.move"].browse([found.id for found in done.documents if found.kind == "credit_note"])
        self.assertEqual((note.amount_total, note.amount_tax, note.state), (9.68, 1.68, "posted"))
        self.assertEqual(self.facts(order).lines[0].owed_back, 0)
        self.assertEqual(order.order_line.qty_invoiced, 2)

    def test_before_the_goods_are_back_the_difference_waits_for_a_refund_of_the_line(self):
        order = self.sold(2)
        self.coat = self.make_product("SKU-COAT", 12)
        asked = self.request(Exchange, order, 1, wanted=[("SKU-COAT", 1)], reason="not_wanted")
        shown, done = self.carry_out(order, asked)
        self.assertEqual((shown.amounts["left"], shown.given_away), (Decimal(8), Decimal(12)))
        self.assertNotIn("credit_note", [found.kind for found in done.documents])
        self.assertEqual(self.facts(order).lines[0].owed_back, 8)
        claim = {"reason": "not_wanted"}
        line = ClaimedLine(line_id=order.order_line.id, amount="8.00")
        later = RefundLines(action="refund_lines", lines=(line,), **claim)
        self.assertEqual(self.refusals(order, later), ["goods_not_back"])
        self.receive(self.documents(done, "return"))
        self.assertEqual(self.refusals(order, later), [])
        more = RefundLines(action="refund_lines", lines=(ClaimedLine(line_id=line.line_id, amount="8.01"),), **claim)
        self.assertTrue(self.refusals(order, more))

    def test_two_of_another_kind_for_one(self):
        _order, (shown, done) = self.exchanged(15, wanted=2)
        self.assertEqual(self.total(self.documents(done, "order")), shown.amounts["charge"])
        self.assertEqual(shown.amounts["charge"], Decimal(10))

    def test_what_was_paid_back_before_counts_no_second_time(self):
        order = self.sold(2)
        self.coat = self.make_product("SKU-COAT", 35)
        self.credit(self.bill, {self.shirt: 2})
        shown = self.show(order, self.request(Exchange, order, 1, wanted=[("SKU-COAT", 1)]))
        self.assertEqual(shown.amounts["charge"], Decimal(35))

    def test_a_sku_that_means_nothing_or_too_much_is_refused(self):
        order = self.sold(2)
        with self.assertRaises(ApiProblem) as refused:
            self.show(order, self.request(Exchange, order, 1, wanted=[("NONE", 1)]))
        self.assertEqual(refused.exception.errors[0]["pointer"], "/body/request/wanted/0/sku")
        self.make_product("TWICE")
        self.make_product("TWICE")
        with self.assertRaises(ApiProblem):
            self.show(order, self.request(Exchange, order, 1, wanted=[("TWICE", 1)]))

    def test_goods_that_are_not_in_stock_are_refused_in_the_preview(self):
        order = self.sold(2)
        self.make_product("SKU-COAT", 35, stock=1)
        with self.assertRaises(ApiProblem) as refused:
            self.show(order, self.request(Exchange, order, 1, wanted=[("SKU-COAT", 2)]))
        self.assertEqual(refused.exception.code, "not_eligible")
