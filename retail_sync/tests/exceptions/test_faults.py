from odoo.tests import tagged

from odoo.addons.queue_job.exception import FailedJobError, JobError, RetryableJobError
from odoo.addons.queue_job.job import Job

from ...domain.resilience.faults import FaultError
from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestRemoteFaults(EngineCase):
    """What a job does when the platform, or the way to it, fails."""

    def setUp(self):
        super().setUp()
        self.connection.start_poll()
        self.job = self.jobs("_job_poll")

    def strike(self, fault_class, tries_before=0, **values):
        """Let the platform fail while the poll asks it; return the error that reaches queue_job."""
        self.platform.fault = FaultError(fault_class, "SOME_CODE", "It failed", **values)
        self.job.retry = tries_before
        with self.assertRaises(JobError) as caught:
            Job.load(self.env, self.job.uuid).perform()
        return caught.exception

    def test_throttled_waits_as_long_as_asked_and_burns_no_try(self):
        raised = self.strike("throttled", retry_after=77)
        self.assertIsInstance(raised, RetryableJobError)
        self.assertEqual((raised.seconds, raised.ignore_retry), (77, True))

    def test_transient_waits_longer_and_longer_without_end(self):
        """Its tries were not counted, so the pause stayed at a second for ever: a storm of calls."""
        for tries in (0, 3, 200):
            raised = self.strike("transient", tries_before=tries)
            self.assertIsInstance(raised, RetryableJobError)
            self.assertGreaterEqual(raised.seconds, 1)
            self.assertFalse(raised.ignore_retry, "counted, for the pause to grow")
            self.assertFalse(self.job.max_retries, "and without a limit")
        longest = max(self.strike("transient", tries_before=9).seconds for _turn in range(30))
        self.assertGreater(longest, max(self.strike("transient").seconds for _turn in range(30)))

    def test_auth_waits_for_a_person(self):
        raised = self.strike("auth", tries_before=50)
        self.assertIsInstance(raised, RetryableJobError)
        self.assertTrue(raised.ignore_retry)

    def test_unknown_gets_few_tries(self):
        self.assertIsInstance(self.strike("unknown"), RetryableJobError)
        self.assertFalse(self.strike("unknown").ignore_retry)
        self.assertIsInstance(self.strike("unknown", tries_before=3), FailedJobError)

    def test_business_fault_of_a_whole_job_fails_at_once(self):
        self.assertIsInstance(self.strike("business"), FailedJobError)

    def test_a_failed_job_leaves_nothing_behind(self):
        self.firm("F1")
        before = self.env["retail.sync.run"].search_count([])
        self.strike("transient")
        self.assertEqual(self.env["retail.sync.run"].search_count([]), before)

    def test_failed_poll_is_a_message_until_polls_pass_again(self):
        self.fail_job(self.job, "No idea what this is")
        message = self.alarms("poll")
        self.assertEqual((message.state, message.fault_code, message.team), ("open", "JOB_FAILED", "technical"))
        self.assertEqual(message.fault_message, "No idea what this is")
        self.poll()
        self.assertEqual(message.state, "done")

    def test_contract_fault_of_one_stream_stops_it_alone(self):
        adapter = type(self.env["retail.sync.adapter.fake"])
        real = adapter.poll

        def broken(records, connection, streams, limit):
            results = real(records, connection, streams, limit)
            results[self.firms.id].error = FaultError("contract", "NO_FIELD", "vat is not there any more")
            return results

        self.firm("F1")
        self.person("P1")
        adapter.poll = broken
        try:
            self.run_jobs()
        finally:
            adapter.poll = real
        self.assertEqual((self.firms.state, self.persons.state), ("stopped", "live"))
        self.assertIn("vat is not there any more", self.firms.stop_reason)
        self.assertEqual((self.partner("P1").name, self.link("F1").id), ("Person P1", False))
        message = self.alarms("stream")
        self.assertEqual((message.fault_class, message.team), ("contract", "technical"))
        message.action_retry()
        self.run_jobs()
        self.assertEqual((self.firms.state, message.state), ("live", "done"))
        self.assertEqual(self.partner("F1").name, "Firm F1", "nothing was missed while it stood still")

    def test_passing_trouble_of_one_stream_does_not_stop_it(self):
        adapter = type(self.env["retail.sync.adapter.fake"])
        real = adapter.poll

        def broken(records, connection, streams, limit):
            results = real(records, connection, streams, limit)
            results[self.firms.id].error = FaultError("transient", "TIMEOUT", "too slow")
            return results

        self.firm("F1")
        adapter.poll = broken
        try:
            self.run_jobs()
        finally:
            adapter.poll = real
        self.assertEqual(self.firms.state, "live")
        self.poll()
        self.assertEqual(self.partner("F1").name, "Firm F1")

    def test_contract_fault_of_a_load(self):
        self.run_jobs()
        runs = self.env["retail.sync.run"].browse(self.connection.start_first_load())
        self.platform.fault = FaultError("contract", "NO_OBJECT", "Firm is not there")
        self.run_jobs()
        self.assertEqual(runs.mapped("state"), ["failed", "cancelled"])
        self.assertEqual((self.firms.state, self.persons.state), ("stopped", "live"))
        self.assertEqual(self.connection.state, "running")
        self.assertIn("Firm is not there", runs[0].message)

    def test_retry_of_a_failed_load_loads_again(self):
        """'Try again' read a record named run/7 and closed the message because there is none."""
        self.run_jobs()
        self.connection.start_first_load()
        self.fail_job(self.jobs("_job_begin"))
        message = self.alarms("load")
        self.firm("F1")
        message.action_retry()
        self.run_jobs()
        self.assertEqual((message.state, self.partner("F1").name), ("done", "Firm F1"))

    def test_poll_of_a_paused_connection_asks_nothing(self):
        self.connection.action_pause()
        self.run_jobs()
        self.assertNotIn("poll", self.platform.calls)
        self.connection.action_resume()
        self.run_jobs()
        self.assertIn("poll", self.platform.calls)

    def test_one_poll_waits_at_a_time(self):
        self.connection.start_poll()
        self.connection._cron_poll()
        self.assertEqual(len(self.jobs("_job_poll")), 1)


