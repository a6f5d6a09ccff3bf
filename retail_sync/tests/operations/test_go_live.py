from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestGoLive(OutboundCase):
    """Nothing is written to a platform before an administrator saw what, and agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager", "group_manager")
        cls.connection.stream_ids.write({"direction": "in", "live_at": False, "live_user_id": False})

    def loaded(self):
        """A customer that both sides know, with a phone number that the platform lacks."""
        old = self.partners.create(
            {"name": "Rossi Srl", "is_company": True, "vat": "IT00743110157", "phone": "+390110000000"}
        )
        self.firm("F1", name="Rossi Srl", vat="IT00743110157", phone=None, website="https://rossi.example")
        self.firm("F2", name="Bianchi SpA", phone=None, website=None)
        self.take("Firm")
        self.made_before()
        return old

    def counted(self):
        self.connection.with_user(self.manager).count_writes()
        self.run_jobs()
        return {entry["name"]: entry for entry in self.connection.get_write_forecast()}

    def test_nothing_is_written_before(self):
        old = self.loaded()
        self.assertEqual(old.website, "https://rossi.example")
        old.phone = "+390119999999"
        self.send()
        self.assertFalse(self.platform.writes)
        self.assertFalse(self.sent_messages())
        self.assertTrue(self.link("F1"))
        self.assertFalse(self.link("F1").carries_our_id)

    def sent_messages(self):
        return self.env["retail.sync.message"].search([("kind", "=", "delivery")])

    def test_what_it_would_write_is_counted(self):
        self.loaded()
        firms = self.counted()["Firms"]
        self.assertEqual((firms["linked"], firms["records"], firms["new_ids"], firms["changed"]), (2, 2, 2, 1))
        fields = {(line["effect"], line["field"]): line["count"] for line in firms["fields"]}
        self.assertEqual(fields, {("fill", "phone"): 1})
        self.assertEqual(self.connection.write_summary(), "2 Firms, 0 Persons of Fake shop will get these fields.")
        self.assertFalse(self.platform.writes)

    def test_nothing_to_write_now_is_named(self):
        self.connection.stream_ids.write_forecast = {"done": True, "records": 0, "new_ids": 0, "changed": 0}
        self.assertIn("None of them gets a value now", self.connection.write_summary())

    def test_consent_is_recorded_and_all_that_was_counted_is_sent(self):
        self.loaded()
        self.counted()
        self.connection.with_user(self.manager).go_live()
        self.assertEqual(set(self.connection.stream_ids.mapped("direction")), {"both"})
        self.assertEqual(self.connection.stream_ids.live_user_id, self.manager)
        self.assertTrue(all(stream.live_at for stream in self.connection.stream_ids))
        note = self.connection.message_ids[0].body
        self.assertIn("Phone: 1", note)
        self.run_jobs()
        self.send()
        self.assertEqual(self.platform.rows["Firm"]["F1"]["phone"], "+390110000000")
        self.assertEqual(self.platform.rows["Firm"]["F1"]["website"], "https://rossi.example")
        for external_id in ("F1", "F2"):
            self.assertTrue(self.platform.rows["Firm"][external_id]["odoo_id"])
        self.assertFalse(self.platform.rows["Firm"]["F2"]["phone"])
        self.assertFalse(self.connection.get_write_forecast())
        with self.assertRaises(UserError):
            self.connection.go_live()

    def test_what_waits_for_a_person_is_neither_counted_nor_sent(self):
        old = self.partners.create({"name": "Neri Srl", "is_company": True, "street": "Via Po 2", "zip": "10123"})
        address = {"street": "Via Lago 9", "zip": "20121", "city": "Milano", "country": "IT"}
        self.firm("F3", name="Neri Srl", odoo_id=f"x:res.partner:{old.id}", phone=None, **address)
        self.ownership_rule("address", "odoo", "owner_wins")
        self.take("Firm")
        self.assertEqual(self.message("F3").fault_code, "CONFLICT")
        self.assertFalse(self.counted()["Firms"]["fields"])
        self.connection.go_live()
        self.run_jobs()
        self.send()
        self.assertEqual({name: self.platform.rows["Firm"]["F3"][name] for name in address}, address)

    def test_an_edit_made_before_is_sent(self):
        old = self.loaded()
        old.website = "https://new.example"
        self.assertEqual(self.counted()["Firms"]["fields"][0]["count"], 1)
        self.connection.go_live()
        self.run_jobs()
        self.send()
        self.assertEqual(self.platform.rows["Firm"]["F1"]["website"], "https://new.example")

    def test_a_stream_that_is_planned_to_read_stays_so(self):
        self.loaded()
        self.firms.planned_direction = "in"
        self.connection.go_live()
        self.run_jobs()
        self.send()
        self.assertEqual((self.firms.direction, self.persons.direction), ("in", "both"))
        self.assertFalse(self.platform.writes)

    def test_only_a_manager_may(self):
        operator = self.make_user("operator", "group_operator")
        for method in ("go_live", "count_writes"):
            with self.assertRaises(AccessError):
                getattr(self.connection.with_user(operator), method)()

    def test_a_direction_that_is_written_is_a_consent_too(self):
        self.firms.with_user(self.manager).write({"direction": "both"})
        self.assertEqual((self.firms.live_user_id, bool(self.firms.live_at)), (self.manager, True))

    def test_the_wizard_asks_for_the_consent(self):
        self.loaded()
        wizard = self.env["retail.sync.setup"].browse(
            self.connection.with_user(self.manager).action_to_live()["res_id"]
        )
        wizard = wizard.with_user(self.manager)
        self.assertEqual((wizard.step, wizard.write_counted), ("live", False))
        with self.assertRaisesRegex(UserError, "counted"):
            wizard.action_go_live()
        self.run_jobs()
        wizard.invalidate_recordset()
        self.assertTrue(wizard.write_counted)
        self.assertIn("2 Firms", wizard.write_summary)
        with self.assertRaisesRegex(UserError, "agree"):
            wizard.action_go_live()
        wizard.live_confirmed = True
        wizard.action_go_live()
        wizard.invalidate_recordset()
        self.assertFalse(wizard.waits_for_consent)
        self.assertEqual(self.firms.direction, "both")
