from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.operations import job_failures
from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestSweeper(EngineCase):
    """A killed worker calls no hook: what it left is found and seen to."""

    def staged(self, size=4, page_size=500):
        """Start a load and read its first stream; return its run, with pages that wait."""
        for number in range(size):
            self.firm(f"F{number}")
        self.firms.page_size = page_size
        runs = self.env["retail.sync.run"].browse(self.connection.start_first_load())
        while self.next_job() != "_job_fetch":
            continue
        return runs[0]

    def kill(self, jobs):
        """Lose jobs as the job runner does it, past the ORM: no hook is called."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET state = 'failed', exc_name = 'JobFoundDead' WHERE id = ANY(%s)", [jobs.ids]
        )
        self.env.invalidate_all()

    def sweep(self):
        self.connection._cron_sweep()
        self.env.flush_all()
        self.env.invalidate_all()

    def test_nothing_to_do(self):
        self.staged()
        before = self.jobs()
        self.sweep()
        self.assertEqual(self.jobs(), before)

    def test_orphan_page_is_cut_in_two_and_goes_on(self):
        run = self.staged()
        self.kill(self.jobs("_job_page"))
        self.sweep()
        waiting = run.page_ids.filtered(lambda page: page.state == "pending")
        self.assertEqual(waiting.mapped("size"), [2, 2])
        self.assertEqual(len(self.jobs("_job_page")), 2)
        self.run_jobs()
        self.assertEqual((run.state, run.n_created), ("done", 4))

    def test_record_that_kills_its_worker(self):
        """Such a page ran again and again and killed worker after worker."""
        run = self.staged(size=3)
        job = self.jobs("_job_page")
        self.assertEqual(job.max_retries, 3)
        poison = "F1"
        for _turn in range(10):
            deadly = self.jobs("_job_page").filtered(
                lambda job: poison in str(self.env["retail.sync.page"].browse(job.args[1])._rows())
            )
            if not deadly:
                break
            self.kill(deadly)
            self.sweep()
        self.run_jobs()
        self.assertEqual((run.state, run.n_created, run.n_failed), ("done", 2, 1))
        message = self.message(poison)
        self.assertEqual((message.state, message.fault_code, message.team), ("open", "JOB_CRASHED", "technical"))
        self.assertEqual(message.sudo().payload["name"], "Firm F1")
        self.assertEqual(message.version, self.platform.rows[FIRM][poison]["version"])
        message.action_retry()
        self.run_jobs()
        self.assertEqual((message.state, self.partner(poison).name), ("done", "Firm F1"))

    def test_failed_job_of_another_room_ends_no_load(self):
        """Jobs of the duplicate search have the same names, and a search may have the number of a run."""
        run = self.make_run(FIRM, "initial")
        self.env["retail.sync.duplicates.jobs"].with_delay()._job_begin(run.id)
        self.fail_job(self.jobs("_job_begin"))
        self.assertEqual(run.state, "running")

    def test_failed_answer_of_many_reviews_raises_an_alarm(self):
        self.env["retail.sync.review.jobs"].with_delay()._job_answer("link", [], [])
        with patch.object(job_failures, "_on_run_failed", side_effect=AssertionError("not a load")):
            self.fail_job(self.jobs("_job_answer"), "The database is full")
        connections = self.env["retail.sync.connection"].search([], limit=1)
        alarm = self.env["retail.sync.message"].search(
            [("connection_id", "=", connections.id), ("alarm_about", "=", "worker"), ("job_method", "=", "_job_answer")]
        )
        self.assertEqual(alarm.fault_message, "The database is full")

    def test_failed_page_is_cut_in_two(self):
        """An error of the page as a whole, reported by queue_job's own failure hook."""
        run = self.staged()
        self.fail_job(self.jobs("_job_page"))
        self.assertEqual(sorted(run.page_ids.filtered(lambda page: page.state == "pending").mapped("size")), [2, 2])
        self.run_jobs()
        self.assertEqual((run.state, run.n_created), ("done", 4))

    def test_error_in_the_hook_does_not_lose_the_failure(self):
        """queue_job would run the job again for ever."""
        self.staged()
        job = self.jobs("_job_page")
        with (
            patch.object(job_failures, "on_jobs_failed", side_effect=ValueError("hook")),
            self.assertLogs("odoo.addons.retail_sync.models.operations.queue_job", "ERROR"),
        ):
            self.fail_job(job)
        self.assertEqual(job.state, "failed")
        self.sweep()
        self.assertTrue(self.jobs("_job_page"))

    def test_orphan_runs(self):
        for steps, method in ((0, "_job_begin"), (1, "_job_fetch"), (2, "_job_finish")):
            with self.subTest(lost=method):
                runs = self.env["retail.sync.run"].browse(self.connection.start_first_load())
                for _step in range(steps):
                    self.next_job()
                self.assertEqual(self.jobs().mapped("method_name"), [method])
                self.kill(self.jobs())
                self.sweep()
                self.assertEqual(self.jobs().mapped("method_name"), [method])
                self.run_jobs()
                self.assertEqual(set(runs.mapped("state")), {"done"})

    def test_orphan_of_a_bulk_load_asks_again_whether_it_is_ready(self):
        self.firm("F1")
        self.firms.bulk_threshold = 0
        self.connection.start_first_load()
        self.next_job()
        self.assertEqual(self.jobs().mapped("method_name"), ["_job_wait"])
        self.kill(self.jobs())
        self.sweep()
        self.assertEqual(self.jobs().mapped("method_name"), ["_job_wait"])
        self.run_jobs()
        self.assertEqual(self.partner("F1").name, "Firm F1")

    def test_run_cancelled_by_hand_stays_so(self):
        run = self.staged()
        (run | run.next_run_id).state = "cancelled"
        self.kill(self.jobs())
        self.sweep()
        self.assertFalse(self.jobs())

    def stale_retry(self, minutes):
        self.person("P1", name="")
        self.take(PERSON)
        message = self.message("P1")
        message.action_retry()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE retail_sync_message SET write_date = %s WHERE id = %s",
            [fields.Datetime.subtract(fields.Datetime.now(), minutes=minutes), message.id],
        )
        self.env.invalidate_all()
        return message

    def test_stale_retry_comes_back_to_people(self):
        message = self.stale_retry(minutes=20)
        self.sweep()
        self.assertEqual(message.state, "retrying", "its job still waits")
        self.kill(self.jobs("_job_refresh"))
        self.sweep()
        self.assertEqual(message.state, "open")

    def test_fresh_retry_is_left_alone(self):
        message = self.stale_retry(minutes=5)
        self.kill(self.jobs("_job_refresh"))
        self.sweep()
        self.assertEqual(message.state, "retrying")

    def test_retry_that_is_due(self):
        self.person("P1", name="")
        self.take(PERSON)
        message = self.message("P1")
        message.write({"state": "retrying", "next_try_at": fields.Datetime.subtract(fields.Datetime.now(), minutes=1)})
        self.person("P1", name="Ada Neri")
        self.sweep()
        self.assertEqual(self.jobs("_job_refresh").channel, "root.retail_sync.standard")
        self.run_jobs()
        self.assertEqual(message.state, "done")
