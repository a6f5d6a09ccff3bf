from unittest.mock import patch

from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestAddressParts(EngineCase):
    """One remote record feeds several addresses of a customer."""

    def part(self, part="delivery"):
        return self.partners.browse(self.link("F1", part).res_id)

    def test_created(self):
        self.firm("F1", city="Torino", ship_city="Asti", ship_street="Via Po 1", bill_city="Alba", bill_country="IT")
        self.take(FIRM)
        delivery, invoice = self.part(), self.part("invoice")
        self.assertEqual((delivery.type, delivery.city, delivery.street), ("delivery", "Asti", "Via Po 1"))
        self.assertEqual((invoice.type, invoice.city), ("invoice", "Alba"))
        self.assertEqual(delivery.parent_id | invoice.parent_id, self.partner("F1"))
        self.assertEqual(self.partner("F1").address_get(["delivery"])["delivery"], delivery.id)

    def test_same_as_main_needs_no_record(self):
        self.firm("F1", street="Via Roma 1", city="Torino", ship_street="via Roma, 1", ship_city="TORINO")
        self.take(FIRM)
        self.assertFalse(self.partner("F1").child_ids)
        self.assertFalse(self.link("F1", "delivery"))

    def test_gained_later(self):
        self.firm("F1", city="Torino")
        self.take(FIRM)
        self.firm("F1", ship_city="Asti")
        self.assertEqual(self.take(FIRM), {"updated": 1})
        self.assertEqual((self.part().city, self.part().parent_id), ("Asti", self.partner("F1")))

    def test_changed(self):
        self.firm("F1", city="Torino", ship_city="Asti", ship_street="Via Po 1")
        self.take(FIRM)
        delivery = self.part()
        self.firm("F1", ship_city="Cuneo")
        self.assertEqual(self.take(FIRM), {"updated": 1})
        self.assertEqual((self.part(), delivery.city, delivery.street), (delivery, "Cuneo", "Via Po 1"))
        self.assertEqual(self.partner("F1").city, "Torino")

    def test_absent_leaves_it(self):
        row = self.firm("F1", city="Torino", ship_city="Asti")
        self.take(FIRM)
        bare = {key: value for key, value in row.items() if not key.startswith("ship_")}
        self.take(FIRM, [dict(bare, version=row["version"] + 1000, email="new@example.com")])
        self.assertTrue(self.part().active)

    def test_emptied_then_filled_again(self):
        """Documents may point at an address: it is archived, never deleted; and comes back as it is over there."""
        self.firm("F1", city="Torino", ship_city="Asti", ship_street="Via Po 1")
        self.take(FIRM)
        delivery = self.part()
        self.firm("F1", ship_city=None, ship_street=None)
        self.take(FIRM)
        self.assertFalse(delivery.active)
        self.assertNotIn(delivery.id, self.partner("F1").address_get(["delivery"]).values())
        self.firm("F1", ship_city="Cuneo", ship_street="Via Alba 5")
        self.take(FIRM)
        self.assertEqual((delivery.active, delivery.city, delivery.street), (True, "Cuneo", "Via Alba 5"))

    def test_bad_address_fails_the_record_as_a_whole(self):
        self.firm("F1", city="Torino", ship_city="Asti")
        partner_class = type(self.env["res.partner"])
        real = partner_class.create

        def refusing(records, vals_list):
            if any(vals.get("type") == "delivery" for vals in vals_list):
                raise ValueError("no")
            return real(records, vals_list)

        with patch.object(partner_class, "create", refusing), self.assertLogs("odoo.addons.retail_sync", "ERROR"):
            self.assertEqual(self.take(FIRM), {"failed": 1})
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Firm F1")]))
        self.assertEqual(self.message("F1").fault_code, "ODOO_UNEXPECTED")


@tagged("post_install", "-at_install")
class TestCommercialFields(EngineCase):
    """Children created in a batch must have what core's field sync would give them."""

    def old_customer(self, **values):
        """Return a company that was in Odoo before, linked to F1."""
        company = self.env["res.partner"].create(
            {"name": "Firm F1", "is_company": True, "vat": "IT00743110157", "email": "info@old.example", **values}
        )
        self.firm("F1", vat="IT00743110157")
        self.assertEqual(self.take(FIRM), {"linked": 1})
        self.assertEqual(self.partner("F1"), company)
        return company

    def test_contact_of_an_old_customer(self):
        company = self.old_customer(company_registry="TO-123", lang="en_US")
        self.person("P1", firm="F1")
        self.firm("F1", ship_city="Asti")
        self.take(PERSON)
        self.take(FIRM)
        for child in (self.partner("P1"), self.partners.browse(self.link("F1", "delivery").res_id)):
            with self.subTest(type=child.type):
                self.assertEqual((child.vat, child.company_registry), ("IT00743110157", "TO-123"))
                self.assertEqual((child.commercial_partner_id, child.lang), (company, "en_US"))

    def test_branch_keeps_its_own(self):
        self.old_customer(company_registry="TO-123")
        self.firm("F2", parent="F1", vat="IT12345670017")
        self.take(FIRM)
        self.assertEqual(self.partner("F2").vat, "IT12345670017")
        self.assertEqual(self.partner("F2").commercial_partner_id, self.partner("F2"))
        self.assertEqual(self.partner("F1").vat, "IT00743110157")

    def test_values_of_a_second_company(self):
        """Company-dependent values live in one column: a batch that copied the current company's lost all others."""
        second = self.env["res.company"].create({"name": "Second"})
        partner_class = type(self.env["res.partner"])
        fields = [*self.env["res.partner"]._commercial_fields(), "barcode"]
        company = self.old_customer()
        company.barcode = "HERE"
        company.with_company(second).barcode = "THERE"
        self.person("P1", firm="F1")
        with (
            patch.object(partner_class, "_commercial_fields", lambda records: fields),
            # Barcodes are unique, which no commercial field is.
            patch.object(partner_class, "_check_barcode_unicity", lambda records: None),
            patch.object(partner_class, "_constraint_methods", []),
        ):
            self.take(PERSON)
        contact = self.partner("P1")
        self.assertEqual((contact.barcode, contact.with_company(second).barcode), ("HERE", "THERE"))
