from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.milestone import scheduled
from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestShipments(CommerceCase):
    """Transfers to customers on their way to the platform."""

    entities = ("order", "shipment")

    def lines(self, picking):
        """Return {sku: (demand, quantity)} as the platform has them."""
        return {
            line["sku"]: (float(line["demand"]["quantity"]), float(line["quantity"]["quantity"]))
            for line in self.row_of(picking)["lines"]
        }

    def test_a_confirmed_order_has_a_shipment_that_is_ready(self):
        product, other = self.make_product(), self.make_product("SKU-2", stock=1)
        order = self.make_order([(product, 5), (other, 2)], commitment_date=fields.Datetime.now() + timedelta(days=3))
        self.deliver()
        picking = order.picking_ids
        row = self.row_of(picking)
        self.assertEqual((row["number"], row["state"], row["kind"]), (picking.name, "partly_ready", "delivery"))
        self.assertEqual(row["customer"], "Firm/F1")
        self.assertEqual(row["promised_at"], fields.Datetime.to_string(picking.date_deadline).replace(" ", "T") + "Z")
        self.assertEqual(self.lines(picking), {"SKU-1": (5, 5), "SKU-2": (2, 1)})
        self.assertEqual({line["order_line"] for line in row["lines"]}, {str(id_) for id_ in order.order_line.ids})
        self.assertTrue(row["url"].endswith(f"/odoo/stock.picking/{picking.id}"))

    def pass_time(self, order, days):
        """Let the promise of an order, and the look at it, be so many days older."""
        self.env.flush_all()
        for table, column, key in (
            ("sale_order", "commitment_date", "id"),
            ("stock_picking", "date_deadline", "sale_id"),
            ("retail_sync_milestone_look", "at", "order_id"),
        ):
            names = SQL.identifier(table), SQL.identifier(column), SQL.identifier(column), SQL.identifier(key)
            statement = "UPDATE %s SET %s = %s - %s * interval '1 day' WHERE %s = %s"
            self.env.cr.execute(SQL(statement, *names[:3], days, names[3], order.id))
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()

    def test_a_shipment_that_is_late_by_time_alone_says_so_at_the_look(self):
        order = self.make_order([(self.make_product(), 5)], commitment_date=fields.Datetime.now() + timedelta(days=3))
        self.deliver()
        self.assertIs(self.row_of(order.picking_ids)["late"], False)
        self.pass_time(order, 4)
        self.assertEqual(scheduled.look(self.env), 1)
        self.deliver()
        self.assertIs(self.row_of(order.picking_ids)["late"], True)

    def test_a_promise_that_passes_before_another_change_of_the_order_makes_its_shipment_late(self):
        """The change comes before the schedule, and sets the next look anew."""
        order = self.make_order([(self.make_product(), 5)], commitment_date=fields.Datetime.now() + timedelta(days=3))
        self.deliver()
        self.pass_time(order, 4)
        self.env["retail.sync.change"]._raise("sale.order", order.ids, {"stage"})
        self.deliver()
        self.assertEqual(scheduled.look(self.env), 0)
        self.assertIs(self.row_of(order.picking_ids)["late"], True)

    def test_a_shipment_that_is_planned_after_its_promise_is_late(self):
        order = self.make_order([(self.make_product(), 5)], commitment_date=fields.Datetime.now() + timedelta(days=3))
        self.deliver()
        order.picking_ids.scheduled_date = fields.Datetime.now() + timedelta(days=5)
        self.deliver()
        self.assertIs(self.row_of(order.picking_ids)["late"], True)

    def test_a_shipment_without_a_promise_is_late_after_the_day_of_its_deadline(self):
        """It was late a second after its order, and so its backorder was sent again with any change of the order."""
        order = self.make_order([(self.make_product(), 5)])
        # Of the day that is not over within the hour.
        midnight = fields.Datetime.start_of(fields.Datetime.now() + timedelta(hours=1), "day")
        picking = order.picking_ids
        picking.scheduled_date = midnight
        picking.move_ids.date_deadline = midnight
        self.deliver()
        self.assertIs(self.row_of(picking)["late"], False)
        picking.scheduled_date = picking.move_ids.date_deadline = midnight - timedelta(days=1, seconds=1)
        self.deliver()
        self.assertIs(self.row_of(picking)["late"], True)

    def test_another_unit_of_the_same_number_of_goods_reaches_the_platform(self):
        order = self.make_order([(self.make_product(stock=None), 5)])
        self.deliver()
        order.picking_ids.move_ids.product_uom = self.env.ref("uom.product_uom_dozen")
        self.deliver()
        [line] = self.row_of(order.picking_ids)["lines"]
        self.assertEqual((line["demand"]["unit"], float(line["demand"]["quantity"])), ("Dozens", 5.0))

    def test_a_weight_that_is_corrected_after_the_shipment_reaches_the_platform(self):
        order = self.make_order([(self.make_product(weight=0.5), 5)])
        self.ship(order)
        self.deliver()
        self.assertEqual(self.row_of(order.picking_ids)["weight"], 2.5)
        order.picking_ids.shipping_weight = 3.2
        self.deliver()
        self.assertEqual(self.row_of(order.picking_ids)["weight"], 3.2)

    def test_a_partial_shipment_and_its_backorder(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        self.deliver()
        first = self.ship(order, {product: 3})
        first.carrier_tracking_ref = "1Z1,1Z2"
        self.deliver()
        rest = self.open_pickings(order)
        row, backorder = self.row_of(first), self.row_of(rest)
        self.assertEqual((row["state"], row["tracking"], row["parcels"]), ("shipped", "1Z1, 1Z2", 2))
        self.assertEqual(self.lines(first), {"SKU-1": (3, 3)})
        self.assertTrue(row["shipped_at"])
        self.assertEqual((backorder["state"], backorder["backorder_of"]), ("ready", first.name))
        self.assertEqual(self.lines(rest), {"SKU-1": (2, 2)})

    def test_a_backorder_that_is_cancelled_at_once_is_never_sent(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        self.deliver()
        first = self.ship(order, {product: 3}, backorder=False)
        self.deliver()
        self.assertEqual(self.lines(first), {"SKU-1": (5, 3)})
        self.assertEqual(len(self.platform.rows["Shipment"]), 1)

    def test_a_cancelled_shipment_says_so(self):
        order = self.make_order([(self.make_product(), 5)])
        self.deliver()
        order._action_cancel()
        self.deliver()
        self.assertEqual(self.row_of(order.picking_ids)["state"], "cancelled")

    def test_what_changes_in_one_shipment_sends_that_one_alone(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        first = self.ship(order, {product: 3})
        self.deliver()
        self.forget_writes()
        first.carrier_tracking_ref = "1Z9"
        self.deliver()
        self.assertEqual(list(self.written("shipment")), [self.link_of(first).external_id])

    def test_a_quantity_that_changes_after_confirmation_is_sent_once_for_each_shipment(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        self.deliver()
        order.order_line.product_uom_qty = 8
        self.deliver()
        self.assertEqual(self.lines(order.picking_ids), {"SKU-1": (8, 8)})
        order.order_line.product_uom_qty = 2
        self.deliver()
        self.assertEqual(self.lines(order.picking_ids), {"SKU-1": (2, 2)})

    def test_only_the_last_step_of_several_is_a_shipment(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        product = self.make_product()
        order = self.make_order([(product, 5)])
        self.deliver()
        self.assertFalse(self.platform.rows["Shipment"])
        self.ship(order, {product: 3})
        self.ship(order, {product: 3})
        self.deliver()
        out = order.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
        self.assertEqual(len(self.platform.rows["Shipment"]), 1)
        self.assertEqual(self.lines(out), {"SKU-1": (3, 3)})

    def test_returns_and_receipts_are_no_shipments(self):
        product = self.make_product()
        order = self.make_order([(product, 2)])
        first = self.ship(order)
        self.return_(first, done=True)
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        self.deliver()
        self.assertEqual([row["number"] for row in self.platform.rows["Shipment"].values()], [first.name])

    def test_a_manual_delivery_goes_to_its_customer_without_an_order(self):
        product = self.make_product()
        customers = self.env.ref("stock.stock_location_customers")
        values = {"location_id": self.warehouse.lot_stock_id.id, "location_dest_id": customers.id}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.customer.id,
                **values,
                "move_ids": [Command.create({"product_id": product.id, "product_uom_qty": 2, **values})],
            }
        )
        self.deliver()
        self.assertIsNone(self.row_of(picking), "it is being typed")
        picking.action_confirm()
        self.transfer(picking)
        self.deliver()
        row = self.row_of(picking)
        self.assertEqual((row["state"], row["customer"], row.get("order")), ("shipped", "Firm/F1", None))
        self.assertEqual(self.lines(picking), {"SKU-1": (2, 2)})

    def test_documents_of_colleagues_stay_in_odoo(self):
        colleague = self.make_user("colleague").partner_id
        order = self.make_order([(self.make_product(), 1)], partner=colleague)
        self.deliver()
        self.assertIsNone(self.row_of(order.picking_ids))
        self.assertFalse(self.messages_of(order.picking_ids, "pending", "parked", "open"))

    def test_a_customer_that_is_merged_into_another_one_takes_the_shipments_along(self):
        order = self.make_order([(self.make_product(), 1)])
        self.deliver()
        other = self.linked_firm("F2", name="Verdi Srl")
        order.partner_id = other
        self.deliver()
        self.assertEqual(self.row_of(order.picking_ids)["customer"], "Firm/F2")

    def test_the_sale_that_an_order_came_from_is_not_the_order(self):
        """A sale of the platform and the order that goes out are one record of Odoo, with a link in each role."""
        order = self.make_order([(self.make_product(), 1)])
        self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "remote_object": "Sale",
                "external_id": "S1",
                "res_model": "sale.order",
                "res_id": order.id,
                "role": "incoming_order",
            }
        )
        self.deliver()
        self.assertEqual(self.row_of(order.picking_ids)["order"], f"Order/{self.link_of(order, 'order').external_id}")

    def test_a_dropshipment_comes_from_the_supplier(self):
        supplier = self.env["res.partner"].create({"name": "Maker"})
        product = self.make_product(
            stock=0,
            route_ids=[Command.link(self.env.ref("stock_dropshipping.route_drop_shipping").id)],
            seller_ids=[Command.create({"partner_id": supplier.id, "price": 5})],
        )
        order = self.make_order([(product, 2)])
        self.deliver()
        self.assertFalse(self.platform.rows["Shipment"])
        order._get_purchase_orders().button_confirm()
        self.deliver()
        picking = order.picking_ids
        self.assertEqual((self.row_of(picking)["kind"], self.row_of(picking)["state"]), ("dropship", "ready"))
        self.transfer(picking)
        self.deliver()
        self.assertEqual(self.row_of(picking)["state"], "shipped")

    def test_lists_of_parcels_show_each_link(self):
        order = self.make_order([(self.make_product(), 1)])
        picking = order.picking_ids
        method = self.env["delivery.carrier"].create(
            {
                "name": "Parcel service",
                "product_id": self.make_product("SHIP", type="service").id,
                "delivery_type": "fixed",
                "tracking_url": "https://track.example.com/<shipmenttrackingnumber>",
            }
        )
        picking.carrier_id = method
        picking.carrier_tracking_ref = "1Z1"
        self.deliver()
        self.assertEqual(self.row_of(picking)["carrier"], "Parcel service")
        self.assertEqual(self.row_of(picking)["tracking_url"], "https://track.example.com/1Z1")

    def test_reading_many_costs_no_more_queries_than_reading_one(self):
        product = self.make_product(stock=1000)
        orders = self.env["sale.order"].union(*(self.make_order([(product, 2)]) for _turn in range(6)))
        entity = self.env["retail.sync.entity.shipment"]

        def queries(pickings):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            entity._local_values(pickings.browse(pickings.ids), {}, {})
            return self.env.cr.sql_log_count - before

        for_one = queries(orders[:1].picking_ids)
        self.assertLessEqual(queries(orders.picking_ids), for_one + 2)
