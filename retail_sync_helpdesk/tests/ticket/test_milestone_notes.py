from odoo.tests import tagged

from odoo.addons.retail_sync.tests.milestone.journal_case import JournalCase

from ...models.ticket import documents


@tagged("post_install", "-at_install")
class TestMilestoneNotes(JournalCase):
    """What became of an order stands on the tickets about it."""

    def setUp(self):
        super().setUp()
        self.sale = self.confirmed((self.chair, 2))
        self.made_before(self.sale)
        self.route()
        self.ticket = (
            self.env["helpdesk.ticket"]
            .sudo()
            .create(
                {"name": f"About {self.sale.name}", "description": "<p>?</p>", "partner_id": self.sale.partner_id.id}
            )
        )

    def notes(self, ticket=None):
        ticket = ticket or self.ticket
        found = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("model", "=", ticket._name), ("res_id", "=", ticket.id), ("message_type", "=", "comment")], order="id"
            )
        )
        return [message.preview for message in found]

    def test_return_that_arrives_is_noted_once(self):
        picking = self.ship(self.sale)
        self.route()
        self.assertFalse(self.notes())
        self.do(self.give_back(picking, 2))
        self.route()
        self.route()
        [note] = self.notes()
        self.assertIn("Return received", note)
        self.assertIn(self.sale.name, note)
        self.assertFalse(self.env["mail.mail"].sudo().search([]))

    def test_refund_that_is_paid_is_noted(self):
        invoice = self.invoice(self.sale)
        self.pay(invoice)
        self.route()
        note = self.credit(invoice)
        self.pay(note)
        self.route()
        self.assertTrue(any("Refund paid" in text for text in self.notes()))

    def test_what_happened_before_the_link_is_not_noted(self):
        picking = self.ship(self.sale)
        self.do(self.give_back(picking, 2))
        self.route()
        later = self.env["helpdesk.ticket"].sudo().create({"name": "Later", "description": "<p>?</p>"})
        documents.add(self.env, later.id, self.sale)
        self.sale._action_cancel()
        self.route()
        self.assertFalse(any("Return received" in text for text in self.notes(later)))

    def test_rejected_order_is_not_followed(self):
        self.ticket.sync_document_ids.action_reject()
        picking = self.ship(self.sale)
        self.do(self.give_back(picking, 2))
        self.route()
        self.assertFalse(self.notes())

    def test_only_an_order_that_an_action_made_tells_that_it_left(self):
        replacement = self.confirmed((self.chair, 1))
        self.made_before(replacement)
        self.route()
        documents.link_made(self.env, self.ticket.id, replacement)
        self.ship(replacement)
        self.ship(self.sale)
        self.route()
        [note] = self.notes()
        self.assertIn("Shipped", note)
        self.assertIn(replacement.name, note)
