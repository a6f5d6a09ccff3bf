from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged

from ..fake_platform import FIRM, PERSON, field_mapping
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestConsequences(OutboundCase):
    """What Odoo changes because the platform changed something reaches the platform; what it took over does not."""

    @contextmanager
    def automation(self, method, reaction):
        """Let Odoo react to each write (vals) or create (vals of the first record): reaction(records, vals)."""
        partners = self.registry["res.partner"]
        before = getattr(partners, method)

        def reacting(records, vals):
            result = before(records, vals)
            if vals and not records.env.context.get("automation"):
                touched = result if method == "create" else records
                reaction(touched.with_context(automation=True), vals[0] if method == "create" else vals)
            return result

        with patch.object(partners, method, reacting):
            yield

    def come_to_rest(self, turns=3):
        for _turn in range(turns):
            self.send()
            self.poll()
        self.env.invalidate_all()

    def on_write(self, column, **values):
        """Set values whenever a column is written."""
        return self.automation("write", lambda records, vals: records.write(values) if column in vals else None)

    def test_an_automation_on_write_reaches_the_platform(self):
        partner = self.linked_firm(phone="+390432111111", website="http://a.example")
        with self.on_write("phone", website="http://automation.example"):
            self.firm("F1", phone="+390432222222")
            self.come_to_rest()
        self.assertEqual((partner.phone, partner.website), ("+390432222222", "http://automation.example"))
        self.assertEqual(self.remote("F1")["website"], "http://automation.example")
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")

    def test_an_automation_that_rewrites_the_value_itself_reaches_the_platform(self):
        partner = self.linked_firm(email="a@old.example")
        with self.on_write("email", email="kept@odoo.example"):
            self.firm("F1", email="b@new.example")
            self.come_to_rest()
        self.assertEqual((partner.email, self.remote("F1")["email"]), ("kept@odoo.example", "kept@odoo.example"))

    def test_an_automation_on_create_reaches_the_platform(self):
        with self.automation("create", lambda records, _vals: records.write({"website": "http://automation.example"})):
            self.firm("F1", phone="+390432111111", website=None)
            self.take(FIRM)
        self.come_to_rest()
        self.assertEqual(self.partner("F1").website, "http://automation.example")
        self.assertEqual(self.remote("F1")["website"], "http://automation.example")

    def test_an_automation_on_another_record_reaches_the_platform(self):
        other = self.linked_firm("F2", phone="+390432000000")
        self.linked_firm("F1", phone="+390432111111")
        with self.automation(
            "write",
            lambda records, vals: (
                other.with_env(records.env).write({"phone": "+390432999999"}) if "phone" in vals else None
            ),
        ):
            self.firm("F1", phone="+390432222222")
            self.poll()
        self.come_to_rest()
        self.assertEqual(self.remote("F2")["phone"], "+390432999999")

    def test_a_record_that_an_automation_creates_is_created_there(self):
        self.linked_firm("F1", phone="+390432111111")
        with self.automation(
            "write",
            lambda records, vals: (
                records.create({"name": "Born here", "is_company": True}) if "phone" in vals else None
            ),
        ):
            self.firm("F1", phone="+390432222222")
            self.poll()
        self.come_to_rest()
        self.assertEqual([row["name"] for row in self.platform.rows[FIRM].values()].count("Born here"), 1)

    def test_a_value_that_the_platform_owns_is_taken_back(self):
        self.ownership_rule("website", "remote")
        partner = self.linked_firm(phone="+390432111111", website="http://a.example")
        with self.on_write("phone", website="http://automation.example"):
            self.firm("F1", phone="+390432222222")
            self.come_to_rest()
        self.assertEqual((partner.website, self.remote("F1")["website"]), ("http://a.example", "http://a.example"))

    def test_odoo_and_the_platform_do_not_correct_each_other_for_ever(self):
        self.ownership_rule("email", "remote")
        partner = self.linked_firm(email="a@old.example")
        counter = iter(range(1000))
        with self.automation(
            "write",
            lambda records, vals: (
                records.write({"email": f"n{next(counter)}@odoo.example"}) if "email" in vals else None
            ),
        ):
            self.firm("F1", email="b@new.example")
            self.come_to_rest(5)
        self.assertLess(next(counter), 6)
        self.assertEqual(self.remote("F1")["email"], "b@new.example")
        message = self.message("F1")
        self.assertEqual((message.fault_code, message.state), ("CONFLICT", "open"))
        self.assertIn("E-mail", message.fault_message)
        self.assertFalse(self.outbox("pending", "sending"))
        self.assertNotEqual(partner.email, "b@new.example")

    def test_what_was_taken_over_is_not_sent_back(self):
        self.linked_firm("F1", phone="+390432111111", street="Via Po 1", city="Asti", zip="14100", country="IT")
        self.person("P1", firm="F1", street=None, city=None, zip=None, country=None)
        self.take(PERSON)
        self.made_before()
        self.send()
        self.platform.writes.clear()
        self.firm("F1", phone="+390432222222", street="Via Roma 2", name="New name")
        self.person("P1", email="new@example.com", name="Another name")
        self.poll()
        self.route()
        self.assertFalse(self.outbox("pending"))
        self.send()
        self.assertEqual(self.platform.writes, [])

    def test_what_odoo_derives_of_a_value_that_it_took_over_reaches_the_platform(self):
        """Seen: the status of a tax ID typed over there stayed that of a customer without one."""
        line = field_mapping("vat_status", "vat_status", "lower", direction="both")
        self.env["retail.sync.field.map"].create(dict(line, stream_id=self.firms.id, sequence=200))
        # Without people: those get the tax ID of their company from Odoo, and would bring it along.
        partner = self.linked_firm("F1", vat=None, vat_status=None, country="IT")
        self.firm("F1", vat="IT00743110157")
        self.poll()
        self.assertEqual(partner.vat, "IT00743110157")
        self.come_to_rest()
        self.assertEqual(self.remote("F1")["vat_status"], "valid")
        self.platform.writes.clear()
        self.firm("F1", phone="+390432222222")
        self.come_to_rest()
        self.assertEqual(self.platform.writes, [])

    def test_a_value_that_could_not_be_taken_is_not_cleared(self):
        self.linked_firm("F1", phone="+390432111111", owner=None)
        self.firm("F1", owner="nobody@nowhere.example", phone="+390432222222")
        self.firm("F3", owner="nobody@nowhere.example", country="XX", street="Rue 1", city="X", zip="1")
        self.poll()
        self.come_to_rest()
        self.assertEqual(self.remote("F1")["owner"], "nobody@nowhere.example")
        self.assertEqual(self.remote("F3")["country"], "XX")

    def test_other_connections_get_the_consequence_too(self):
        """Of the raised rows, none is marked with the connection; what the engine wrote is."""
        self.linked_firm(phone="+390432111111", website="http://a.example")
        with self.on_write("phone", website="http://automation.example"):
            self.firm("F1", phone="+390432222222")
            self.take(FIRM)
        self.route()
        [message] = self.outbox("pending")
        self.assertEqual(set(message.sudo().changes), {"website"})


