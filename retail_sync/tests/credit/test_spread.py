from functools import partial
from unittest.mock import patch

from odoo.tests import tagged

from ...domain.resilience.lanes import lane_of
from ...models.outbox import router
from ...models.reconcile import consequences
from ..fake_mapping import field_mapping
from ..fake_platform import FIRM, PERSON
from ..outbound_case import OutboundCase

CONTACTS = 6


@tagged("post_install", "-at_install")
class TestSpread(OutboundCase):
    """What a company shares with its contacts is queued where it is sent, in a lane for as many as there are."""

    def setUp(self):
        super().setUp()
        self.block_line(self.firms)
        self.company = self.linked_firm("F1", account_block=False)
        for number in range(CONTACTS):
            self.person(f"P{number}", firm="F1", account_block=False)
        self.take(PERSON)
        self.made_before()
        self.send()
        self.env["retail.sync.message"].search([("state", "=", "pending")]).unlink()

    def block_line(self, stream):
        values = field_mapping("account_block", "account_block", "bool", direction="both")
        self.env["retail.sync.field.map"].create(dict(values, stream_id=stream.id, sequence=200))

    def block(self, bulk_from=500):
        self.company.sudo()._block_account("Unpaid", False)
        with patch.object(router, "lane_of", partial(lane_of, bulk_from=bulk_from)):
            self.route()
        return {message.remote_object: message for message in self.outbox("pending")}, self.outbox("pending")

    def test_only_streams_that_send_it(self):
        """Seen: a message for each contact, of which nothing was to be sent."""
        by_object, found = self.block()
        self.assertEqual((set(by_object), len(found)), ({FIRM}, 1))

    def test_few_contacts_are_urgent_as_the_company_is(self):
        self.block_line(self.persons)
        _by_object, found = self.block()
        self.assertEqual(len(found), 1 + CONTACTS)
        self.assertEqual(set(found.mapped("lane")), {"critical"})

    def test_many_contacts_do_not_stand_before_other_customers(self):
        """Seen: 3,001 critical messages of one company."""
        self.block_line(self.persons)
        by_object, found = self.block(bulk_from=CONTACTS)
        self.assertEqual(by_object[FIRM].lane, "critical")
        self.assertEqual(set((found - by_object[FIRM]).mapped("lane")), {"standard"})
        self.send()
        self.assertTrue(all(self.remote(f"P{number}", PERSON)["account_block"] for number in range(CONTACTS)))

    def test_what_a_customer_takes_from_its_new_company_is_looked_at_once_more(self):
        """Seen: the company was blocked while a page moved the contact, whose own transaction did not see it yet."""
        self.block_line(self.persons)
        self.firm("F2")
        self.take(FIRM)
        self.made_before()
        self.send()
        self.env["retail.sync.message"].search([("state", "=", "pending")]).unlink()
        # What the page's transaction would not see: committed, and routed, while it ran.
        with patch.object(consequences, "_differing", return_value={}):
            self.person("P0", firm="F2")
            self.person("P1", firm="F2")
            self.take(PERSON)
        self.route()
        looked = self.outbox("pending")
        self.assertEqual(set(looked.mapped("res_id")), {self.partner("P0").id, self.partner("P1").id})
        self.assertLessEqual({"account_block"}, set(looked[:1].changes))
        self.platform.writes.clear()
        self.send()
        self.assertEqual(self.platform.writes, [], "the platform has these values")
        self.assertEqual(set(looked.mapped("state")), {"done"})

    def test_what_a_customer_takes_from_another_company_is_sent(self):
        self.block_line(self.persons)
        self.firm("F2")
        self.take(FIRM)
        self.partner("F2").sudo()._block_account("Unpaid", False)
        self.send()
        with patch.object(consequences, "_differing", return_value={}):
            self.person("P0", firm="F2")
            self.take(PERSON)
        self.send()
        self.assertTrue(self.remote("P0", PERSON)["account_block"])
