from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestCustomerValues(EngineCase):
    """What Odoo does not know is said on the link, and costs nothing that was known before."""

    def remarks(self, external_id="F1"):
        return self.link(external_id).warning_text or ""

    def test_state_by_code_and_by_name(self):
        self.firm("F1", state="TO", country="IT")
        self.firm("F2", state="torino", country="Italia")
        self.firm("F3", state="TO", country="US")
        self.take(FIRM)
        torino = self.env.ref("base.state_it_to")
        self.assertEqual([self.partner(key).state_id for key in ("F1", "F2")], [torino, torino])
        self.assertNotEqual(self.partner("F3").state_id, torino)

    def test_unknown_state(self):
        self.firm("F1", state="Atlantis", country="IT", city="Torino")
        self.assertEqual(self.take(FIRM), {"created": 1})
        self.assertEqual((self.partner("F1").city, self.partner("F1").state_id.id), ("Torino", False))
        self.assertIn("Atlantis", self.remarks())
        self.assertTrue(self.link("F1").has_warnings)

    def test_unknown_country_leaves_the_known_one(self):
        self.firm("F1", country="IT", city="Torino")
        self.take(FIRM)
        self.firm("F1", country="Itlay")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").country_id.code, "IT")
        self.assertEqual(self.partner("F1").city, "Torino")
        self.assertIn("Itlay", self.remarks())
        self.firm("F1", country="IT")
        self.take(FIRM)
        self.assertFalse(self.link("F1").has_warnings, "a remark goes with its cause")

    def test_language(self):
        self.firm("F1", language="en")
        self.firm("F2", language="xx-YY")
        self.firm("F3", language="de")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").lang, "en_US")
        self.assertIn("xx-YY", self.remarks("F2"))
        self.assertIn("de", self.remarks("F3"), "German is not installed")
        self.partner("F1").lang = False
        self.assertNotEqual(self.partner("F3").lang, "de_DE")

    def test_unknown_language_leaves_the_known_one(self):
        self.firm("F1", language="en")
        self.take(FIRM)
        self.firm("F1", language="de")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").lang, "en_US")

    def test_owner(self):
        seller = self.make_user("seller", email="seller@shop.example")
        self.make_user("portal_user", email="portal@shop.example", share=True)
        self.firm("F1", owner="Seller@shop.example")
        self.firm("F2", owner="gone@shop.example")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").user_id, seller)
        self.assertFalse(self.partner("F2").user_id)
        # Which owner is no user is asked once for all records, not remarked on each.
        self.assertEqual(self.remarks("F2"), "")
        self.firm("F1", owner="gone@shop.example")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").user_id, seller, "an unknown owner replaces no salesperson")
        self.firm("F1", owner=None)
        self.take(FIRM)
        self.assertFalse(self.partner("F1").user_id)

    def test_opt_outs_are_never_cleared(self):
        self.firm("F1", no_mail=True, no_calls=False)
        self.take(FIRM)
        partner = self.partner("F1")
        self.assertEqual((partner.email_opt_out, partner.phone_opt_out), (True, False))
        self.later_than_odoo()
        self.firm("F1", no_mail=False, no_calls=True)
        self.take(FIRM)
        self.assertEqual((partner.email_opt_out, partner.phone_opt_out), (True, True))
        self.assertEqual(self.link("F1").divergent, {"email_opt_out": False})
        self.firm("F1", no_mail=None, no_calls=None)
        self.take(FIRM)
        self.assertEqual((partner.email_opt_out, partner.phone_opt_out), (True, True))

    def test_opt_out_set_in_odoo(self):
        self.firm("F1", no_mail=False)
        self.take(FIRM)
        self.partner("F1").email_opt_out = True
        self.later_than_odoo()
        self.firm("F1", email="new@example.com")
        self.take(FIRM)
        self.assertTrue(self.partner("F1").email_opt_out)

    def test_notes(self):
        self.firm("F1", notes="Pays <late>\nCall first")
        self.take(FIRM)
        comment = self.partner("F1").comment
        self.assertIn("Pays &lt;late&gt;", comment)
        self.firm("F1", email="new@example.com")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").comment, comment)
        self.assertFalse(self.link("F1").divergent, "mark-up that Odoo adds is no difference")
        self.firm("F1", notes=None)
        self.take(FIRM)
        self.assertFalse(self.partner("F1").comment)

    def test_script_in_notes_stays_text(self):
        self.firm("F1", notes="<script>alert(1)</script>hello")
        self.take(FIRM)
        self.assertNotIn("<script", self.partner("F1").comment)

    def test_bad_tax_id_and_phone_do_not_stop_a_record(self):
        self.firm("F1", vat="n/a", phone="call me", country="IT")
        self.assertEqual(self.take(FIRM), {"created": 1})
        self.assertEqual((self.partner("F1").vat, self.partner("F1").phone), (False, "call me"))
        self.assertTrue(self.link("F1").has_warnings)

    def test_phone_in_international_form(self):
        self.firm("F1", phone="011 1234567", country="IT")
        self.firm("F2", phone="030 901820", country="DE")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").phone, "+390111234567")
        self.assertEqual(self.partner("F2").phone, "+4930901820")

    def test_company_of_the_connection(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.connection.user_id.company_ids += company
        self.connection.company_id = company
        self.firm("F1", ship_city="Asti")
        self.take(FIRM)
        self.assertEqual(self.partner("F1").company_id, company)
        self.assertEqual(self.partner("F1").child_ids.company_id, company)
