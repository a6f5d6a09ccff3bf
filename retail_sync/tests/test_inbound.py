from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .engine_case import EngineCase
from .fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestInbound(EngineCase):
    """A page of records, from rows to customers."""

    def test_create(self):
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", vat="IT00743110157", city="Torino", country="IT")
        self.assertEqual(self.take(FIRM), {"created": 1})
        partner, binding = self.partner("F1"), self.binding("F1")
        self.assertEqual(
            (partner.name, partner.email, partner.vat, partner.city, partner.country_id.code, partner.is_company),
            ("Rossi Srl", "info@rossi.example", "IT00743110157", "Torino", "IT", True),
        )
        self.assertEqual((binding.state, binding.version, binding.rule), ("in_sync", self.platform.now, "no_evidence"))
        self.assertEqual(binding.base["name"], "Rossi Srl")

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
        self.assertEqual(self.binding("F1").version, self.platform.now)

    def test_known_version_is_not_even_decoded(self):
        self.firm("F1")
        self.take(FIRM)
        with patch.object(type(self.env["retail.sync.inbound"]), "_decode", side_effect=AssertionError("decoded")):
            self.assertEqual(self.take(FIRM, self.platform.since(FIRM, 0)), {"unchanged": 1})

    def test_touched_but_equal_only_moves_the_version(self):
        self.firm("F1", fax="1")
        self.take(FIRM)
        self.firm("F1", fax="2")
        partner = self.partner("F1")
        with patch.object(type(partner), "write", side_effect=AssertionError("written")):
            self.assertEqual(self.take(FIRM), {"unchanged": 1})
        self.assertEqual(self.binding("F1").version, self.platform.now)

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
        self.assertEqual(message.flow_id, self.firms)
        self.assertFalse(self.binding("F1"))

    def test_deleted_in_odoo_is_not_revived(self):
        self.firm("F1")
        self.take(FIRM)
        self.partner("F1").unlink()
        self.firm("F1", name="Changed over there", vat="IT00743110157")
        self.assertEqual(self.take(FIRM), {"excluded": 1})
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Changed over there")]))
        self.assertEqual(self.binding("F1").state, "excluded")

    def test_vanished_without_the_orm_is_not_revived(self):
        self.firm("F1")
        self.take(FIRM)
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.binding("F1").res_id])
        self.env.invalidate_all()
        self.firm("F1", name="Changed over there")
        self.firm("F2")
        self.assertEqual(self.take(FIRM), {"excluded": 1, "created": 1})
        self.assertEqual((self.binding("F1").state, self.binding("F1").reason), ("excluded", "Deleted in Odoo"))

    def test_deleted_address_is_not_revived(self):
        self.firm("F1", city="Torino", ship_city="Asti", ship_street="Via Po 1")
        self.take(FIRM)
        self.partners.browse(self.binding("F1", "delivery").res_id).unlink()
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


