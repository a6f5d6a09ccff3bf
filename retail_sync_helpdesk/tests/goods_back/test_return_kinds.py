from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ...models.goods_back.open import open_return
from .return_case import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnKinds(ReturnCase):
    """Goods that are not counted one by one: kits, other units, several deliveries, several lines."""

    def kit(self):
        self.screw, self.board = self.make_product("SCREW", 1), self.make_product("BOARD", 5)
        kit = self.make_product("KIT", 50, stock=0)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.screw.id, "product_qty": 4}),
                    Command.create({"product_id": self.board.id, "product_qty": 1}),
                ],
            }
        )
        order = self.make_order([(kit, 3)])
        self.ship(order)
        self.bill = self.invoice(order)
        self.shirt = kit
        return order

    def test_a_kit_comes_back_in_its_components(self):
        header = self.returned(self.kit(), 2)
        parts = {rma.product_id: rma.product_uom_qty for rma in header.rma_ids}
        self.assertEqual(parts, {self.screw: 8, self.board: 2})
        self.transfer(self.receipt(header), {self.board: 2, self.screw: 5})
        self.assertEqual((header.state, header.line_ids.received_quantity), ("partly_received", 1))
        self.inspect(header, ("as_new", 1, "stock"))
        self.assertEqual((self.free(self.screw), self.free(self.board)), (100 - 12 + 4, 100 - 3 + 1))
        self.transfer(self.receipt(header))
        self.assertEqual((header.state, header.line_ids.received_quantity), ("received", 2))
        self.inspect(header, ("as_new", 1, "stock"))
        self.credit(self.bill, {self.shirt: 2})
        self.assertEqual(header.state, "closed")
        self.assertEqual((self.free(self.screw), self.free(self.board)), (100 - 4, 100 - 1))

    def test_a_part_of_a_dozen_comes_back(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.shirt = self.make_product()
        order = self.make_order([(self.shirt, 2)], confirm=False)
        order.order_line.product_uom_id = dozen
        order.action_confirm()
        self.ship(order)
        header = self.returned(order, "0.5")
        move = header.rma_ids.reception_move_id
        self.assertEqual(move.product_uom._compute_quantity(move.product_uom_qty, self.shirt.uom_id), 6)
        self.receive(header)
        self.assertEqual((header.line_ids.received_quantity, header.state), (0.5, "received"))
        before = self.free()
        self.inspect(header, ("as_new", "0.5", "stock"))
        self.assertEqual(self.free(), before + 6)

    def test_the_oldest_delivery_comes_back_first(self):
        self.shirt = self.make_product()
        order = self.make_order([(self.shirt, 5)])
        first = self.ship(order, {self.shirt: 2})
        second = self.ship(order)
        first.move_ids.date = "2026-01-01 10:00:00"
        header = self.returned(order, 3)
        parts = {rma.picking_id: rma.product_uom_qty for rma in header.rma_ids}
        self.assertEqual(parts, {first: 2, second: 1})
        self.receive(header)
        self.assertEqual(header.line_ids.received_quantity, 3)

    def test_several_lines_are_one_return_with_one_receipt(self):
        self.shirt, coat = self.make_product(), self.make_product("COAT", 80)
        order = self.make_order([(self.shirt, 2), (coat, 1)])
        self.ship(order)
        lines = {order.order_line[0].id: Decimal(1), order.order_line[1].id: Decimal(1)}
        reasons = {order.order_line[1].id: "damaged"}
        header = open_return(self.env, order, lines, reason="not_wanted", action=None, reasons=reasons)
        self.assertEqual(header.line_ids.mapped("reason"), ["not_wanted", "damaged"])
        self.assertEqual(len(self.receipt(header)), 1)
        self.receive(header, 1)
        self.assertEqual(header.state, "partly_received")
        self.assertEqual(header.line_ids.mapped("received_quantity"), [1, 0])
        self.transfer(self.receipt(header))
        self.assertEqual(header.state, "received")

    def test_goods_from_two_steps_and_from_a_second_return(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.shirt = self.make_product()
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        self.ship(order)
        self.assertEqual(order.order_line.qty_delivered, 2)
        header = self.returned(order, 1)
        header.action_cancel()
        again = self.returned(order, 2)
        self.receive(again)
        self.assertEqual(again.state, "received")

    def test_goods_with_serial_numbers_go_back_with_them(self):
        self.shirt = self.make_product(stock=0, tracking="serial")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": self.shirt.id} for name in ("S1", "S2")])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(self.shirt, self.warehouse.lot_stock_id, 1, lot_id=lot)
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        header = self.returned(order, 1)
        receipt = self.receipt(header)
        receipt.move_ids.move_line_ids.unlink()
        receipt.move_ids.move_line_ids = [
            Command.create({"product_id": self.shirt.id, "lot_id": lots[1].id, "quantity": 1, "picked": True})
        ]
        receipt.button_validate()
        self.assertEqual(header.state, "received")
        found = self.inspect(header, ("as_new", 1, "stock"))
        self.assertEqual(found.picking_id.move_line_ids.lot_id, lots[1])
