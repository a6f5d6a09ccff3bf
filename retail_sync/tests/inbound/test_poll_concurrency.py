import threading
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...adapter.values import DeletedRef, PollResult
from ...models.inbound import event_records, event_store, intake, poll_pages, short_pages
from ...models.reconcile import remote_deletions
from ...models.runs import refresh_queue, run_start
from ...runtime import transactions
from ...runtime.transactions import clock, run_separately
from ..concurrency_case import MARK, WAIT, ConcurrencyCase


class RacingCase(ConcurrencyCase):
    """Records that are linked, and written by deliveries while they are taken in."""

    def setUp(self):
        super().setUp()
        self.keys = [f"{MARK}{number}" for number in range(8)]
        with self.registry.cursor() as cr:
            for number, key in enumerate(self.keys):
                cr.execute(
                    "INSERT INTO retail_sync_link (connection_id, stream_id, remote_object, role, part, external_id,"
                    " res_model, res_id, is_primary, state, version)"
                    " VALUES (%s, %s, 'Firm', 'customer', 'main', %s, 'res.partner', %s, true, 'in_sync', 1)",
                    [self.connection_id, self.stream_id, key, 100_000_000 + number],
                )
            cr.execute("UPDATE retail_sync_stream SET cursor = '{\"at\": 1}' WHERE id = %s", [self.stream_id])
        adapter = SimpleNamespace(row_key=lambda _stream, row: (row["id"], row["version"]))
        self.patch_on("retail.sync.stream", "_adapter", lambda _stream: adapter)
        for target, name, value in (
            (intake, "process", self.process),
            (short_pages, "PAGE", 4),
            (transactions.time, "sleep", lambda _seconds: None),
            (remote_deletions, "apply_deletions", lambda *_args: 0),
        ):
            patcher = patch.object(target, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)
        self.tried, self.meanwhile = [], lambda rows: None

    def patch_on(self, model, name, value):
        patcher = patch.object(self.registry[model], name, value)
        patcher.start()
        self.addCleanup(patcher.stop)

    def process(self, env, stream, rows, run, read_at=None):
        """What a page does to its links, with something else that happens in the middle of it."""
        keys = [row["id"] for row in rows]
        env.cr.execute("SELECT count(*) FROM retail_sync_link WHERE external_id = ANY(%s)", [keys])
        self.tried.append(len(rows))
        self.meanwhile(rows)
        env.cr.execute(
            "UPDATE retail_sync_link SET version = version + 1 WHERE connection_id = %s AND external_id = ANY(%s)",
            [self.connection_id, keys],
        )
        return {"n_updated": len(rows)}

    def deliver(self, *keys):
        """Another worker applies the results of a delivery of these records, and commits."""
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE retail_sync_link SET synced_at = clock_timestamp() WHERE external_id = ANY(%s)", [list(keys)]
            )

    def stored(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT min(link.version), max(link.version), min(stream.cursor ->> 'at'), min(stream.deleted_until)"
                " FROM retail_sync_link link JOIN retail_sync_stream stream ON stream.id = link.stream_id"
                " WHERE link.connection_id = %s",
                [self.connection_id],
            )
            return cr.fetchone()