@tagged("post_install", "-at_install")
class TestBadRecords(EngineCase):
    """One poisoned record of 200 fails alone."""

    def refuse(self, method, name="Poison"):
        """Let Odoo refuse a partner of that name, as a constraint of another addon would."""
        partner_class = type(self.env["res.partner"])
        real = getattr(partner_class, method)

        def refusing(records, values):
            result = real(records, values)
            if name in (result if method == "create" else records).mapped("name"):
                raise ValidationError("This name is not allowed.")
            return result

        patcher = patch.object(partner_class, method, refusing)
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_bad_record_of_a_new_page(self):
        for number in range(200):
            self.firm(f"F{number:03}", name="Poison" if number == 137 else f"Firm {number}")
        self.refuse("create")
        self.assertEqual(self.take(FIRM), {"created": 199, "failed": 1})
        self.assertEqual(self.env["retail.sync.binding"].search_count([("backend_id", "=", self.backend.id)]), 199)
        message = self.message("F137")
        self.assertEqual((message.fault_code, message.fault_class), ("ODOO_VALIDATION", "business"))
        self.assertIn("This name is not allowed", message.fault_message)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Poison")]))

    def test_bad_record_of_a_changed_page(self):
        """The rows of the good ones were collected twice: ON CONFLICT cannot affect a row a second time."""
        for number in range(20):
            self.firm(f"F{number:02}", ship_city="Asti", ship_street="Via Po 1")
        self.take(FIRM)
        for number in range(20):
            self.firm(f"F{number:02}", name="Poison" if number == 7 else f"New {number}", ship_city="Cuneo")
        self.refuse("write")
        self.assertEqual(self.take(FIRM), {"updated": 19, "failed": 1})
        self.assertEqual(self.partner("F06").name, "New 6")
        self.assertEqual(self.partner("F07").name, "Firm F07")
        bad = self.binding("F07")
        self.assertEqual((bad.state, self.message("F07").res_id), ("attention", bad.res_id))
        self.assertLess(bad.version, self.binding("F06").version)
        self.assertEqual(set(self.env["retail.sync.binding"].search([("slot", "=", "delivery")]).mapped("state")), {"in_sync"})

    def test_children_of_a_bad_parent_come_without_it(self):
        self.firm("F1", name="Poison")
        self.firm("F2", parent="F1")
        self.refuse("create")
        self.assertEqual(self.take(FIRM), {"created": 1, "failed": 1})
        self.assertEqual((self.binding("F2").parent_ref, self.partner("F2").parent_id.id), ("Firm/F1", False))

    def test_technical_trouble_is_no_records_fault(self):
        """A lost serialisation must reach queue_job; as an exception of a record it would be wrong data for ever."""
        self.firm("F1")
        with (
            patch.object(type(self.env["res.partner"]), "create", side_effect=SerializationFailure("too late")),
            self.assertRaises(SerializationFailure),
        ):
            self.take(FIRM)
        self.assertFalse(self.message("F1"))

    def test_message_is_renewed_and_closes_by_itself(self):
        self.person("P1", name="")
        self.take(PERSON)
        message = self.message("P1")
        self.person("P1", title="Buyer")
        self.assertEqual(self.take(PERSON), {"failed": 1})
        self.assertEqual(self.message("P1"), message)
        self.assertEqual((message.attempts, message.version), (1, self.platform.now))
        self.assertEqual(message.sudo().payload["title"], "Buyer")
        self.person("P1", name="Ada Neri")
        self.assertEqual(self.take(PERSON), {"created": 1})
        self.assertEqual((message.state, message.is_exception), ("done", False))
        self.assertTrue(message.resolved_at)
        self.person("P1", name="")
        self.take(PERSON)
        self.assertNotEqual(self.message("P1"), message)
        self.assertEqual(self.binding("P1").state, "attention")

    def test_ignored_until_it_changes(self):
        self.person("P1", name="")
        self.take(PERSON)
        self.message("P1").action_ignore("Not a customer")
        self.assertIn("Not a customer", self.message("P1").resolution)
        self.platform.rows[PERSON]["P1"]["name"] = "Ada Neri"
        rows = self.platform.since(PERSON, 0)
        self.assertEqual(self.take(PERSON, rows), {"excluded": 1})
        self.person("P1")
        self.assertEqual(self.take(PERSON), {"created": 1})

    def test_ignored_although_it_cannot_even_be_read(self):
        """The overlap of polls shows a record again: an ignored one came back as a new exception minutes later."""
        self.firm("F1")
        self.take(FIRM)
        self.firm("F1", name="")
        self.firm("F2", name="")
        self.take(FIRM)
        (self.message("F1") | self.message("F2")).action_ignore()
        self.assertEqual(self.take(FIRM, self.platform.since(FIRM, 0)), {"excluded": 2})
        self.assertEqual((self.message("F1").state, self.message("F2").state), ("ignored", "ignored"))
        self.firm("F1", name="Mended")
        self.firm("F2")
        self.assertEqual(self.take(FIRM), {"updated": 1, "failed": 1})

    def test_corrected_in_the_second_in_which_it_failed(self):
        """A poll drops rows whose version is an open exception already; the version alone does not say they are equal."""
        self.person("P1", name="")
        self.poll()
        self.assertEqual(self.message("P1").attempts, 0)
        cursor = self.persons.cursor
        self.persons.cursor = {"modstamp": "0"}
        self.poll()
        self.assertEqual(self.message("P1").attempts, 0, "the overlap shows it again; that is no news")
        self.platform.rows[PERSON]["P1"]["name"] = "Ada Neri"
        self.persons.cursor = dict(cursor, modstamp="0")
        self.poll()
        self.assertEqual(self.partner("P1").name, "Ada Neri")
