from odoo.tests import tagged

from ..fake_platform import FIRM, PERSON
from ..outbound_case import OutboundCase

SHIPPED = {"ship_street": "Via Po 9", "ship_city": "Asti", "ship_country": "IT"}


@tagged("post_install", "-at_install")
class TestSuccessions(OutboundCase):
    """Merges on the platform whose winner Odoo does not know."""

    def setUp(self):
        super().setUp()
        self.connection.stream_ids.write({"delete_policy": "archive"})

    def merged(self, loser, winner, **values):
        """Let a person over there make a record and merge the known one into it, before anything is read."""
        row = {name: value for name, value in self.remote(loser).items() if name not in ("id", "version", "odoo_id")}
        self.later_than_odoo()
        self.platform.put(FIRM, winner, **{**row, **values})
        self.platform.delete(FIRM, loser, winner=winner)

    def exchange(self):
        for _ in range(3):
            self.send()
            self.take(FIRM)
            self.run_jobs()

    def test_both_directions_work_afterwards(self):
        partner = self.linked_firm(phone="+390110000001", **SHIPPED)
        child = partner.child_ids
        self.merged("F1", "F9", phone="+390110000009")
        self.report_deletions(FIRM, F1="F9")
        self.exchange()
        self.assertEqual((self.partner("F9"), partner.active, child.active), (partner, True, True))
        self.assertEqual((partner.phone, partner.child_ids), ("+390110000009", child))
        self.assertEqual((self.link("F1").state, self.link("F1").is_primary), ("merged", False))
        self.made_before()
        partner.phone = "+390110000077"
        child.street = "Via Po 10"
        self.exchange()
        self.assertEqual((self.remote("F9")["phone"], self.remote("F9")["ship_street"]), ("+390110000077", "Via Po 10"))

    def test_winner_under_review(self):
        partner = self.linked_firm(vat="IT00743110157")
        self.merged("F1", "F9")
        self.take(FIRM)
        self.assertEqual(self.message("F9").state, "review")
        self.report_deletions(FIRM, F1="F9")
        self.exchange()
        self.assertEqual((self.partner("F9"), partner.active), (partner, True))
        self.assertNotEqual(self.message("F9").state, "review")

    def test_a_person_linked_the_winner_before_the_merge_was_known(self):
        partner = self.linked_firm(vat="IT00743110157", phone="+390110000001", **SHIPPED)
        child = partner.child_ids
        self.merged("F1", "F9")
        self.take(FIRM)
        self.message("F9").action_link(partner.id)
        self.exchange()
        self.later_than_odoo()
        self.platform.put(FIRM, "F9", phone="+390110000009")
        # The rows of a poll come before its deletions: this version of the winner is read as a further record.
        self.take(FIRM)
        self.report_deletions(FIRM, F1="F9")
        self.exchange()
        self.assertEqual((self.partner("F9"), partner.active, partner.child_ids), (partner, True, child))
        self.assertTrue(self.link("F9").is_primary)
        self.assertEqual(partner.phone, "+390110000009")
        self.made_before()
        partner.phone = "+390110000077"
        child.street = "Via Po 10"
        self.exchange()
        self.assertEqual((self.remote("F9")["phone"], self.remote("F9")["ship_street"]), ("+390110000077", "Via Po 10"))

    def test_winner_was_merged_in_its_turn(self):
        partner = self.linked_firm()
        self.merged("F1", "F8")
        self.merged("F8", "F9")
        self.report_deletions(FIRM, F8="F9", F1="F8")
        self.exchange()
        self.assertEqual((self.partner("F9"), partner.active), (partner, True))

    def test_two_known_ones(self):
        first, second = self.linked_firm("F1"), self.linked_firm("F2")
        self.merged("F1", "F9")
        self.platform.delete(FIRM, "F2", winner="F9")
        self.report_deletions(FIRM, F1="F9", F2="F9")
        self.exchange()
        self.assertEqual((self.partner("F9"), first.active, second.active), (first, True, True))
        self.assertEqual(self.message("F2").fault_code, "REMOTE_MERGE")

    def test_winner_deleted_in_odoo_before(self):
        partner, other = self.linked_firm("F1"), self.linked_firm("F2")
        other.unlink()
        self.report_deletions(FIRM, F1="F2")
        self.exchange()
        self.assertEqual((self.partner("F2"), partner.active), (partner, True))

    def test_a_person_links_the_one_that_lives(self):
        """The platform did not say into what it was merged: the customer was archived, and comes back."""
        partner = self.linked_firm(vat="IT00743110157")
        self.merged("F1", "F9")
        self.take(FIRM)
        self.report_deletions(FIRM, "F1")
        self.assertFalse(partner.active)
        self.message("F9").action_link(partner.id)
        self.exchange()
        self.assertEqual((self.link("F9").is_primary, partner.active), (True, True))
        self.made_before()
        partner.phone = "+390110000077"
        self.exchange()
        self.assertEqual(self.remote("F9")["phone"], "+390110000077")


@tagged("post_install", "-at_install")
class TestSecondIds(OutboundCase):
    """A secondary link that comes with a record was a record of its own before."""

    def setUp(self):
        super().setUp()
        real = type(self.env["retail.sync.adapter.fake"])._finish_decode

        def with_person(adapter, stream, incoming, row, options):
            real(adapter, stream, incoming, row, options)
            if row.get("person"):
                incoming.secondary_ids.append((PERSON, row["person"]))

        self.patch(type(self.env["retail.sync.adapter.fake"]), "_finish_decode", with_person)

    def converted(self, handling):
        self.connection.remote_merge_handling = handling
        company, contact = self.linked_firm(), self.linked_person(firm="F1", email="kat@example.com")
        self.later_than_odoo()
        self.firm("F1", person="P1", email="kat@example.com")
        self.take(FIRM)
        return company, contact

    def test_asked_about(self):
        company, contact = self.converted("ask")
        self.assertTrue(company.active and contact.active)
        self.assertEqual((self.link("P1").res_id, self.link("P1").is_primary), (contact.id, True))
        task = self.message("P1")
        self.assertEqual(task.fault_code, "REMOTE_MERGE")
        task.action_merge_here()
        self.assertFalse(contact.exists())
        self.assertEqual((self.link("P1").res_id, self.link("P1").is_primary), (company.id, False))

    def test_merged_here_too(self):
        company, contact = self.converted("merge")
        self.assertFalse(contact.exists())
        self.assertEqual((self.link("P1").res_id, self.link("P1").is_primary), (company.id, False))

    def test_noted(self):
        company, contact = self.converted("secondary")
        self.assertFalse(contact.active)
        self.assertEqual(self.link("P1").res_id, company.id)
