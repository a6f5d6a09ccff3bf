from unittest.mock import patch

from odoo.tests import tagged

from ...models.reconcile import pipeline, update_known
from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestInbound(EngineCase):
    """A page of records, from rows to customers."""

    def test_create(self):
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", vat="IT00743110157", city="Torino", country="IT")
        self.assertEqual(self.take(FIRM), {"created": 1})
        partner, link = self.partner("F1"), self.link("F1")
        self.assertEqual(
            (partner.name, partner.email, partner.vat, partner.city, partner.country_id.code, partner.is_company),
            ("Rossi Srl", "info@rossi.example", "IT00743110157", "Torino", "IT", True),
        )
        self.assertEqual((link.state, link.version, link.rule), ("in_sync", self.platform.now, "no_candidate"))
        self.assertEqual(link.base["name"], "Rossi Srl")

    def test_update_writes_what_changed_only(self):
        self.firm("F1", email="one@example.com", phone="+390112345678")
        self.take(FIRM)
        partner = self.partner("F1")
        partner.website = "http://kept.example"
        self.firm("F1", email="two@example.com")
        with patch.object(type(partner), "write", autospec=True, side_effect=type(partner).write) as write:
            self.assertEqual(self.take(FIRM), {"updated": 1})
        self.assertEqual([call.args[1] for call in write.call_args_list], [{"email": "two@example.com"}])
        self.assertEqual(partner.website, "http://kept.example")
        self.assertEqual(self.link("F1").version, self.platform.now)

    def test_known_version_is_not_even_decoded(self):
        self.firm("F1")
        self.take(FIRM)
        with patch.object(pipeline, "decode", side_effect=AssertionError("decoded")):
            self.assertEqual(self.take(FIRM, self.platform.since(FIRM, 0)), {"unchanged": 1})

    def test_touched_but_equal_only_moves_the_version(self):
        self.firm("F1", fax="1")
        self.take(FIRM)
        self.firm("F1", fax="2")
        partner = self.partner("F1")
        with patch.object(type(partner), "write", side_effect=AssertionError("written")):
            self.assertEqual(self.take(FIRM), {"unchanged": 1})
        self.assertEqual(self.link("F1").version, self.platform.now)

    def test_two_edits_in_one_second(self):
        """Versions of whole seconds: an edit in the second of the last read was lost for ever."""
        row = self.firm("F1", email="first@example.com")
        self.take(FIRM)
        again = dict(row, email="second@example.com")
        self.assertEqual(self.take(FIRM, [again]), {"updated": 1})
        self.assertEqual(self.partner("F1").email, "second@example.com")
        self.assertEqual(self.take(FIRM, [again]), {"unchanged": 1})

    def test_old_version_is_dropped(self):
        old = self.firm("F1", email="old@example.com")
        self.firm("F1", email="new@example.com")
        self.take(FIRM)
        self.assertEqual(self.take(FIRM, [old]), {"unchanged": 1})
        self.assertEqual(self.partner("F1").email, "new@example.com")

    def test_newest_version_of_a_page_counts(self):
        old = self.firm("F1", email="old@example.com")
        new = self.firm("F1", email="new@example.com")
        for number, rows in enumerate(([new, old], [old, new])):
            with self.subTest(first=rows[0]["email"]):
                part = [dict(row, id=f"F1-{number}", name=f"Firm {number}") for row in rows]
                self.assertEqual(self.take(FIRM, part), {"created": 1})
                self.assertEqual(self.partner(part[0]["id"]).email, "new@example.com")

    def test_null_clears_and_absent_does_not(self):
        self.firm("F1", email="kept@example.com", phone="+390112345678", city="Torino")
        self.take(FIRM)
        row = self.firm("F1", phone=None)
        self.take(FIRM, [{key: value for key, value in row.items() if key not in ("email", "city")}])
        partner = self.partner("F1")
        self.assertEqual((partner.phone, partner.email, partner.city), (False, "kept@example.com", "Torino"))
        self.take(FIRM, [self.firm("F1", email=None, city=None)])
        self.assertEqual((partner.email, partner.city), (False, False))

    def test_required_value_missing(self):
        self.firm("F1", name=" ")
        self.firm("F2")
        self.assertEqual(self.take(FIRM), {"created": 1, "failed": 1})
        message = self.message("F1")
        self.assertEqual((message.state, message.fault_code, message.team), ("open", "REQUIRED_FIELD", "business"))
        self.assertTrue(message.next_step)
        self.assertEqual(message.sudo().payload, self.platform.rows[FIRM]["F1"])
        self.assertEqual(message.stream_id, self.firms)
        self.assertFalse(self.link("F1"))

    def test_deleted_in_odoo_is_not_revived(self):
        self.firm("F1")
        self.take(FIRM)
        self.partner("F1").unlink()
        self.firm("F1", name="Changed over there", vat="IT00743110157")
        self.assertEqual(self.take(FIRM), {"excluded": 1})
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Changed over there")]))
        self.assertEqual(self.link("F1").state, "excluded")

    def test_vanished_without_the_orm_is_not_revived(self):
        self.firm("F1")
        self.take(FIRM)
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.link("F1").res_id])
        self.env.invalidate_all()
        self.firm("F1", name="Changed over there")
        self.firm("F2")
        self.assertEqual(self.take(FIRM), {"excluded": 1, "created": 1})
        self.assertEqual((self.link("F1").state, self.link("F1").reason), ("excluded", "Deleted in Odoo"))

    def test_excluded_link_is_left_alone(self):
        self.firm("F1")
        self.take(FIRM)
        self.link("F1").state = "excluded"
        self.firm("F1", name="Changed over there")
        self.assertEqual(self.take(FIRM), {"excluded": 1})
        self.assertEqual((self.partner("F1").name, self.link("F1").state), ("Firm F1", "excluded"))

    def test_deleted_address_is_not_revived(self):
        self.firm("F1", city="Torino", ship_city="Asti", ship_street="Via Po 1")
        self.take(FIRM)
        self.partners.browse(self.link("F1", "delivery").res_id).unlink()
        self.firm("F1", ship_city="Cuneo")
        self.take(FIRM)
        self.assertFalse(self.partner("F1").child_ids)

    def test_another_companys_customer_is_not_touched(self):
        self.firm("F1")
        self.take(FIRM)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.partner("F1").company_id = company
        self.env.flush_all()
        self.firm("F1", name="Not from here")
        self.assertEqual(self.take(FIRM), {"failed": 1})
        self.assertEqual((self.message("F1").fault_code, self.message("F1").team), ("ODOO_ACCESS", "technical"))
        self.assertEqual(self.partner("F1").name, "Firm F1")

    def test_a_customer_that_may_not_be_changed_does_not_repeat_its_page(self):
        for external_id in ("F1", "F2", "F3"):
            self.firm(external_id)
        self.take(FIRM)
        self.partner("F2").company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.flush_all()
        for external_id in ("F1", "F2", "F3"):
            self.firm(external_id, name=f"New {external_id}")
        with patch.object(update_known, "merge_known", wraps=update_known.merge_known) as merge:
            self.assertEqual(self.take(FIRM), {"updated": 2, "failed": 1})
        self.assertEqual(merge.call_count, 1)

    def test_candidates_of_a_page_take_no_query_each(self):
        counts = []
        for names in (["Rossi", "Verdi"], ["Bianchi", "Ferrari", "Colombo", "Marino", "Greco", "Conti"]):
            for name in names:
                self.env["res.partner"].create({"name": f"{name} Srl", "is_company": True})
                self.firm(f"F-{name}", name=f"{name} Srl")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.take(FIRM), {"review": len(names)})
            counts.append(self.env.cr.sql_log_count - before)
            self.assertIn(f"{names[0]} Srl", self.message(f"F-{names[0]}").candidate_text)
        self.assertLessEqual(counts[1], counts[0])
