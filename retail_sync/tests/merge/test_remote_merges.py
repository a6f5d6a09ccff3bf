from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestRemoteMerges(EngineCase):
    """Losers get secondary links to their winner's customer, on a connection that merges no customers for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.remote_merge_handling = "secondary"

    def test_winner_known(self):
        self.firm("F1", city="Torino", street="Via Roma 1", ship_city="Asti")
        self.firm("F2", city="Alba", street="Via Cavour 2")
        self.take(FIRM)
        self.person("P1", firm="F1")
        self.person("P2", firm="F1", street="Via Po 3", city="Bra")
        self.take(PERSON)
        loser, winner = self.partner("F1"), self.partner("F2")
        typed = self.env["res.partner"].create(
            {"name": "Dock", "type": "delivery", "city": "Susa", "parent_id": loser.id}
        )
        self.report_deletions(FIRM, F1="F2")
        link = self.link("F1")
        self.assertEqual((link.res_id, link.is_primary, link.state), (winner.id, False, "merged"))
        self.assertFalse(loser.active)
        self.assertEqual(winner.child_ids, self.partner("P1") | self.partner("P2") | typed)
        self.assertEqual((self.partner("P2").city, typed.type, typed.city), ("Bra", "delivery", "Susa"))
        self.assertEqual((winner.city, winner.active), ("Alba", True))
        self.assertIn(f"into #{winner.id}.", loser.message_ids[0].body)
        self.assertEqual(self.link("F2").state, "in_sync")

    def test_references_to_the_loser_find_the_winner(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.report_deletions(FIRM, F1="F2")
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.assertEqual(self.partner("P1").parent_id, self.partner("F2"))
        self.firm("F1", name="Zombie")
        self.assertEqual(self.take(FIRM), {"excluded": 1})
        self.assertEqual(self.partner("F2").name, "Firm F2")

    def test_chain_in_any_order(self):
        """The secondary link of a loser that loses again pointed at an archived customer."""
        for number, steps in enumerate(([{"A": "B"}, {"B": "C"}], [{"B": "C"}, {"A": "C"}], [{"A": "B", "B": "C"}])):
            with self.subTest(steps=steps):
                names = {letter: f"{letter}{number}" for letter in "ABC"}
                for name in names.values():
                    self.firm(name)
                self.take(FIRM)
                final = self.partner(names["C"])
                for step in steps:
                    self.report_deletions(FIRM, **{names[loser]: names[winner] for loser, winner in step.items()})
                for letter in "AB":
                    self.assertEqual(self.partner(names[letter]), final)
                    self.assertFalse(self.link(names[letter]).is_primary)
                self.assertTrue(self.link(names["C"]).is_primary)

    def test_winner_unknown(self):
        self.firm("F1")
        self.take(FIRM)
        self.assertEqual(self.report_deletions(FIRM, F1="F99"), 1)
        self.assertEqual((self.link("F1").state, self.partner("F1").active), ("merged", True))
        self.assertEqual((self.partner("F99"), self.link("F99").is_primary), (self.partner("F1"), True))

    def test_winner_deleted_in_odoo(self):
        """Contacts were moved under a customer that is no more: the whole poll failed, again and again."""
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.partner("F2").unlink()
        self.report_deletions(FIRM, F1="F2")
        self.assertEqual((self.link("F1").state, self.partner("F1").active), ("merged", True))
        self.assertEqual(self.partner("F2"), self.partner("F1"))
        self.assertEqual((self.partner("P1").active, self.partner("P1").parent_id), (True, self.partner("F1")))

    def test_winner_that_vanished_past_the_orm(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.link("F2").res_id])
        self.env.invalidate_all()
        self.report_deletions(FIRM, F1="F2")
        self.assertEqual((self.link("F1").state, self.partner("F1").active), ("merged", True))
        self.assertEqual(self.partner("F2"), self.partner("F1"))
        self.assertFalse(self.message("F1"))

    def test_loser_that_waits_for_its_parent(self):
        """Its secondary link points at the winner: the deferred parent of the loser is not the winner's."""
        self.person("P1", firm="F1")
        self.person("P2")
        self.take(PERSON)
        self.report_deletions(PERSON, P1="P2")
        self.firm("F1")
        self.take(FIRM)
        self.assertFalse(self.partner("P2").parent_id)

    def test_winner_below_the_loser(self):
        """A merge up the tree: the winner stands two levels below the loser."""
        self.firm("F1")
        self.firm("F2", parent="F1")
        self.firm("F3", parent="F2")
        self.take(FIRM)
        self.report_deletions(FIRM, F1="F3")
        self.assertEqual(self.partner("F1"), self.partner("F3"))
        self.assertEqual(self.link("F1").state, "merged")
        self.assertTrue(self.partner("F2").active)

    def test_winner_is_an_address_of_the_loser(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.partner("F2").write({"parent_id": self.partner("F1").id, "type": "delivery"})
        self.report_deletions(FIRM, F1="F2")
        self.assertEqual((self.link("F1").state, self.partner("F1")), ("merged", self.partner("F2")))
        self.assertFalse(self.message("F1"))

    def test_loser_that_is_a_second_id_only(self):
        """The customer of a secondary link has a record of its own that lives on: it must not be archived."""
        for key in ("F1", "F2", "F3"):
            self.firm(key)
        self.take(FIRM)
        customer = self.partner("F1")
        self.link("F2").write({"res_id": customer.id, "is_primary": False})
        self.report_deletions(FIRM, F2="F3")
        self.assertTrue(customer.active)
        self.assertEqual((self.partner("F1"), self.partner("F2")), (customer, self.partner("F3")))

    def test_refused_merge_harms_no_other_customer(self):
        self.firm("F1")
        self.firm("F2")
        self.firm("F3")
        self.take(FIRM)
        self.person("P1", firm="F1")
        self.take(PERSON)

        real = type(self.env["res.partner"]).write

        def refusing(records, vals):
            if "parent_id" in vals:
                raise ValidationError("No moving today.")  # pylint: disable=translation-required
            return real(records, vals)

        with patch.object(type(self.env["res.partner"]), "write", refusing):
            self.report_deletions(FIRM, "F3", F1="F2")
        self.assertEqual(self.link("F3").state, "deleted")
        message = self.message("F1")
        self.assertEqual((message.state, message.team), ("open", "business"))
        self.assertIn("No moving today", message.fault_message)
