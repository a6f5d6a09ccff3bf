from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ...models.milestone import fact_reader
from .order_world import OrderWorld


@tagged("post_install", "-at_install")
class TestOrderFacts(OrderWorld):
    """What is read of an order is what happened to it, whatever Odoo's own states say."""

    def test_a_partial_delivery_is_read_by_quantity_though_odoo_says_full(self):
        order = self.confirmed((self.chair, 5))
        line = self.line_of(order)
        self.assertEqual((line.demand, line.reserved, line.short), (5, 5, 0))
        self.ship(order, 3)
        self.open_picking(order).action_cancel()
        self.assertEqual(order.delivery_status, "full")
        line = self.line_of(order)
        self.assertEqual((line.ordered, line.shipped, line.demand, line.open), (5, 3, 0, 2))

    def test_missing_stock_is_short_and_the_rest_is_reserved(self):
        product = self.goods("LAMP", 3)
        line = self.line_of(self.confirmed((product, 5)))
        self.assertEqual((line.demand, line.reserved, line.short), (5, 3, 2))

    def test_three_steps_are_read_step_by_step(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.confirmed((self.chair, 5))
        self.assertEqual([transfer.role for transfer in self.facts(order).transfers], ["pick"])
        self.do(order.picking_ids, 3)
        line = self.line_of(order)
        self.assertEqual((line.picked, line.packed, line.shipped), (3, 0, 0))
        self.assertEqual((line.demand, line.reserved), (5, 5))
        packing = order.picking_ids.filtered(lambda item: item.picking_type_id == self.warehouse.pack_type_id)
        self.do(packing)
        self.assertEqual(self.line_of(order).packed, 3)
        self.ship(order)
        facts = self.facts(order)
        self.assertEqual((facts.lines[0].shipped, facts.lines[0].demand), (3, 2))
        roles = sorted(transfer.role for transfer in facts.transfers)
        self.assertEqual(roles, ["out", "pack", "pick", "pick"])

    def test_a_return_before_the_rest_is_delivered(self):
        order = self.confirmed((self.chair, 5))
        shipped = self.ship(order, 3)
        back = self.give_back(shipped, 1)
        line = self.line_of(order)
        self.assertEqual((line.shipped, line.returned, line.demand), (3, 0, 2))
        self.do(back)
        facts = self.facts(order)
        self.assertEqual((facts.lines[0].shipped, facts.lines[0].returned, facts.lines[0].demand), (3, 1, 2))
        returned = next(transfer for transfer in facts.transfers if transfer.role == "return")
        self.assertEqual(returned.return_of, (shipped.id,))

    def test_the_backorder_of_a_return_is_a_return(self):
        order = self.confirmed((self.chair, 5))
        back = self.give_back(self.ship(order), 4)
        self.do(back, 3)
        facts = self.facts(order)
        returns = [transfer for transfer in facts.transfers if transfer.role == "return"]
        self.assertEqual([transfer.done for transfer in returns], [True, False])
        self.assertEqual(returns[1].backorder_of, back.id)
        self.assertEqual(facts.lines[0].returned, 3)

    def test_an_exchange_is_reported_from_a_delivery(self):
        order = self.confirmed((self.chair, 2))
        shipped = self.ship(order)
        wizard = self.env["stock.return.picking"].with_context(active_id=shipped.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": shipped.id})
        wizard.product_return_moves.quantity = 1
        wizard.action_create_exchanges()
        roles = sorted(transfer.role for transfer in self.facts(order).transfers)
        self.assertEqual(roles, ["exchange", "out", "return"])

    def test_half_a_kit_that_comes_back_leaves_one_set_less(self):
        seat, leg = self.goods("SEAT", 20), self.goods("LEG", 20)
        kit = self.kit("SET", (seat, 2), (leg, 1))
        order = self.confirmed((kit, 3))
        line = self.line_of(order)
        self.assertEqual((line.kind, line.demand, line.reserved), ("kit", 3, 3))
        shipped = self.ship(order)
        self.assertEqual(self.line_of(order).shipped, 3)
        self.do(self.give_back(shipped, {leg: 1}))
        line = self.line_of(order)
        self.assertEqual((line.shipped, line.returned), (3, 1))

    def test_a_unit_of_another_size_is_read_in_the_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order((self.chair, 5))
        self.stock(self.chair, 50)
        order.order_line.write({"product_uom_id": dozen.id, "product_uom_qty": 2})
        order.action_confirm()
        self.assertEqual(self.line_of(order).demand, 2)
        self.ship(order, 12)
        line = self.line_of(order)
        self.assertEqual((line.shipped, line.demand), (1, 1))

    def test_services_notes_and_down_payments_are_no_goods(self):
        service = self.goods("FIT", type="service", is_storable=False)
        order = self.order((self.chair, 1), (service, 2))
        order.order_line = [Command.create({"display_type": "line_note", "name": "Ring twice"})]
        order.action_confirm()
        order.order_line.filtered(lambda line: line.product_id == service).qty_delivered = 1
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids, active_model="sale.order")
        wizard.create({"advance_payment_method": "percentage", "amount": 50}).create_invoices()
        order.invoice_ids.action_post()
        facts = self.facts(order)
        self.assertEqual([(line.kind, line.shipped) for line in facts.lines], [("goods", 0), ("service", 1)])
        self.assertEqual([invoice.total for invoice in facts.posted("out_invoice")], [Decimal(150)])

    def test_a_drop_shipment_has_no_reservation(self):
        supplier = self.env["res.partner"].create({"name": "Maker"})
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.goods(
            "SOFA", route_ids=[Command.link(route.id)], seller_ids=[Command.create({"partner_id": supplier.id})]
        )
        order = self.confirmed((product, 2))
        self.assertTrue(self.line_of(order).dropship)
        order._get_purchase_orders().button_confirm()
        facts = self.facts(order)
        self.assertEqual([transfer.role for transfer in facts.transfers], ["dropship"])
        self.assertEqual((facts.lines[0].reserved, facts.lines[0].demand, facts.lines[0].dropship), (0, 2, True))
        self.do(order.picking_ids)
        self.assertEqual(self.line_of(order).shipped, 2)

    def test_invoices_credit_notes_and_what_paid_them(self):
        order = self.confirmed((self.chair, 4))
        invoice = self.invoice(order)
        self.pay(invoice, 150)
        found = self.facts(order).invoices[0]
        self.assertEqual((found.total, found.residual, found.paid_out), (400, 250, 150))
        note = self.credit(invoice, keep=1)
        facts = self.facts(order)
        by_id = {item.id: item for item in facts.invoices}
        self.assertEqual(by_id[note.id].reversed_id, invoice.id)
        self.assertEqual(by_id[note.id].residual, 0)
        self.assertEqual(by_id[note.id].paid_out, 0, "it lowers the debt, and no money goes back")
        self.assertEqual(by_id[invoice.id].paid_out, 150)
        self.assertEqual((facts.lines[0].invoiced, facts.lines[0].credited), (4, 1))

    def test_the_number_of_queries_does_not_depend_on_the_number_of_orders(self):
        orders = self.env["sale.order"]
        for _number in range(6):
            orders |= self.confirmed((self.chair, 1), (self.table, 1))
        fact_reader.read(self.env, orders.ids)

        def count(found):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(fact_reader.read(self.env, found.ids)), len(found))
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(orders[:1]), count(orders))
