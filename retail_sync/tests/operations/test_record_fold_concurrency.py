import itertools
from contextlib import closing

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.operations import record_fold
from ..concurrency_case import MARK, ConcurrencyCase


@tagged("post_install", "-at_install")
class TestRecordFoldConcurrency(ConcurrencyCase):
    """Writers do not wait for the figures, and the figures lose nothing that writers do at the same time."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.recount_without_mark)

    def recount_without_mark(self):
        self.clean()
        with self.registry.cursor() as cr:
            record_fold.recount(self.environment(cr))

    def link(self, env, external_id):
        env.cr.execute(
            "INSERT INTO retail_sync_link (connection_id, stream_id, remote_object, external_id, part, role, res_model,"
            " res_id, is_primary, state) VALUES (%s, %s, 'Firm', %s, 'main', 'customer', 'res.partner', %s, true,"
            " 'in_sync') RETURNING id",
            [self.connection_id, self.stream_id, external_id, hash(external_id) % 10**6],
        )
        return env.cr.fetchone()[0]

    def message(self, env, external_id, state="open", kind="record"):
        env.cr.execute(
            "INSERT INTO retail_sync_message (connection_id, stream_id, kind, key, remote_object, external_id,"
            " direction, state) VALUES (%s, %s, %s, %s || random(), 'Firm', %s, 'in', %s) RETURNING id",
            [self.connection_id, self.stream_id, kind, MARK, external_id, state],
        )
        return env.cr.fetchone()[0]

    def commit_message(self, external_id):
        with self.registry.cursor() as cr:
            self.message(self.environment(cr), external_id)

    def fold(self):
        with closing(self.registry.cursor()) as cr:
            done = record_fold.fold(self.environment(cr))
            cr.commit()  # pylint: disable=invalid-commit
        return done

    def rows(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT external_id, status FROM retail_sync_record_status WHERE stream_id = %s ORDER BY 1, 2",
                [self.stream_id],
            )
            return cr.fetchall()

    def differences(self):
        """Return how many rows a count finds wrong, after all is folded in."""
        while not self.fold():
            pass
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT status, sum(n) FROM retail_sync_record_count WHERE stream_id = %s GROUP BY 1", [self.stream_id]
            )
            kept = {status: number for status, number in cr.fetchall() if number}
            wrong = record_fold.recount(self.environment(cr))
            cr.execute(
                "SELECT status, count(*) FROM retail_sync_record_status WHERE stream_id = %s GROUP BY 1",
                [self.stream_id],
            )
            self.assertEqual(kept, dict(cr.fetchall()))
            return wrong

    def test_a_link_and_a_message_of_one_record_that_commit_past_each_other(self):
        """Neither transaction sees what the other one did: together they are one record that needs attention."""
        first, second = self.worker(), self.worker()
        self.link(first, "A")
        self.message(second, "A")
        second.cr.commit()  # pylint: disable=invalid-commit
        self.fold()
        self.assertEqual(self.rows(), [("A", "attention")])
        first.cr.commit()  # pylint: disable=invalid-commit
        self.fold()
        self.assertEqual(self.rows(), [("A", "attention")])
        self.assertEqual(self.differences(), 0)

    def test_what_commits_while_it_is_being_folded_is_folded_in_the_next_time(self):
        writer = self.worker()
        self.message(writer, "A")
        self.commit_message("B")
        folder = self.worker()
        record_fold.fold(folder)
        writer.cr.commit()  # pylint: disable=invalid-commit
        folder.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.differences(), 0)

    def test_one_folds_at_a_time_and_the_others_do_not_wait(self):
        self.commit_message("A")
        first, second = self.worker(), self.worker()
        self.assertTrue(record_fold.fold(first))
        self.assertFalse(record_fold.fold(second))
        first.cr.commit()  # pylint: disable=invalid-commit
        # Its snapshot is older than what the first one did.
        self.assertFalse(record_fold.fold(second))
        second.cr.rollback()
        self.assertEqual(self.rows(), [("A", "attention")])

    @mute_logger("odoo.sql_db")
    def test_a_folder_that_began_earlier_gives_way_to_another_note_of_the_same_record(self):
        """The list that a user opened ended in an error: its row had come in since."""
        with self.registry.cursor() as cr:
            link_id = self.link(self.environment(cr), "A")
        late = self.worker()
        late.cr.execute("SELECT FROM retail_sync_record_status LIMIT 1")
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            later = record_fold.Stale(link_id, self.connection_id, "customer", None, "Firm", "A", None, None)
            record_fold._apply(env, record_fold._scope(env, [later]))
        self.assertFalse(record_fold.fold(late))
        late.cr.rollback()
        self.assertEqual(self.rows(), [("A", "in_sync")])
        self.assertEqual(self.differences(), 0)

    def test_writers_and_folders_at_once_lose_nothing(self):
        numbers = itertools.count()

        def work(env):
            number = next(numbers)
            for turn in range(12):
                name = f"R{turn % 5}"
                message = self.message(env, name, state="open" if turn % 2 else "pending")
                if turn % 3 == 0:
                    self.link(env, f"L{number}-{turn}")
                env.cr.commit()  # pylint: disable=invalid-commit
                if turn % 4 == 0:
                    env.cr.execute("UPDATE retail_sync_message SET state = 'done' WHERE id = %s", [message])
                if turn % 5 == 4:
                    env.cr.rollback()
                record_fold.fold(env, 10)
                env.cr.commit()  # pylint: disable=invalid-commit
            return "done"

        self.assertEqual(self.in_parallel(4, work), ["done"] * 4)
        self.assertEqual(self.differences(), 0)
