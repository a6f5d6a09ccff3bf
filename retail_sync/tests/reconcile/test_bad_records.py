import random
import string
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


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
                raise ValidationError("This name is not allowed.")  # pylint: disable=translation-required
            return result

        patcher = patch.object(partner_class, method, refusing)
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_bad_record_of_a_new_page(self):
        for number in range(200):
            self.firm(f"F{number:03}", name="Poison" if number == 137 else f"Firm {number}")
        self.refuse("create")
        self.assertEqual(self.take(FIRM), {"created": 199, "failed": 1})
        self.assertEqual(self.env["retail.sync.link"].search_count([("connection_id", "=", self.connection.id)]), 199)
        message = self.message("F137")
        self.assertEqual((message.fault_code, message.fault_class), ("ODOO_VALIDATION", "business"))
        self.assertIn("This name is not allowed", message.fault_message)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Poison")]))

    def test_value_that_no_index_of_odoo_holds(self):
        """PostgreSQL reports it like a lost connection: the page came again for ever, and nothing else was taken in."""
        words = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=6000))
        for number in range(6):
            self.firm(f"F{number}", name=f"Firm {number} {words if number == 3 else ''}")
        with mute_logger("odoo.sql_db"):
            self.assertEqual(self.take(FIRM), {"created": 5, "failed": 1})
        self.assertEqual((self.message("F3").fault_code, self.message("F3").fault_class), ("ODOO_DATABASE", "business"))

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
        bad = self.link("F07")
        self.assertEqual((bad.state, self.message("F07").res_id), ("attention", bad.res_id))
        self.assertLess(bad.version, self.link("F06").version)
        self.assertEqual(
            set(self.env["retail.sync.link"].search([("part", "=", "delivery")]).mapped("state")), {"in_sync"}
        )

    def test_children_of_a_bad_parent_come_without_it(self):
        self.firm("F1", name="Poison")
        self.firm("F2", parent="F1")
        self.refuse("create")
        self.assertEqual(self.take(FIRM), {"created": 1, "failed": 1})
        self.assertEqual((self.link("F2").waits_for, self.partner("F2").parent_id.id), ("Firm/F1", False))

    def test_children_of_a_parent_that_was_rolled_back(self):
        """The parent fails after it had got an id: its children must not be put under an id that is no more."""
        self.firm("F1", name="Poison", ship_city="Asti")
        self.firm("F2", parent="F1")
        entity = type(self.env["retail.sync.entity.customer"])
        real, error = entity._create_parts, ValidationError("No such address.")

        def refusing(records, items, partner_of, ctx):
            if any(item.main["name"] == "Poison" for item in items):
                raise error
            return real(records, items, partner_of, ctx)

        with patch.object(entity, "_create_parts", refusing):
            self.assertEqual(self.take(FIRM), {"created": 1, "failed": 1})
        self.assertFalse(self.partner("F2").parent_id)
        self.assertFalse(self.message("F1").res_id)

    def test_bad_record_among_those_met_for_the_first_time(self):
        for number in range(4):
            self.env["res.partner"].create(
                {"name": f"Firm {number}", "is_company": True, "email": f"{number}@shop.example"}
            )
            self.firm(f"F{number}", name=f"Firm {number}", email=f"{number}@shop.example", website="http://new.example")
        self.refuse("write", name="Firm 2")
        self.assertEqual(self.take(FIRM), {"linked": 3, "failed": 1})
        self.assertFalse(self.link("F2"))

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
        self.assertEqual(self.link("P1").state, "attention")

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
        self.firm("F1", name="Repaired")
        self.firm("F2")
        self.assertEqual(self.take(FIRM), {"updated": 1, "failed": 1})

    def test_corrected_in_the_second_in_which_it_failed(self):
        """A poll drops rows whose version is an open exception; an equal version does not say that they are equal."""
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
