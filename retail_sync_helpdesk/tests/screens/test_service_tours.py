from odoo.tests import tagged

from odoo.addons.retail_sync.tests.tour_case import TourCase

from .service_case import ServiceCase


@tagged("post_install", "-at_install", "browser")
class TestServiceTours(ServiceCase, TourCase):
    """In a real browser: an agent solves three tickets from the ticket's form."""

    def setUp(self):
        super().setUp()
        self.no_messages_to_customers()

    def form(self):
        return f"/odoo/helpdesk.ticket/{self.ticket.id}"

    def tours(self, name, login="agent"):
        self.tour(self.form(), name, login)

    def test_a_late_parcel_is_replaced(self):
        self.tours("retail_sync_helpdesk_replace")
        replacement = self.env["sale.order"].search([("order_line.sync_replaces_line_id.order_id", "=", self.order.id)])
        self.assertEqual(replacement.state, "sale")
        self.assertEqual(replacement.amount_total, 0)
        self.assertTrue(replacement.picking_ids)

    def test_a_damaged_item_comes_back_and_is_refunded(self):
        self.tours("retail_sync_helpdesk_return")
        back = self.env["retail.sync.return"].search([("order_id", "=", self.order.id)])
        self.assertEqual(len(back), 1)

    def test_a_billing_dispute_waits_for_a_supervisor_and_ends_with_a_credit_note(self):
        self.tours("retail_sync_helpdesk_refund")
        action = self.env["retail.sync.action"].search([("order_id", "=", self.order.id)])
        self.assertEqual((action.state, action.user_id), ("waiting", self.agent))
        self.assertFalse(self.order.invoice_ids.filtered(lambda move: move.move_type == "out_refund"))
        action.approval_ids.with_user(self.supervisor).action_approve()
        self.assertEqual(action.state, "done")
        note = self.order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(note.state, "posted")
        self.assertTrue(self.ticket.message_ids.filtered(lambda message: note.name in (message.body or "")))
