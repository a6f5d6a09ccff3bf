from odoo.tests import tagged

from ..concurrency_case import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestGateConcurrency(ConcurrencyCase):
    """Many workers at one gate."""

    def gate(self, env):
        return env["retail.sync.gate"]._open(self.backend_id, "standard")

    def test_calls_of_many_workers_are_all_counted(self):
        def work(env):
            for _turn in range(5):
                gate = self.gate(env)
                gate.before_call()
                gate.after_call(True)

        self.assertEqual(self.in_parallel(4, work), [None] * 4)
        with self.registry.cursor() as cr:
            cr.execute("SELECT budget_used FROM retail_sync_gate WHERE backend_id = %s", [self.backend_id])
            self.assertEqual(cr.fetchone(), (20,))

    def test_call_counts_although_its_job_rolls_back(self):
        env = self.worker()
        self.gate(env).after_call(True)
        env.cr.rollback()
        with self.registry.cursor() as cr:
            cr.execute("SELECT budget_used FROM retail_sync_gate WHERE backend_id = %s", [self.backend_id])
            self.assertEqual(cr.fetchone(), (1,))

    def test_token_is_fetched_by_one_worker_only(self):
        fetched = []

        def fetch():
            fetched.append("token")
            return {"access_token": f"token-{len(fetched)}"}

        results = self.in_parallel(4, lambda env: self.gate(env).refresh(None, fetch)["access_token"])
        self.assertEqual((results, len(fetched)), (["token-1"] * 4, 1))

    def test_workers_keep_their_own_isolation(self):
        """The gate reads what others commit; a job on the same pooled connection must go on in its snapshot."""
        env = self.worker()
        self.gate(env).after_call(True)
        again = self.worker()
        again.cr.execute("SHOW transaction_isolation")
        self.assertEqual(again.cr.fetchone(), ("repeatable read",))