@tagged("post_install", "-at_install")
class TestPollConcurrency(RacingCase):
    """Polls take in what they read while results of deliveries of the same records are applied."""

    def take(self):
        """Take a poll's answer in, in a job whose own snapshot is older than all that follows; return the totals."""
        env, totals = self.worker(), {}
        stream = env["retail.sync.stream"].browse(self.stream_id)
        rows = [{"id": key, "version": 2, "name": key} for key in self.keys]
        result = PollResult(rows=rows, cursor={"at": 2}, deleted=[DeletedRef("gone", "now")], deleted_until="now")
        run = run_separately(env, run_start.create_run, stream, "poll").with_env(env)
        poll_pages.take(env, stream, result, ({"at": 1}, None), run, clock(env), totals)
        return totals

    @mute_logger("odoo.sql_db")
    def test_a_page_that_loses_a_race_is_repeated_and_no_other(self):
        races = [self.keys[5], self.keys[6]]

        def meanwhile(rows):
            if races and any(row["id"] == races[0] for row in rows):
                self.deliver(races.pop(0))

        self.meanwhile = meanwhile
        self.assertEqual(self.take()["n_updated"], 8)
        self.assertEqual(self.tried, [4, 4, 4, 4], "the first page once, the second three times")
        self.assertEqual(self.stored(), (2, 2, "2", "now"))

    @mute_logger("odoo.sql_db")
    def test_a_page_that_loses_all_the_time_becomes_shorter(self):
        """Results of single deliveries are applied without a pause: short transactions get in between."""

        def meanwhile(rows):
            if len(rows) > 1:
                self.deliver(rows[0]["id"])

        self.meanwhile = meanwhile
        self.assertEqual(self.take()["n_updated"], 8)
        self.assertEqual(self.stored(), (2, 2, "2", "now"))

    @mute_logger("odoo.sql_db")
    def test_a_record_that_is_written_all_the_time_is_read_again_later(self):
        self.meanwhile = lambda rows: [self.deliver(self.keys[7]) for row in rows if row["id"] == self.keys[7]]
        later = []
        with patch.object(refresh_queue, "enqueue_ids", lambda _env, _stream, ids, **_options: later.extend(ids)):
            self.assertEqual(self.take()["n_updated"], 7)
        self.assertEqual(later, [self.keys[7]])
        self.assertEqual(self.stored(), (1, 2, "2", "now"), "the cursor moves on")

    @mute_logger("odoo.sql_db")
    def test_deliveries_at_full_speed_hold_no_poll_up(self):
        over = threading.Event()

        def deliver_all():
            number = 0
            while not over.is_set():
                self.deliver(self.keys[number % 8])
                number += 1

        thread = threading.Thread(target=deliver_all)
        thread.start()
        try:
            totals = self.take()
        finally:
            over.set()
            thread.join(WAIT)
        self.assertEqual(totals["n_read"], 8)
        self.assertEqual(self.stored()[2:], ("2", "now"))


@tagged("post_install", "-at_install")
class TestEventConcurrency(RacingCase):
    """Events are taken in while results of deliveries of the same records are applied.

    Seen: a page that kept losing was given back as a whole and claimed again as a whole, for as long as people edited.
    """

    def setUp(self):
        super().setUp()
        rows = [{"id": key, "version": 2, "name": key} for key in self.keys]
        reading = patch.object(event_records, "_read", lambda *_args: (rows, []))
        reading.start()
        self.addCleanup(reading.stop)

    def take(self):
        """Take in an event of each record; return {external id: (state, attempts)}."""
        env = self.worker()
        with self.registry.cursor() as cr:
            cr.execute(
                "INSERT INTO retail_sync_event (connection_id, stream_id, source, event_key, remote_object,"
                " external_id, received_at, state, attempts, claim) SELECT %s, %s, 'json', key, 'Firm', key,"
                " now() AT TIME ZONE 'UTC', 'pending', 0, 'worker' FROM unnest(%s) AS key RETURNING external_id, id",
                [self.connection_id, self.stream_id, self.keys],
            )
            hints = {external_id: event_store.Hint([event_id]) for external_id, event_id in cr.fetchall()}
        stream = env["retail.sync.stream"].browse(self.stream_id)
        event_records.take(env, stream, "standard", self.keys, hints)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT external_id, state, attempts FROM retail_sync_event WHERE connection_id = %s",
                [self.connection_id],
            )
            return {external_id: (state, attempts) for external_id, state, attempts in cr.fetchall()}

    @mute_logger("odoo.sql_db")
    def test_a_page_that_loses_all_the_time_becomes_shorter(self):
        def meanwhile(rows):
            if len(rows) > 1:
                self.deliver(rows[0]["id"])

        self.meanwhile = meanwhile
        self.assertEqual(set(self.take().values()), {("done", 1)})
        self.assertEqual(max(self.tried), 4, "pages are short, as those of polls")
        self.assertEqual(self.stored()[:2], (2, 2))

    @mute_logger("odoo.sql_db")
    def test_a_record_that_is_written_all_the_time_waits_and_the_others_arrive(self):
        self.meanwhile = lambda rows: [self.deliver(self.keys[7]) for row in rows if row["id"] == self.keys[7]]
        found = self.take()
        self.assertEqual(found.pop(self.keys[7]), ("pending", 0))
        self.assertEqual(set(found.values()), {("done", 1)})
        self.assertEqual(self.stored()[:2], (1, 2))
