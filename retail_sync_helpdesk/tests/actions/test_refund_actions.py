from decimal import Decimal

from odoo.tests import tagged

from ...domain.service.policy import Policy
from ..requests_case import RequestsCase


@tagged("post_install", "-at_install")
class TestRefundActions(RequestsCase):
    """Refunds give back what they showed, by the documents of Odoo."""

    @classmethod
    def make_documents(cls, shop):
        cls.paid = shop.delivered()
        cls.unpaid = shop.delivered(paid=False)

    def credited(self, order):
        return sum(self.notes_of(order).mapped("amount_total"))

    def test_all_that_is_left_is_paid_back(self):
        shown = self.preview(self.paid, self.asked("refund_full"))
        self.assertEqual(shown.amounts, {"credit": "100.00", "money": "100.00"})
        self.assertEqual([effect.code for effect in shown.effects], ["credit_note", "money_back", "ordered_lowered"])
        self.assertEqual(shown.method, "original")
        action = self.done(self.paid, self.asked("refund_full"))
        self.assertEqual(self.credited(self.paid), 100.0)
        self.assertEqual(sum(action.refund_ids.mapped("amount")), 100.0)
        self.assertEqual(action.refund_ids.note_id, self.notes_of(self.paid))

    def test_lines_are_paid_back_by_quantity_and_by_amount(self):
        line = self.paid.order_line
        self.done(self.paid, self.asked("refund_lines", lines=[{"line_id": line.id, "quantity": "1"}]), key="a")
        self.done(self.paid, self.asked("refund_lines", lines=[{"line_id": line.id, "amount": "7.50"}]), key="b")
        self.assertEqual(self.notes_of(self.paid).sorted("id").mapped("amount_total"), [25.0, 7.5])
        values = self.asked("refund_full")
        self.assertEqual(self.preview(self.paid, values).amounts["credit"], "67.50")

    def test_a_fee_is_kept_where_it_is_asked_for(self):
        self.policy = Policy(1, restocking_percent=Decimal(10))
        lines = self.of_lines(self.paid, 2)
        shown = self.preview(self.paid, self.asked("refund_lines", lines=lines, restocking=True))
        self.assertEqual((shown.amounts["credit"], shown.amounts["kept"]), ("45.00", "5.00"))
        self.done(self.paid, self.asked("refund_lines", lines=lines, restocking=True))
        self.assertEqual(self.credited(self.paid), 45.0)

    def test_the_fee_of_a_return_is_kept_and_a_waiver_needs_a_reason(self):
        self.policy = Policy(1, restocking_percent=Decimal(10))
        [line] = self.paid.order_line
        self.done(
            self.paid,
            {"action": "return", "reason": "changed_mind", "lines": [{"line_id": line.id, "quantity": "2"}]},
            key="r",
        )
        receipt = self.env["retail.sync.return"].search([("order_id", "=", self.paid.id)]).rma_ids.reception_move_id
        for move in receipt:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        receipt.picking_id._action_done()
        asked = {"action": "refund_lines", "reason": "changed_mind", "lines": self.of_lines(self.paid, 2)}
        shown = self.preview(self.paid, asked)
        self.assertEqual((shown.amounts["credit"], shown.amounts["kept"]), ("45.00", "5.00"))
        self.assertIn("fee_kept", [effect.code for effect in shown.effects])
        waived = {**asked, "waive_fee": True}
        self.assertTrue(self.preview(self.paid, waived).needs_approval)
        senior = self.caller(self.senior, may_override=True)
        action = self.done(self.paid, waived, caller=senior, override_reason="The shop promised it on the phone")
        self.assertEqual((action.state, action.amounts["credit"]), ("done", "50.00"))
        self.assertEqual(action.override_reason, "The shop promised it on the phone")

    def test_of_an_unpaid_order_no_money_moves(self):
        action = self.done(self.unpaid, self.asked("refund_lines", lines=self.of_lines(self.unpaid, 1)))
        self.assertFalse(action.refund_ids)
        self.assertEqual(action.amounts, {"credit": "25.00", "debt": "25.00"})
        invoice = self.unpaid.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        self.assertEqual(invoice.amount_residual, 75.0)

    def test_goodwill_counts_against_its_cap(self):
        self.done(self.paid, self.asked("refund_goodwill", amount="15.00"), key="a")
        self.assertEqual(self.credited(self.paid), 15.0)
        answer = self.submit(self.paid, self.asked("refund_goodwill", amount="15.00"), key="b")
        self.assertEqual(self.action_of(answer).state, "waiting")

    def test_never_more_than_was_billed(self):
        self.done(self.paid, self.asked("refund_full"), key="a")
        answer = self.submit(self.paid, self.asked("refund_lines", lines=self.of_lines(self.paid, 1)), key="b")
        self.assertEqual(answer.status, 409)
        self.assertEqual(self.credited(self.paid), 100.0)
