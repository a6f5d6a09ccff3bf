from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.resilience.faults import FaultError
from ...models.exceptions import exception_queue
from ...models.exceptions.subject import of_alarm
from ...models.inbound import full_load, intake
from ...models.reconcile import remote_deletions
from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestFirstLoad(EngineCase):
    """begin -> (wait) -> fetch -> pages -> finish -> the next stream."""

    def seed(self, firms=3, persons=2):
        for number in range(firms):
            self.firm(f"F{number}")
        for number in range(persons):
            self.person(f"P{number}", firm=f"F{number % firms}")

    def start(self, kind="start_first_load"):
        return self.env["retail.sync.run"].browse(getattr(self.connection, kind)())

    def test_page_by_page(self):
        self.seed()
        firms, persons = self.start()
        self.assertEqual((self.connection.state, self.firms.state, persons.state), ("loading", "loading", "pending"))
        self.run_jobs()
        self.assertEqual(
            (firms.state, firms.mode, firms.total, firms.n_read, firms.n_created), ("done", "pages", 3, 3, 3)
        )
        self.assertEqual((persons.state, persons.n_created), ("done", 2))
        self.assertEqual(self.partner("P1").parent_id, self.partner("F1"))
        self.assertEqual((self.connection.state, self.firms.state, self.persons.state), ("running", "live", "live"))
        self.assertFalse(self.env["retail.sync.page"].search([("run_id", "in", (firms | persons).ids)]))
        self.assertTrue(firms.started_at and firms.ended_at)
        self.assertNotIn("bulk_begin", self.platform.calls)

    def test_records_that_do_not_suit_bulk_come_in_pages(self):
        self.seed()
        self.firms.bulk_threshold = 2
        self.patch(
            type(self.env["retail.sync.adapter.fake"]),
            "suits_bulk",
            lambda adapter, stream: stream.remote_object != FIRM,
        )
        firms, _persons = self.start()
        self.run_jobs()

        self.assertEqual((firms.mode, firms.n_created), ("pages", 3))
        self.assertNotIn("bulk_begin", self.platform.calls)

    def test_bulk(self):
        self.seed()
        self.firms.bulk_threshold = 2
        firms, persons = self.start()
        answers = iter([False, False, True])
        with patch.object(
            type(self.env["retail.sync.adapter.fake"]),
            "bulk_ready",
            lambda adapter, stream, cursor: (next(answers), dict(cursor, asked=True)),
        ):
            self.run_jobs()
        self.assertEqual((firms.mode, firms.n_created, persons.mode), ("bulk", 3, "pages"))
        self.assertEqual(list(answers), [])
        self.assertTrue(firms.cursor_before["since"])

    def test_children_wait_for_their_parents_run(self):
        self.seed()
        self.start()
        while self.next_job() != "_job_finish":
            self.assertFalse(self.link("P0"))
        self.assertEqual(self.jobs().mapped("method_name"), ["_job_begin"])
        self.assertIn("Persons", self.jobs().name)

    def test_cursor_lets_the_poll_go_on(self):
        """What changed or was deleted while the load ran must be seen by the first poll after it."""
        self.seed()
        self.start()
        self.next_job()
        since = str(self.platform.now)
        self.firm("F0", email="meanwhile@example.com")
        self.run_jobs()
        self.platform.delete(PERSON, "P1")
        self.assertEqual((self.firms.deleted_until, self.firms.cursor["since"]), (since, since))
        self.poll()
        self.assertEqual(self.partner("F0").email, "meanwhile@example.com")
        self.assertFalse(self.partner("P1").active)

    def test_second_load_changes_nothing(self):
        self.seed()
        self.start()
        self.run_jobs()
        before = self.env["res.partner"].search_count([])
        runs = self.start()
        self.run_jobs()
        self.assertEqual([(run.n_read, run.n_unchanged, run.n_created) for run in runs], [(3, 3, 0), (2, 2, 0)])
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_reload_after_the_mapping_changed(self):
        """Rows that are the same to the letter were dropped before the new mapping ever saw them."""
        self.seed(persons=0)
        self.poll()
        self.firms.map_ids.filtered(lambda line: line.canonical_field == "website").remote_path = "name"
        self.firms.action_reload()
        self.run_jobs()
        self.assertEqual(self.partner("F1").website, "http://Firm F1")

    def test_stopped_stream_is_loaded_when_it_is_named(self):
        """A stream that lost its deletion window could not be loaded anew: the load left stopped streams out."""
        self.seed(persons=0)
        self.poll()
        self.firms._stop(FaultError("contract", "DELETED_WINDOW_LOST", "Too long ago"))
        message = exception_queue.technical(
            self.env,
            self.connection,
            "DELETED_WINDOW_LOST",
            "Too long ago",
            of_alarm("stream"),
            stream=self.firms,
        )
        self.firms.action_reload()
        self.run_jobs()
        self.assertEqual((self.firms.state, self.firms.stop_reason), ("live", False))
        self.assertEqual(message.state, "done")

    def test_load_of_everything_leaves_stopped_streams_out(self):
        self.seed()
        self.firms._stop(FaultError("contract", "X", "No permission"))
        [run] = self.start()
        self.assertEqual(run.stream_id, self.persons)

    def test_records_that_a_reload_does_not_show_are_asked_for(self):
        """A record deleted in a lost window stayed in sync for ever."""
        self.seed(firms=4, persons=0)
        self.poll()
        self.platform.delete(FIRM, "F1")
        del self.platform.rows[FIRM]["F2"]
        self.firms.action_reload()
        self.run_jobs()
        self.assertEqual(
            [self.link(key).state for key in ("F0", "F1", "F2", "F3")], ["in_sync", "deleted", "missing", "in_sync"]
        )
        # Hidden and removed for good look the same: the customer of a record that is merely not shown is kept.
        self.assertEqual([self.partner(key).active for key in ("F1", "F2")], [False, True])
        self.assertEqual(self.partner("F2").sync_state, "missing")
        self.assertIn("Not found on the platform", self.link("F2").reason)
        self.assertFalse(self.env["retail.sync.load.snapshot"].search([]))

    def test_a_deletion_that_a_reload_finds_and_that_fails_stands_alone(self):
        self.seed(firms=4, persons=0)
        self.poll()
        for number in range(3):
            self.platform.delete(FIRM, f"F{number}")
        apply_deletions = remote_deletions.apply_deletions

        def failing(env, stream, refs):
            if any(ref.external_id == "F1" for ref in refs):
                raise ValueError("a bug")
            return apply_deletions(env, stream, refs)

        self.firms.action_reload()
        with (
            patch.object(remote_deletions, "apply_deletions", failing),
            self.assertLogs("odoo.addons.retail_sync", "WARNING"),
        ):
            self.run_jobs()
        states = [self.link(f"F{number}").state for number in range(4)]
        self.assertEqual(states, ["deleted", "in_sync", "deleted", "in_sync"])
        self.assertEqual(self.message("F1").fault_code, "DELETE_REFUSED")

    def test_record_that_shows_again_is_in_step(self):
        self.seed(firms=2, persons=0)
        self.poll()
        row = self.platform.rows[FIRM].pop("F1")
        self.firms.action_reload()
        self.run_jobs()
        self.assertEqual(self.link("F1").state, "missing")
        self.platform.rows[FIRM]["F1"] = row
        self.firms.action_reload()
        self.run_jobs()
        self.assertEqual(self.link("F1").state, "in_sync")

    def test_records_outside_the_filter_are_named_so(self):
        self.seed(firms=2, persons=0)
        self.poll()
        self.firms.filter_text = "kind = 'shop'"
        shown = [row for row in self.platform.since(FIRM, 0) if row["id"] != "F1"]
        adapter = type(self.env["retail.sync.adapter.fake"])
        with patch.object(adapter, "fetch_page", lambda _self, _stream, cursor, _limit: (shown, cursor, False)):
            self.firms.action_reload()
            self.run_jobs()
        self.assertEqual((self.link("F0").state, self.link("F1").state), ("in_sync", "missing"))
        self.assertIn("scope filter", self.link("F1").reason)
        self.assertTrue(self.partner("F1").active)

    def test_records_not_shown_are_reported_when_asking_fails(self):
        self.seed(firms=2, persons=0)
        self.poll()
        del self.platform.rows[FIRM]["F1"]
        self.firms.action_reload()
        while not self.jobs("_job_verify_missing"):
            self.next_job()
        self.fail_job(self.jobs("_job_verify_missing"))
        [message] = self.alarms("stream")
        self.assertEqual((message.state, message.fault_code), ("open", "JOB_FAILED"))

    def test_jobs_run_as_the_integration_user_in_the_bulk_lane(self):
        self.seed()
        self.start()
        job = self.jobs()
        self.assertEqual((job.user_id, job.channel), (self.connection.user_id, "root.retail_sync.bulk"))

    def test_one_load_at_a_time(self):
        self.seed()
        self.start()
        with self.assertRaises(UserError):
            self.start()
        with self.assertRaises(UserError):
            self.start("start_dry_run")

    def test_a_dry_run_leaves_links_as_they_are(self):
        self.seed(firms=1, persons=0)
        self.poll()
        link = self.link("F0") or self.env["retail.sync.link"].search([("stream_id", "=", self.firms.id)])
        before = (link.version, link.raw_hash)
        self.firm(link.external_id)
        self.start("start_dry_run")
        self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual((link.version, link.raw_hash), before)
        self.poll()
        self.assertGreater(link.version, before[0])

    def test_nothing_in_scope(self):
        runs = self.start()
        self.run_jobs()
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertEqual(self.connection.state, "running")

    def test_a_row_without_a_usable_id_is_an_exception_and_the_others_arrive(self):
        self.seed(firms=3, persons=0)
        self.platform.put(FIRM, "bad", id="", name="No id")
        run = self.start()[0]
        self.run_jobs()
        self.assertEqual((run.state, run.n_read, run.n_created, run.n_failed), ("done", 4, 3, 1))
        [message] = self.env["retail.sync.message"].search([("is_exception", "=", True)])
        self.assertEqual(message.fault_code, "JOB_CRASHED")

    def test_text_that_no_database_takes_ends_no_load(self):
        """The examples beside the mapping lines were kept as they came: half an emoji in one ended the whole load."""
        self.firm("F1", language="de\ud83d\x00")
        self.firm("F2")
        run = self.start()[0]
        self.run_jobs()
        self.assertEqual((run.state, run.n_read), ("done", 2))
        self.assertTrue(self.link("F1") and self.link("F2"))
        line = self.firms.map_ids.filtered(lambda line: line.canonical_field == "language")
        self.assertEqual(line.sample_value, "de\ufffd\ufffd")

    def test_backpressure(self):
        """Fetching pauses while many pages wait: it bounds what a load keeps in the database."""
        self.seed(firms=6, persons=0)
        self.firms.page_size = 1
        run = self.start()[0]
        with patch.object(full_load, "PAGE_FETCH", 4), patch.object(full_load, "MAX_WAITING_PAGES", 2):
            self.env["retail.sync.inbound.jobs"]._job_begin(run.id)
            self.env["retail.sync.inbound.jobs"]._job_fetch(run.id)
            self.assertEqual((run.n_read, self.env["retail.sync.page"].search_count([("run_id", "=", run.id)])), (4, 4))
            calls = len(self.platform.calls)
            self.env["retail.sync.inbound.jobs"]._job_fetch(run.id)
            self.assertEqual((run.n_read, len(self.platform.calls)), (4, calls))
            self.run_jobs()
        self.assertEqual((run.state, run.n_created), ("done", 6))

    def test_finish_waits_for_the_last_page(self):
        self.seed(persons=0)
        run = self.start()[0]
        for method in ("_job_begin", "_job_fetch", "_job_finish"):
            getattr(self.env["retail.sync.inbound.jobs"], method)(run.id)
        self.assertEqual(run.state, "running")
        self.run_jobs()
        self.assertEqual((run.state, run.n_created), ("done", 3))

    def test_page_that_is_done_is_not_done_again(self):
        """A worker that dies after its commit leaves a job that runs once more."""
        self.seed(persons=0)
        self.start()
        while self.next_job() != "_job_fetch":
            continue
        job = self.jobs("_job_page")
        self.next_job()
        with patch.object(intake, "process", side_effect=AssertionError("again")):
            self.env["retail.sync.inbound.jobs"]._job_page(*job.args)

    def test_page_sizes_adapt(self):
        run = self.make_run(FIRM, "initial")
        pages = self.env["retail.sync.page"]
        for seconds, expected in ((4.0, 100), (0.1, 2000), (0.8, 500)):
            with self.subTest(seconds=seconds):
                page = pages.create(
                    {"run_id": run.id, "stream_id": self.firms.id, "size": 200, "seconds": seconds, "state": "done"}
                )
                self.env.flush_all()
                self.assertEqual(full_load._page_size(self.env, run), expected)
                self.assertEqual(self.firms.page_size, expected)
                page.unlink()

    def test_rows_are_cut_into_pages_in_order(self):
        run = self.make_run(FIRM, "initial")
        pages = self.env["retail.sync.page"]._store(run, [{"id": number} for number in range(5)], 2)
        self.assertEqual([[row["id"] for row in page._rows()] for page in pages], [[0, 1], [2, 3], [4]])
        more = self.env["retail.sync.page"]._store(run, [{"id": 5}], 2)
        self.assertGreater(more.sequence, pages[-1].sequence)

    def test_lost_bulk_job_starts_again(self):
        self.seed()
        self.firms.bulk_threshold = 2
        run = self.start()[0]
        fetch = type(self.env["retail.sync.adapter.fake"]).bulk_fetch
        calls = []

        def losing(adapter, stream, cursor, limit):
            calls.append(cursor["offset"])
            if len(calls) == 2:
                raise FaultError("transient", "BULK_JOB_LOST", "The job is gone.")
            return fetch(adapter, stream, cursor, limit)

        with (
            patch.object(type(self.env["retail.sync.adapter.fake"]), "bulk_fetch", losing),
            patch.object(full_load, "BULK_FETCH", 2),
        ):
            self.run_jobs()
        self.assertEqual(calls, [0, 2, 0, 2])
        self.assertEqual(self.platform.calls.count("bulk_begin"), 2)
        self.assertEqual((run.state, run.n_created, run.n_read), ("done", 3, 3))

    def test_jobs_that_come_to_nothing_are_asked_for_less_and_less_often(self):
        self.seed()
        self.firms.bulk_threshold = 2
        run = self.start()[0]
        self.next_job()
        for hours, seconds in ((0, 2), (1, 300)):
            run.started_at = fields.Datetime.now() - timedelta(hours=hours, seconds=1)
            self.jobs().filtered(lambda job: job.state == "pending").state = "done"
            full_load.restart_bulk(self.env, run)
            pause = (
                self.jobs("_job_begin").filtered("eta").sorted("id")[-1].eta - fields.Datetime.now()
            ).total_seconds()
            self.assertAlmostEqual(pause, seconds, delta=3)

    def test_a_bulk_job_may_take_days(self):
        """The pause grew as a power of the number of looks: at the 1751st, after 15 hours, it was no number."""
        self.seed()
        self.firms.bulk_threshold = 2
        run = self.start()[0]
        self.next_job()
        adapter = type(self.env["retail.sync.adapter.fake"])
        with patch.object(adapter, "bulk_ready", lambda _adapter, _stream, cursor: (False, cursor)):
            full_load.job_wait(self.env, run.id, 5000)
        [look] = self.jobs("_job_wait").filtered(lambda job: job.args == [run.id, 5001])
        self.assertAlmostEqual((look.eta - fields.Datetime.now()).total_seconds(), 30, delta=3)

    def test_pause(self):
        """A load went on in spite of the pause, and its end set the connection running again."""
        self.seed()
        self.start()
        self.next_job()
        self.connection.action_pause()
        with self.assertRaises(RetryableJobError) as waiting:
            self.next_job()
        self.assertTrue(waiting.exception.ignore_retry)
        self.assertEqual((self.connection.state, self.platform.calls.count("fetch_page")), ("paused", 0))
        self.connection.action_resume()
        self.assertEqual(self.connection.state, "loading")
        self.run_jobs()
        self.assertEqual((self.connection.state, self.link("P0").state), ("running", "in_sync"))

    def test_failed_reload_leaves_the_streams_as_they_were(self):
        """A stream whose reload failed stayed 'loading': no poll asked for its changes any more."""
        self.seed()
        self.poll()
        cursor = self.firms.cursor
        runs = self.start()
        self.fail_job(self.jobs("_job_begin"))
        self.assertEqual(runs.mapped("state"), ["failed", "cancelled"])
        self.assertEqual((self.firms.state, self.persons.state, self.connection.state), ("live", "live", "running"))
        self.assertEqual(self.firms.cursor, cursor)
        message = self.env["retail.sync.message"].search([("run_id", "=", runs[0].id)])
        self.assertEqual((message.fault_code, message.team), ("JOB_FAILED", "technical"))
        self.firm("F0", email="new@example.com")
        self.poll()
        self.assertEqual(self.partner("F0").email, "new@example.com")

    def test_failed_first_load(self):
        self.firms.cursor = self.persons.cursor = False
        self.seed()
        self.start()
        self.fail_job(self.jobs("_job_begin"))
        self.assertEqual((self.firms.state, self.persons.state, self.connection.state), ("draft", "draft", "connected"))
