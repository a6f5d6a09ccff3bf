from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ...domain.security.audit import Damage
from ...models.audit import sealing, trail, verification
from ..concurrency_case import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestSeals(ConcurrencyCase):
    """Rows of several workers become one chain, without one worker waiting for another.

    The rows stay: that is what they are for.
    """

    def add(self, env):
        return trail.add(env, "decision", details={"answer": "test"})

    def seqs(self, *row_ids):
        """Return the numbers of these rows, as they are committed."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT id, seq FROM retail_sync_audit WHERE id = ANY(%s)", [list(row_ids)])
            found = dict(cr.fetchall())
        return [found.get(row_id) for row_id in row_ids]

    def seal(self):
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["retail.sync.audit"]._cron_seal()

    def assert_whole(self):
        with self.registry.cursor() as cr:
            result = verification.verify(api.Environment(cr, SUPERUSER_ID, {}))
        self.assertEqual((result.damage, result.waiting), (Damage.NONE, 0))
        return result

    def test_a_commit_seals_and_a_later_commit_of_an_earlier_row_follows(self):
        first, second = self.worker(), self.worker()
        early, late = self.add(first), self.add(second)
        second.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual([bool(seq) for seq in self.seqs(late)], [True])
        first.cr.commit()  # pylint: disable=invalid-commit
        early_seq, late_seq = self.seqs(early, late)
        self.assertEqual(early_seq, late_seq + 1)
        self.assert_whole()

    def test_a_rolled_back_row_leaves_no_gap(self):
        worker = self.worker()
        self.add(worker)
        worker.cr.rollback()
        before = self.assert_whole().seq
        kept = self.add(worker)
        worker.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.seqs(kept), [before + 1])
        self.assert_whole()

    def test_a_row_whose_worker_died_before_the_seal_is_sealed_by_the_schedule(self):
        worker = self.worker()
        with patch.object(sealing, "_try_to_seal"):
            row = self.add(worker)
            worker.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.seqs(row), [None])
        self.seal()
        self.assertTrue(self.seqs(row)[0])
        self.assert_whole()

    def test_a_seal_that_fails_does_not_fail_the_committed_work(self):
        worker = self.worker()
        with (
            patch.object(sealing, "seal_waiting", side_effect=OperationalError("gone")),
            self.assertLogs(sealing._logger, "WARNING"),
        ):
            row = self.add(worker)
            worker.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.seqs(row), [None])
        self.seal()
        self.assert_whole()

    def test_no_worker_waits_for_the_one_that_seals(self):
        sealer, worker = self.worker(), self.worker()
        with patch.object(sealing, "_try_to_seal"):
            waiting = self.add(worker)
            worker.cr.commit()  # pylint: disable=invalid-commit
        sealer.cr.rollback()
        self.assertTrue(sealing._seal(sealer), "sealed, and held before the commit")
        worker.cr.execute("SET lock_timeout = '5s'")
        row = self.add(worker)
        worker.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.seqs(waiting, row), [None, None], "the lock is taken: left to the schedule")
        sealer.cr.commit()  # pylint: disable=invalid-commit
        self.seal()
        self.assertEqual(*(seq + offset for seq, offset in zip(self.seqs(waiting, row), (1, 0), strict=True)))
        self.assert_whole()

    def test_many_workers_at_once_make_one_chain(self):
        def work(env):
            rows = [self.add(env) for _number in range(5)]
            env.cr.commit()  # pylint: disable=invalid-commit
            return rows

        results = self.in_parallel(6, work)
        rows = [row for found in results for row in found]
        self.seal()
        numbers = self.seqs(*rows)
        self.assertEqual(len(set(numbers)), 30)
        self.assertNotIn(None, numbers)
        self.assert_whole()
