import random
import uuid
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ...domain.security.event_notice import Notice
from ...models.inbound import event_store
from ...runtime.transactions import separate_transaction
from ..concurrency_case import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestInboxConcurrency(ConcurrencyCase):
    """Requests and jobs at the same moment, each in a transaction of its own."""

    def clean(self):
        with self.registry.cursor() as cr:
            if hasattr(self, "connection_id"):
                cr.execute("DELETE FROM queue_job WHERE identity_key LIKE %s", [f"%/events/{self.connection_id}/%"])
        return super().clean()

    def tell(self, env, keys):
        notices = [Notice(key, "Firm", f"F-{key}") for key in keys]
        return env["retail.sync.event"]._store(
            env["retail.sync.connection"].browse(self.connection_id), "json", notices
        )

    def rows(self, query):
        with self.registry.cursor() as cr:
            cr.execute(query, [self.connection_id])
            return cr.fetchall()

    def test_the_same_events_in_requests_at_once(self):
        """Each is stored once; a request that loses the race fails, and Odoo tries it again."""
        keys = [f"k{number}" for number in range(200)]

        def request(env):
            shuffled = random.sample(keys, len(keys))
            for _try in range(5):
                try:
                    new = self.tell(env, shuffled)
                    env.cr.commit()  # pylint: disable=invalid-commit
                    return new
                except OperationalError as error:
                    self.assertEqual(error.pgcode, "40001", "a lost race, and no deadlock")
                    env.cr.rollback()
            return None

        results = self.in_parallel(4, request)
        self.assertEqual(sorted(results), [0, 0, 0, 200])
        self.assertEqual(self.rows("SELECT count(*) FROM retail_sync_event WHERE connection_id = %s"), [(200,)])

    def test_jobs_at_once_take_different_events(self):
        keys = [f"k{number}" for number in range(300)]
        with self.registry.cursor() as cr:
            cr.execute("UPDATE retail_sync_connection SET active = true WHERE id = %s", [self.connection_id])
            self.tell(api.Environment(cr, SUPERUSER_ID, {}), keys)

        def job(env):
            with separate_transaction(env, read_committed=True) as tx:
                connection = tx["retail.sync.connection"].browse(self.connection_id)
                claimed = event_store.claim(tx, connection, "standard", uuid.uuid4().hex)
            return [event_id for hints in claimed.values() for hint in hints.values() for event_id in hint.event_ids]

        with patch.object(event_store, "CLAIM_SIZE", 100):
            results = self.in_parallel(3, job)
        taken = [event_id for result in results for event_id in result]
        self.assertEqual((len(taken), len(set(taken))), (300, 300))
