from odoo.tests import tagged

from .return_case import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnEngine(ReturnCase):
    """What platforms, the journal and the customer hear of a return."""

    entities = ("order", "shipment", "invoice", "return")

    def test_platforms_and_the_journal_follow_a_return(self):
        order = self.sold(fresh=True)
        self.deliver()
        header = self.returned(order, 2)
        receipt = self.receipt(header)
        self.deliver()
        row = self.row_of(receipt, "return")
        self.assertEqual((row["number"], row["state"]), (receipt.name, "requested"))
        self.assertIn(header.reason_text, row["reason"])
        self.receive(header)
        self.deliver()
        self.assertEqual(self.row_of(receipt, "return")["state"], "received")
        self.inspect(header, ("as_new", 1, "stock"), ("used", 1, "keep"))
        self.deliver()
        row = self.row_of(receipt, "return")
        self.assertEqual(row["state"], "inspected")
        self.assertIn("Used", row["result"])
        self.pay(self.bill)
        self.credit(self.bill, {self.shirt: 2})
        self.deliver()
        self.assertEqual(self.row_of(receipt, "return")["state"], "refund_approved")
        journal = self.env["retail.sync.milestone"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id), ("reversal", "=", False)], order="id"
        )
        kinds = [row.kind for row in journal if row.kind in ("return_requested", "return_received", "inspected")]
        self.assertEqual(kinds, ["return_requested", "return_received", "inspected"])

    def test_goods_that_are_kept_are_inspected_for_platforms_too(self):
        order = self.sold(fresh=True)
        self.deliver()
        header = self.returned(order, 1)
        receipt = self.receipt(header)
        self.receive(header)
        self.deliver()
        self.inspect(header, ("wrong", 1, "keep"))
        self.deliver()
        row = self.row_of(receipt, "return")
        self.assertEqual(row["state"], "inspected")
        self.assertIn("Wrong goods", row["result"])
