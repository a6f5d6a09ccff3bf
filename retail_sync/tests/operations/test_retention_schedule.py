from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.operations import retention as schedule
from ...runtime import retention
from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestRetention(EngineCase):
    """What was kept long enough goes in committed batches, and nothing waits for it."""

    def setUp(self):
        super().setUp()
        self.commits = []
        cron = type(self.env["ir.cron"])
        self.turn = float("inf")

        def progress(schedule, processed=0, *, remaining=None, deactivate=False):
            self.commits.append((processed, remaining))
            return self.turn

        patcher = patch.object(cron, "_commit_progress", progress)
        patcher.start()
        self.addCleanup(patcher.stop)

    def old_runs(self, count, days=100):
        ended = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return self.env["retail.sync.run"].create(
            [{"connection_id": self.connection.id, "kind": "initial", "state": "failed", "ended_at": ended}] * count
        )

    def test_a_schedule_empties_all_classes_batch_by_batch(self):
        runs = self.old_runs(5)
        periods = self.env["retail.sync.off.period"].create([{"stream_id": self.firms.id, "until": "2020-01-01"}] * 3)
        with patch.object(retention, "BATCH", 2):
            self.connection._cron_retention()
        self.assertFalse(runs.exists())
        self.assertFalse(periods.exists())
        batches = sum(processed for processed, _remaining in self.commits)
        classes = len(list(retention.methods(self.env)))
        self.assertEqual(batches, classes + 2 + 1, "two more batches of runs and one more of periods")

    def test_a_turn_that_is_over_leaves_the_rest_for_the_next(self):
        """One method that went on as long as rows were left ended housekeeping for all modules (H8)."""
        runs = self.old_runs(3)
        self.turn = 0
        self.connection._cron_retention()
        self.assertEqual(runs.exists(), runs)
        self.assertGreater(self.commits[-1][1], 0, "Odoo hears that something remains, and calls again")

    def test_a_class_that_fails_does_not_keep_the_others(self):
        runs = self.old_runs(1)
        broken = type(self.env["retail.sync.event"])
        with (
            patch.object(broken, "_gc_events", retention.batched(lambda self: 1 / 0)),
            self.assertLogs(schedule.__name__, "ERROR"),
        ):
            self.connection._cron_retention()
        self.assertFalse(runs.exists())

    def test_retention_is_no_part_of_the_housekeeping_of_all_modules(self):
        """A million rows in Odoo's common turn kept every other module from it (H8)."""
        for model, name in retention.methods(self.env):
            self.assertFalse(getattr(getattr(model, name), "_autovacuum", False), f"{model._name}.{name}")
        ours = [
            f"{model}.{name}"
            for model in self.env.registry
            if model.startswith("retail.sync.") and not self.env[model]._transient
            for name in dir(self.env.registry[model])
            if name.startswith("_gc_") and not getattr(getattr(self.env.registry[model], name), "is_retention", False)
        ]
        self.assertEqual(ours, [], "each of our classes has the schedule of the retention")

    def test_notes_and_activities_go_with_a_message(self):
        self.firm("F1", name="")
        self.take(FIRM)
        message = self.env["retail.sync.message"].search([("external_id", "=", "F1")])
        # pylint: disable-next=translation-required
        note = message.message_post(body="A note")
        activity = message.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        message.message_subscribe(self.env.user.partner_id.ids)
        message.action_ignore()
        self.env.flush_all()
        self.env.cr.execute("UPDATE retail_sync_message SET resolved_at = '2020-01-01' WHERE id = %s", [message.id])
        self.env.invalidate_all()
        message._gc_messages()
        self.assertFalse(message.exists() or note.exists() or activity.exists())
        followers = self.env["mail.followers"].search([("res_model", "=", message._name), ("res_id", "=", message.id)])
        self.assertFalse(followers)

    def test_a_run_that_another_one_names_can_go(self):
        first, second = self.old_runs(2)
        self.env.flush_all()
        second.next_run_id = first
        second.ended_at = fields.Datetime.now()
        self.firms.last_run_id = first
        self.env["retail.sync.run"]._gc_runs()
        self.assertFalse(first.exists())
        self.assertFalse(second.next_run_id or self.firms.last_run_id)

    def test_a_parameter_that_is_no_number_does_not_end_retention(self):
        self.env["ir.config_parameter"].set_param("retail_sync.keep_runs_days", "ninety")
        with self.assertLogs(retention.__name__, "WARNING"):
            self.assertEqual(retention.days(self.env, "keep_runs_days", 90), 90)

    def test_each_foreign_key_that_a_deletion_checks_has_an_index(self):
        """Without one on run.next_run_id, 500 runs took 17.5 s, and Odoo ended the worker (H8)."""
        tables = {model._table for model, _name in retention.methods(self.env)}
        tables |= {"retail_sync_connection", "retail_sync_stream", "retail_sync_link"}
        self.env.cr.execute(
            """
            SELECT refers.conrelid::regclass || '.' || attribute.attname FROM pg_constraint refers
            JOIN pg_attribute attribute ON attribute.attrelid = refers.conrelid AND attribute.attnum = refers.conkey[1]
            WHERE refers.contype = 'f' AND refers.confrelid = ANY(%s::regclass[]) AND NOT EXISTS (
                SELECT FROM pg_index found WHERE found.indrelid = refers.conrelid
                AND found.indkey[0] = refers.conkey[1] AND found.indisvalid
                AND (found.indpred IS NULL OR pg_get_expr(found.indpred, found.indrelid)
                     = format('(%%I IS NOT NULL)', attribute.attname)))
            ORDER BY 1
            """,
            [sorted(tables)],
        )
        self.assertEqual([name for (name,) in self.env.cr.fetchall()], [])
