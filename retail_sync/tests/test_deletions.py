from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.retail_sync.services.types import DeletedRef

from .engine_case import EngineCase
from .fake_platform import FIRM, PERSON


class DeletionCase(EngineCase):
    def bury(self, remote_object, *external_ids, **winners):
        """Tell the engine of deletions, and of merges as loser=winner; return the bindings that changed."""
        refs = [DeletedRef(external_id, "2026-01-01") for external_id in external_ids]
        refs += [DeletedRef(loser, "2026-01-01", winner) for loser, winner in winners.items()]
        count = self.env["retail.sync.tombstones"]._bury(self.flow(remote_object), refs)
        self.env.flush_all()
        self.env.invalidate_all()
        return count


@tagged("post_install", "-at_install")
class TestDeletions(DeletionCase):
    """Records that are gone on the platform. Odoo deletes nothing because of it."""

    def test_archive(self):
        self.firm("F1", ship_city="Asti", city="Torino")
        self.firm("F2")
        self.take(FIRM)
        self.assertEqual(self.bury(FIRM, "F1"), 1)
        self.assertFalse(self.partner("F1").active)
        self.assertFalse(self.partners.browse(self.binding("F1", "delivery").res_id).active)
        for slot in ("main", "delivery"):
            binding = self.binding("F1", slot)
            self.assertEqual((binding.state, binding.archived_by_sync), ("deleted", True))
            self.assertTrue(binding.deleted_at)
        self.assertTrue(self.partner("F2").active)
        self.assertEqual(self.partner("F1").sync_state, "deleted")

    def test_keep(self):
        self.firms.delete_policy = "keep"
        self.firm("F1", ship_city="Asti", city="Torino")
        self.take(FIRM)
        self.bury(FIRM, "F1")
        self.assertTrue(self.partner("F1").active)
        self.assertTrue(self.partner("F1").child_ids.active)
        self.assertEqual((self.binding("F1").state, self.binding("F1").archived_by_sync), ("deleted", False))

    def test_seen_twice(self):
        """Windows of deletions overlap: a customer that staff brought back must not be archived again."""
        self.firm("F1")
        self.take(FIRM)
        self.bury(FIRM, "F1")
        self.partner("F1").active = True
        self.assertEqual(self.bury(FIRM, "F1"), 0)
        self.assertTrue(self.partner("F1").active)

    def test_unknown_record(self):
        self.assertEqual(self.bury(FIRM, "F99"), 0)

    def test_undelete(self):
        self.firm("F1", ship_city="Asti", city="Torino")
        self.take(FIRM)
        self.bury(FIRM, "F1")
        self.firm("F1", email="back@example.com")
        self.assertEqual(self.take(FIRM), {"updated": 1})
        partner, binding = self.partner("F1"), self.binding("F1")
        self.assertEqual((partner.active, partner.email), (True, "back@example.com"))
        self.assertTrue(self.partners.browse(self.binding("F1", "delivery").res_id).active)
        self.assertEqual((binding.state, binding.archived_by_sync, binding.deleted_at), ("in_sync", False, False))

    def test_undelete_leaves_what_staff_archived(self):
        self.firm("F1")
        self.take(FIRM)
        self.partner("F1").active = False
        self.bury(FIRM, "F1")
        self.firm("F1", email="back@example.com")
        self.take(FIRM)
        self.assertEqual((self.partner("F1").active, self.binding("F1").state), (False, "in_sync"))

    def test_partner_with_a_login(self):
        """Odoo refuses to archive it. The message about it was closed again in the same breath."""
        self.person("P1")
        self.person("P2")
        self.take(PERSON)
        self.make_user("ada", partner_id=self.partner("P1").id)
        self.bury(PERSON, "P1", "P2")
        self.assertTrue(self.partner("P1").active)
        self.assertFalse(self.partner("P2").active, "the one with a login does not keep the others")
        message = self.message("P1")
        self.assertEqual((message.state, message.fault_code, message.team), ("open", "DELETE_REFUSED", "business"))
        self.assertEqual(message.res_id, self.partner("P1").id)
        self.assertIn("user", message.fault_message)
        self.assertEqual((self.binding("P1").state, self.binding("P1").archived_by_sync), ("deleted", False))
        self.assertFalse(self.message("P2"))

    def test_open_exceptions_end(self):
        self.firm("F1", name="")
        self.take(FIRM)
        self.bury(FIRM, "F1")
        self.assertEqual(self.message("F1").state, "done")

    def test_by_poll(self):
        self.firm("F1")
        self.poll()
        self.platform.delete(FIRM, "F1")
        self.poll()
        self.assertFalse(self.partner("F1").active)
        self.assertEqual(self.firms.deleted_until, str(self.platform.now))
        run = self.env["retail.sync.run"].search([("backend_id", "=", self.backend.id)], limit=1)
        self.assertEqual((run.kind, run.n_deleted), ("poll", 1))