@tagged("post_install", "-at_install")
class TestRecordFaults(EngineCase):
    """Retried, vanished and decided records."""

    def test_retry_reads_the_record_as_it_is_now(self):
        self.person("P1", name="")
        self.take(PERSON)
        self.person("P1", name="Ada Neri")
        self.message("P1").action_retry()
        self.assertEqual(self.message("P1").state, "retrying")
        self.assertEqual(self.jobs("_job_refresh").channel, "root.retail_sync.critical")
        self.run_jobs()
        self.assertEqual((self.message("P1").state, self.partner("P1").name), ("done", "Ada Neri"))

    def test_many_retries_are_few_jobs(self):
        for number in range(250):
            self.person(f"P{number}", name="")
        self.take(PERSON)
        self.env["retail.sync.message"].search([("stream_id", "=", self.persons.id)]).action_retry()
        self.assertEqual(len(self.jobs("_job_refresh")), 2)

    def test_record_that_is_gone(self):
        self.firm("F1")
        self.take(FIRM)
        self.firm("F1", name="")
        self.take(FIRM)
        self.platform.delete(FIRM, "F1")
        self.message("F1").action_retry()
        self.run_jobs()
        self.assertEqual((self.message("F1").state, self.link("F1").state), ("done", "deleted"))

    def test_failed_retry_comes_back_to_people(self):
        self.person("P1", name="")
        self.take(PERSON)
        self.message("P1").action_retry()
        self.fail_job(self.jobs("_job_refresh"), "Nobody home")
        self.assertEqual((self.message("P1").state, self.message("P1").fault_message), ("open", "Nobody home"))

    def test_secrets_in_error_texts_are_masked(self):
        self.connection.start_poll()
        self.fail_job(
            self.jobs("_job_poll"), "GET /x failed: Authorization: Bearer abcdef123456789 of ada@neri.example"
        )
        text = self.alarms("poll").fault_message
        self.assertNotIn("abcdef123456789", text)
        self.assertNotIn("ada@neri.example", text)
