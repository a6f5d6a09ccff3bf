from odoo.tests import tagged

from odoo.addons.retail_sync.models.erasure import erase, person
from odoo.addons.retail_sync.tests.fake_platform import PERSON

from .ticket_case import TicketCase

NAME, EMAIL = "Zebulon Quixwort", "zq.marker@quixwort.example"


@tagged("post_install", "-at_install")
class TestTicketErasure(TicketCase):
    """Who is erased is named by no ticket any more."""

    def test_tickets_of_an_erased_person_do_not_name_it(self):
        self.person("P1", name=NAME, email=EMAIL)
        self.take(PERSON)
        ticket = self.linked_ticket(
            requester="P1",
            subject=f"Parcel of {NAME}",
            description=f"<p>Write to {EMAIL}</p>",
            custom=[{"key": "1", "value": NAME}],
        )
        self.ingest(ticket, self.comment("c1", "Hello", author="P1"))
        partner = ticket.partner_id

        erase.erase(self.env, person.of_records(self.env, "res.partner", partner.ids))
        self.env.invalidate_all()

        self.assertFalse(ticket.partner_email or ticket.partner_name or ticket.sync_custom)
        self.assertNotIn(NAME, ticket.name)
        self.assertNotIn(EMAIL, ticket.description)
        row = self.env["retail.sync.ticket.comment"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual((row.external_id, row.author_key), ("c1", False))
