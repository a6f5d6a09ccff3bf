from odoo.exceptions import UserError
from odoo.tests import Form, tagged

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
            with form.stream_ids.edit(0) as line:
                line.filter_text = "name = 'Rossi Srl'"
            form.scope_confirmed = True
        self.assertEqual(wizard.connection_id.stream_ids[0].filter_text, "name = 'Rossi Srl'")
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
