from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestMerging(EngineCase):
    """Each side's right to write a field: what both say is merged by rule, never by accident."""

    def both_change(self, remote="remote@example.com", local="odoo@example.com", later="remote"):
        """Bind a firm, then let both sides change its e-mail; return its customer."""
        self.firm("F1", email="agreed@example.com")
        self.take(FIRM)
        partner = self.partner("F1")
        partner.email = local
        if later == "remote":
            self.later_than_odoo()
        self.firm("F1", email=remote)
        self.counters = self.take(FIRM)
        return partner

    def divergent(self):
        return self.link("F1").divergent

    def test_owner_odoo(self):
        self.ownership_rule("email", "odoo")
        partner = self.both_change()
        self.assertEqual(partner.email, "odoo@example.com")
        self.assertEqual(self.divergent(), {"email": "remote@example.com"})
        self.assertEqual(self.counters, {"unchanged": 1})
        self.assertEqual(self.link("F1").state, "in_sync")

    def test_owner_odoo_refuses_a_change_of_the_platform_alone(self):
        self.ownership_rule("email", "odoo")
        self.firm("F1", email="agreed@example.com")
        self.take(FIRM)
        self.later_than_odoo()
        self.firm("F1", email="remote@example.com")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").email, "agreed@example.com")
        self.assertEqual(self.divergent(), {"email": "remote@example.com"})
        self.firm("F1", email="agreed@example.com")
        self.take(FIRM)
        self.assertFalse(self.divergent(), "both say the same again")

    def test_owner_remote(self):
        self.ownership_rule("email", "remote")
        partner = self.both_change(later="odoo")
        self.assertEqual(partner.email, "remote@example.com")
        self.assertFalse(self.divergent())

    def test_shared_only_remote_changed(self):
        self.firm("F1", email="agreed@example.com")
        self.take(FIRM)
        self.firm("F1", email="remote@example.com")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").email, "remote@example.com")

    def test_shared_only_odoo_changed(self):
        self.firm("F1", email="agreed@example.com")
        self.take(FIRM)
        self.partner("F1").email = "odoo@example.com"
        self.later_than_odoo()
        self.firm("F1", phone="+390111234567")
        self.take(FIRM)
        self.assertEqual((self.partner("F1").email, self.partner("F1").phone), ("odoo@example.com", "+390111234567"))
        self.assertEqual(self.divergent(), {"email": "agreed@example.com"})

    def test_overruled_edit_does_not_win_later(self):
        """The platform's losing edit came through as soon as another field of the record was touched."""
        partner = self.both_change(later="odoo")
        self.assertEqual(partner.email, "odoo@example.com")
        self.later_than_odoo()
        self.firm("F1", phone="+390111234567")
        self.take(FIRM)
        self.assertEqual(partner.email, "odoo@example.com")

    def test_most_recent(self):
        self.ownership_rule("email", "shared", "most_recent")
        self.assertEqual(self.both_change(later="remote").email, "remote@example.com")

    def test_most_recent_of_odoo(self):
        self.ownership_rule("email", "shared", "most_recent")
        self.assertEqual(self.both_change(later="odoo").email, "odoo@example.com")
        self.assertEqual(self.divergent(), {"email": "remote@example.com"})

    def test_most_complete(self):
        self.ownership_rule("name", "shared", "most_complete")
        for number, (remote, local) in enumerate((("Rossi Mario Srl", "Rossi"), ("Rossi", "Rossi Mario Srl"))):
            key = f"F{number}"
            self.firm(key, name=f"Firm {number}")
            self.take(FIRM)
            self.partner(key).name = local
            self.firm(key, name=remote)
            self.take(FIRM)
            self.assertEqual(self.partner(key).name, "Rossi Mario Srl")

    def test_restrictive(self):
        self.ownership_rule("email_opt_out", "shared", "restrictive")
        for number, (remote, local) in enumerate(((True, False), (False, True))):
            with self.subTest(remote=remote):
                self.firm(f"F{number}", no_mail=not remote)
                self.take(FIRM)
                partner = self.partner(f"F{number}")
                partner.email_opt_out = local
                self.firm(f"F{number}", no_mail=remote)
                self.take(FIRM)
                self.assertTrue(partner.email_opt_out)

    def test_ask(self):
        self.ownership_rule("website", "shared", "ask")
        self.firm("F1", website="http://agreed.example")
        self.take(FIRM)
        partner = self.partner("F1")
        partner.website = "http://odoo.example"
        self.firm("F1", website="http://remote.example")
        self.take(FIRM)
        self.assertEqual(partner.website, "http://odoo.example", "nothing is written before a person has decided")
        message = self.message("F1")
        self.assertEqual((message.state, message.fault_code, message.fault_class), ("open", "CONFLICT", "conflict"))
        self.assertIn("http://odoo.example", message.conflict_text)
        self.assertIn("http://remote.example", message.conflict_text)
        self.assertEqual((message.res_model, message.res_id), ("res.partner", partner.id))
        self.assertEqual((self.link("F1").state, partner.sync_state), ("attention", "attention"))

    def test_conflict_hides_personal_values(self):
        self.ownership_rule("email", "shared", "ask")
        self.both_change()
        self.assertIn("E-mail", self.message("F1").fault_message)
        self.assertNotIn("odoo@example.com", self.message("F1").fault_message)
        self.assertNotIn("remote@example.com", self.message("F1").fault_message)

    def test_conflict_ends_when_the_sides_agree(self):
        self.ownership_rule("email", "shared", "ask")
        partner = self.both_change()
        partner.email = "remote@example.com"
        self.message("F1").action_retry()
        self.run_jobs()
        self.assertEqual(self.message("F1").state, "done")
        self.assertEqual((self.link("F1").state, self.link("F1").divergent), ("in_sync", False))

    def test_conflict_in_one_field_lets_the_others_through(self):
        self.ownership_rule("email", "shared", "ask")
        self.firm("F1", email="agreed@example.com")
        self.take(FIRM)
        self.partner("F1").email = "odoo@example.com"
        self.firm("F1", email="remote@example.com", website="http://new.example")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").website, "http://new.example")
        self.assertEqual(self.partner("F1").email, "odoo@example.com")

    def test_address_is_one_value(self):
        """Part by part, a parcel would go to a street in the wrong town."""
        self.firm("F1", street="Via Roma 1", city="Torino", country="IT")
        self.take(FIRM)
        partner = self.partner("F1")
        partner.street = "Via Po 2"
        self.later_than_odoo()
        self.firm("F1", street="Corso Dante 9", city="Asti")
        self.take(FIRM)
        self.assertEqual((partner.street, partner.city), ("Corso Dante 9", "Asti"))

    def test_address_is_one_value_when_odoo_wins(self):
        self.firm("F1", street="Via Roma 1", city="Torino", country="IT")
        self.take(FIRM)
        self.partner("F1").city = "Alba"
        self.firm("F1", street="Corso Dante 9")
        self.take(FIRM)
        self.assertEqual((self.partner("F1").street, self.partner("F1").city), ("Via Roma 1", "Alba"))

    def test_parts_of_an_address_that_are_not_shown_stay(self):
        """The mapping reads no state and no second line: what staff entered there is not to be emptied."""
        row = self.firm("F1", street="Via Roma 1", city="Torino", country="IT")
        self.take(FIRM)
        partner = self.partner("F1")
        partner.write({"street2": "Scala B", "state_id": self.env.ref("base.state_it_to").id})
        self.assertNotIn("state", row)
        self.firm("F1", street="Corso Dante 9")
        self.take(FIRM)
        self.assertEqual((partner.street, partner.street2, partner.state_id.code), ("Corso Dante 9", "Scala B", "TO"))

    def test_provenance_keeps_every_field(self):
        """Each applied value keeps where it came from, also when the next change is about another field."""
        self.firm("F1", email="agreed@example.com")
        self.take(FIRM)
        self.firm("F1", email="new@example.com")
        self.take(FIRM)
        self.firm("F1", phone="+390111234567")
        self.take(FIRM)
        provenance = self.link("F1").provenance
        self.assertEqual(
            {name: entry["from"] for name, entry in provenance.items()}, {"email": "remote", "phone": "remote"}
        )
        self.assertTrue(all(entry["why"] and entry["at"] for entry in provenance.values()))

    def test_connections_own_rule_beats_the_general_one(self):
        self.assertEqual(self.env["retail.sync.ownership.rule"]._for(self.connection, "customer")["vat"].owner, "odoo")
        self.ownership_rule("vat", "remote")
        self.assertEqual(
            self.env["retail.sync.ownership.rule"]._for(self.connection, "customer")["vat"].owner, "remote"
        )
        other = self.make_connection(name="Other shop")
        self.assertEqual(self.env["retail.sync.ownership.rule"]._for(other, "customer")["vat"].owner, "odoo")

    def test_rule_of_another_company_does_not_make_a_field_urgent(self):
        rules = self.env["retail.sync.ownership.rule"]
        rule = rules.create(
            {
                "entity": "customer",
                "canonical_field": "website",
                "urgent": True,
                "connection_id": self.connection.id,
                "company_id": self.env["res.company"].create({"name": "Another company"}).id,
            }
        )
        self.assertNotIn("website", rules._urgent(self.connection, "customer"))
        rule.company_id = False
        self.assertIn("website", rules._urgent(self.connection, "customer"))


