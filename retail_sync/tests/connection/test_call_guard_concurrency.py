from contextlib import closing
from unittest.mock import patch

from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

from odoo.tests import tagged

from ...adapter import Window
from ...models.connection.call_guard import CallGuard
from ..concurrency_case import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestCallGuardConcurrency(ConcurrencyCase):
    """Many workers at one call guard."""

    def setUp(self):
        super().setUp()
        # The fake adapter lives in one transaction, so what it declares is given here.
        self.enterContext(patch.object(CallGuard, "windows", [Window("day", 86400)]))

    def call_guard(self, env):
        return env["retail.sync.call.guard"]._open(self.connection_id, "standard")

    def test_calls_of_many_workers_are_all_counted(self):
        def work(env):
            for _turn in range(5):
                call_guard = self.call_guard(env)
                call_guard.before_call()
                call_guard.after_call(True)

        self.assertEqual(self.in_parallel(4, work), [None] * 4)
        with self.registry.cursor() as cr:
            cr.execute("SELECT budget_used FROM retail_sync_call_guard WHERE connection_id = %s", [self.connection_id])
            self.assertEqual(cr.fetchone(), (20,))

    def test_call_counts_although_its_job_rolls_back(self):
        env = self.worker()
        call_guard = self.call_guard(env)
        call_guard.before_call()
        call_guard.after_call(True)
        env.cr.rollback()
        with self.registry.cursor() as cr:
            cr.execute("SELECT budget_used FROM retail_sync_call_guard WHERE connection_id = %s", [self.connection_id])
            self.assertEqual(cr.fetchone(), (1,))

    def test_a_transaction_that_only_reads_ends_before_the_call(self):
        """Seen: sessions idle in transaction for as long as the platform took, whose snapshot held vacuum back."""
        for releases, expected in ((True, TRANSACTION_STATUS_IDLE), (False, TRANSACTION_STATUS_INTRANS)):
            env = self.worker()
            env = env(context={"retail_sync_releases": releases})
            self.call_guard(env).before_call()
            self.assertEqual(env.cr.connection.info.transaction_status, expected)

    def test_token_is_fetched_by_one_worker_only(self):
        fetched = []

        def fetch(_connection):
            fetched.append("token")
            return {"access_token": f"token-{len(fetched)}"}

        results = self.in_parallel(4, lambda env: self.call_guard(env).refresh(None, fetch)["access_token"])
        self.assertEqual((results, len(fetched)), (["token-1"] * 4, 1))

    def test_signing_in_holds_no_row_and_no_snapshot(self):
        """Seen: all calls of a connection waited for the row while the platform answered a sign-in."""
        held = []

        def fetch(_connection):
            with closing(self.registry.cursor()) as cr:
                self.call_guard(self.environment(cr)).before_call()
                cr.execute(
                    "SELECT activity.backend_xid IS NOT NULL OR activity.backend_xmin IS NOT NULL"
                    " FROM pg_stat_activity activity JOIN pg_locks held ON held.pid = activity.pid"
                    " WHERE activity.datname = current_database() AND held.locktype = 'advisory' AND held.granted"
                    " AND held.objid = %s",
                    [self.connection_id],
                )
                held.extend(cr.fetchall())
            return {"access_token": "token"}

        self.call_guard(self.worker()).refresh(None, fetch)
        self.assertEqual(held, [(False,)])

    def test_workers_keep_their_own_isolation(self):
        """The call guard reads what others commit; a job on the same pooled connection must go on in its snapshot."""
        env = self.worker()
        self.call_guard(env).after_call(True)
        again = self.worker()
        again.cr.execute("SHOW transaction_isolation")
        self.assertEqual(again.cr.fetchone(), ("repeatable read",))
