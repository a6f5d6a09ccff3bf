from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...adapter import FaultError, Polls
from ...models.inbound import poll
from ...models.reconcile import remote_deletions
from ...runtime import retention
from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestPolls(EngineCase):
    """What changed since the watermark, all streams of a connection in one call."""

    def last_run(self):
        return self.env["retail.sync.run"].search([("connection_id", "=", self.connection.id)], limit=1)

    def test_one_call_for_all_streams_and_parents_first(self):
        self.person("P1", firm="F1")
        self.firm("F1")
        self.poll()
        self.assertEqual(self.platform.calls, ["poll"])
        self.assertEqual(self.partner("P1").parent_id, self.partner("F1"))
        run = self.last_run()
        self.assertEqual((run.kind, run.state, run.n_read, run.n_created, run.api_calls), ("poll", "done", 2, 2, 1))
        self.assertTrue(self.connection.last_poll_at)

    def test_goes_on_while_there_is_more(self):
        for number in range(5):
            self.firm(f"F{number}")
        with patch.object(poll, "POLL_LIMIT", 2):
            self.poll()
        self.assertEqual(self.env["retail.sync.link"].search_count([("stream_id", "=", self.firms.id)]), 5)
        self.assertEqual(self.platform.calls, ["poll"] * 3)

    def test_failed_record_does_not_hold_the_watermark_back(self):
        self.firm("F1", name="")
        self.firm("F2")
        self.poll()
        self.assertEqual(self.firms.watermark, str(self.platform.now))
        self.assertEqual((self.partner("F2").name, self.message("F1").state), ("Firm F2", "open"))

    def test_crash_repeats_the_page_and_nothing_else(self):
        """Effects and watermark are one transaction: a page whose watermark moved alone would be lost."""
        self.firm("F1")
        before = self.firms.cursor
        self.connection.start_poll()
        with (
            patch.object(remote_deletions, "apply_deletions", side_effect=MemoryError("killed")),
            self.assertRaises(MemoryError),
            self.env.cr.savepoint(),
        ):
            self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual((self.firms.cursor, self.link("F1").id), (before, False))
        self.run_jobs()
        self.assertEqual(self.partner("F1").name, "Firm F1")

    def test_streams_that_are_not_live_are_left_out(self):
        self.firm("F1")
        self.person("P1")
        self.firms.action_pause()
        self.poll()
        self.assertFalse(self.link("F1"))
        self.assertTrue(self.link("P1"))
        self.firms.action_resume()
        self.poll()
        self.assertEqual(self.partner("F1").name, "Firm F1", "it goes on where it left off")

    def test_trouble_of_one_stream_touches_no_other(self):
        """The stream whose page fails is polled again in a job of its own; the others keep what they took in."""
        self.firm("F1")
        self.person("P1")
        before, apply_deletions = self.firms.cursor, remote_deletions.apply_deletions

        def failing(env, stream, *args):
            if stream == self.firms:
                raise ValueError("a bug")
            return apply_deletions(env, stream, *args)

        self.connection.start_poll()
        with patch.object(remote_deletions, "apply_deletions", failing), self.assertLogs(poll.__name__, "WARNING"):
            self.run_next_job()
        self.assertEqual((self.firms.cursor, bool(self.link("F1")), bool(self.link("P1"))), (before, False, True))
        self.assertEqual([job.args for job in self.jobs("_job_poll_stream")], [[self.firms.id]])
        self.run_jobs()
        self.assertTrue(self.link("F1"))

    def test_streams_that_share_no_call_have_jobs_of_their_own(self):
        self.platform.polls = Polls.stream
        for number in range(3):
            self.firm(f"F{number}")
        self.person("P1", firm="F1")
        with patch.object(poll, "POLL_LIMIT", 2):
            self.poll()
        self.assertEqual(self.platform.calls, [f"poll_stream {FIRM}", "poll_stream Person", f"poll_stream {FIRM}"])
        self.assertEqual(self.partner("P1").parent_id, self.partner("F1"))
        self.assertTrue(self.link("F2"))

    def test_a_stream_that_fails_alone_stops_alone(self):
        self.platform.polls = Polls.stream
        self.platform.stream_faults[FIRM] = FaultError("contract", "OBJECT_MISSING", "There is no such object")
        self.firm("F1")
        self.person("P1")
        self.poll()
        self.assertEqual((self.firms.state, self.persons.state), ("stopped", "live"))
        self.assertTrue(self.link("P1"))

    def test_a_platform_without_polls_is_not_asked(self):
        self.platform.polls = Polls.none
        self.firm("F1")
        self.poll()
        self.assertEqual(self.platform.calls, [])

    def test_cron_polls_running_connections_only(self):
        other = self.make_connection(name="Other shop")
        self.connection._cron_poll()
        self.assertEqual([job.args for job in self.jobs("_job_poll")], [[self.connection.id]])
        self.assertEqual(other.state, "draft")

    def test_nothing_personal_in_jobs(self):
        """queue_job stores and logs arguments: they are ids, never records or secrets."""
        self.firm("F1", name="Rossi Srl", email="info@rossi.example")
        self.connection.start_first_load()
        self.run_jobs()
        self.firm("F1", name="")
        self.poll()
        self.message("F1").action_retry()
        self.run_jobs()
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(job)::text FROM queue_job job WHERE model_name LIKE 'retail.sync.%'")
        text = str(self.env.cr.fetchall())
        self.assertIn("_job_page", text)
        for secret in ("Rossi", "info@rossi.example", "a-secret-that-must-not-show"):
            self.assertNotIn(secret, text)


