from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...adapter import FaultError
from ..common import FakePlatformCase


@tagged("post_install", "-at_install")
class TestSetupWizard(FakePlatformCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager", "group_manager")

    def wizard(self, **values):
        form = Form(self.env["retail.sync.setup"].with_user(self.manager))
        form.name = "New shop"
        form.system = "fake"
        form.base_url = "https://shop.example.com"
        form.client_id = "key"
        form.new_client_secret = "typed-secret"
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def test_secret_goes_to_the_connection_only(self):
        wizard = self.wizard()
        self.assertEqual(wizard.connection_id.sudo().client_secret, "typed-secret")
        self.assertFalse(wizard.new_client_secret)
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(row)::text FROM retail_sync_setup row")
        self.assertNotIn("typed-secret", str(self.env.cr.fetchall()))

    def test_incomplete_credentials_are_named(self):
        wizard = self.wizard(client_id="", new_client_secret="")
        with self.assertRaisesRegex(UserError, "Client id, Client secret"):
            wizard.action_test()
        self.assertFalse(self.platform.calls)

    def test_plain_http_is_refused(self):
        with self.assertRaisesRegex(UserError, "https"):
            self.wizard(base_url="http://shop.example.com").action_test()

    def test_failed_check_holds_the_wizard(self):
        self.platform.checks[1].update(ok=False, level="error", detail="No access to Firm.", next_step="Ask the admin.")
        wizard = self.wizard()
        wizard.action_test()
        self.assertEqual((wizard.step, wizard.test_ok, wizard.check_level), ("test", False, "error"))
        self.assertEqual(wizard.last_checks[1]["next_step"], "Ask the admin.")
        with self.assertRaises(UserError):
            wizard.action_scope()
        self.platform.checks[1].update(ok=True, level="warning")
        wizard.action_test()
        wizard.action_scope()
        self.assertEqual((wizard.step, wizard.state), ("scope", "connected"))

    def test_whole_way(self):
        self.platform.put("Firm", "F1", name="Rossi Srl", email="info@rossi.example")
        self.platform.put("Firm", "F2", name="", email="unnamed@example.com")
        self.platform.put("Person", "P1", name="Ada Bruni", firm="F1", email="ada@rossi.example")
        before = self.env["res.partner"].search_count([])
        wizard = self.wizard()
        wizard.action_test()
        wizard.action_scope()
        with self.assertRaisesRegex(UserError, "filters"):
            wizard.action_dry_run()
        with Form(wizard) as form:
            with form.reading_stream_ids.edit(0) as line:
                line.filter_text = "name = 'Rossi Srl'"
            form.scope_confirmed = True
        self.assertEqual(wizard.connection_id.stream_ids[0].filter_text, "name = 'Rossi Srl'")
        wizard.action_rules()
        self.assertEqual(wizard.step, "rules")
        wizard.action_dry_run()
        self.assertTrue(wizard.under_way)
        self.run_jobs()
        wizard.invalidate_recordset()
        self.assertTrue(wizard.dry_done)
        self.assertEqual(wizard.progress["totals"]["created"], 2)
        self.assertEqual(wizard.progress["totals"]["failed"], 1)
        samples = wizard.progress["streams"][0]["samples"]
        self.assertNotIn("Rossi", str(samples))
        self.assertEqual(samples["failed"][0]["key"], "F2")
        self.assertEqual(self.env["res.partner"].search_count([]), before, "a dry run creates no customer")
        wizard.action_to_load()
        with self.assertRaisesRegex(UserError, "numbers"):
            wizard.action_first_load()
        wizard.load_confirmed = True
        wizard.action_first_load()
        self.run_jobs()
        wizard.invalidate_recordset()
        self.assertTrue(wizard.load_done)
        self.assertEqual(self.partner("P1").parent_id, self.partner("F1"))
        self.assertEqual(self.env["res.partner"].search_count([]), before + 2)
        self.assertEqual(self.message("F2").fault_code, "REQUIRED_FIELD")
        self.assertEqual(wizard.action_overview()["tag"], "retail_sync.overview")

    def test_a_failed_dry_run_stops_nothing_and_hides_no_stream(self):
        self.platform.put("Person", "P1", name="Ada Bruni")
        wizard = self.wizard()
        wizard.action_test()
        wizard.action_scope()
        wizard.scope_confirmed = True
        wizard.action_rules()
        fault = FaultError("contract", "MALFORMED_QUERY", "unexpected token: '='")
        counted = []

        def count(adapter, stream):
            counted.append(stream.remote_object)
            if stream.remote_object == "Firm":
                raise fault
            return 1

        with patch.object(type(self.env["retail.sync.adapter.fake"]), "count", count):
            wizard.action_dry_run()
            self.run_jobs()
        wizard.invalidate_recordset()
        self.assertEqual(counted, ["Firm", "Person"])
        self.assertEqual(set(wizard.connection_id.stream_ids.mapped("state")), {"draft"})
        self.assertFalse(self.env["retail.sync.message"].search([("connection_id", "=", wizard.connection_id.id)]))
        firms, persons = wizard.progress["streams"]
        self.assertEqual((firms["state"], firms["message"]), ("failed", "unexpected token: '='"))
        self.assertEqual((persons["state"], persons["created"]), ("done", 1))
        self.assertEqual((wizard.dry_done, wizard.dry_failed), (False, True))
        with self.assertRaisesRegex(UserError, "Wait until the dry run has ended"):
            wizard.action_to_load()
        wizard.action_dry_run()
        self.run_jobs()
        wizard.invalidate_recordset()
        self.assertEqual([stream["state"] for stream in wizard.progress["streams"]], ["done", "done"])

    def test_a_stream_that_a_load_left_out_has_a_card(self):
        self.connection.action_test_connection()
        firms = self.connection.stream_ids.filtered(lambda stream: stream.remote_object == "Firm")
        firms._stop(FaultError("contract", "NO_ACCESS", "No access to Firm"))
        self.connection.start_first_load()
        self.run_jobs()
        cards = {stream["name"]: stream for stream in self.connection.get_progress()["streams"]}
        self.assertEqual((cards["Firms"]["state"], cards["Persons"]["state"]), ("failed", "done"))
        self.assertIn("No access to Firm", cards["Firms"]["message"])

    def test_a_filter_is_counted_as_it_is_typed(self):
        self.connection.action_test_connection()
        self.platform.put("Firm", "F1", name="Rossi Srl")
        firms = self.connection.stream_ids.filtered(lambda stream: stream.remote_object == "Firm")
        stream = firms.with_user(self.manager)
        self.assertEqual(stream.check_scope("name = 'Rossi Srl'"), {"ok": True, "count": 1, "text": "1 record matches"})
        found = stream.check_scope("nonsense")
        self.assertFalse(found["ok"])
        self.assertRegex(found["text"], "is not a condition.*Correct the filter")
        self.assertFalse(firms.filter_text, "a filter that is tried out is not stored")
        with self.assertRaises(AccessError):
            firms.with_user(self.make_user("operator", "group_operator")).check_scope("")

    def test_many_reviews_are_said_as_a_share(self):
        for number in range(4):
            self.platform.put("Person", f"P{number}", name=f"Ada Bruni {number}", email=f"ada{number}@bruni.example")
        self.env["retail.sync.stream"].flush_model()
        wizard = self.wizard()
        wizard.connection_id.action_test_connection()
        wizard.connection_id.stream_ids.create_policy = "review"
        wizard.connection_id.start_dry_run()
        self.run_jobs()
        wizard.invalidate_recordset()
        self.assertIn("100 % of the records (4 of 4)", wizard.review_note)

    def test_who_may_write_becomes_a_rule_of_the_connection(self):
        self.platform.put("Firm", "F1", name="Rossi Srl")
        wizard = self.wizard()
        wizard.action_test()
        wizard.action_scope()
        wizard.scope_confirmed = True
        wizard.action_rules()
        line = wizard.rule_ids.filtered(lambda line: line.canonical_field == "website")
        self.assertTrue(line)
        line.owner = "remote" if line.owner != "remote" else "odoo"
        wizard.action_dry_run()
        rules = self.env["retail.sync.ownership.rule"].search([("connection_id", "=", wizard.connection_id.id)])
        self.assertEqual(rules.mapped(lambda rule: (rule.canonical_field, rule.owner)), [("website", line.owner)])

    def test_goes_on_where_it_was_left(self):
        def reached():
            action = self.connection.with_user(self.manager).action_setup()
            return self.env["retail.sync.setup"].browse(action["res_id"]).step

        self.assertEqual(reached(), "credentials")
        self.connection.action_test_connection()
        self.assertEqual(reached(), "scope")
        self.connection.start_dry_run()
        self.run_jobs()
        self.assertEqual(reached(), "dry")
        self.connection.start_first_load()
        self.assertEqual(reached(), "load")

    def test_bad_filter_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "is not a condition"):
            self.connection.stream_ids[0].filter_text = "nonsense"
