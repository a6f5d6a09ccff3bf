import random

from odoo.tests import tagged

from ..shapes_case import ShapesCase


@tagged("post_install", "-at_install")
class TestListedStates(ShapesCase):
    """An org lists states for some countries only: an address that goes from one kind of country to the other."""

    def setUp(self):
        super().setUp()
        self.open_org("private", lists=True, currency=None)
        self.key = self.put_firm(random.Random(1))
        self.org.edit(self.key, **{"BillingCity": "Passau", "BillingCountryCode": "DE", "BillingStateCode": None})
        self.take()
        self.made_before()
        self.rest()

    def moved(self, country, state):
        """Let Odoo give the firm another country and state; return (country, state) over there, at rest."""
        country = self.env["res.country"].search([("code", "=", country)])
        states = country.state_ids.filtered(lambda found: found.code.rpartition("-")[2] == state)
        self.partner(self.key).write({"country_id": country.id, "state_id": states[:1].id})
        self.send()
        self.rest()
        self.assertFalse(self.differences())
        row = self.org.row(self.key)
        return row["BillingCountryCode"], row["BillingStateCode"]

    def test_a_state_goes_with_a_country_for_which_the_org_lists_states(self):
        """Seen: the state was compared with Odoo's own value, since the org shows none for the former country."""
        self.assertEqual(self.moved("US", "CA"), ("US", "CA"))
        self.assertEqual(self.partner(self.key).state_id.code, "CA")

    def test_there_and_back(self):
        self.assertEqual(self.moved("IT", "MI"), ("IT", "MI"))
        self.assertEqual(self.moved("DE", "BY"), ("DE", None))
        self.assertEqual(self.partner(self.key).state_id.code.rpartition("-")[2], "BY")
        self.assertEqual(self.moved("IT", "TO"), ("IT", "TO"))
