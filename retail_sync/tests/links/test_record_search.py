import random
from itertools import combinations

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.links.sync_mixin import BADGES
from ..engine_case import EngineCase
from ..fake_platform import FIRM

LINK_STATES = ("in_sync", "in_sync", "attention", "excluded", "deleted", "missing")


@tagged("post_install", "-at_install")
class TestRecordSearch(EngineCase):
    """The filters on customers find what the badge shows, by plans that stay good at a million links."""

    def setUp(self):
        super().setUp()
        choose = random.Random(4)
        for number in range(30):
            self.firm(f"F{number}")
        self.take(FIRM)
        links = self.env["retail.sync.link"].search([("stream_id", "=", self.firms.id)])
        for link in links:
            link.state = choose.choice(LINK_STATES)
        main = links.filtered(lambda link: link.part == "main")
        self.partners = self.env["res.partner"].browse(links.mapped("res_id"))
        self.partners += self.env["res.partner"].create([{"name": f"Unlinked {number}"} for number in range(4)])
        # Two links of one record, and exceptions about records with a link and without.
        main[0].write({"res_id": main[1].res_id, "is_primary": False})
        main[:2].write({"state": "deleted"})
        for partner in (self.partners[3], self.partners[-1]):
            self.env["retail.sync.message"].create(
                {
                    "connection_id": self.connection.id,
                    "stream_id": self.firms.id,
                    "kind": "delivery",
                    "state": "open",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
            )
        self.env.flush_all()
        self.env.invalidate_all()

    def test_each_set_of_badges_finds_the_records_that_show_them(self):
        shown = {partner: partner.sync_state for partner in self.partners}
        self.assertEqual(set(shown.values()), {state for state, _label in BADGES})
        states = [state for state, _label in BADGES]
        for count in range(1, len(states) + 1):
            for wanted in combinations(states, count):
                found = self.partners.search(
                    Domain("id", "in", self.partners.ids) & Domain("sync_state", "in", list(wanted))
                )
                self.assertEqual(set(found), {partner for partner, state in shown.items() if state in wanted}, wanted)

    def test_a_filter_is_planned_as_a_join(self):
        """Not linked was id NOT IN (SELECT ...): from 300,000 links on the server was busy for half an hour."""
        for state, _label in BADGES:
            query = self.partners.sudo()._search([("sync_state", "=", state)])
            self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            self.assertNotIn("SubPlan", plan, state)

    def test_a_list_looks_up_the_business_records_of_its_own_rows(self):
        """A search of 80 messages scanned all customers for those that the user may not see."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.partners[2]
        hidden.company_id = company
        operator = self.make_users_of_groups()["operator"]
        self.env.flush_all()
        links = self.env["retail.sync.link"].with_user(operator)
        listed = links.search([("stream_id", "=", self.firms.id)])
        self.assertTrue(listed)
        self.assertNotIn(hidden.id, listed.mapped("res_id"))
        self.env.cr.execute(SQL("EXPLAIN %s", links._search([("stream_id", "=", self.firms.id)]).select()))
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("Anti Join", plan)
        # Odoo's own rule of products looks its templates up once, in a hash; nothing is looked up for each row.
        self.assertNotRegex(plan, r"Filter: .*(?<!hashed )SubPlan")
