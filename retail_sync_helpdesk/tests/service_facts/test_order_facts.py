from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields
from odoo.tests import tagged

from ...domain.service.policy import Policy
from ...models.service_facts import read
from .facts_case import FactsCase, amounts


@tagged("post_install", "-at_install")
class TestGoodsFacts(FactsCase):
    """Lines of orders of many shapes: what left, came back, is expected back, was made good."""

    def setUp(self):
        super().setUp()
        self.shirt = self.make_product("SHIRT")

    def check(self, order, delivered, returned, expected, replaced, product=None):
        line = self.line(order, product)
        found = (line.delivered, line.returned, line.expected_back, line.replaced)
        self.assertEqual(found, amounts(delivered, returned, expected, replaced))
        return line

    def done(self, order):
        return order.picking_ids.filtered(lambda moved: moved.state == "done").sorted("id")

    def test_parts_of_a_delivery_have_a_day_each(self):
        order = self.make_order([(self.shirt, 3)])
        first = self.ship(order, {self.shirt: 1})
        first.date_done = "2026-03-01 23:30:00"
        self.company.partner_id.tz = "Europe/Rome"
        second = self.ship(order)
        second.date_done = "2026-03-05 10:00:00"
        line = self.check(order, 3, 0, 0, 0)
        days = [(day.isoformat(), quantity) for day, quantity in line.deliveries]
        self.assertEqual(days, [("2026-03-02", 1), ("2026-03-05", 2)])

    def test_steps_of_a_delivery_deliver_once(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        self.check(order, 0, 0, 0, 0)
        facts = self.order_facts(order)
        self.assertIn("done", [moved.state for moved in facts.shipments])
        while self.open_pickings(order):
            self.ship(order)
        self.check(order, 2, 0, 0, 0)

    def test_a_return_is_expected_until_it_has_come(self):
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        back = self.return_(self.done(order), {self.shirt: 1})
        self.check(order, 2, 0, 1, 0)
        self.transfer(back)
        self.check(order, 2, 1, 0, 0)

    def test_a_cancelled_return_is_not_expected(self):
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        self.return_(self.done(order), {self.shirt: 1}).action_cancel()
        self.check(order, 2, 0, 0, 0)

    def test_an_exchange_within_the_order_makes_good_once(self):
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        back, sent = self.exchange(self.done(order), {self.shirt: 1})
        self.check(order, 2, 0, 1, 1)
        self.transfer(back)
        self.check(order, 2, 1, 0, 1)
        self.transfer(sent)
        line = self.check(order, 2, 0, 0, 1)
        self.assertEqual((line.open, sum(quantity for _day, quantity in line.deliveries)), (0, 2))

    def test_an_exchange_does_not_hide_what_is_still_to_be_delivered(self):
        order = self.make_order([(self.shirt, 3)])
        self.ship(order, {self.shirt: 1})
        back, _sent = self.exchange(self.done(order), {self.shirt: 1})
        self.transfer(back)
        self.assertEqual(self.line(order).open, 2)

    def test_an_order_of_ours_makes_good_until_it_is_cancelled(self):
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        again = self.make_order([(self.shirt, 1)], confirm=False)
        again.order_line.write({"sync_replaces_line_id": order.order_line.id, "discount": 100})
        self.check(order, 2, 0, 0, 1)
        again.action_confirm()
        again._action_cancel()
        self.check(order, 2, 0, 0, 0)

    def test_kits_count_in_complete_sets(self):
        kit, (left, right) = self.kit(LEFT=1, RIGHT=2)
        order = self.make_order([(kit, 3)])
        self.ship(order, {left: 2, right: 6})
        line = self.check(order, 2, 0, 0, 0)
        self.assertEqual(line.kind, "kit")
        self.ship(order)
        self.check(order, 3, 0, 0, 0)
        back = self.return_(self.done(order)[0], {left: 1, right: 2})
        self.check(order, 3, 0, 1, 0)
        self.transfer(back)
        self.check(order, 3, 1, 0, 0)

    def rma(self, order, product, quantity, state="confirmed"):
        move = self.done(order).move_ids.filtered(lambda found: found.product_id == product)[:1]
        rma = self.env["rma"].create(
            {
                "partner_id": order.partner_id.id,
                "order_id": order.id,
                "picking_id": move.picking_id.id,
                "move_id": move.id,
                "product_id": product.id,
                "product_uom_qty": quantity,
                "operation_id": self.env.ref("rma.rma_operation_refund").id,
                "location_id": self.warehouse.rma_loc_id.id,
            }
        )
        if state == "confirmed":
            rma.action_confirm()
        return rma

    def test_an_rma_is_expected_and_then_received(self):
        order = self.make_order([(self.shirt, 3)])
        self.ship(order)
        draft = self.rma(order, self.shirt, 1, state="draft")
        self.check(order, 3, 0, 1, 0)
        draft.action_confirm()
        self.check(order, 3, 0, 1, 0)
        self.transfer(draft.reception_move_id.picking_id)
        self.check(order, 3, 1, 0, 0)

    def test_an_rma_belongs_to_the_line_of_its_move(self):
        order = self.make_order([(self.shirt, 2), (self.shirt, 2)])
        self.ship(order)
        second = order.order_line[1]
        move = second.move_ids
        rma = self.rma(order, self.shirt, 1, state="draft")
        rma.move_id = move
        rma.product_uom_qty = 1
        rma.action_confirm()
        self.transfer(rma.reception_move_id.picking_id)
        facts = {line.id: line.returned for line in self.order_facts(order).lines}
        self.assertEqual(facts, {order.order_line[0].id: 0, second.id: 1})

    def test_categories_are_the_nearest_first(self):
        top = self.env["product.category"].create({"name": "Clothes"})
        near = self.env["product.category"].create({"name": "Shirts", "parent_id": top.id})
        self.shirt.categ_id = near
        order = self.make_order([(self.shirt, 1)])
        self.assertEqual(self.line(order).categories[:2], (near.id, top.id))

    def test_free_stock_is_in_the_unit_of_the_line_and_of_the_warehouse(self):
        service = self.make_product("SEW", type="service")
        order = self.make_order([(self.shirt, 1), (service, 1)], confirm=False)
        order.order_line[0].product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(self.line(order, self.shirt).available.quantize(Decimal("0.01")), Decimal("8.33"))
        self.assertIsNone(self.line(order, service).available)
        self.make_order([(self.shirt, 40)])
        self.assertEqual(self.line(order, self.shirt).available, 5)

    def test_free_stock_of_a_kit_is_that_of_its_parts(self):
        kit, _parts = self.kit(LEFT=1, RIGHT=2)
        order = self.make_order([(kit, 1)], confirm=False)
        self.assertEqual(self.line(order).available, 50)


@tagged("post_install", "-at_install")
class TestFactsAround(FactsCase):
    """What decides about an order beside its lines."""

    def setUp(self):
        super().setUp()
        self.shirt = self.make_product("SHIRT")

    def test_transfers_say_whether_they_are_printed_picked_or_labelled(self):
        order = self.make_order([(self.shirt, 2)])
        picking = order.picking_ids
        self.assertEqual(
            [(s.printed, s.picked, s.tracking) for s in self.order_facts(order).shipments], [(False, False, "")]
        )
        picking.printed = True
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = "1Z"
        self.assertEqual(
            [(s.printed, s.picked, s.tracking) for s in self.order_facts(order).shipments], [(True, True, "1Z")]
        )

    def test_drop_shipments_name_their_purchase_and_have_no_stock(self):
        vendor = self.env["res.partner"].create({"name": "Maker"})
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.make_product(
            "DROP",
            stock=None,
            route_ids=[Command.set(route.ids)],
            seller_ids=[Command.create({"partner_id": vendor.id, "price": 5})],
        )
        order = self.make_order([(product, 2)])
        purchase = self.env["purchase.order"].search([("partner_id", "=", vendor.id)])
        self.assertEqual(self.order_facts(order).purchases, (purchase.name,))
        self.assertIsNone(self.line(order).available)
        purchase.button_confirm()
        picking = purchase.picking_ids
        self.assertEqual([moved.name for moved in self.order_facts(order).shipments], [picking.name])
        self.transfer(picking)
        facts = self.order_facts(order)
        self.assertEqual((facts.lines[0].delivered, facts.purchases), (2, ()))

    def test_what_is_bought_for_a_delivery_is_named_too(self):
        vendor = self.env["res.partner"].create({"name": "Maker"})
        mto = self.warehouse.mto_pull_id.route_id
        mto.active = True
        buy = self.warehouse.buy_pull_id.route_id
        product = self.make_product(
            "MTO",
            stock=None,
            route_ids=[Command.set((mto | buy).ids)],
            seller_ids=[Command.create({"partner_id": vendor.id, "price": 5})],
        )
        order = self.make_order([(product, 2)])
        purchase = self.env["purchase.order"].search([("partner_id", "=", vendor.id)])
        self.assertTrue(purchase)
        self.assertEqual(self.order_facts(order).purchases, (purchase.name,))

    def test_refunds_of_the_customer_count_within_the_days_of_the_policy(self):
        order = self.make_order([(self.shirt, 2)])
        note = self.credit(self.invoice(order), {self.shirt: 1})
        found = self.order_facts(order)
        self.assertEqual((found.customer_refunds, found.customer_refunded), (1, 20))
        note.button_draft()
        note.invoice_date = fields.Date.today() - timedelta(days=10)
        note.action_post()
        found = self.order_facts(order, Policy(1, customer_days=5))
        self.assertEqual((found.customer_refunds, found.customer_refunded), (0, 0))

    def test_a_blocked_customer_holds_the_order(self):
        order = self.make_order([(self.shirt, 2)])
        self.customer.write({"account_block": True, "account_block_reason": "Fraud"})
        self.assertEqual(self.order_facts(order).holds, ("account_block",))

    def test_the_address_has_its_country_and_tax_zone(self):
        order = self.make_order([(self.shirt, 2)])
        zone = self.env["account.fiscal.position"].create({"name": "Export"})
        order.partner_shipping_id.country_id = self.env.ref("base.ch")
        order.fiscal_position_id = zone
        address = self.order_facts(order).address
        self.assertEqual((address.country, address.tax_zone), ("CH", "Export"))

    def test_queries_do_not_grow_with_orders(self):
        orders = self.env["sale.order"]
        for number in range(20):
            order = self.make_order([(self.shirt, 2)])
            if number % 2:
                self.ship(order)
            invoice = self.invoice(order)
            if number % 3:
                self.pay(invoice)
                self.credit(invoice, {self.shirt: 1})
            orders |= order
        policies = dict.fromkeys(orders.ids, Policy(1))
        read.order_facts(self.env, orders, policies)
        counts = []
        for chosen in (orders[1:2], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            read.order_facts(self.env, chosen, policies)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
