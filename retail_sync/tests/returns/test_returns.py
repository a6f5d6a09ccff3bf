from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ...models.runs import job_trigger
from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestReturns(CommerceCase):
    """Goods that come back, and the refund for them."""

    entities = ("order", "shipment", "invoice", "return")

    def setUp(self):
        super().setUp()
        self.product, self.other = self.make_product(), self.make_product("SKU-2", 7.33)
        self.order = self.make_order([(self.product, 4), (self.other, 2)])
        self.shipment = self.ship(self.order)[0]
        self.bill = self.invoice(self.order)

    def state(self, picking):
        return self.row_of(picking, "return")["state"]

    def test_a_return_goes_from_request_to_refund(self):
        returned = self.return_(self.shipment, {self.product: 3})
        self.deliver()
        row = self.row_of(returned, "return")
        self.assertEqual((row["number"], row["state"]), (returned.name, "requested"))
        self.assertEqual(row["shipment"], f"Shipment/{self.link_of(self.shipment, 'shipment').external_id}")
        self.assertEqual((row["customer"], row["order"]), ("Firm/F1", f"Order/{self.link_of(self.order).external_id}"))
        [line] = row["lines"]
        self.assertEqual((line["sku"], line["quantity"]["quantity"], line["to_refund"]), ("SKU-1", "3", True))
        self.transfer(returned)
        self.deliver()
        self.assertEqual(self.state(returned), "received")
        self.assertTrue(self.row_of(returned, "return")["received_at"])
        self.pay(self.bill)
        note = self.credit(self.bill, {self.product: 3}, reason="Too small")
        self.deliver()
        row = self.row_of(returned, "return")
        self.assertEqual((row["state"], row["credit_notes"]), ("refund_approved", note.name))
        self.assertEqual((row["refund"], row["refund_open"]), (self.money(60), self.money(60)))
        self.assertIn("Too small", row["reason"])
        self.pay(note)
        self.deliver()
        row = self.row_of(returned, "return")
        self.assertEqual((row["state"], row["refund_open"]), ("refunded", self.money(0)))

    def test_goods_that_are_not_to_be_refunded_after_all_say_so(self):
        order = self.make_order([(self.make_product(), 4)])
        returned = self.return_(self.ship(order))
        self.deliver()
        self.assertIs(self.row_of(returned)["lines"][0]["to_refund"], True)
        returned.move_ids.to_refund = False
        self.deliver()
        self.assertIs(self.row_of(returned)["lines"][0]["to_refund"], False)

    def test_a_part_that_comes_later_is_a_return_of_its_own(self):
        returned = self.return_(self.shipment, {self.product: 3})
        self.deliver()
        self.transfer(returned, {self.product: 1})
        self.deliver()
        rest = self.order.picking_ids - self.shipment - returned
        self.assertFalse(rest.return_id)
        self.assertEqual((self.state(returned), self.state(rest)), ("received", "requested"))
        self.assertEqual(self.row_of(returned, "return")["lines"][0]["quantity"]["quantity"], "1")
        self.assertEqual(self.row_of(rest, "return")["lines"][0]["quantity"]["quantity"], "2")

    def test_two_returns_share_out_the_credit_notes(self):
        first = self.return_(self.shipment, {self.product: 1}, done=True)
        second = self.return_(self.shipment, {self.product: 2}, done=True)
        note = self.credit(self.bill, {self.product: 1})
        self.deliver()
        self.assertEqual(self.row_of(first, "return")["credit_notes"], note.name)
        self.assertIsNone(self.row_of(second, "return")["credit_notes"])

    def test_a_refund_that_fails_at_the_provider_reaches_the_return_and_so_does_its_success(self):
        returned = self.return_(self.shipment, {self.product: 1}, done=True)
        self.pay(self.bill)
        self.credit(self.bill, {self.product: 1})
        refund = self.refund_at_provider()
        self.deliver()
        self.assertEqual(self.state(returned), "refund_approved")
        refund.write({"state": "error", "last_state_change": fields.Datetime.now()})
        self.deliver_what_follows()
        self.assertEqual(self.state(returned), "refund_failed")
        self.refund_at_provider().write({"state": "done", "last_state_change": fields.Datetime.now()})
        self.deliver_what_follows()
        self.assertEqual(self.state(returned), "refund_approved", "the failed one is not the last any more")

    def deliver_what_follows(self):
        """Send what changed, and what follows from the journal of the order: that is routed after the order."""
        self.env.flush_all()
        with patch.object(job_trigger, "trigger", wraps=job_trigger.trigger) as trigger:
            self.route()
        self.assertIn("route", [call.args[1] for call in trigger.call_args_list], "or it would wait for other changes")
        self.deliver()

    def refund_at_provider(self):
        """Return a refund that a provider was asked for."""
        transactions = self.env["payment.transaction"]
        provider = self.env["payment.provider"].create({"name": "Provider", "code": "none"})
        values = {
            "provider_id": provider.id,
            "payment_method_id": self.env["payment.method"].search([], limit=1).id,
            "reference": f"R{transactions.search_count([])}",
            "amount": -20,
            "operation": "refund",
            "currency_id": self.order.currency_id.id,
            "partner_id": self.customer.id,
            "sale_order_ids": [Command.set(self.order.ids)],
        }
        return transactions.create(values)

    def test_an_inspection_by_another_transfer_reaches_the_return_though_it_names_no_order(self):
        for names_order in (True, False):
            with self.subTest(names_order=names_order):
                returned = self.return_(self.shipment, {self.product: 1})
                received = self.warehouse.wh_input_stock_loc_id
                received.active = True
                returned.move_ids.location_dest_id = received
                self.transfer(returned)
                self.deliver()
                self.assertEqual(self.state(returned), "received")
                [arrived] = returned.move_ids
                onward = arrived.copy(
                    {
                        "location_id": received.id,
                        "location_dest_id": self.warehouse.lot_stock_id.id,
                        "picking_type_id": self.warehouse.int_type_id.id,
                        "move_orig_ids": [Command.link(arrived.id)],
                        "origin_returned_move_id": False,
                        "picking_id": False,
                        "sale_line_id": arrived.sale_line_id.id if names_order else False,
                    }
                )
                onward._action_confirm()
                self.deliver()
                self.transfer(onward.picking_id)
                self.deliver_what_follows()
                row = self.row_of(returned, "return")
                self.assertEqual((row["state"], row["result"]), ("inspected", "Back in stock"))

    def test_a_return_is_no_shipment_and_a_shipment_no_return(self):
        returned = self.return_(self.shipment, {self.product: 1}, done=True)
        self.deliver()
        self.assertEqual([row["number"] for row in self.platform.rows["Return"].values()], [returned.name])
        self.assertEqual([row["number"] for row in self.platform.rows["Shipment"].values()], [self.shipment.name])

    def test_a_cancelled_return_says_so(self):
        returned = self.return_(self.shipment, {self.product: 1})
        self.deliver()
        returned.action_cancel()
        self.deliver()
        self.assertEqual(self.state(returned), "cancelled")

    def test_an_exchange_is_a_return_and_a_shipment(self):
        returned, replacement = self.exchange(self.shipment, {self.product: 1})
        self.deliver()
        self.assertEqual(self.state(returned), "requested")
        self.assertEqual(self.row_of(replacement, "shipment")["kind"], "exchange")
        self.assertEqual(self.row_of(self.shipment, "shipment")["kind"], "delivery")

    def test_a_refund_of_what_never_came_back_touches_no_return(self):
        returned = self.return_(self.shipment, {self.product: 1}, done=True)
        self.deliver()
        self.credit(self.bill, {self.other: 1})
        self.deliver()
        self.assertEqual(self.state(returned), "received")
