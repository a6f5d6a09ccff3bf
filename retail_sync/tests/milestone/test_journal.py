from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.milestone import evaluation, scheduled, settings, texts
from ...models.outbox import routing
from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestJournal(JournalCase):
    """What happens to an order is written once, in order, by whatever way it happens."""

    def test_all_at_once_tells_the_same_as_step_by_step(self):
        order = self.confirmed((self.chair, 5))
        self.ship(order)
        self.pay(self.invoice(order))
        self.route()
        # In one transaction, Odoo dates the invoice by its beginning.
        self.assertEqual(sorted(self.kinds(order)), ["confirmed", "invoiced", "paid", "quoted", "shipped"])

    def test_a_partial_shipment_a_backorder_and_a_cancelled_rest(self):
        order = self.confirmed((self.chair, 5))
        self.route()
        self.ship(order, 3)
        self.route()
        self.assertEqual(self.row(order, "shipped").quantity_text, "3 of 5 Units")
        backorder = self.row(order, "backordered")
        self.assertEqual(
            (backorder.document_id, backorder.quantity_text), (self.open_picking(order).id, "2 of 5 Units")
        )
        self.open_picking(order).action_cancel()
        self.route()
        self.assertTrue(self.row(order, "backordered", reversal=True))
        self.assertEqual(self.row(order, "partly_cancelled").quantity_text, "2 of 5 Units")
        self.assertTrue(backorder.taken_back)

    def test_three_steps_are_reported_with_a_partial_first_one(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.confirmed((self.chair, 5))
        self.route()
        self.do(order.picking_ids, 3)
        self.route()
        self.do(order.picking_ids.filtered(lambda item: item.picking_type_id == self.warehouse.pack_type_id))
        self.route()
        self.ship(order)
        self.route()
        found = [kind for kind in self.kinds(order) if kind in ("picked", "packed", "shipped")]
        self.assertEqual(found, ["picked", "packed", "shipped"])
        self.assertEqual(self.row(order, "picked").quantity_text, "3 of 5 Units")
        self.assertNotIn("partly_cancelled", self.kinds(order))
        self.assertNotIn("-allocated", self.kinds(order))

    def test_stock_that_comes_later_allocates_what_was_short(self):
        lamp = self.goods("LAMP", 3)
        order = self.confirmed((lamp, 5))
        self.route()
        self.assertEqual(self.row(order, "partly_allocated").quantity_text, "3 of 5 Units")
        self.assertEqual(self.row(order, "backordered").cause, "short")
        self.stock(lamp, 2)
        order.picking_ids.action_assign()
        self.route()
        self.assertEqual(self.kinds(order)[-2:], ["-backordered", "allocated"])
        order.picking_ids.do_unreserve()
        self.route()
        self.assertIn(("allocated", 1, True), self.written(order))

    def test_returned_goods_that_go_on_into_stock_were_inspected(self):
        self.warehouse.reception_steps = "two_steps"
        order = self.confirmed((self.chair, 4))
        back = self.give_back(self.ship(order), 2)
        back.move_ids.location_dest_id = self.warehouse.wh_input_stock_loc_id
        self.do(back)
        onward = back.move_ids.move_dest_ids.picking_id
        if not onward:
            move = back.move_ids.copy(
                {
                    "location_id": self.warehouse.wh_input_stock_loc_id.id,
                    "location_dest_id": self.shelf.id,
                    "picking_type_id": self.warehouse.int_type_id.id,
                    "move_orig_ids": [Command.link(back.move_ids.id)],
                    "origin_returned_move_id": False,
                    "picking_id": False,
                }
            )
            move._action_confirm()
            onward = move.picking_id
        self.do(onward)
        self.route()
        row = self.row(order, "inspected")
        self.assertEqual((row.cause, row.quantity_text, row.document_id), ("stock", "2 of 4 Units", onward.id))

    def test_an_order_cancelled_after_a_partial_delivery_and_confirmed_again(self):
        order = self.confirmed((self.chair, 4))
        self.made_before(order)
        self.ship(order, 1)
        self.route()
        order._action_cancel()
        self.route()
        order.action_draft()
        self.route()
        order.action_confirm()
        self.route()
        self.assertEqual(
            self.written(order, "confirmed", "cancelled"),
            [
                ("confirmed", 1, False),
                ("cancelled", 1, False),
                ("confirmed", 1, True),
                ("cancelled", 1, True),
                ("confirmed", 2, False),
            ],
        )
        self.assertEqual(len(self.written(order, "shipped")), 1)

    def test_a_quantity_that_is_cut_is_partly_cancelled(self):
        order = self.confirmed((self.chair, 5))
        self.route()
        order.order_line.product_uom_qty = 3
        self.route()
        self.assertEqual(self.row(order, "partly_cancelled").quantity_text, "2 of 5 Units")

    def test_tracking_after_the_shipment_is_an_entry_of_its_own(self):
        order = self.confirmed((self.chair, 2))
        picking = self.ship(order)
        self.route()
        before = self.written(order)
        picking.carrier_tracking_ref = "1Z999"
        self.route()
        self.assertEqual(self.written(order), [*before, ("tracking", 1, False)])
        self.assertEqual(self.row(order, "tracking").cause_text, "1Z999")
        picking.carrier_tracking_ref = False
        self.route()
        self.assertIn(("tracking", 1, True), self.written(order))

    def test_a_drop_shipment_is_shipped_and_never_allocated(self):
        supplier = self.env["res.partner"].create({"name": "Maker"})
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        product = self.goods(
            "SOFA", route_ids=[Command.link(route.id)], seller_ids=[Command.create({"partner_id": supplier.id})]
        )
        order = self.confirmed((product, 2))
        order._get_purchase_orders().button_confirm()
        self.do(order.picking_ids)
        self.route()
        self.assertEqual(self.kinds(order), ["quoted", "confirmed", "shipped"])
        self.assertEqual(self.row(order, "shipped").cause, "dropship")

    def test_an_exchange_is_a_shipment_with_its_cause(self):
        order = self.confirmed((self.chair, 2))
        shipped = self.ship(order)
        wizard = self.env["stock.return.picking"].with_context(active_id=shipped.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": shipped.id})
        wizard.product_return_moves.quantity = 1
        wizard.action_create_exchanges()
        self.ship(order)
        self.route()
        rows = self.env["retail.sync.milestone"].search(
            [("res_id", "=", order.id), ("kind", "=", "shipped")], order="id"
        )
        self.assertEqual(rows.mapped("cause"), ["out", "exchange"])

    def test_quantities_are_in_the_unit_of_their_line_and_name_it(self):
        """Ten dozens are no ten pieces, and no sum of pieces and kilograms means anything."""
        dozen, kilogram = self.env.ref("uom.product_uom_dozen"), self.env.ref("uom.product_uom_kgm")
        flour = self.goods("FLOUR", 8, uom_id=kilogram.id)
        order = self.order((self.goods("EGGS", 120), 10), (flour, 5))
        order.order_line[0].product_uom_id = dozen
        order.action_confirm()
        self.ship(order, 36)
        self.route()
        shipped = self.row(order, "shipped")
        eggs, bags = (str(line.id) for line in order.order_line)
        self.assertEqual(shipped.quantities, {eggs: ["3", "10", "Dozens"], bags: ["5", "5", "kg"]})
        self.assertEqual(shipped.quantity_text, "3 of 10 Dozens, 5 kg")
        self.env["res.lang"]._activate_lang("de_DE")
        dozen.with_context(lang="de_DE").name = "Dutzend"
        self.assertIn("Dutzend", shipped.with_context(lang="de_DE").quantity_text)

    def test_an_entry_from_before_units_were_kept_shows_its_numbers(self):
        self.assertEqual(texts.quantity(self.env, {"7": ["3", "5"], "8": ["1", "1"]}, {}), "4 of 6")

    def test_one_order_that_cannot_be_read_stops_no_other(self):
        good, bad = self.confirmed((self.chair, 1)), self.confirmed((self.table, 1))
        real = evaluation.fact_reader.read

        def read(env, ids):
            if bad.id in ids:
                raise ValueError("broken")
            return real(env, ids)

        self.patch(evaluation.fact_reader, "read", read)
        with mute_logger("odoo.addons.retail_sync.models.outbox.journal"):
            self.route()
        self.assertIn("confirmed", self.kinds(good))
        self.assertEqual(self.kinds(bad), [])
        look = self.env["retail.sync.milestone.look"].sudo().search([("order_id", "=", bad.id)])
        self.assertEqual((look.failures, look.error), (1, "ValueError"))
        self.patch(evaluation.fact_reader, "read", real)
        self.env.cr.execute("UPDATE retail_sync_milestone_look SET at = at - interval '1 day'")
        scheduled.look(self.env)
        self.assertIn("confirmed", self.kinds(bad))

    def test_an_order_that_is_deleted_leaves_its_journal(self):
        order = self.order((self.chair, 1))
        self.route()
        kept = self.written(order)
        order.unlink()
        self.route()
        self.assertEqual(self.written(order), kept)

    def test_nothing_is_kept_while_the_journal_is_off(self):
        self.env["ir.config_parameter"].set_param(settings.KEPT, settings.OFF)
        self.env["retail.sync.capture"]._refresh()
        order = self.confirmed((self.chair, 1))
        self.route()
        self.assertEqual(self.written(order), [])

    def test_a_mass_reservation_evaluates_each_order_once(self):
        lamp = self.goods("LAMP")
        orders = self.env["sale.order"]
        for _number in range(4):
            orders |= self.confirmed((lamp, 1), (lamp, 2))
        self.route()
        self.stock(lamp, 12)
        calls = []
        real = evaluation.evaluate
        self.patch(evaluation, "evaluate", lambda env, ids: calls.append(sorted(ids)) or real(env, ids))
        orders.picking_ids.action_assign()
        self.env.flush_all()
        while routing.route_small(self.env(su=True)):
            pass
        self.assertEqual([ids for ids in calls if len(ids) > 1], [sorted(orders.ids)])
