from odoo.exceptions import AccessError
from odoo.tests import tagged

from .service_case import ServiceCase


@tagged("post_install", "-at_install")
class TestServicePanel(ServiceCase):
    """The panel of a ticket answers as the agent API does, for the user of the screen."""

    def verdict(self, action):
        found = self.panel().order(self.ticket.id, self.order.id)
        self.assertNotIn("problem", found, found.get("problem"))
        return next(item for item in found["verdicts"] if item["action"] == action)

    def test_shows_the_customer_with_the_orders(self):
        found = self.panel().overview(self.ticket.id)
        self.assertNotIn("problem", found, found.get("problem"))
        self.assertEqual(found["customer"]["id"], self.customer.commercial_partner_id.id)
        self.assertIn(self.order.name, [row["number"] for row in found["orders"]])
        self.assertIn("damaged", [reason["code"] for reason in found["reasons"]])

    def test_says_that_a_ticket_has_no_customer(self):
        self.ticket.partner_id = False
        self.assertEqual(self.panel().overview(self.ticket.id), {"customer": None})

    def test_shows_a_hold_of_the_customer(self):
        head = self.customer.commercial_partner_id
        head.write({"account_block": True, "account_block_reason": "Cheque returned"})
        customer = self.panel().overview(self.ticket.id)["customer"]
        self.assertTrue(customer["account_blocked"])
        self.assertEqual(customer["block_reason"], "Cheque returned")

    def test_an_order_has_its_lines_and_what_can_be_done(self):
        found = self.panel().order(self.ticket.id, self.order.id)
        self.assertEqual([line["ordered"] for line in found["order"]["lines"]][:2], ["2", "1"])
        self.assertTrue(self.verdict("return")["allowed"])
        self.assertFalse(self.verdict("cancel_order")["allowed"])
        self.assertTrue(self.verdict("cancel_order")["refusals"][0]["text"])

    def test_an_order_of_another_customer_is_shown_as_far_as_the_user_may_see_it(self):
        other = self.make_order([(self.shoe, 1)], name="SERVICE-2")
        found = self.panel().order(self.ticket.id, other.id)
        self.assertEqual(found["order"]["number"], "SERVICE-2")

    def test_values_that_do_not_fit_are_named(self):
        found = self.panel().preview(self.ticket.id, self.order.id, {"action": "refund_goodwill", "reason": "goodwill"})
        self.assertEqual(found["problem"]["code"], "invalid_values")
        self.assertIn("amount", found["problem"]["errors"][0]["pointer"])

    def test_a_return_is_announced_and_noted_on_the_ticket(self):
        request = {"action": "return", "reason": "damaged", "note": "", "lines": [self.line(self.shoe)]}
        answer = self.act(request)
        self.assertEqual(answer["state"], "done")
        self.assertIn("return", [item["kind"] for item in answer["documents"]])
        action = self.env["retail.sync.action"].search([("uuid", "=", answer["uuid"])])
        self.assertEqual(action.ticket_id, self.ticket)
        self.assertTrue(self.ticket.message_ids.filtered(lambda message: self.order.name in (message.body or "")))

    def test_outsiders_see_no_panel_and_get_no_answer(self):
        outsider = self.make_user("outsider")
        with self.assertRaises(AccessError):
            self.panel(outsider).overview(self.ticket.id)

    def test_a_user_without_the_role_looks_nothing_up(self):
        clerk = self.make_user("clerk", "helpdesk_mgmt.group_helpdesk_user")
        found = self.panel(clerk).overview(self.ticket.id)
        self.assertEqual(found["problem"]["code"], "scope_missing")
