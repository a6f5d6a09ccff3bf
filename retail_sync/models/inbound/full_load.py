"""First loads and re-reads, as a chain of short jobs.

begin -> (wait for the platform's bulk job) -> fetch and store -> pages -> finish.
Each job commits what it did together with the job that follows, so a worker that
dies anywhere repeats one step and nothing else.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from psycopg2 import OperationalError

from odoo import models
from odoo.api import Environment
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ...runtime import jobs
from ...runtime.constants import LANE_PRIORITY, channel
from ...runtime.halving import halves
from ...runtime.transactions import clock, run_separately
from ..links import deferred_references
from ..reconcile import pipeline
from ..runs import run_start
from . import dry_run, intake, refresh
from .short_pages import lost_race

# Rows fetched by one call. A call costs the same whatever it brings; a job's page is smaller.
BULK_FETCH = 10000
PAGE_FETCH = 2000
# Stored pages that may wait before fetching pauses: bounds what a load keeps in the database.
MAX_WAITING_PAGES = 40
TARGET_SECONDS = 2.0
PAGE_SIZES = (100, 2000)


def start(
    env: Environment, connection: models.BaseModel, kind: str, streams: models.BaseModel | None = None
) -> models.BaseModel:
    """Create a run per stream, referenced streams first, and queue the first; return the runs."""
    # A stopped stream is left out of a load of everything; an explicitly selected one is loaded, which repairs it.
    # A dry run writes nothing and counts all.
    streams = streams or connection.stream_ids.filtered(lambda stream: stream.state != "stopped" or kind == "dry")
    streams = streams.sorted("sequence")
    if not streams:
        raise UserError(env._("%s has no stream that can be loaded.", connection.name))
    busy = env["retail.sync.run"].search_count(
        [
            ("stream_id", "in", streams.ids),
            ("kind", "in", ["initial", "dry", "backlog"]),
            ("state", "in", ["pending", "running"]),
        ]
    )
    if busy:
        raise UserError(
            env._("A load of %s is in progress. Wait until it ends; Runs shows its progress.", connection.name)
        )
    if kind == "dry":
        dry_run.forget(env, streams)
    runs = run_start.plan_runs(env, streams, kind)
    if kind == "initial":
        streams._end_stop("loading", env._("Loaded again"))
        connection.state = "loading"
    enqueue(env, "_job_begin", runs[0])
    return runs


def enqueue(
    env: Environment,
    method: str,
    run: models.BaseModel,
    *args: Any,
    lane: str = "bulk",
    seconds: float = 0,
    max_retries: int = 0,
) -> Any:
    delayed = (
        env["retail.sync.inbound.jobs"]
        .with_user(run.connection_id.user_id)
        .with_delay(
            channel=channel(lane),
            priority=LANE_PRIORITY[lane],
            eta=timedelta(seconds=seconds) if seconds else None,
            max_retries=max_retries,
            description=f"{method.removeprefix('_job_')}: {run.display_name}",
        )
    )
    return getattr(delayed, method)(run.id, *args)


# -- the chain


def job_begin(env: Environment, run_id: int) -> None:
    """Count, choose bulk or pages, and start reading."""
    run = _run(env, run_id)
    if not run:
        return
    stream = jobs.on_the_wire(run.stream_id, run, "bulk")
    adapter = stream._adapter()
    if run.kind == "backlog":
        total, begin = run.total, lambda: adapter.bulk_begin_changes(stream, stream.cursor or {})
    elif run.kind == "deletions" and adapter.capabilities().bulk_ids:
        total, begin = 0, lambda: adapter.bulk_begin_ids(stream)
    else:
        total = adapter.count(stream)
        bulk = adapter.capabilities().bulk_read and total > stream.bulk_threshold
        begin = (lambda: adapter.bulk_begin(stream)) if bulk else None
    run.write({"total": total, "mode": "bulk" if begin else "pages"})
    if run.state == "pending":
        run._start()
    if begin:
        # The platform answers from some moment after this.
        read_at = clock(env)
        run.write({"remote_job": begin(), "read_at": read_at})
        # Of a backlog: where the polls stand, to see whether they still do when it ends.
        after_load = run.kind == "initial"
        run.cursor_before = adapter.cursor_after_load(stream, run.remote_job)[0] if after_load else stream.cursor
        enqueue(env, "_job_wait", run, 0)
    else:
        run.remote_job = adapter.begin_cursor(stream)
        enqueue(env, "_job_fetch", run)
    run.api_calls += jobs.calls_made(stream)
    run.stream_id.last_run_id = run


def job_wait(env: Environment, run_id: int, turn: int) -> None:
    """Ask whether the platform's bulk job is ready; ask again later and later while it is not."""
    run = _run(env, run_id)
    if not run:
        return
    stream = jobs.on_the_wire(run.stream_id, run, "bulk")
    ready, cursor = stream._adapter().bulk_ready(stream, run.remote_job)
    run.write({"remote_job": cursor, "api_calls": run.api_calls + jobs.calls_made(stream)})
    if ready:
        enqueue(env, "_job_fetch", run)
    else:
        enqueue(env, "_job_wait", run, turn + 1, seconds=min(1.5**turn, 30))


