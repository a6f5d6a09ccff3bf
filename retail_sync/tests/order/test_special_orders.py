from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ...models.merge import session
from ...models.milestone import scheduled, settings
from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestSpecialOrders(CommerceCase):
    """Ways in which orders go that a straight one does not."""

    def stage(self, order):
        self.deliver()
        return self.row_of(order)["stage"]

    def kinds(self, order):
        """Return the timeline of an order as the platform has it: "-" before what was taken back."""
        timeline = self.row_of(order)["timeline"]
        self.assertEqual([entry["at"] for entry in timeline], sorted(entry["at"] for entry in timeline))
        return [("-" if entry["reversal"] else "") + entry["kind"] for entry in timeline]

    def line(self, order, number=0):
        names = ("ordered", "picked", "shipped", "returned", "invoiced", "credited")
        line = self.row_of(order)["lines"][number]
        return {name: float(line[name]["quantity"]) for name in names if float(line[name]["quantity"])}

    def test_the_timeline_holds_every_entry_in_order(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        self.deliver()
        self.ship(order, {product: 3})
        self.deliver()
        self.ship(order)
        self.pay(self.invoice(order))
        self.deliver()
        found = self.kinds(order)
        self.assertEqual((found[0], found.count("confirmed")), ("quoted", 1))
        self.assertEqual((found.count("shipped"), found.count("invoiced"), found.count("paid")), (2, 1, 1))
        self.assertEqual(len(found), len(self.env["retail.sync.milestone"].search([("res_id", "=", order.id)])))
        first = next(entry for entry in self.row_of(order)["timeline"] if entry["kind"] == "shipped")
        self.assertEqual(
            (first["quantities"], first["document"]), ("3 of 5 Units", order.picking_ids.sorted("id")[0].name)
        )

    def test_pick_pack_ship_with_a_part_in_the_first_step(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        product = self.make_product()
        order = self.make_order([(product, 5)])
        pick = self.open_pickings(order)
        self.transfer(pick, {product: 3})
        self.assertEqual(self.stage(order), "picked")
        self.assertEqual(self.line(order), {"ordered": 5, "picked": 3})
        pack = self.open_pickings(order).filtered(lambda picking: picking.state == "assigned") - pick.backorder_ids
        self.transfer(pack)
        self.assertEqual(self.stage(order), "packed")
        out = self.open_pickings(order).filtered(lambda picking: picking.location_dest_id.usage == "customer")
        self.transfer(out)
        self.assertEqual(self.stage(order), "partly_shipped")
        self.assertEqual(self.line(order), {"ordered": 5, "picked": 3, "shipped": 3})

    def test_a_return_before_all_is_shipped(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        first = self.ship(order, {product: 3})
        returned = self.return_(first, {product: 1}, done=True)
        self.assertEqual(self.stage(order), "partly_shipped")
        self.assertEqual(self.line(order), {"ordered": 5, "picked": 3, "shipped": 3, "returned": 1})
        self.assertEqual(self.row_of(returned, "return")["state"], "received")

    def test_an_order_that_comes_back_whole(self):
        order = self.make_order([(self.make_product(), 2)])
        self.return_(self.ship(order), done=True)
        self.assertEqual(self.stage(order), "returned")

    def test_half_of_a_kit_comes_back(self):
        part, screw = self.make_product("PART"), self.make_product("SCREW")
        kit = self.make_product("KIT", 50, stock=0)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": 2}),
                    Command.create({"product_id": screw.id, "product_qty": 1}),
                ],
            }
        )
        order = self.make_order([(kit, 3)])
        shipment = self.ship(order)
        self.deliver()
        lines = {line["sku"]: line for line in self.row_of(shipment, "shipment")["lines"]}
        self.assertEqual(
            {sku: line["quantity"]["quantity"] for sku, line in lines.items()}, {"PART": "6", "SCREW": "3"}
        )
        self.assertEqual({line["kit_sku"] for line in lines.values()}, {"KIT"})
        self.assertEqual({line["kit_quantity"]["quantity"] for line in lines.values()}, {"3"})
        self.return_(shipment, {screw: 1}, done=True)
        self.deliver()
        self.assertEqual(self.line(order), {"ordered": 3, "picked": 3, "shipped": 3, "returned": 1})

    def test_the_address_changes_between_two_shipments(self):
        product = self.make_product()
        self.customer.street = "Via Roma 1"
        order = self.make_order([(product, 5)])
        first = self.ship(order, {product: 3})
        self.deliver()
        other = self.env["res.partner"].create(
            {"name": "Depot", "type": "delivery", "parent_id": self.customer.id, "street": "Via Milano 2"}
        )
        order.partner_shipping_id = other
        rest = self.open_pickings(order)
        rest.partner_id = other
        self.deliver()
        self.assertIn("Via Roma 1", self.row_of(first, "shipment")["delivery_address"])
        self.assertIn("Via Milano 2", self.row_of(rest, "shipment")["delivery_address"])
        self.assertIn("Via Milano 2", self.row_of(order)["delivery_address"])

    def test_a_shipment_counts_as_delivered_by_time_alone(self):
        self.env["ir.config_parameter"].set_param(settings.ASSUME_DAYS, "2")
        order = self.make_order([(self.make_product(), 1)])
        shipment = self.ship(order)
        shipment.date_done = fields.Datetime.now() - timedelta(days=3)
        self.deliver()
        scheduled.look(self.env(su=True))
        self.deliver()
        row = self.row_of(shipment, "shipment")
        self.assertEqual((row["state"], row["delivered_assumed"]), ("delivered", True))
        self.assertTrue(row["delivered_at"])
        self.assertEqual(self.row_of(order)["stage"], "delivered")
        self.assertTrue(self.row_of(order)["delivered_at"])

    def test_money_that_came_online_counts_before_odoo_has_processed_it(self):
        order = self.make_order([(self.make_product(), 5)])
        self.deliver()
        self.transaction(order, "T1", "done")
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["payment"], row["paid"], row["due"]), ("paid", self.money(100), self.money(0)))

    def test_a_payment_that_fails_and_one_that_succeeds(self):
        order = self.make_order([(self.make_product(), 5)])
        failed = self.transaction(order, "T1", "draft")
        self.deliver()
        failed.state = "error"
        self.deliver()
        self.assertEqual(self.row_of(order)["payment"], "failed")
        self.transaction(order, "T2", "done")
        self.deliver()
        self.assertEqual(self.row_of(order)["payment"], "paid")

    def test_online_money_for_a_shared_invoice_is_shared_out_and_so_is_its_refund(self):
        product = self.make_product()
        orders = self.make_order([(product, 1)]) | self.make_order([(product, 3)])
        invoice = self.invoice(orders)
        self.deliver()
        values = {"sale_order_ids": False, "invoice_ids": [Command.set(invoice.ids)], "amount": 80}
        money = self.transaction(orders[:1], "T1", "done", **values)
        self.deliver()
        self.assertEqual([self.row_of(order)["paid"] for order in orders], [self.money(20), self.money(60)])
        money._create_child_transaction(40, is_refund=True).state = "done"
        self.deliver()
        self.assertEqual([self.row_of(order)["refunded"] for order in orders], [self.money(10), self.money(30)])

    def test_online_money_of_one_order_is_not_that_of_others_on_its_invoice(self):
        product = self.make_product()
        orders = self.make_order([(product, 1)]) | self.make_order([(product, 3)])
        invoice = self.invoice(orders)
        self.deliver()
        self.transaction(orders[:1], "T1", "done", invoice_ids=[Command.set(invoice.ids)])
        self.deliver()
        self.assertEqual([self.row_of(order)["paid"] for order in orders], [self.money(20), self.money(0)])

    def test_online_money_for_several_invoices_is_shared_out_among_their_orders(self):
        product = self.make_product()
        orders = [self.make_order([(product, 1)]), self.make_order([(product, 3)])]
        invoices = self.invoice(orders[0]) | self.invoice(orders[1])
        self.deliver()
        values = {"sale_order_ids": False, "invoice_ids": [Command.set(invoices.ids)], "amount": 80}
        self.transaction(orders[0], "T1", "done", **values)
        self.deliver()
        self.assertEqual([self.row_of(order)["paid"] for order in orders], [self.money(20), self.money(60)])

    def test_a_payment_that_is_captured_in_part_counts_once_and_so_does_its_refund(self):
        order = self.make_order([(self.make_product(), 5)])
        authorized = self.transaction(order, "T1", "pending")
        self.deliver()
        captured, voided = (authorized._create_child_transaction(amount) for amount in (60, 40))
        captured.state, voided.state = "done", "cancel"
        # As Odoo does once its parts add up to its amount.
        authorized.state = "done"
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["payment"], row["paid"]), ("partly", self.money(60)))
        captured._create_child_transaction(10, is_refund=True).state = "done"
        self.deliver()
        self.assertEqual(self.row_of(order)["refunded"], self.money(10))

    def transaction(self, order, reference, state, **values):
        provider = self.env["payment.provider"].create({"name": "Provider", "code": "none"})
        method = self.env["payment.method"].search([], limit=1)
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": reference,
                "state": state,
                "last_state_change": fields.Datetime.now(),
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                **values,
            }
        )

    def test_a_merge_of_customers_takes_every_document_along(self):
        loser = self.linked_firm("F2", name="Rossi S.r.l.")
        order = self.make_order([(self.make_product(), 2)], partner=loser)
        shipment = self.ship(order)
        invoice = self.invoice(order)
        payment = self.pay(invoice)
        returned = self.return_(shipment)
        documents = [(order, "order"), (shipment, "shipment"), (invoice, "invoice"), (payment, "payment")]
        documents.append((returned, "return"))
        self.deliver()
        self.assertEqual({self.row_of(*document)["customer"] for document in documents}, {"Firm/F2"})
        session.merge(self.env, self.customer, loser, "They are one")
        self.deliver()
        for record, entity in documents:
            with self.subTest(entity=entity):
                self.assertEqual(self.row_of(record, entity)["customer"], "Firm/F1")
