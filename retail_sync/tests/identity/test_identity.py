from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.inbound import intake
from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON

VAT = "IT00743110157"


@tagged("post_install", "-at_install")
class TestIdentity(EngineCase):
    """Each unknown record gets one decision, with its reason, before anything is created."""

    def old(self, name="Rossi Srl", **values):
        return self.env["res.partner"].create({"name": name, "is_company": True, **values})

    def assertLinked(self, external_id, partner, rule):
        self.assertEqual((self.partner(external_id), self.link(external_id).rule), (partner, rule))
        self.assertTrue(self.link(external_id).reason)

    def assertReview(self, external_id, code, *candidates):
        message = self.message(external_id)
        self.assertEqual((message.state, message.fault_code), ("review", code))
        self.assertEqual([found["id"] for found in message.candidates or []], [partner.id for partner in candidates])
        self.assertFalse(self.link(external_id))
        return message

    def test_tax_id_and_name(self):
        for stored in (VAT, "00743110157", "it 00743.110-157"):
            with self.subTest(stored=stored):
                partner = self.old("ROSSI S.R.L.", vat=stored)
                self.firm(f"F-{stored}", name="Rossi Srl", vat=VAT)
                self.assertEqual(self.take(FIRM), {"linked": 1})
                self.assertLinked(f"F-{stored}", partner, "evidence")
                partner.active = False

    def test_tax_id_and_another_name(self):
        partner = self.old("Bianchi Spa", vat=VAT)
        self.firm("F1", name="Rossi Srl", vat=VAT)
        self.assertEqual(self.take(FIRM), {"review": 1})
        message = self.assertReview("F1", "POSSIBLE_DUPLICATE", partner)
        self.assertIn("Bianchi Spa", message.candidate_text)
        self.assertEqual(message.team, "business")

    def test_email_and_name(self):
        partner = self.old(email="Info@Rossi.example")
        self.firm("F1", name="rossi srl", email="info@rossi.example")
        self.take(FIRM)
        self.assertLinked("F1", partner, "evidence")

    def test_email_alone_is_no_proof(self):
        self.old("Bianchi Spa", email="info@rossi.example")
        self.firm("F1", name="Rossi Srl", email="info@rossi.example")
        self.assertEqual(self.take(FIRM), {"created": 1})

    def test_phone_and_name(self):
        partner = self.old(phone="011 123 4567")
        self.firm("F1", name="Rossi Srl", phone="+39 011 1234567")
        self.take(FIRM)
        self.assertLinked("F1", partner, "evidence")

    def test_name_alone_needs_a_review(self):
        partner = self.old()
        self.firm("F1", name="Rossi Srl")
        self.assertEqual(self.take(FIRM), {"review": 1})
        self.assertReview("F1", "POSSIBLE_DUPLICATE", partner)

    def test_another_tax_id_is_another_customer(self):
        self.old(email="info@rossi.example", vat="IT12345670017")
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", vat=VAT)
        self.assertEqual(self.take(FIRM), {"created": 1})

    def test_tie(self):
        first = self.old(vat=VAT, email="info@rossi.example")
        second = self.old(vat="IT12345670017", phone="011 123 4567")
        self.firm("F1", name="Rossi Srl", phone="+39 011 1234567", email="info@rossi.example")
        self.assertEqual(self.take(FIRM), {"review": 1})
        self.assertReview("F1", "POSSIBLE_DUPLICATE", first, second)

    def test_two_customers_that_are_one_are_no_tie(self):
        """The base holds a duplicate already: the record is linked to the fuller of the two."""
        self.old(email="info@rossi.example")
        fuller = self.old(vat=VAT, email="info@rossi.example")
        self.firm("F1", name="Rossi Srl", vat=VAT, email="info@rossi.example")
        self.take(FIRM)
        self.assertLinked("F1", fuller, "survivor")

    def test_equal_records_in_a_page(self):
        self.firm("F2", name="Rossi Srl", email="info@rossi.example")
        self.firm("F1", name="Rossi Srl", email="info@rossi.example")
        self.assertEqual(self.take(FIRM), {"created": 1, "review": 1})
        self.assertReview("F2", "TWIN", self.partner("F1"))

    def test_already_bound(self):
        self.firm("F1", name="Rossi Srl", email="info@rossi.example")
        self.take(FIRM)
        self.firm("F2", name="Rossi Srl", email="info@rossi.example")
        self.assertEqual(self.take(FIRM), {"review": 1})
        self.assertReview("F2", "POSSIBLE_DUPLICATE", self.partner("F1"))

    def test_two_of_a_page_for_one_customer(self):
        partner = self.old(vat=VAT, email="info@rossi.example")
        self.firm("F1", name="Rossi Srl", vat=VAT)
        self.firm("F2", name="Rossi Srl", email="info@rossi.example")
        self.assertEqual(self.take(FIRM), {"linked": 1, "review": 1})
        self.assertLinked("F1", partner, "evidence")
        self.assertReview("F2", "TWIN", partner)

    def test_customer_made_in_the_same_transaction(self):
        """Columns that were not flushed yet were read as empty: the head office of the stream before was no
        candidate.
        """
        partner = self.old(vat=VAT)
        self.assertTrue(partner.commercial_partner_id)
        rows = [self.firm("F1", name="Rossi Srl", vat=VAT)]
        run = self.make_run(FIRM, "poll")
        self.env["res.partner"].with_context(tracking_disable=True).create(
            {"name": "Neri Srl", "is_company": True, "vat": "IT12345670017"}
        )
        rows.append(self.firm("F2", name="Neri Srl", vat="IT12345670017"))
        counters = intake.process(self.env, self.firms, rows, run)
        self.assertEqual(counters["n_linked"], 2)

    def test_colleague_of_that_company_first(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        here, there = (
            self.env["res.partner"].create(
                {"name": "Ada Neri", "email": "ada@neri.example", "parent_id": self.partner(key).id}
            )
            for key in ("F1", "F2")
        )
        there.active = False
        self.person("P1", name="Ada Neri", email="ada@neri.example", firm="F1")
        self.person("P2", name="Ada Neri", email="ada@neri.example", firm="F9")
        self.take(PERSON)
        self.assertLinked("P1", here, "evidence")
        self.assertEqual(self.message("P2").state, "review", "its company is not here yet")

    def test_archived_customers_are_no_candidates(self):
        self.old(vat=VAT, active=False)
        self.firm("F1", name="Rossi Srl", vat=VAT)
        self.assertEqual(self.take(FIRM), {"created": 1})

    def test_other_connections_link_is_no_obstacle(self):
        partner = self.old(vat=VAT)
        other = self.make_connection(name="Other shop")
        self.env["retail.sync.link"].create(
            {
                "connection_id": other.id,
                "remote_object": FIRM,
                "external_id": "X1",
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )
        self.firm("F1", name="Rossi Srl", vat=VAT)
        self.take(FIRM)
        self.assertLinked("F1", partner, "evidence")

    def test_carried_odoo_id(self):
        partner, taken = self.old("Someone else"), self.old("Taken")
        self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "remote_object": FIRM,
                "external_id": "F0",
                "res_model": "res.partner",
                "res_id": taken.id,
            }
        )

        def finish(adapter, stream, incoming, row, options):
            incoming.local_ref = row.get("odoo_id")

        self.firm("F1", odoo_id=str(partner.id))
        self.firm("F2", odoo_id=str(taken.id))
        self.firm("F3", odoo_id="999999999")
        self.firm("F4", odoo_id="nonsense")
        with patch.object(type(self.env["retail.sync.adapter.fake"]), "_finish_decode", finish):
            self.assertEqual(self.take(FIRM), {"linked": 1, "created": 3})
        self.assertLinked("F1", partner, "external_id")
        self.assertNotEqual(self.partner("F2"), taken)

    def test_stream_that_asks_first(self):
        self.firms.create_policy = "review"
        partner = self.old(vat=VAT)
        self.firm("F1", name="Rossi Srl", vat=VAT)
        self.firm("F2", name="Verdi Spa")
        self.assertEqual(self.take(FIRM), {"linked": 1, "review": 1})
        self.assertLinked("F1", partner, "evidence")
        message = self.assertReview("F2", "NEW_RECORD")
        message.action_create_new()
        self.run_jobs()
        self.assertEqual((message.state, self.partner("F2").name), ("done", "Verdi Spa"))