@tagged("post_install", "-at_install")
class TestCreditConsequences(OutboundCase):
    """The values that Odoo owns follow a record that the platform moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["retail.sync.field.map"].create(
            [
                dict(field_mapping(name, name, transform, direction="both"), stream_id=stream.id, sequence=200)
                for stream in cls.connection.stream_ids
                for name, transform in (("account_block", "bool"), ("credit_state", False))
            ]
        )

    def test_a_contact_that_moves_to_a_blocked_company_shows_the_block(self):
        shown = {"account_block": False, "credit_state": "ok"}
        self.linked_firm("F1", **shown)
        blocked = self.linked_firm("F2", **shown)
        blocked.sudo()._block_account("Unpaid", False)
        self.send()
        self.linked_person("P1", firm="F1", **shown)
        self.assertEqual(
            (self.remote("F2")["account_block"], self.remote("P1", PERSON)["account_block"]), (True, False)
        )
        self.person("P1", firm="F2")
        for _turn in range(3):
            self.poll()
            self.send()
        self.assertEqual(self.partner("P1").parent_id, blocked)
        remote = self.remote("P1", PERSON)
        self.assertEqual((remote["account_block"], remote["credit_state"]), (True, "hold"))

    def test_a_block_during_a_page_is_no_echo(self):
        """A change source reports what may have changed, whatever page was the cause."""
        firm = self.linked_firm("F1")
        with self.env["retail.sync.capture"]._origin(self.connection):
            self.env["retail.sync.change"]._raise("res.partner", firm.ids, {"credit_state"})
        self.route()
        [message] = self.outbox("pending")
        self.assertIn("credit_state", message.sudo().changes)
