from unittest.mock import patch

from psycopg2 import OperationalError
from psycopg2.errorcodes import SERIALIZATION_FAILURE

from odoo.tests import tagged

from ...adapter import FaultError
from ...models.inbound import full_load, poll
from ...models.links import deferred_references
from ...runtime import transactions
from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestPollTrouble(EngineCase):
    """What keeps one stream from being polled keeps no other."""

    def test_an_answer_that_fails_as_a_whole_is_asked_for_stream_by_stream(self):
        """An unexpected error of the adapter over one stream's answer stopped the polls of all, at each poll anew."""
        self.firm("F1")
        self.person("P1")
        adapter = type(self.env["retail.sync.adapter.fake"])
        ask = adapter.poll

        def failing(adapter, connection, streams, limit):
            if self.firms in streams:
                raise KeyError("SystemModstamp")
            return ask(adapter, connection, streams, limit)

        self.connection.start_poll()
        with patch.object(adapter, "poll", failing), self.assertLogs(poll.__name__, "WARNING"):
            self.run_next_job()
            alone = self.jobs("_job_poll_stream")
            self.assertEqual([job.args for job in alone], [[self.firms.id], [self.persons.id]])
            alone[0].state = "failed"
            self.run_jobs()
        self.assertEqual((bool(self.link("F1")), bool(self.link("P1"))), (False, True))
        self.poll()
        self.assertTrue(self.link("F1"))

    def test_a_fault_of_one_stream_that_does_not_pass_is_reported(self):
        """Seen: a stream whose query timed out at each poll was live and in sync, and no one was informed."""
        self.platform.stream_faults[FIRM] = FaultError("unknown", "QUERY_TIMEOUT", "It took too long")
        self.person("P1")
        self.connection.start_poll()
        self.run_next_job()
        self.assertTrue(self.link("P1"))
        [alone] = self.jobs("_job_poll_stream")
        self.assertEqual(alone.args, [self.firms.id])
        self.fail_job(alone, "It took too long")
        alarm = self.alarms("poll").filtered(lambda alarm: alarm.stream_id == self.firms)
        self.assertEqual((alarm.state, alarm.fault_message), ("open", "It took too long"))
        self.platform.stream_faults.clear()
        self.poll()
        self.assertEqual(alarm.state, "done")

    def test_a_fault_of_one_stream_that_passes_is_left_to_the_next_poll(self):
        self.platform.stream_faults[FIRM] = FaultError("transient", "SLOW", "Later")
        self.connection.start_poll()
        self.run_next_job()
        self.assertFalse(self.jobs("_job_poll_stream"))

    def test_a_refused_record_with_values_that_no_database_takes(self):
        """Its exception could not be stored: the stream was read up to it, and no further. One try is enough, too."""
        self.firm("F1", name="", revenue=float("inf"), remark="half \ud83d")
        self.firm("F2")
        self.poll()
        self.assertTrue(self.link("F2"))
        self.assertEqual((self.firms.watermark, self.message("F1").state), (str(self.platform.now), "open"))
        self.assertEqual(self.message("F1").payload["revenue"], "inf")
        attempts = self.message("F1").attempts
        self.firms.cursor = {"since": "0", "modstamp": "0"}
        self.poll()
        self.assertEqual(self.message("F1").attempts, attempts)

    def test_deletions_that_stay_unknown_are_reported(self):
        self.platform.deletions_fault = FaultError("unknown", "UNKNOWN_EXCEPTION", "An unexpected error occurred")
        self.firm("F1")
        self.poll()
        self.assertTrue(self.link("F1"))
        alarm = self.alarms("deletions").filtered(lambda alarm: alarm.stream_id == self.firms)
        self.assertEqual((alarm.state, alarm.fault_code), ("open", "UNKNOWN_EXCEPTION"))
        self.platform.deletions_fault = None
        self.poll()
        self.assertEqual(alarm.state, "done")

    def test_a_lost_race_at_the_end_of_a_load_repeats_that_step_alone(self):
        """Late references are of records that people edit: the end of a load began anew for as long as they did."""

        class LostRace(OperationalError):
            pgcode = SERIALIZATION_FAILURE

        link, tried = deferred_references.link, []

        def losing(env, connection, *args, refs=None):
            if refs is None:
                tried.append(connection)
                if len(tried) == 1:
                    raise LostRace
            return link(env, connection, *args, refs=refs)

        self.firm("F1")
        with patch.object(deferred_references, "link", losing), patch.object(transactions.time, "sleep"):
            full_load.start(self.env, self.connection, "initial", self.firms)
            self.run_jobs()
        self.assertEqual((len(tried), self.firms.state, self.connection.state), (2, "live", "running"))

    def test_streams_that_are_live_are_polled_during_a_load(self):
        """A reload of hours kept the changes and deletions of all other streams waiting."""
        self.firm("F0")
        self.poll()
        full_load.start(self.env, self.connection, "initial", self.persons)
        self.assertEqual((self.connection.state, self.firms.state), ("loading", "live"))
        self.firm("F0", email="new@example.com")
        self.jobs("_job_begin").state = "done"
        self.env["retail.sync.connection"]._cron_poll()
        self.run_jobs()
        self.assertEqual(self.partner("F0").email, "new@example.com")
        self.assertEqual((self.connection.state, self.persons.state), ("loading", "loading"))