@tagged("post_install", "-at_install")
class TestDecisions(EngineCase):
    """What a steward decides is done, and stays done."""

    def setUp(self):
        super().setUp()
        self.old = self.env["res.partner"].create({"name": "Bianchi Spa", "is_company": True, "vat": VAT})
        self.firm("F1", name="Rossi Srl", vat=VAT, website="http://rossi.example")
        self.take(FIRM)

    def test_link(self):
        self.message("F1").action_link(self.old.id)
        self.run_jobs()
        link = self.link("F1")
        self.assertEqual((self.partner("F1"), link.rule, link.state), (self.old, "person", "in_sync"))
        self.assertEqual(self.old.website, "http://rossi.example")
        self.assertEqual(self.message("F1").state, "done")
        self.assertTrue(link.content_hash)

    def test_link_as_second_id(self):
        self.firm("F0", name="Bianchi Spa", vat=VAT)
        self.take(FIRM)
        self.assertEqual(self.partner("F0"), self.old)
        self.message("F1").action_link(self.old.id)
        self.run_jobs()
        link = self.link("F1")
        self.assertEqual((link.res_id, link.is_primary, link.state), (self.old.id, False, "merged"))
        self.assertEqual(self.message("F1").state, "done")
        self.assertFalse(self.old.website, "a second id is known, and writes nothing")
        self.firm("F1", website="http://other.example")
        self.assertEqual(self.take(FIRM), {"excluded": 1})

    def test_children_waited_for_the_decision(self):
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.assertFalse(self.partner("P1").parent_id)
        self.message("F1").action_link(self.old.id)
        self.run_jobs()
        self.assertEqual(self.partner("P1").parent_id, self.old)

    def test_create(self):
        self.message("F1").action_create_new()
        self.run_jobs()
        self.assertEqual((self.partner("F1").name, self.link("F1").rule), ("Rossi Srl", "person"))
        self.assertNotEqual(self.partner("F1"), self.old)
        self.assertEqual(self.message("F1").state, "done")

    def test_link_to_a_deleted_customer(self):
        gone = self.old.id
        self.old.unlink()
        with self.assertRaises(UserError):
            self.message("F1").action_link(gone)
        self.assertEqual(self.message("F1").state, "review")

    def test_decided_twice(self):
        self.message("F1").action_create_new()
        self.run_jobs()
        with self.assertRaises(UserError):
            self.message("F1").action_create_new()
