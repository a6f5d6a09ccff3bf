from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.customer.internal_partners import internal_ids
from ...models.merge import from_platform
from ...models.review import bulk_answer
from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestInternalPartners(EngineCase):
    """No platform links to the partner of an internal user or of an own company, or changes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("gwendoline", "group_operator")
        cls.colleague = cls.user.partner_id
        cls.colleague.write({"name": "Gwendoline Staffson", "email": "gwen@shop.example", "phone": "+39 347 1112223"})
        cls.company = cls.env["res.company"].create({"name": "Own Shop Srl"}).partner_id
        cls.company.write({"email": "info@own-shop.example", "vat": "IT00743110157", "is_company": True})

    def gwen(self, external_id="P1", **values):
        shared = {"email": "gwen@shop.example", "phone": "+39 347 1112223"}
        return self.person(external_id, **{"name": "Gwendoline Staffson", **shared, **values})

    def assertReviewed(self, external_id, partner):
        message = self.message(external_id)
        self.assertEqual(
            (message.state, message.fault_code, message.asked_rule), ("review", "INTERNAL_PARTNER", "internal")
        )
        self.assertIn(partner.id, [found["id"] for found in message.candidates])
        self.assertFalse(self.link(external_id))
        return message

    def linked(self, external_id, partner, remote_object=PERSON):
        """Link a customer who becomes a colleague, or a company that becomes an own one, right after it."""
        logins, companies = partner.with_context(active_test=False).user_ids, partner.ref_company_ids
        place = self.env["res.partner"].create({"name": "Someone else"})
        logins.partner_id, companies.partner_id = place, place
        link = self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.stream(remote_object).id,
                "remote_object": remote_object,
                "external_id": external_id,
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )
        logins.partner_id, companies.partner_id = partner, partner
        self.env.flush_all()
        return link

    def test_who_is_internal(self):
        portal = self.env["res.users"].create(
            {"name": "P", "login": "portal-x", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)]}
        )
        address = self.env["res.partner"].create({"name": "Dock", "parent_id": self.company.id, "type": "delivery"})
        customer = self.env["res.partner"].create({"name": "Customer"})
        system = self.env.ref("base.user_root").partner_id
        partners = self.colleague + self.company + address + customer + portal.partner_id + system
        found = internal_ids(self.env, partners.ids)
        self.assertEqual(found, set((self.colleague + self.company + address + system).ids))
        self.user.active = False
        self.assertIn(self.colleague.id, internal_ids(self.env, partners.ids), "the user may be activated again")
        self.user.active = True
        self.user.group_ids = self.env.ref("base.group_portal")
        self.assertNotIn(self.colleague.id, internal_ids(self.env, partners.ids))

    def test_neither_a_colleague_nor_an_own_company_is_linked(self):
        self.gwen()
        self.assertEqual(self.take(PERSON), {"review": 1})
        self.assertReviewed("P1", self.colleague)
        self.firm("F1", name="Own Shop Srl", vat="IT00743110157", email="info@own-shop.example")
        self.assertEqual(self.take(FIRM), {"review": 1})
        self.assertReviewed("F1", self.company)

    def test_a_record_that_carries_the_id_of_a_colleague_is_not_linked(self):
        self.gwen(odoo_id=str(self.colleague.id))
        self.take(PERSON)
        self.assertFalse(self.link("P1"))
        self.assertReviewed("P1", self.colleague)

    def test_no_person_links_it_either_and_a_new_customer_can_be_created(self):
        self.gwen()
        self.take(PERSON)
        message = self.message("P1")
        with self.assertRaisesRegex(UserError, "internal user"):
            message.action_link(self.colleague.id)
        seen = bulk_answer.as_seen(message)
        done, skipped = bulk_answer.answer_all(self.env, "link", message, seen)
        self.assertEqual((len(done), skipped), (0, {"no_customer_access": 1}))
        self.take(PERSON, rows=self.platform.since(PERSON, 0), decision="create")
        self.assertTrue(self.partner("P1"))
        self.assertNotEqual(self.partner("P1"), self.colleague)

    def test_a_linked_customer_who_became_a_colleague_is_not_written(self):
        self.linked("P1", self.colleague)
        self.gwen(email="stranger@elsewhere.example", active=False)
        self.assertEqual(self.take(PERSON), {"failed": 1})
        self.assertEqual((self.user.email, self.colleague.active), ("gwen@shop.example", True))
        self.assertEqual(self.message("P1").fault_code, "INTERNAL_PARTNER")

    def test_one_colleague_holds_back_no_other_record_of_the_page(self):
        self.linked("P1", self.colleague)
        self.gwen(email="stranger@elsewhere.example")
        self.person("P2", name="Other Person", email="other@elsewhere.example")
        self.assertEqual(self.take(PERSON), {"failed": 1, "created": 1})

    def test_a_deletion_on_the_platform_does_not_archive_a_colleague(self):
        self.linked("P1", self.colleague)
        self.persons.delete_policy = "archive"
        self.report_deletions(PERSON, "P1")
        self.assertTrue(self.colleague.active)

    def test_no_record_comes_under_an_own_company(self):
        self.linked("F1", self.company, FIRM)
        self.person("P2", name="Other Person", firm="F1")
        self.take(PERSON)
        self.assertTrue(self.partner("P2"))
        self.assertFalse(self.partner("P2").parent_id)

    def test_a_merge_on_the_platform_leaves_a_colleague_alone(self):
        customer = self.env["res.partner"].create({"name": "Gwendoline S.", "email": "private@elsewhere.example"})
        loser, winner = self.linked("P1", self.colleague), self.linked("P2", customer)
        self.connection.remote_merge_handling = "merge"
        self.assertTrue(from_platform.follow(self.env, self.persons, loser, winner))
        self.assertTrue(self.colleague.exists() and customer.exists())
        self.assertEqual(self.user.partner_id, self.colleague)

    def test_likeness_of_names_holds_no_record_of_one_platform_back(self):
        for number, city in enumerate(("Kiel", "Ulm", "Bonn", "Trier"), 1):
            self.firm(f"F{number}", name="Smith Household", city=city)
        self.assertEqual(self.take(FIRM), {"created": 4})
        self.firm("F5", name="Smith Household")
        self.assertEqual(self.take(FIRM), {"created": 1})
        self.firm("F6", name="Smith Household", city="Kiel", phone="+49 431 1234567")
        self.firm("F7", name="Smith Household", city="Kiel", phone="+49 431 1234567")
        self.assertEqual(self.take(FIRM), {"created": 1, "review": 1})
