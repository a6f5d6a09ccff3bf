from odoo.tests import tagged
from odoo.tools import file_open

from ..engine_case import EngineCase


@tagged("post_install", "-at_install")
class TestNeutralize(EngineCase):
    """A copy of the database must not speak to the platforms of the original, nor hold its secrets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.write({"private_key": "-----BEGIN KEY-----", "username": "sync@shop.example"})
        cls.connection.call_guard_ids.write(
            {"access_token": "a-live-token", "token_data": {"instance": "here", "id": "x"}}
        )

    def neutralize(self):
        self.env.flush_all()
        with file_open("retail_sync/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()

    def test_secrets_and_tokens_go(self):
        self.neutralize()
        connection = self.connection.sudo()
        for name in ("client_secret", "private_key", "client_id", "username"):
            self.assertFalse(connection[name], name)
        self.assertFalse(connection.has_secret)
        self.assertEqual((connection.call_guard_ids.access_token, connection.call_guard_ids.token_data), (False, False))
        self.env.cr.execute("SELECT to_jsonb(row)::text FROM retail_sync_connection row")
        self.assertNotIn("a-secret-that-must-not-show", str(self.env.cr.fetchall()))

    def test_nothing_runs_by_itself(self):
        self.connection.start_poll()
        run_ids = self.connection.start_first_load()
        self.neutralize()
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self.jobs())
        self.assertEqual(set(self.env["retail.sync.run"].browse(run_ids).mapped("state")), {"cancelled"})
        crons = (
            self.env["ir.cron"]
            .with_context(active_test=False)
            .search([("model_id.model", "=", "retail.sync.connection")])
        )
        self.assertTrue(crons)
        self.assertFalse(any(crons.mapped("active")))
        self.connection._cron_poll()
        self.connection._cron_sweep()
        self.assertFalse(self.jobs())

    def test_others_jobs_are_left_alone(self):
        job = self.env["res.partner"].with_delay().name_search("x")
        self.neutralize()
        self.assertEqual(job.db_record().state, "pending")

    def test_links_and_exceptions_stay(self):
        self.firm("F1")
        self.firm("F2", name="")
        self.take("Firm")
        self.neutralize()
        self.assertEqual((self.link("F1").state, self.message("F2").state), ("in_sync", "open"))
