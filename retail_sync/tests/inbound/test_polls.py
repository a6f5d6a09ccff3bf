from contextlib import suppress
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.queue_job.exception import FailedJobError

from ...adapter import FaultError, Polls
from ...models.inbound import intake, poll, poll_pages, short_pages
from ...models.reconcile import remote_deletions, resolve
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
        """The cursor moves with the last page; a page whose cursor moved alone would be lost."""
        for number in range(4):
            self.firm(f"F{number}")
        before, process = self.firms.cursor, intake.process

        def dying(env, stream, rows, *args, **options):
            if any(row["id"] == "F2" for row in rows):
                raise MemoryError("killed")
            return process(env, stream, rows, *args, **options)

        with (
            patch.object(short_pages, "PAGE", 2),
            patch.object(intake, "process", dying),
            # Neither assertRaises nor the job's own savepoint, which would roll back what was committed before.
            suppress(MemoryError),
        ):
            poll.job_poll(self.env, self.connection.id)
            self.fail("nothing was raised")
        self.env.invalidate_all()
        self.assertEqual(self.firms.cursor, before)
        self.assertEqual([bool(self.link(f"F{number}")) for number in range(4)], [True, True, False, False])
        self.poll()
        self.assertEqual(self.partner("F3").name, "Firm F3")
        self.assertEqual(self.last_run().n_created, 2, "what the first pages took in is known")
        self.assertEqual(self.firms.watermark, str(self.platform.now))

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
        """The stream that fails as a whole is polled again in a job of its own; the others keep what they took in."""
        self.firm("F1")
        self.person("P1")
        before, move = self.firms.cursor, poll_pages.take

        def failing(env, stream, *args):
            if stream == self.firms:
                raise ValueError("a bug")
            return move(env, stream, *args)

        self.connection.start_poll()
        with patch.object(poll_pages, "take", failing), self.assertLogs(poll.__name__, "WARNING"):
            self.run_next_job()
        self.assertEqual((self.firms.cursor, bool(self.link("F1")), bool(self.link("P1"))), (before, False, True))
        self.assertEqual([job.args for job in self.jobs("_job_poll_stream")], [[self.firms.id]])
        self.run_jobs()
        self.assertTrue(self.link("F1"))

    def poisoned(self, *poison):
        """Let these records make any page fail that has them."""
        resolve_all = resolve.resolve

        def failing(env, stream, items, decision=None):
            if any(item.incoming.external_id in poison for item in items):
                raise ValueError("a bug")
            return resolve_all(env, stream, items, decision)

        return patch.object(resolve, "resolve", failing)

    def test_poison_stands_alone_and_the_others_arrive(self):
        """Seen: an unexpected error over one of five records kept all streams from being polled, for ever."""
        for number in range(7):
            self.firm(f"F{number}")
        self.person("P1")
        with self.poisoned("F3", "F6"), self.assertLogs("odoo.addons.retail_sync", "WARNING"):
            self.poll()
        arrived = [bool(self.link(f"F{number}")) for number in range(7)]
        self.assertEqual(arrived, [True, True, True, False, True, True, False])
        self.assertTrue(self.link("P1"))
        self.assertEqual(self.firms.watermark, str(self.platform.rows[FIRM]["F6"]["version"]), "the cursor moved on")
        for external_id in ("F3", "F6"):
            message = self.message(external_id)
            self.assertEqual((message.state, message.fault_code), ("open", "JOB_CRASHED"))
            self.assertEqual(message.payload["id"], external_id)
        self.assertEqual(self.last_run().n_failed, 2)
        self.message("F3").action_retry()
        self.run_jobs()
        self.assertEqual((bool(self.link("F3")), self.message("F3").state), (True, "done"))

    def test_a_row_without_a_usable_id_is_an_exception_and_the_others_arrive(self):
        """Rows are looked up before they are halved: one that has no id, or an impossible one, held back its stream."""
        self.firm("F1")
        for number, bad in enumerate(("", "F\x00", None)):
            self.platform.put(FIRM, f"bad{number}", id=bad, name="No id")
        self.firm("F2")
        self.poll()
        self.assertTrue(self.link("F1") and self.link("F2"))
        self.assertEqual((self.firms.watermark, self.last_run().n_failed), (str(self.platform.now), 3))
        messages = self.env["retail.sync.message"].search([("is_exception", "=", True)])
        self.assertEqual(messages.mapped("fault_code"), ["JOB_CRASHED"] * 3)
        self.platform.put(FIRM, "bad0", name="No id")
        self.firm("F1", name="Later")
        self.poll()
        self.assertEqual(self.partner("F1").name, "Later")

    def test_poison_that_is_known_is_not_tried_at_every_poll(self):
        self.firm("F1")
        with self.poisoned("F1"), self.assertLogs("odoo.addons.retail_sync", "WARNING"):
            self.poll()
        attempts = self.message("F1").attempts
        self.firms.cursor = {"since": "0", "modstamp": "0"}
        self.poll()
        self.assertEqual((self.message("F1").attempts, self.message("F1").state), (attempts, "open"))

    def test_mapping_that_makes_no_sense_stops_its_stream_only(self):
        self.firm("F1")
        self.person("P1")
        self.firms.map_ids.unlink()
        self.poll()
        self.assertEqual((self.firms.state, self.persons.state), ("stopped", "live"))
        self.assertTrue(self.link("P1"))

    def test_cursor_that_a_load_set_meanwhile_is_left_alone(self):
        self.firm("F1")
        adapter, load = type(self.connection._adapter()), {"since": "5", "modstamp": "5"}
        ask = adapter.poll

        def asked(adapter_self, connection, streams, limit):
            found = ask(adapter_self, connection, streams, limit)
            self.firms.cursor = load
            self.env.flush_all()
            return found

        with patch.object(adapter, "poll", asked):
            self.poll()
        self.assertEqual(self.firms.cursor, load)
        self.assertTrue(self.link("F1"))

    # -- deletions

    def test_deletions_never_stop_rows(self):
        """Seen: an emptied recycle bin stopped both streams until everything was loaded again."""
        self.platform.deletions_fault = FaultError("contract", "NO_LOG", "Deletions are not reported")
        self.firm("F1")
        self.poll()
        self.assertEqual((self.firms.state, bool(self.link("F1"))), ("live", True))
        alarm = self.alarms("deletions").filtered(lambda alarm: alarm.stream_id == self.firms)
        self.assertEqual((alarm.state, alarm.fault_code), ("open", "NO_LOG"))
        self.platform.deletions_fault = None
        self.poll()
        self.assertEqual(alarm.state, "done")

    def test_trouble_that_passes_is_no_alarm(self):
        self.platform.deletions_fault = FaultError("transient", "SLOW", "Later")
        self.firm("F1")
        with self.assertLogs(poll_pages.__name__, "WARNING"):
            self.poll()
        self.assertTrue(self.link("F1"))
        self.assertFalse(self.alarms("deletions"))
        self.assertFalse(self.firms.deletion_check_due)

    def test_a_deletion_that_cannot_be_followed_stands_alone(self):
        for number in range(3):
            self.firm(f"F{number}")
        self.poll()
        for number in range(3):
            self.platform.delete(FIRM, f"F{number}")
        apply_deletions = remote_deletions.apply_deletions

        def failing(env, stream, refs):
            if any(ref.external_id == "F1" for ref in refs):
                raise ValueError("a bug")
            return apply_deletions(env, stream, refs)

        with (
            patch.object(remote_deletions, "apply_deletions", failing),
            self.assertLogs("odoo.addons.retail_sync", "WARNING"),
        ):
            self.poll()
        self.assertEqual([self.link(f"F{number}").state for number in range(3)], ["deleted", "in_sync", "deleted"])
        self.assertEqual(self.message("F1").fault_code, "DELETE_REFUSED")
        self.assertEqual(self.firms.deleted_until, str(self.platform.now))

    def test_lost_deletions_are_found_by_comparing_ids_once(self):
        for number in range(3):
            self.firm(f"F{number}")
        self.poll()
        self.later_than_odoo()
        self.platform.delete(FIRM, "F1")
        # The platform forgot that: it tells nothing, and says so.
        gone, self.platform.deleted[FIRM] = self.platform.deleted[FIRM], []
        self.platform.deletions_lost = True
        self.firm("F2", name="Renamed")
        self.platform.calls.clear()
        self.connection.start_poll()
        self.run_next_job()
        self.assertEqual((self.partner("F2").name, self.firms.state), ("Renamed", "live"))
        self.platform.deleted[FIRM] = gone
        self.run_jobs()
        self.assertEqual([self.link(f"F{number}").state for number in range(3)], ["in_sync", "deleted", "in_sync"])
        self.assertFalse(self.partner("F1").active)
        self.assertFalse(self.firms.deletion_check_due)
        self.assertEqual(self.platform.calls.count("bulk_begin_ids"), 2, "one for each stream")
        run = self.env["retail.sync.run"].search([("kind", "=", "deletions"), ("stream_id", "=", self.firms.id)])
        self.assertEqual((run.state, run.n_read), ("done", 2))
        # A log that is purged all day costs one check in twelve hours.
        self.poll()
        self.assertEqual(self.platform.calls.count("bulk_begin_ids"), 2)
        self.assertTrue(self.firms.deletion_check_due)

    def test_a_deletion_check_that_is_refused_stops_nothing(self):
        self.firms.deletion_check_due = fields.Datetime.now()
        adapter = type(self.connection._adapter())
        refusal = FaultError("contract", "NO_BULK", "No bulk interface")
        self.connection.start_poll()
        self.run_next_job()
        job = self.jobs("_job_begin")
        with patch.object(adapter, "bulk_begin_ids", side_effect=refusal), self.assertRaises(FailedJobError):
            self.run_next_job()
        self.fail_job(job, "No bulk interface")
        self.assertEqual(self.firms.state, "live")
        self.assertEqual(self.alarms("load").mapped("state"), ["open"])
        self.poll()
        self.assertFalse(self.jobs("_job_begin"), "not begun again at the next poll")

    # -- backlogs

    def test_a_long_backlog_is_read_in_bulk(self):
        self.firms.bulk_threshold = 1
        for number in range(10):
            self.firm(f"F{number}")
        self.person("P1")
        with patch.object(poll, "POLL_LIMIT", 2):
            self.connection.start_poll()
            self.run_next_job()
            run = self.env["retail.sync.run"].search([("kind", "=", "backlog")])
            self.assertEqual((run.stream_id, run.total, run.state), (self.firms, 8, "pending"))
            self.assertEqual((self.firms.state, self.connection.state), ("live", "running"))
            self.person("P2")
            self.connection.start_poll()
            self.run_jobs()
        self.assertEqual(run.state, "done")
        self.assertEqual((run.n_read, run.n_created), (8, 8))
        self.assertTrue(all(self.link(f"F{number}") for number in range(10)))
        self.assertTrue(self.link("P2"))
        self.assertEqual(self.firms.cursor["id"], "F9")
        self.assertEqual(self.platform.calls.count("bulk_begin_changes"), 1)

    def test_a_short_backlog_is_read_by_pages(self):
        self.firms.bulk_threshold = 2
        for number in range(10):
            self.firm(f"F{number}")
        with patch.object(poll, "POLL_LIMIT", 2):
            self.poll()
        self.assertTrue(self.link("F9"))
        self.assertNotIn("bulk_begin_changes", self.platform.calls)

    def test_a_backlog_whose_bulk_read_fails_is_read_by_pages(self):
        self.firms.bulk_threshold = 1
        for number in range(10):
            self.firm(f"F{number}")
        adapter = type(self.connection._adapter())
        refusal = FaultError("contract", "NO_BULK", "No bulk interface")
        with patch.object(poll, "POLL_LIMIT", 2), patch.object(adapter, "bulk_begin_changes", side_effect=refusal):
            self.connection.start_poll()
            self.run_next_job()
            job = self.jobs("_job_begin")
            with self.assertRaises(FailedJobError):
                self.run_next_job()
            self.fail_job(job, "No bulk interface")
            self.assertEqual(self.firms.state, "live")
            self.poll()
        self.assertTrue(self.link("F9"))

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
