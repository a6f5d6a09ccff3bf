from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.retail_sync.models.milestone import evaluation

from ...models.goods_back.open import open_return
from .look_up_case import LookUpCase


@tagged("post_install", "-at_install")
class TestOrderLookUp(LookUpCase):
    """One order as an agent reads it."""

    def evaluate(self, order):
        evaluation.evaluate(self.env, order.ids)

    def look_at(self, order, *without, **values):
        return self.look_ups(*without, **values).order(order.id).order

    def test_an_order_from_confirmation_to_refund(self):
        product, other = self.make_product(), self.make_product("SKU-2", 5.0)
        order = self.make_order([(product, 5), (other, 2)], client_order_ref="PO 4711")
        first = self.ship(order, {product: 3})
        self.evaluate(order)
        shown = self.look_at(order)
        self.assertEqual((shown.number, shown.company, shown.reference), (order.name, self.company.name, "PO 4711"))
        self.assertEqual((shown.total, shown.untaxed, shown.paid), ("110.00", "110.00", "0.00"))
        self.assertEqual((shown.stage, shown.payment), ("partly_shipped", "nothing_due"))
        self.assertEqual([line.kind for line in shown.lines], ["goods", "goods"])
        self.assertEqual(
            [(line.ordered, line.delivered, line.open) for line in shown.lines], [("5", "3", "2"), ("2", "0", "2")]
        )
        self.assertEqual([item.state for item in shown.shipments], ["shipped", "ready"])
        self.assertEqual(shown.shipments[0].lines[0].line_id, order.order_line[0].id)
        self.assertEqual((shown.shipments[0].lines[0].sku, shown.shipments[0].lines[0].quantity), ("SKU-1", "3"))
        self.assertIsNone(shown.shipments[1].shipped_at)
        self.ship(order)
        invoice = self.invoice(order)
        self.pay(invoice)
        self.return_(first, {product: 1}, done=True)
        note = self.credit(invoice, {product: 1})
        self.pay(note)
        shown = self.look_at(order)
        self.assertEqual((shown.payment, shown.paid, shown.refunded), ("paid", "110.00", "20.00"))
        self.assertEqual((shown.lines[0].returned, shown.lines[0].open), ("1", "0"))
        self.assertEqual([item.state for item in shown.returns], ["received"])
        self.assertEqual(shown.returns[0].lines[0].quantity, "1")

    def test_every_kind_of_line(self):
        goods, shipping = self.make_product(), self.make_product("SHIP", 7.0, type="service")
        service = self.make_product("GIFT", 3.0, type="service")
        component = self.make_product("PART", 1.0)
        kit = self.make_product("KIT", 30.0, stock=0)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [Command.create({"product_id": component.id, "product_qty": 2})],
            }
        )
        order = self.make_order([(goods, 1), (service, 1), (kit, 2)])
        order.order_line = [
            Command.create({"product_id": shipping.id, "product_uom_qty": 1, "is_delivery": True}),
            Command.create({"display_type": "line_section", "name": "Thank you"}),
        ]
        self.down_payment(order, 10)
        self.ship(order)
        lines = self.look_at(order).lines
        self.assertEqual(
            [line.kind for line in lines if line.kind != "down_payment"], ["goods", "service", "kit", "shipping"]
        )
        self.assertEqual(len(lines), 5, "a section is no line, the down payment is one")
        [of_kit] = [line for line in lines if line.kind == "kit"]
        self.assertEqual((of_kit.delivered, of_kit.open), ("2", "0"), "in complete sets")

    def test_a_return_from_announcement_to_refund(self):
        product = self.make_product()
        order = self.make_order([(product, 3)])
        self.ship(order)
        invoice = self.invoice(order)
        self.pay(invoice)
        line = order.order_line
        header = open_return(self.env, order, {line.id: Decimal(2)}, reason="not_wanted", action=None)
        [shown] = self.look_at(order).returns
        self.assertEqual((shown.id, shown.number, shown.reason), (header.id, header.name, "not_wanted"))
        self.assertEqual([(item.line_id, item.sku, item.quantity) for item in shown.lines], [(line.id, "SKU-1", "2")])
        self.assertEqual((shown.state, shown.refund, shown.received_at), (header.state, None, None))
        self.transfer(header.rma_ids.reception_move_id.picking_id)
        self.credit(invoice, {product: 2})
        [shown] = self.look_at(order).returns
        self.assertEqual((shown.state, shown.refund), (header.state, "40.00"), "its transfer is no other return")
        self.assertTrue(shown.received_at)
        [masked] = self.look_at(order, "finance.read").returns
        self.assertIsNone(masked.refund)

    def test_carrier_and_tracking_of_several_parcels(self):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Parcel Post",
                "product_id": self.make_product("CARRY", type="service").id,
                "tracking_url": "https://post.example/<shipmenttrackingnumber>",
            }
        )
        order = self.make_order([(self.make_product(), 1)])
        order.picking_ids.write({"carrier_id": carrier.id, "carrier_tracking_ref": "PX 1,PX2"})
        [shipment] = self.look_at(order).shipments
        self.assertEqual((shipment.carrier, shipment.tracking), ("Parcel Post", "PX 1,PX2"))
        self.assertEqual(shipment.tracking_url, "https://post.example/PX 1,PX2")
        # The page of a parcel is asked of its carrier: both are read together, whatever their number.
        self.assertLessEqual(len(self.queries_of(lambda looks: looks.order(order.id))), 15)
        looks = self.look_ups()
        for number in ("PX1", "PX 1", "PX2"):
            self.assertEqual([row.id for row in looks.find_orders("tracking", number).items], order.ids)
        self.assertFalse(looks.find_orders("tracking", "PX").items)

    def test_late_and_promised(self):
        promised = fields.Datetime.now() - timedelta(days=2)
        order = self.make_order([(self.make_product(stock=0), 1)], commitment_date=promised)
        shown = self.look_at(order)
        self.assertTrue(shown.late and shown.shipments[0].late)
        self.assertEqual(shown.promised_on, promised.date())
        self.assertFalse(self.look_at(self.make_order([(self.make_product("SKU-2"), 1)])).late)

    def test_block_stops_what_is_not_shipped(self):
        product = self.make_product()
        open_order, shipped = self.make_order([(product, 1)]), self.make_order([(product, 1)])
        self.ship(shipped)
        self.customer._block_account("Chargebacks")
        self.assertEqual(self.look_at(open_order).holds, ("account_block",))
        self.assertEqual(self.look_at(shipped).holds, ())

    def test_open_exceptions_are_sentences(self):
        order = self.make_order([(self.make_product(), 1)])
        rule = self.env["retail.sync.order.rule"].search([], limit=1)
        trouble = self.env["retail.sync.order.exception"].create(
            {
                "order_id": order.id,
                "rule_id": rule.id,
                "rule_code": rule.code,
                "ordinal": 1,
                "key": "k1",
                "opened_at": fields.Datetime.now(),
                "company_id": self.company.id,
            }
        )
        [sentence] = self.look_at(order).exceptions
        self.assertEqual(sentence, trouble.why)
        self.assertEqual(self.look_ups().find_orders("number", order.name).items[0].exceptions, 1)

    def test_external_ids_by_connection(self):
        order = self.make_order([(self.make_product(), 1)])
        self.link_to("801-1", order)
        self.assertEqual(self.look_at(order).external_ids, {"Fake shop": "801-1"})
        self.assertEqual([row.id for row in self.look_ups().find_orders("external_id", "801-1").items], order.ids)
        self.connection.company_id = self.other_company()
        self.assertEqual(self.look_at(order).external_ids, {}, "a connection of another company is out of reach")

    def test_timeline_is_complete_and_hides_finance(self):
        order = self.make_order([(self.make_product(), 2)])
        self.ship(order)
        invoice = self.invoice(order)
        self.pay(invoice)
        self.evaluate(order)
        note = self.credit(invoice, reason="Box crushed")
        self.evaluate(order)
        timeline = self.look_ups().timeline(order.id)
        rows = self.env["retail.sync.milestone"].search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)])
        self.assertEqual(len(timeline.entries), len(rows))
        self.assertEqual(sorted(entry.at for entry in timeline.entries), [entry.at for entry in timeline.entries])
        by_kind = {entry.kind: entry for entry in timeline.entries}
        self.assertEqual(by_kind["shipped"].document.kind, "shipment")
        self.assertEqual((by_kind["invoiced"].document.kind, by_kind["invoiced"].document.id), ("invoice", invoice.id))
        self.assertEqual(
            (by_kind["refund_issued"].document.kind, by_kind["refund_issued"].document.id), ("credit_note", note.id)
        )
        self.assertIn("Box crushed", by_kind["refund_issued"].cause)
        sent = self.queries_of(lambda looks: looks.timeline(order.id), "finance.read")
        self.assertFalse([query for query in sent if "account_move" in query])
        hidden = {entry.kind: entry for entry in self.look_ups("finance.read").timeline(order.id).entries}
        self.assertEqual(hidden.keys(), by_kind.keys())
        self.assertIsNone(hidden["refund_issued"].document)
        self.assertNotIn("Box crushed", hidden["refund_issued"].cause)

    def test_paid_amounts_need_the_scope_of_finance(self):
        order = self.make_order([(self.make_product(), 2)])
        self.pay(self.invoice(order))
        shown = self.look_at(order, "finance.read")
        self.assertIsNone(shown.paid)
        self.assertEqual(set(shown.masked), {"paid", "refunded"})
        self.assertEqual(self.look_at(order).masked, ())

    def test_queries_do_not_grow_with_lines(self):
        small = self.make_order([(self.make_product(f"S{number}"), 1) for number in range(3)])
        large = self.make_order([(self.make_product(f"L{number}"), 1) for number in range(30)])
        for order in (small, large):
            self.ship(order)
            self.pay(self.invoice(order))
            self.evaluate(order)
        counts = {
            order: len(self.queries_of(lambda looks, order=order: looks.order(order.id))) for order in (small, large)
        }
        self.assertEqual(counts[small], counts[large])
        self.assertLessEqual(counts[large], 13)
        self.assertEqual(len(self.look_at(large).lines), 30)

    def test_no_contact_data_is_read(self):
        order = self.make_order([(self.make_product(), 1)])
        self.customer._block_account("Chargebacks")
        self.assertNoContactData(self.queries_of(lambda looks: looks.order(order.id), "contact.read"))
