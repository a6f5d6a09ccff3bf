from odoo.tests import tagged

from ..fake_platform import FIRM
from ..outbound_case import SHOWN_EMPTY, OutboundCase

ITALIAN = "+39021234567"
PLACE = {**dict.fromkeys(SHOWN_EMPTY), "phone": "02 1234567", "city": "Milano"}


@tagged("post_install", "-at_install")
class TestMovesAbroad(OutboundCase):
    """A customer moves to another country: a number that the platform keeps without its calling code is still the same.

    It was read in the new country, and a wrong number replaced the right one in Odoo.
    """

    def setUp(self):
        super().setUp()
        self.customer = self.linked_firm("F1", **{**PLACE, "country": "IT"})
        self.assertEqual(self.customer.phone, ITALIAN)
        self.later_than_odoo()

    def edit_there(self, **values):
        self.firm("F1", **values)
        self.take(FIRM)
        self.env.invalidate_all()

    def differences(self):
        comparison = self.env["retail.sync.comparison"]._begin(self.firms)
        self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual(comparison.state, "done", comparison.message)
        return comparison.difference_ids.mapped("names")

    def test_on_the_platform(self):
        self.edit_there(country="DE")
        self.assertEqual((self.customer.country_id.code, self.customer.phone), ("DE", ITALIAN))
        # For good: with the country, the number was agreed on anew.
        self.edit_there(email="office@moved.example")
        self.assertEqual((self.customer.email, self.customer.phone), ("office@moved.example", ITALIAN))
        self.send()
        self.assertEqual(self.remote("F1")["phone"], PLACE["phone"])
        self.assertEqual(self.differences(), [])

    def test_in_odoo(self):
        self.customer.country_id = self.env.ref("base.de")
        self.send()
        self.assertEqual((self.remote("F1")["country"], self.remote("F1")["phone"]), ("DE", PLACE["phone"]))
        self.edit_there(email="office@moved.example")
        self.assertEqual((self.customer.email, self.customer.phone), ("office@moved.example", ITALIAN))

    def test_another_number_arrives_with_the_move(self):
        self.edit_there(country="DE", phone="030 7654321")
        self.assertEqual(self.customer.phone, "+49307654321")

    def test_a_number_that_odoo_has_without_its_calling_code(self):
        """Seen: it replaced the complete number on the platform at the first meeting, and each edit was sent so."""
        self.customer.phone = "02 7654321"
        self.send()
        self.assertEqual(self.remote("F1")["phone"], "+39027654321")
        self.take(FIRM)
        self.assertEqual(self.customer.phone, "02 7654321")
        self.customer.country_id = self.env.ref("base.de")
        self.send()
        self.assertEqual((self.remote("F1")["country"], self.remote("F1")["phone"]), ("DE", "+39027654321"))
        self.assertEqual(self.differences(), [])

    def test_the_same_number_meets_for_the_first_time(self):
        italy = self.env.ref("base.it")
        known = self.partners.create(
            {"name": "Verdi Srl", "is_company": True, "email": "info@verdi.example", "city": "Udine",
             "vat": "IT00743110157", "phone": "0432 123456", "country_id": italy.id}
        )  # fmt: skip
        self.made_before()
        there = {**dict.fromkeys(SHOWN_EMPTY), "name": "Verdi Srl", "email": "info@verdi.example", "city": "Udine"}
        self.firm("F2", **{**there, "vat": "00743110157", "phone": "+39 0432 123456", "country": "IT"})
        self.take(FIRM)
        self.assertEqual(self.partner("F2"), known)
        self.send()
        self.assertEqual(known.phone, "0432 123456")
        self.assertEqual((self.remote("F2")["phone"], self.remote("F2")["vat"]), ("+39 0432 123456", "00743110157"))