def job_fetch(env: Environment, run_id: int) -> None:
    """Read the next records, drop those that are known, store the rest as pages and queue them."""
    run = _run(env, run_id)
    if not run:
        return
    waiting = env["retail.sync.page"].search_count([("run_id", "=", run.id), ("state", "=", "pending")])
    if waiting > MAX_WAITING_PAGES:
        enqueue(env, "_job_fetch", run, seconds=2)
        return
    stream = jobs.on_the_wire(run.stream_id, run, "bulk")
    adapter, read_at = stream._adapter(), run.read_at
    if run.mode == "bulk":
        rows, cursor = adapter.bulk_fetch(stream, run.remote_job, BULK_FETCH)
        more = cursor is not None
        run.remote_job = dict(cursor or run.remote_job, done=not more)
    else:
        read_at = clock(env)
        rows, cursor, more = adapter.fetch_page(stream, run.remote_job or {}, PAGE_FETCH)
        run.remote_job = dict(cursor, done=not more)
    if not run.n_read and run.kind != "deletions":
        run.stream_id.map_ids._keep_samples(rows[:50])
    pages = _stage(env, run, rows, read_at)
    run.api_calls += jobs.calls_made(stream)
    # Without pages to process there is nothing to wait for.
    enqueue(env, "_job_fetch" if more else "_job_finish", run, seconds=1 if pages and not more else 0)


def _stage(
    env: Environment, run: models.BaseModel, rows: list[dict[str, Any]], read_at: datetime | None
) -> models.BaseModel:
    """Store fresh rows as pages with a job each; count the known ones here, where only this job writes.

    :return: the new pages
    """
    stream = run.stream_id
    newest = pipeline.newest(stream, rows)
    if run.kind in ("initial", "deletions"):
        row_key = stream._adapter().row_key
        env["retail.sync.load.snapshot"].sudo()._note(run, [row_key(stream, row)[0] for row in newest])
    if run.kind == "deletions":
        run.n_read += len(rows)
        return env["retail.sync.page"]
    fresh = newest if run.kind == "dry" else pipeline.fresh_rows(env, stream, newest)
    run.n_read += len(rows)
    run.n_unchanged += len(newest) - len(fresh)
    pages = env["retail.sync.page"]._store(run, fresh, _page_size(env, run), read_at)
    for page in pages:
        enqueue_page(env, page)
    return pages


def enqueue_page(env: Environment, page: models.BaseModel, lane: str = "bulk", seconds: float = 0) -> None:
    # After three dead workers queue_job gives up; the sweeper then splits the page in two.
    job = enqueue(env, "_job_page", page.run_id, page.id, lane=lane, seconds=seconds, max_retries=3)
    env.cr.execute("UPDATE retail_sync_page SET job_uuid = %s WHERE id = %s", [job.uuid, page.id])