@tagged("post_install", "-at_install")
class TestRemoteMerges(DeletionCase):
    """Losers of a merge become aliases of their winner."""

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
        self.bury(FIRM, F1="F2")
        alias = self.binding("F1")
        self.assertEqual((alias.res_id, alias.is_primary, alias.state), (winner.id, False, "merged"))
        self.assertFalse(loser.active)
        self.assertEqual(winner.child_ids, self.partner("P1") | self.partner("P2") | typed)
        self.assertEqual((self.partner("P2").city, typed.type, typed.city), ("Bra", "delivery", "Susa"))
        self.assertEqual((winner.city, winner.active), ("Alba", True))
        self.assertIn("Firm F2", loser.message_ids[0].body)
        self.assertEqual(self.binding("F2").state, "in_sync")

    def test_references_to_the_loser_find_the_winner(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.bury(FIRM, F1="F2")
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.assertEqual(self.partner("P1").parent_id, self.partner("F2"))
        self.firm("F1", name="Zombie")
        self.assertEqual(self.take(FIRM), {"excluded": 1})
        self.assertEqual(self.partner("F2").name, "Firm F2")

    def test_chain_in_any_order(self):
        """The alias of a loser that loses again pointed at an archived customer."""
        for number, steps in enumerate(([{"A": "B"}, {"B": "C"}], [{"B": "C"}, {"A": "C"}], [{"A": "B", "B": "C"}])):
            with self.subTest(steps=steps):
                names = {letter: f"{letter}{number}" for letter in "ABC"}
                for name in names.values():
                    self.firm(name)
                self.take(FIRM)
                final = self.partner(names["C"])
                for step in steps:
                    self.bury(FIRM, **{names[loser]: names[winner] for loser, winner in step.items()})
                for letter in "AB":
                    self.assertEqual(self.partner(names[letter]), final)
                    self.assertFalse(self.binding(names[letter]).is_primary)
                self.assertTrue(self.binding(names["C"]).is_primary)

    def test_winner_unknown(self):
        self.firm("F1")
        self.take(FIRM)
        self.assertEqual(self.bury(FIRM, F1="F99"), 1)
        self.assertEqual((self.binding("F1").state, self.partner("F1").active), ("deleted", False))

    def test_winner_deleted_in_odoo(self):
        """Contacts were moved under a customer that is no more: the whole poll failed, again and again."""
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.partner("F2").unlink()
        self.bury(FIRM, F1="F2")
        self.assertEqual((self.binding("F1").state, self.partner("F1").active), ("deleted", False))
        self.assertTrue(self.partner("P1").active)

    def test_winner_below_the_loser(self):
        """A merge up the tree: the winner stands two levels below the loser."""
        self.firm("F1")
        self.firm("F2", parent="F1")
        self.firm("F3", parent="F2")
        self.take(FIRM)
        self.bury(FIRM, F1="F3")
        self.assertEqual(self.partner("F1"), self.partner("F3"))
        self.assertEqual(self.binding("F1").state, "merged")
        self.assertTrue(self.partner("F2").active)

    def test_winner_is_an_address_of_the_loser(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.partner("F2").write({"parent_id": self.partner("F1").id, "type": "delivery"})
        self.bury(FIRM, F1="F2")
        self.assertEqual((self.binding("F1").state, self.partner("F1")), ("merged", self.partner("F2")))
        self.assertFalse(self.message("F1"))

    def test_loser_that_is_a_second_id_only(self):
        """The customer behind an alias has a record of its own that lives on: it must not be archived."""
        for key in ("F1", "F2", "F3"):
            self.firm(key)
        self.take(FIRM)
        customer = self.partner("F1")
        self.env["retail.sync.binding"]._repoint("res.partner", self.partner("F2").ids, customer.id)
        self.bury(FIRM, F2="F3")
        self.assertTrue(customer.active)
        self.assertEqual((self.partner("F1"), self.partner("F2")), (customer, self.partner("F3")))

    def test_refused_merge_harms_nobody_else(self):
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
            self.bury(FIRM, "F3", F1="F2")
        self.assertEqual(self.binding("F3").state, "deleted")
        message = self.message("F1")
        self.assertEqual((message.state, message.team), ("open", "business"))
        self.assertIn("No moving today", message.fault_message)
