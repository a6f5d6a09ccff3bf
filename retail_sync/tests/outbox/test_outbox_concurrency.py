from datetime import datetime
from types import SimpleNamespace
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.delivery import bulk, deliver
from ...models.outbox import facts, outbox, routing
from ...models.outbox.fact import NewFact
from ...models.runs import job_trigger
from ...runtime.transactions import run_separately, separate_transaction
from ..concurrency_case import MARK, ConcurrencyCase

CHANGES = 300


@tagged("post_install", "-at_install")
class TestOutboxConcurrency(ConcurrencyCase):
    """Many workers at one outbox, on connections of their own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE retail_sync_stream SET direction = 'both' WHERE id = %s RETURNING connection_id",
                [self.stream_id],
            )
            cr.execute("DELETE FROM retail_sync_change")
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM retail_sync_message WHERE stream_id = %s", [self.stream_id])
            cr.execute("DELETE FROM retail_sync_change")
            cr.execute("DELETE FROM queue_job WHERE identity_key LIKE 'retail_sync/%%'")

    def fill(self, count=CHANGES, state="pending"):
        with self.registry.cursor() as cr:
            cr.execute(
                "INSERT INTO retail_sync_message (connection_id, stream_id, kind, key, res_model, res_id, direction,"
                " state, lane, op, changes, attempts)"
                " SELECT %s, %s, 'delivery', %s || number, 'res.partner', number, 'out', %s, 'standard', 'write',"
                " '{}', 0"
                " FROM generate_series(1, %s) AS number",
                [self.connection_id, self.stream_id, MARK, state, count],
            )

    def states(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT state, COUNT(*) FROM retail_sync_message WHERE stream_id = %s GROUP BY 1", [self.stream_id]
            )
            return dict(cr.fetchall())

    def claim(self, env, claim, limit=50):
        with separate_transaction(env, read_committed=True) as tx:
            stream = tx["retail.sync.stream"].browse(self.stream_id)
            return outbox.claim(tx, stream, "standard", claim, limit)

    def route(self, env):
        with separate_transaction(env, read_committed=True) as tx:
            return routing.route_small(tx, 100)

    def test_no_message_is_claimed_twice(self):
        self.fill()
        results = self.in_parallel(4, lambda env: [claimed.id for claimed in self.claim(env, f"job-{id(env)}")])
        taken = [message_id for ids in results for message_id in ids]
        self.assertEqual(len(taken), len(set(taken)))
        self.assertEqual(len(taken), 200)
        self.assertEqual(self.states(), {"sending": 200, "pending": 100})

    def test_record_that_is_being_sent_is_left_alone_by_all_others(self):
        self.fill(1)
        first = self.worker()
        [held] = self.claim(first, "first")
        self.fill(1)
        self.assertEqual(self.in_parallel(3, lambda env: self.claim(env, "other")), [[], [], []])
        back = self.worker()
        outbox.give_back(back, [held.id])
        back.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.states(), {"superseded": 1, "pending": 1})

    def test_a_result_survives_news_that_comes_in_between(self):
        """The router commits a newer message of a record after the results' transaction has begun."""
        self.fill(5)
        claimed = self.claim(self.worker(), "first", 5)
        news = []

        def apply_results(tx):
            held = outbox.held(tx, claimed)
            if not news:
                news.append(True)
                with self.registry.cursor() as cr:
                    cr.execute(
                        "INSERT INTO retail_sync_message (connection_id, stream_id, kind, key, res_model, res_id,"
                        " direction, state, lane, op, changes, attempts) SELECT connection_id, stream_id, kind, key,"
                        " res_model, res_id, direction, 'pending', lane, op, '{}', 0 FROM retail_sync_message"
                        " WHERE id = %s",
                        [claimed[2].id],
                    )
            outbox.give_back(tx, [claimed[2].id], 5)
            tx.cr.execute(
                "UPDATE retail_sync_message SET state = 'done' WHERE id = ANY(%s) AND state = 'sending'",
                [[message.id for message in held if message.id != claimed[2].id]],
            )

        run_separately(self.worker(), apply_results)
        self.assertEqual(self.states(), {"done": 4, "superseded": 1, "pending": 1})

    def test_a_job_that_was_killed_begins_again_though_news_come_in_between(self):
        """The router commits news of a record while its message is given back: the job failed, and was not repeated."""
        self.fill(1)
        worker = self.worker()
        self.assertTrue(self.claim(worker, "job", 1))
        execute, news = type(worker.cr).execute, []

        def with_news(cursor, query, *args, **options):
            if "claim = NULL," in str(query) and "GREATEST(attempts" in str(query) and not news:
                news.append(True)
                self.fill(1)
            return execute(cursor, query, *args, **options)

        with mute_logger("odoo.sql_db"), patch.object(type(worker.cr), "execute", with_news):
            deliver.begin_drain(worker, self.stream_id, "standard", "job")
        self.assertTrue(news)
        self.assertEqual(self.states(), {"superseded": 1, "pending": 1})

    def test_the_number_of_a_claim_differs_in_each_life_of_a_job(self):
        self.fill(1)
        [first] = self.claim(self.worker(), "the same job")
        with self.registry.cursor() as cr:
            outbox.left_behind(self.environment(cr), "the same job")
        [second] = self.claim(self.worker(), "the same job")
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            self.assertEqual(outbox.held(env, [first]), [])
            self.assertEqual(outbox.held(env, [second]), [second])

    def test_a_delivery_that_passes_over_a_held_message_comes_again(self):
        """A user assigned it at that moment: the delivery found nothing, and only the sweeper came for it."""
        self.fill(1)
        env = self.worker()
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM retail_sync_message WHERE stream_id = %s FOR UPDATE", [self.stream_id])
            self.drain(env)
            self.assertEqual(len(self.triggers()), 1)
        self.assertEqual(self.states(), {"pending": 1})
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE identity_key LIKE 'retail_sync/%%'")
            cr.execute("DELETE FROM retail_sync_message WHERE stream_id = %s", [self.stream_id])
        self.drain(env)
        self.assertEqual(self.triggers(), [], "where nothing waits no job comes again")

    def drain(self, env):
        adapter = SimpleNamespace(write_limit=lambda stream, lane: 50)
        with (
            patch.object(type(env["retail.sync.stream"]), "_adapter", lambda stream: adapter),
            patch.object(bulk, "takes", lambda env, stream, lane: False),
        ):
            env["retail.sync.delivery.jobs"]._job_drain(self.stream_id, "standard")

    def triggers(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT eta FROM queue_job WHERE identity_key LIKE 'retail_sync/drain/%%'")
            return cr.fetchall()

    def test_changes_are_routed_once_by_many_routers(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "INSERT INTO retail_sync_change (model, res_id, op, names, txid, at)"
                " SELECT 'res.country', number, 'U', 'name', number, now() FROM generate_series(1, %s) AS number",
                [CHANGES],
            )
        results = self.in_parallel(4, self.route)
        self.assertFalse([result for result in results if isinstance(result, Exception)])
        with self.registry.cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM retail_sync_change")
            self.assertEqual(cr.fetchone()[0], 0)

    def test_change_that_is_not_committed_yet_is_not_skipped_for_ever(self):
        """A moving id would pass over a change with a lower number whose transaction ends later."""
        late = self.worker()
        late.cr.execute(
            "INSERT INTO retail_sync_change (model, res_id, op, names, txid, at)"
            " VALUES ('res.country', 1, 'U', 'name', 1, now())"
        )
        with self.registry.cursor() as cr:
            cr.execute(
                "INSERT INTO retail_sync_change (model, res_id, op, names, txid, at)"
                " VALUES ('res.country', 2, 'U', 'name', 2, now())"
            )
        self.route(self.worker())
        late.cr.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            cr.execute("SELECT res_id FROM retail_sync_change")
            self.assertEqual(cr.fetchall(), [(1,)])

    def test_triggers_are_coalesced_only_when_what_they_announce_is_committed(self):
        late = self.worker()
        job_trigger.trigger(late, "route")
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE identity_key = 'retail_sync/route'")
        self.in_parallel(1, lambda env: job_trigger.coalesce(env, "route"))
        late.cr.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            cr.execute("SELECT state FROM queue_job WHERE identity_key = 'retail_sync/route'")
            self.assertEqual(cr.fetchall(), [("pending",)])
        self.in_parallel(1, lambda env: job_trigger.coalesce(env, "route"))
        with self.registry.cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM queue_job WHERE identity_key = 'retail_sync/route'")
            self.assertEqual(cr.fetchone()[0], 0)

    def record_fact(self, env, key, res_id):
        stream = env["retail.sync.stream"].browse(self.stream_id)
        with patch.object(type(env["retail.sync.entity.customer"]), "_sends_facts", lambda model: True):
            return facts.record_many(env, stream, [NewFact(key, res_id, {}, datetime(2026, 3, 1))])

    def claim_facts(self, claim):
        """Claim as a delivery does: each statement sees what other workers have committed."""
        with self.registry.cursor() as cr, separate_transaction(self.environment(cr), read_committed=True) as tx:
            stream = tx["retail.sync.stream"].browse(self.stream_id)
            return [fact.key for fact in facts.claim(tx, stream, "standard", claim, 10)]

    def test_later_fact_of_a_record_is_not_committed_before_an_earlier_one(self):
        """It could be sent first: no worker sees yet that there is an earlier fact."""
        early = self.worker()
        self.assertEqual(self.record_fact(early, "early", 1), ["early"])
        late = self.worker()
        late.cr.execute("SET LOCAL lock_timeout = '100ms'")
        with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
            self.record_fact(late, "late", 1)
        late.cr.rollback()
        self.assertEqual(self.record_fact(late, "elsewhere", 2), ["elsewhere"], "another record waits for nothing")
        late.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.claim_facts("job-1"), ["elsewhere"])
        early.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.record_fact(late, "late", 1), ["late"])
        late.cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.claim_facts("job-2"), ["early"])

    def test_facts_are_claimed_once_by_many_workers(self):
        with self.registry.cursor() as cr:
            for number in range(1, 21):
                self.record_fact(self.environment(cr), f"fact/{number}", number)
        results = self.in_parallel(4, lambda env: self.claim_facts(f"job-{id(env)}"))
        taken = [key for keys in results for key in keys]
        self.assertEqual(len(taken), len(set(taken)))
        self.assertEqual(len(taken), 20)

    def test_user_who_saves_waits_for_no_delivery(self):
        """The router must not wait for a message whose record is being sent: that may take a minute."""
        self.fill(1)
        drain = self.worker()
        self.claim(drain, "slow")
        self.fill(1)
        self.assertEqual(self.states(), {"sending": 1, "pending": 1})