@tagged("post_install", "-at_install")
class TestFirstMeeting(EngineCase):
    """A customer that both sides knew before they were linked: there is no base to measure against."""

    def meet(self, **remote):
        self.old = self.env["res.partner"].create(
            {"name": "Rossi Srl", "is_company": True, "email": "info@rossi.example", "phone": "+390110000000"}
        )
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", **remote)
        self.assertEqual(self.take(FIRM), {"linked": 1})
        return self.old

    def test_gaps_are_filled(self):
        partner = self.meet(website="http://rossi.example", phone=None)
        self.assertEqual((partner.website, partner.phone), ("http://rossi.example", "+390110000000"))
        self.assertEqual(self.link("F1").rule, "evidence")

    def test_a_blank_of_the_owner_does_not_beat_a_value(self):
        partner = self.meet(vat="IT00743110157")
        self.assertEqual(partner.vat, "IT00743110157")
        self.assertFalse(self.link("F1").divergent)

    def test_conflict_at_once(self):
        self.ownership_rule("phone", "shared", "ask")
        self.assertEqual(self.meet(phone="+390111111111").phone, "+390110000000")
        self.assertEqual((self.link("F1").state, self.message("F1").fault_code), ("attention", "CONFLICT"))
        self.assertEqual(self.message("F1").res_id, self.old.id)

    def test_later_edit_wins(self):
        self.assertEqual(self.meet(phone="+390111111111").phone, "+390110000000")

    def test_later_edit_of_the_platform_wins(self):
        self.later_than_odoo()
        self.assertEqual(self.meet(phone="+390111111111").phone, "+390111111111")