def _page_size(env: Environment, run: models.BaseModel) -> int:
    """Return how many records make about two seconds of work, from how the last pages went."""
    size = run.stream_id.page_size
    env.cr.execute(
        "SELECT SUM(seconds), SUM(size) FROM (SELECT seconds, size FROM retail_sync_page"
        " WHERE stream_id = %s AND state = 'done' AND seconds > 0 ORDER BY id DESC LIMIT 20) AS latest",
        [run.stream_id.id],
    )
    seconds, rows = env.cr.fetchone()
    if seconds and rows:
        size = int(TARGET_SECONDS / (seconds / rows))
        size = max(PAGE_SIZES[0], min(PAGE_SIZES[1], size // 50 * 50))
        if abs(size - run.stream_id.page_size) >= 100:
            run.stream_id.page_size = size
    return size


def job_page(env: Environment, run_id: int, page_id: int) -> None:
    """Process one stored page: its effects and its 'done' commit together, in a transaction that repeats itself.

    One that keeps losing against deliveries of the same records is cut in two, as shorter ones lose less.
    """
    page = env["retail.sync.page"].sudo().browse(page_id).exists()
    if not page:
        return
    try:
        run_separately(env, _take_page, page)
    except (OperationalError, RetryableJobError) as error:
        if not lost_race(error) or page.size < 2:
            raise
        run_separately(env, split_page, page)


def _take_page(tx: Environment, page: models.BaseModel) -> None:
    run = page.run_id
    if page.state == "done" or run.state not in ("pending", "running"):
        return
    started = time.monotonic()
    rows = page._rows()
    if run.kind == "dry":
        counters = dry_run.process(tx, page, rows)
    else:
        counters = intake.process(tx, run.stream_id, rows, run, read_at=page.read_at or None)
    page.write({"state": "done", "payload": False, "counters": counters, "seconds": time.monotonic() - started})


def split_page(env: Environment, page: models.BaseModel) -> None:
    """Cut a page in two, each with a job of its own."""
    for half in halves(page._rows()):
        enqueue_page(env, env["retail.sync.page"].sudo()._store(page.run_id, half, len(half), page.read_at or None))
    page.write({"state": "done", "payload": False, "counters": {}})


def job_finish(env: Environment, run_id: int) -> None:
    """Close the run once its last page is done, then start the next one."""
    run = _run(env, run_id)
    if not run:
        return
    if env["retail.sync.page"].search_count([("run_id", "=", run.id), ("state", "=", "pending")], limit=1):
        enqueue(env, "_job_finish", run, seconds=1)
        return
    stream = run.stream_id
    if run.kind == "initial":
        while deferred_references.link(env(su=True), run.connection_id):
            continue
        cursor, deletions_from = stream._adapter().cursor_after_load(stream, run.remote_job or {})
        stream.write(
            {
                "cursor": cursor,
                # Deletions are asked for from the moment the load began: what was gone by then
                # was not in it.
                "deleted_until": deletions_from or stream.deleted_until,
                "state": "live",
            }
        )
        run.cursor_after = cursor
        refresh.enqueue_missing(env(su=True), run)
    elif run.kind == "backlog":
        _end_backlog(env, run)
    elif run.kind == "deletions":
        refresh.enqueue_missing(env(su=True), run)
        stream.write({"deletion_check_due": False, "deletions_checked_at": run.started_at})
    elif run.kind == "dry":
        dry_run.finish(env, run)
    run._finish()
    if run.kind == "dry":
        env["retail.sync.dry.run.claim"].sudo().search([("run_id", "=", run.id)]).unlink()
    if run.next_run_id:
        enqueue(env, "_job_begin", run.next_run_id)
    elif run.kind == "initial":
        run.connection_id.state = "running"


def _end_backlog(env: Environment, run: models.BaseModel) -> None:
    """Let polls go on where the bulk read began; the next one is that of the schedule.

    What was changed in the last minutes before is read once more then: at once, it would be a backlog again.
    """
    stream = run.stream_id
    while deferred_references.link(env(su=True), run.connection_id):
        continue
    if stream.cursor == run.cursor_before:
        stream.cursor = stream._adapter().cursor_after_load(stream, run.remote_job or {})[0]
    run.cursor_after = stream.cursor


def restart_bulk(env: Environment, run: models.BaseModel) -> None:
    """The platform forgot its bulk job: ask for a new one. What was taken in is known by now and costs nothing."""
    run.write({"remote_job": False, "n_read": 0, "n_unchanged": 0})
    env["retail.sync.load.snapshot"].sudo()._forget(run)
    enqueue(env, "_job_begin", run, seconds=2)


def _run(env: Environment, run_id: int) -> models.BaseModel | None:
    """Return the run if it still wants work.

    :raises RetryableJobError: while the connection is paused: the step waits, and goes on after it.
    """
    run = env["retail.sync.run"].sudo().browse(run_id).exists()
    if run.state not in ("pending", "running"):
        return None
    if run.connection_id.state == "paused":
        raise RetryableJobError(env._("%s is paused.", run.connection_id.name), seconds=60, ignore_retry=True)
    return run
