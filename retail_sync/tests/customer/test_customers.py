from itertools import permutations
from unittest.mock import patch

from odoo.tests import tagged

from ...models.links import deferred_references
from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON

TORINO = {"street": "Via Roma 1", "city": "Torino", "zip": "10121", "country": "IT"}
ASTI = {"street": "Corso Dante 9", "city": "Asti", "zip": "14100", "country": "IT"}


@tagged("post_install", "-at_install")
class TestHierarchy(EngineCase):
    """Parents and children, in whatever order they come."""

    def test_family_in_one_page_in_any_order(self):
        for number, order in enumerate(permutations(("top", "middle", "leaf"))):
            with self.subTest(order=order):
                ids = {name: f"{name}{number}" for name in order}
                parents = {"top": None, "middle": ids["top"], "leaf": ids["middle"]}
                for name in order:
                    self.firm(ids[name], parent=parents[name])
                self.assertEqual(self.take(FIRM), {"created": 3})
                self.assertEqual(self.partner(ids["leaf"]).parent_id, self.partner(ids["middle"]))
                self.assertEqual(self.partner(ids["middle"]).parent_id, self.partner(ids["top"]))
                self.assertFalse(self.link(ids["leaf"]).waits_for)

    def test_family_in_one_page_needs_no_second_pass(self):
        self.firm("F2", parent="F1")
        self.firm("F1")
        with patch.object(deferred_references, "link", lambda *args, **kwargs: 0):
            self.take(FIRM)
        self.assertEqual(self.partner("F2").parent_id, self.partner("F1"))

    def test_deferred_parent(self):
        self.person("P1", firm="F1")
        self.person("P2", firm="F1")
        self.take(PERSON)
        self.assertEqual(self.link("P1").waits_for, "Firm/F1")
        self.assertFalse(self.partner("P1").parent_id)
        self.firm("F1")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").child_ids, self.partner("P1") | self.partner("P2"))
        self.assertFalse(self.link("P1").waits_for)

    def test_deferred_parents_are_looked_up_together(self):
        partners, counts = type(self.env["res.partner"]), []
        for ids in (range(1), range(1, 5)):
            for number in ids:
                self.person(f"P{number}", firm=f"F{number}")
                self.firm(f"F{number}")
            self.take(PERSON)
            with patch.object(partners, "exists", autospec=True, side_effect=partners.exists) as exists:
                self.take(FIRM)
            counts.append(exists.call_count)
        self.assertEqual(self.partner("P4").parent_id, self.partner("F4"))
        self.assertEqual(counts[0], counts[1])

    def test_deferred_parent_does_not_take_an_address(self):
        self.person("P1", firm="F1", **ASTI)
        self.person("P2", firm="F1")
        self.take(PERSON)
        self.firm("F1", **TORINO)
        self.take(FIRM)
        self.assertEqual((self.partner("P1").type, self.partner("P1").city), ("other", "Asti"))
        self.assertEqual((self.partner("P2").type, self.partner("P2").city), ("contact", "Torino"))

    def test_parent_that_two_pages_could_not_see(self):
        """Two pages at work at once do not see each other's records: the sweeper links what they left."""
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.firm("F1")
        with patch.object(deferred_references, "link", lambda *args, **kwargs: 0):
            self.take(FIRM)
        self.assertFalse(self.partner("P1").parent_id)
        self.connection._cron_deferred_references()
        self.assertEqual(self.partner("P1").parent_id, self.partner("F1"))

    def test_circle_is_broken_and_harms_no_other_customer(self):
        self.person("P1", firm="F2")
        self.take(PERSON)
        self.firm("F1", parent="F2")
        self.firm("F2", parent="F1")
        self.firm("F3", parent="F1")
        self.firm("F4", parent="F4")
        self.assertEqual(self.take(FIRM), {"created": 4})
        first, second = self.partner("F1"), self.partner("F2")
        self.assertEqual(len({first.parent_id == second, second.parent_id == first}), 2, "one way, and not the other")
        self.assertEqual(self.partner("F3").parent_id, first)
        self.assertEqual(self.partner("P1").parent_id, second)
        self.assertFalse(self.partner("F4").parent_id)

    def test_circle_does_not_block_later_changes(self):
        self.firm("F1", parent="F2")
        self.firm("F2", parent="F1")
        self.take(FIRM)
        for external_id in ("F1", "F2"):
            self.firm(external_id, name=f"New {external_id}")
        self.assertEqual(self.take(FIRM), {"updated": 2})
        self.assertEqual(self.partner("F1").name, "New F1")
        self.assertEqual(self.partner("F2").name, "New F2")
        looped = self.link("F1") | self.link("F2")
        self.assertIn("circle", "\n".join(text for text in looped.mapped("warning_text") if text))

    def test_parent_changes_and_goes(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.person("P1", firm="F2")
        self.take(PERSON)
        self.assertEqual(self.partner("P1").parent_id, self.partner("F2"))
        self.person("P1", firm="F9")
        self.take(PERSON)
        self.assertEqual(self.link("P1").waits_for, "Firm/F9")
        self.firm("F9")
        self.take(FIRM)
        self.assertEqual(self.partner("P1").parent_id, self.partner("F9"))
        self.person("P1", firm=None)
        self.take(PERSON)
        self.assertFalse(self.partner("P1").parent_id)

    def test_a_language_that_the_platform_states_survives_another_parent(self):
        """Odoo gives a child its new parent's language: the platform would lose its own."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.firm("F1", language="de_DE")
        self.firm("F2", language="en_US")
        self.firm("F3", parent="F1", language="de_DE")
        self.firm("F4", parent="F1")
        self.firm("F5", parent="F9", language="de_DE")
        self.take(FIRM)
        self.firm("F3", parent="F2", language="de_DE")
        self.firm("F4", parent="F2")
        self.firm("F9", language="en_US")
        self.take(FIRM)
        self.assertEqual(self.partner("F3").parent_id, self.partner("F2"))
        self.assertEqual(self.partner("F5").parent_id, self.partner("F9"))
        self.assertEqual((self.partner("F3").lang, self.partner("F5").lang), ("de_DE", "de_DE"))
        self.assertEqual(self.partner("F4").lang, "en_US", "who states none has the company's")

    def test_a_move_in_odoo_leaves_a_language_that_the_platform_states(self):
        """The move was taken back, the language was not: it had gone out as an edit. Seen when workers were killed."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.firm("F1", language="en_US")
        self.firm("F2")
        self.firm("F3", language="de_DE")
        self.firm("F4")
        self.take(FIRM)
        moved = self.partner("F3") + self.partner("F4")
        self.partner("F4").lang = "de_DE"
        moved.write({"parent_id": self.partner("F1").id})
        self.assertEqual(self.partner("F3").lang, "de_DE")
        self.assertEqual(self.partner("F4").lang, "en_US", "who states none has the company's")
        moved.write({"parent_id": self.partner("F2").id, "lang": "en_US"})
        self.assertEqual(self.partner("F3").lang, "en_US", "what a person chooses is an edit")

    def test_parent_deleted_in_odoo_is_no_parent(self):
        self.firm("F1")
        self.take(FIRM)
        self.partner("F1").unlink()
        self.person("P1", firm="F1")
        self.assertEqual(self.take(PERSON), {"created": 1})
        self.assertFalse(self.partner("P1").parent_id)


@tagged("post_install", "-at_install")
class TestOwnAddress(EngineCase):
    """Odoo gives a 'contact' its parent's address, in both directions. No contact may lose its own address that way."""

    def family(self, **address):
        self.firm("F1", **TORINO)
        self.take(FIRM)
        self.person("P1", firm="F1", **address)
        self.take(PERSON)
        return self.partner("P1")

    def test_new_contact(self):
        for address, expected in (
            (ASTI, ("other", "Asti")),
            (TORINO, ("contact", "Torino")),
            ({}, ("contact", "Torino")),
        ):
            with self.subTest(city=address.get("city")):
                contact = self.family(**address)
                self.assertEqual((contact.type, contact.city), expected)
                self.assertEqual(self.partner("F1").city, "Torino")
                self.env["retail.sync.link"].search([("external_id", "=", "P1")]).unlink()
                contact.unlink()

    def test_branch_keeps_its_own(self):
        self.firm("F1", **TORINO)
        self.firm("F2", parent="F1", **ASTI)
        self.take(FIRM)
        self.assertEqual((self.partner("F2").city, self.partner("F1").city), ("Asti", "Torino"))
        self.firm("F2", city="Alba")
        self.take(FIRM)
        self.assertEqual((self.partner("F2").city, self.partner("F1").city), ("Alba", "Torino"))

    def test_contact_gets_an_own_one_later(self):
        contact = self.family()
        self.person("P1", **ASTI)
        self.take(PERSON)
        self.assertEqual((contact.type, contact.city, self.partner("F1").city), ("other", "Asti", "Torino"))
        self.person("P1", **TORINO)
        self.take(PERSON)
        self.assertEqual((contact.type, contact.city), ("contact", "Torino"))

    def test_company_moves(self):
        """Core wrote the new address into every contact, also into those whose record names another."""
        elsewhere, same, none = self.family(**ASTI), None, None
        self.person("P2", firm="F1", **TORINO)
        self.person("P3", firm="F1")
        self.take(PERSON)
        same, none = self.partner("P2"), self.partner("P3")
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.partner("F1").id})
        self.firm("F1", street="Via Po 2", city="Moncalieri", zip="10024")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").city, "Moncalieri")
        self.assertEqual([contact.city for contact in (elsewhere, same)], ["Asti", "Torino"])
        self.assertEqual([contact.city for contact in (none, clerk)], ["Moncalieri", "Moncalieri"])

    def test_contact_changes_company(self):
        """A contact of type 'contact' was given the address of its new company, though its record keeps its own."""
        contact = self.family(**TORINO)
        self.firm("F2", **ASTI)
        self.take(FIRM)
        self.person("P1", firm="F2")
        self.take(PERSON)
        self.assertEqual((contact.parent_id, contact.city), (self.partner("F2"), "Torino"))
        self.person("P1", firm="F1", **ASTI)
        self.take(PERSON)
        self.assertEqual((contact.parent_id, contact.city), (self.partner("F1"), "Asti"))
        self.assertEqual((self.partner("F1").city, self.partner("F2").city), ("Torino", "Asti"))

    def test_contact_without_address_changes_company(self):
        contact = self.family()
        self.firm("F2", **ASTI)
        self.take(FIRM)
        self.person("P1", firm="F2")
        self.take(PERSON)
        self.assertEqual((contact.parent_id, contact.city, contact.type), (self.partner("F2"), "Asti", "contact"))

    def test_reading_again_writes_nothing(self):
        self.family()
        self.person("P2", firm="F1", **TORINO)
        self.person("P3", firm="F1", **ASTI)
        self.take(PERSON)
        for external_id in ("P1", "P2", "P3"):
            self.person(external_id, title="Buyer")
        self.take(PERSON)
        self.assertEqual(
            [(self.partner(f"P{n}").type, self.partner(f"P{n}").city) for n in (1, 2, 3)],
            [("contact", "Torino"), ("contact", "Torino"), ("other", "Asti")],
        )