@tagged("post_install", "-at_install")
class TestRetention(EngineCase):
    """What is solved goes after a while; what waits for a person never does."""

    def age(self, records, column, days):
        self.env.flush_all()
        moment = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        self.env.cr.execute(f"UPDATE {records._table} SET {column} = %s WHERE id = ANY(%s)", [moment, records.ids])
        self.env.invalidate_all()

    def test_messages(self):
        for number in range(3):
            self.firm(f"F{number}", name="")
        self.take(FIRM)
        still_open, young, old = (self.message(f"F{number}") for number in range(3))
        (young | old).action_ignore()
        self.age(old, "resolved_at", 181)
        self.age(young, "resolved_at", 179)
        self.age(still_open, "create_date", 1000)
        self.env["retail.sync.message"]._gc_messages()
        self.assertEqual((still_open | young | old).exists(), still_open | young)
        self.env["ir.config_parameter"].set_param("retail_sync.keep_messages_days", "30")
        self.env["retail.sync.message"]._gc_messages()
        self.assertEqual((still_open | young).exists(), still_open)

    def test_what_one_batch_cannot_delete_is_announced(self):
        """Deleting 10,000 rows a day let the table grow without end where a day made more."""
        for number in range(5):
            self.firm(f"F{number}", name="")
        self.take(FIRM)
        messages = self.env["retail.sync.message"].union(*(self.message(f"F{number}") for number in range(5)))
        messages.action_ignore()
        self.age(messages, "resolved_at", 181)
        with patch.object(retention, "BATCH", 2):
            answers = [self.env["retail.sync.message"]._gc_messages() for _batch in range(3)]
        self.assertEqual(answers, [(2, 1), (2, 1), (1, 0)])
        self.assertFalse(messages.exists())

    def test_runs(self):
        runs = self.env["retail.sync.run"].create(
            [
                {"connection_id": self.connection.id, "kind": "poll", "state": state, "n_read": n_read}
                for state, n_read in (("done", 0), ("done", 5), ("failed", 0), ("running", 0))
            ]
        )
        idle, busy, failed, running = runs
        self.age(idle | busy | failed, "ended_at", 3)
        self.env["retail.sync.run"]._gc_runs()
        self.assertEqual(runs.exists(), busy | failed | running)
        self.age(busy | failed, "ended_at", 91)
        self.env["retail.sync.run"]._gc_runs()
        self.assertEqual(runs.exists(), running)
