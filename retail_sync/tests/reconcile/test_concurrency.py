import threading
from contextlib import suppress

from psycopg2 import OperationalError
from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.identity.normalise.features import prepare
from ...domain.identity.normalise.record import PERSON, Record
from ...models.identity import announcements, index
from ...models.links import link_store
from ...models.links.rows import LinkRow
from ..concurrency_case import MARK, WAIT, ConcurrencyCase


def row(external_id, res_id, **values):
    """Return what a page writes for one record."""
    given = {"part": "main", "version": 1, "rule": "", "reason": "", **values}
    return LinkRow(external_id, res_id=res_id, **given)


@tagged("post_install", "-at_install")
class TestConcurrency(ConcurrencyCase):
    """Two pages at work at once: unique indexes are the truth, and the later one starts again."""

    # -- records in flight

    def announce(self, env, name="Ulrike Albers", **values):
        """Announce one record; return the last names of those who announced one like it before."""
        features = prepare(Record(MARK, PERSON, name, emails=(f"{name.replace(' ', '.').lower()}@{MARK}.example",)))
        found = announcements.announce(env, [features], [index.keys_of(features)])
        return [announced.person.family for announced in found.get(0, ())]

    def test_same_new_customer_in_two_pages_at_once(self):
        """The later one sees the earlier, and only it: one of the two goes on."""
        first, second = self.worker(), self.worker()
        self.assertEqual(self.announce(first), [])
        self.assertEqual(self.announce(second), ["albers"])

    def test_a_page_that_ended_holds_no_page_up(self):
        for end in ("commit", "rollback"):
            first, second = self.worker(), self.worker()
            self.announce(first)
            getattr(first.cr, end)()
            self.assertEqual(self.announce(second), [])
            second.cr.rollback()

    def test_a_worker_that_was_killed_holds_no_page_up(self):
        first, second = self.environment(self.registry.cursor()), self.worker()
        self.announce(first)
        first.cr.execute("SELECT pg_backend_pid()")
        [(pid,)] = first.cr.fetchall()
        second.cr.execute("SELECT pg_terminate_backend(%s), pg_sleep(0.3)", [pid])
        with suppress(OperationalError):
            first.cr.close()
        self.assertEqual(self.announce(second), [])

    def test_two_pages_of_one_transaction_do_not_meet(self):
        env = self.worker()
        self.announce(env)
        self.assertEqual(self.announce(env), [])

    def test_other_customers_do_not_meet(self):
        first, second = self.worker(), self.worker()
        self.announce(first)
        self.assertEqual(self.announce(second, "Jonas Sand"), [])

    def test_of_many_at_once_each_later_one_sees_all_earlier_ones(self):
        announced = threading.Barrier(6)

        def work(env):
            seen = len(self.announce(env))
            announced.wait(WAIT)
            return seen

        self.assertEqual(sorted(self.in_parallel(6, work)), [0, 1, 2, 3, 4, 5])

    # -- links

    def save(self, env, *rows):
        link_store.save(env, env["retail.sync.stream"].browse(self.stream_id), rows)

    def links(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT external_id, res_id, is_primary FROM retail_sync_link WHERE connection_id = %s ORDER BY id",
                [self.connection_id],
            )
            return cr.fetchall()

    def test_same_record_in_two_pages(self):
        first, second = self.worker(), self.worker()
        self.save(first, row("F1", 1))
        first.cr.commit()
        with self.assertRaises(SerializationFailure):
            self.save(second, row("F1", 2))
        self.assertEqual(self.links(), [("F1", 1, True)])

    def test_two_records_for_one_customer(self):
        first, second = self.worker(), self.worker()
        self.save(first, row("F1", 1))
        first.cr.commit()
        with self.assertRaises(RetryableJobError) as caught:
            self.save(second, row("F2", 1))
        self.assertTrue(caught.exception.ignore_retry)
        self.assertEqual(self.links(), [("F1", 1, True)])

    def test_second_id_of_one_customer_is_no_obstacle(self):
        env = self.worker()
        self.save(env, row("F1", 1), row("F2", 1, is_primary=False), row("F1", 2, part="delivery"))
        env.cr.commit()
        self.assertEqual(len(self.links()), 3)

    @mute_logger("odoo.sql_db")
    def test_unique_links_hold_below_the_orm_too(self):
        env = self.worker()
        self.save(env, row("F1", 1))
        env.cr.commit()
        insert = (
            "INSERT INTO retail_sync_link (connection_id, remote_object, external_id, part, role, res_model,"
            " res_id, is_primary, state)"
            " VALUES (%s, 'Firm', %s, 'main', 'customer', 'res.partner', %s, true, 'in_sync')"
        )
        for external_id, res_id in (("F1", 2), ("F2", 1)):
            with self.assertRaises(UniqueViolation):
                self.worker().cr.execute(insert, [self.connection_id, external_id, res_id])

    # -- runs and messages

    def insert_run(self, env):
        env.cr.execute(
            "INSERT INTO retail_sync_run (connection_id, stream_id, kind, state) VALUES (%s, %s, 'initial', 'pending')",
            [self.connection_id, self.stream_id],
        )

    @mute_logger("odoo.sql_db")
    def test_two_clicks_are_one_load(self):
        first, second = self.worker(), self.worker()
        self.insert_run(first)
        first.cr.commit()
        with self.assertRaises(UniqueViolation):
            self.insert_run(second)

    @mute_logger("odoo.sql_db")
    def test_one_open_exception_per_record(self):
        insert = (
            "INSERT INTO retail_sync_message (connection_id, stream_id, kind, key, direction, state)"
            " VALUES (%s, %s, 'review', 'record:F1', 'in', %s)"
        )
        first = self.worker()
        for state in ("open", "done", "ignored"):
            first.cr.execute(insert, [self.connection_id, self.stream_id, state])
        first.cr.commit()
        for state in ("open", "review", "retrying"):
            with self.assertRaises(UniqueViolation):
                self.worker().cr.execute(insert, [self.connection_id, self.stream_id, state])
