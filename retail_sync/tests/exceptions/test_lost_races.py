import threading
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.exceptions import exception_queue
from ...models.exceptions.subject import of_delivery, of_record
from ...runtime.transactions import LostRaceError, run_separately
from ..concurrency_case import WAIT, ConcurrencyCase

RECORD = "R1"


@tagged("post_install", "-at_install")
class TestLostRaces(ConcurrencyCase):
    """Two workers open a message about the same record at once, each in a transaction of its own."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget)
        self.tries = []

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM retail_sync_message WHERE connection_id = %s", [self.connection_id])

    def technical(self, env, subject=None):
        self.tries.append(env)
        stream = env["retail.sync.stream"].browse(self.stream_id)
        return exception_queue.technical(
            env, stream.connection_id, "ODOO_DATABASE", "It failed", subject or of_record(RECORD), stream=stream
        )

    def create_open(self, env):
        """Open messages as the end of a page does: of several records, one of which another worker is opening."""
        self.tries.append(env)
        vals = [
            {
                "connection_id": self.connection_id,
                "stream_id": self.stream_id,
                "state": "open",
                "fault_code": "ODOO_DATABASE",
                **of_record(external_id).vals(),
            }
            for external_id in ("R0", RECORD, "R2")
        ]
        return exception_queue.create_open(env, vals)

    def found(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT external_id, state, COALESCE(attempts, 0) FROM retail_sync_message"
                " WHERE connection_id = %s ORDER BY 1",
                [self.connection_id],
            )
            return cr.fetchall()

    def beside(self, work, **options):
        """Run work separately while another worker has opened the message, and commits while work waits for it."""
        first = self.worker()
        self.technical(first)
        first.flush_all()
        self.tries.clear()
        results = []

        def run():
            try:
                with self.registry.cursor() as cr:
                    results.append(run_separately(self.environment(cr), work, **options) and True)
            except Exception as error:
                results.append(error)

        second = threading.Thread(target=run)
        with mute_logger("odoo.sql_db"):
            second.start()
            self.until_one_waits()
            first.cr.commit()  # pylint: disable=invalid-commit
            second.join(WAIT)
        self.assertFalse(second.is_alive(), "the worker hangs")
        return results

    def until_one_waits(self):
        """Return once a transaction waits for another one's row."""
        for _look in range(2000):
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    " AND query LIKE 'INSERT INTO \"retail_sync_message\"%'"
                )
                if cr.fetchone():
                    return
        self.fail("no transaction waits")

    def test_a_page_that_loses_the_race_joins_the_message(self):
        """UniqueViolation retail_sync_message_open_uniq: the poll job failed for good."""
        self.assertEqual(self.beside(self.create_open), [True])
        self.assertEqual(self.found(), [("R0", "open", 0), (RECORD, "open", 1), ("R2", "open", 0)])
        self.assertEqual(len(self.tries), 2, "the whole step was repeated, as it could not see the message")

    def test_a_step_that_sees_what_was_committed_joins_at_once(self):
        self.assertEqual(self.beside(self.create_open, read_committed=True), [True])
        self.assertEqual(self.found(), [("R0", "open", 0), (RECORD, "open", 1), ("R2", "open", 0)])
        self.assertEqual(len(self.tries), 1)

    def test_a_fault_that_loses_the_race_joins_the_message(self):
        self.assertEqual(self.beside(self.technical), [True])
        self.assertEqual(self.found(), [(RECORD, "open", 1)])

    def test_a_job_that_loses_the_race_in_its_own_transaction_is_run_again(self):
        """Without a count of tries, and without a failed job."""

        def as_a_job(env):
            with self.registry.cursor() as cr:
                return self.create_open(self.environment(cr))

        [error] = self.beside(as_a_job, retry=False)
        self.assertIsInstance(error, LostRaceError)
        self.assertTrue(error.ignore_retry)

    def test_a_failed_worker_whose_alarm_is_being_opened_does_not_fail_again(self):
        subject = exception_queue.subjects.of_alarm("stream")
        first = self.worker()
        with (
            patch.object(exception_queue, "create_open", side_effect=LostRaceError("quicker")),
            self.registry.cursor() as cr,
        ):
            self.assertFalse(self.technical(self.environment(cr), subject))
        self.assertTrue(self.technical(first, subject))

    def test_an_exception_takes_the_place_of_a_delivery_that_waits(self):
        """Changes that could not be routed, of a record whose message waits: the router failed for good."""
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            stream = env["retail.sync.stream"].browse(self.stream_id)
            subject = of_delivery("res.partner", 7)
            waiting = env["retail.sync.message"].create(
                {
                    "connection_id": self.connection_id,
                    "stream_id": stream.id,
                    "state": "pending",
                    **subject.vals(),
                }
            )
            self.assertEqual(self.technical(env, subject), waiting)
            self.assertEqual(waiting.state, "open")
