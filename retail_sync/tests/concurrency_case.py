import threading
from contextlib import closing
from unittest.mock import patch

from psycopg2.extras import Json

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.orm.registry import DummyRLock
from odoo.tests import BaseCase, get_db_name

# Rows of a test that was killed are found by it, and removed by the next one.
MARK = "retail_sync_concurrency_test"
WAIT = 20  # seconds until a thread that hangs fails its test


class ConcurrencyCase(BaseCase):
    """Two workers at once, each in a transaction of its own. Everything is committed, and removed again."""

    def setUp(self):
        super().setUp()
        lock = patch.object(Registry, "_lock", DummyRLock())
        lock.start()
        self.addCleanup(lock.stop)
        self.registry = Registry(get_db_name())
        self.clean()
        self.addCleanup(self.clean)
        with self.registry.cursor() as cr:
            # In SQL: a connection made through the ORM needs an adapter, and the fake one lives in one transaction.
            values = {
                "name": MARK,
                "code": MARK,
                "system": "fake",
                "environment": "simulator",
                "state": "running",
                "user_id": SUPERUSER_ID,
            }
            values.update(self.required_defaults(cr, values))
            cr.execute(
                f"INSERT INTO retail_sync_connection ({', '.join(values)}) VALUES %s RETURNING id",
                [tuple(values.values())],
            )
            self.connection_id = cr.fetchone()[0]
            cr.execute(
                "INSERT INTO retail_sync_call_guard (connection_id, breaker_state, forced) VALUES (%s, 'closed', '')",
                [self.connection_id],
            )
            values = {
                "name": Json({"en_US": MARK}),
                "connection_id": self.connection_id,
                "entity": "customer",
                "role": "customer",
                "remote_object": "Firm",
                "direction": "in",
                "lane": "standard",
                "state": "live",
                "active": True,
                "page_size": 500,
                "bulk_threshold": 2000,
                "precedence": "normal",
            }
            values.update(self.required_defaults(cr, values, "retail.sync.stream"))
            cr.execute(
                f"INSERT INTO retail_sync_stream ({', '.join(values)}) VALUES %s RETURNING id",
                [tuple(values.values())],
            )
            self.stream_id = cr.fetchone()[0]

    def required_defaults(self, cr, given, model="retail.sync.connection"):
        """Return defaults of the columns that rooms and adapter addons require of a connection or stream."""
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema"
            " AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL",
            [model.replace(".", "_")],
        )
        needed = [name for (name,) in cr.fetchall() if name not in given]
        return api.Environment(cr, SUPERUSER_ID, {})[model].default_get(needed)

    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM retail_sync_connection WHERE code = %s", [MARK])

    def worker(self):
        """Return an environment on a connection of its own, rolled back at the end unless committed."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, SUPERUSER_ID, {})
        env.cr.execute("SELECT 1")  # from here on it sees nothing that others commit
        return env

    def environment(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def in_parallel(self, count, work):
        """Run work(env) in threads, all at once; return what they returned or raised."""
        barrier = threading.Barrier(count)
        results = []

        def run():
            try:
                with closing(self.registry.cursor()) as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    cr.execute("SELECT 1")
                    barrier.wait(WAIT)
                    results.append(work(env))
                    cr.commit()  # pylint: disable=invalid-commit
            except Exception as error:
                results.append(error)

        threads = [threading.Thread(target=run) for _number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        self.assertFalse([thread for thread in threads if thread.is_alive()], "a worker hangs")
        return results
