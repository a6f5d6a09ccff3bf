"""First loads and re-reads, as a chain of short jobs.

begin -> (wait for the platform's bulk job) -> fetch and store -> pages -> finish.
Each job commits what it did together with the job that follows, so a worker that
dies anywhere repeats one step and nothing else. It asks the platform first and outside
its transaction, and writes when the answer is there; what other jobs write too, such as
the stream, it writes in short transactions of their own.
"""

from datetime import datetime
from typing import Any

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.security.audit import AuditKind
from ...runtime import jobs
from ...runtime.transactions import run_separately
from ..audit import trail
from ..links import deferred_references, erased_record
from ..reconcile import pipeline
from ..runs import run_start
from . import dry_run, load_pages, load_reads, poll_pages, refresh
from .load_queue import enqueue

__all__ = ["enqueue", "job_begin", "job_fetch", "job_finish", "job_wait", "restart_bulk", "start"]

# Rows fetched by one call. A call costs the same whatever it brings; a job's page is smaller.
BULK_FETCH = 10000
PAGE_FETCH = 2000
# Stored pages that may wait before fetching pauses: bounds what a load keeps in the database.
MAX_WAITING_PAGES = 40
TARGET_SECONDS = 2.0
PAGE_SIZES = (100, 2000)
# References that one transaction completes at the end of a load.
DEFERRED_LINKS = 500
# Pauses between two looks at the platform's bulk job, and before a new one in place of a lost one, end there.
LONGEST_WAIT = 30
LONGEST_RESTART_WAIT = 300


def start(
    env: Environment, connection: models.BaseModel, kind: str, streams: models.BaseModel | None = None
) -> models.BaseModel:
    """Create a run per stream that reads, referenced streams first, and queue the first; return the runs."""
    # A stopped stream is left out of a load of everything; an explicitly selected one is loaded, which repairs it.
    # A dry run writes nothing and counts all. Streams that only send have nothing to load.
    streams = streams or connection.stream_ids.filtered(
        lambda stream: (stream.state != "stopped" or kind == "dry") and not stream.unavailable_reason
    )
    streams = streams.filtered(lambda stream: stream._takes_in()).sorted("sequence")
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
    trail.add(
        env, AuditKind.LOAD, model=streams._name, res_ids=streams.ids, connection=connection, details={"kind": kind}
    )
    if kind == "initial":
        streams._end_stop("loading", env._("Loaded again"))
        connection.state = "loading"
    enqueue(env, "_job_begin", runs[0])
    return runs


# -- the chain


def job_begin(env: Environment, run_id: int) -> None:
    """Count, choose bulk or pages, and start reading."""
    run = _run(env, run_id)
    if not run:
        return
    stream = jobs.on_the_wire(run.stream_id, run, "bulk")
    started_at = fields.Datetime.now()
    begun = jobs.outside(stream, load_reads.begin, run.kind, run.total)
    run_separately(env, _note_last_run, run.stream_id, run.id)
    if run.state == "pending":
        run._start(started_at)
    run.write(
        {
            "total": begun.total,
            "mode": "bulk" if begun.in_bulk else "pages",
            "remote_job": begun.cursor,
            "read_at": begun.read_at,
            "cursor_before": begun.before,
            "api_calls": run.api_calls + jobs.calls_made(stream),
        }
    )
    enqueue(env, *(("_job_wait", run, 0) if begun.in_bulk else ("_job_fetch", run)))


def _note_last_run(tx: Environment, stream: models.BaseModel, run_id: int) -> None:
    stream.last_run_id = run_id


def job_wait(env: Environment, run_id: int, turn: int) -> None:
    """Ask whether the platform's bulk job is ready; ask again later and later while it is not."""
    run = _run(env, run_id)
    if not run:
        return
    stream = jobs.on_the_wire(run.stream_id, run, "bulk")
    ready, cursor = jobs.outside(stream, load_reads.ready, run.remote_job)
    run.write({"remote_job": cursor, "api_calls": run.api_calls + jobs.calls_made(stream)})
    if ready:
        enqueue(env, "_job_fetch", run)
    else:
        enqueue(env, "_job_wait", run, turn + 1, seconds=_pause(turn))


def _pause(turn: int) -> float:
    """Return how long to wait before the platform's bulk job is looked at again; bounded before it is a power."""
    return float(min(1.5 ** min(turn, 20), LONGEST_WAIT))


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
    limit = BULK_FETCH if run.mode == "bulk" else PAGE_FETCH
    found = jobs.outside(stream, load_reads.fetch, run.mode, run.remote_job, limit)
    size = run_separately(env, _page_size, run)
    if not run.n_read and run.kind != "deletions":
        run_separately(env, _keep_samples, run.stream_id, found.rows[:50])
    run.remote_job = dict(found.cursor or run.remote_job, done=not found.more)
    pages = _stage(env, run, found.rows, found.read_at or run.read_at, size)
    run.api_calls += jobs.calls_made(stream)
    # Without pages to process there is nothing to wait for.
    seconds = 1 if pages and not found.more else 0
    enqueue(env, "_job_fetch" if found.more else "_job_finish", run, seconds=seconds)


def _keep_samples(tx: Environment, stream: models.BaseModel, rows: list[dict[str, Any]]) -> None:
    stream.map_ids._keep_samples(rows)


def _stage(
    env: Environment, run: models.BaseModel, rows: list[dict[str, Any]], read_at: datetime | None, size: int
) -> models.BaseModel:
    """Store fresh rows as pages with a job each; count the known ones here, where only this job writes.

    :param size: records of a page
    :return: the new pages
    """
    stream = run.stream_id
    sound, unread = pipeline.keyed(stream, rows)
    newest = pipeline.newest(stream, sound)
    if run.kind in ("initial", "deletions"):
        row_key = stream._adapter().row_key
        env["retail.sync.load.snapshot"].sudo()._note(run, [row_key(stream, row)[0] for row in newest])
    if run.kind == "deletions":
        run.n_read += len(rows)
        return env["retail.sync.page"]
    run.n_failed += len(unread)
    if run.kind != "dry":
        for row, error in unread:
            # Polls open the same exceptions: in a transaction that sees theirs.
            run_separately(env, poll_pages.give_up, stream, row, error, run)
    fresh = newest if run.kind == "dry" else pipeline.fresh_rows(env, stream, newest)
    run.n_read += len(rows)
    run.n_unchanged += len(newest) - len(fresh)
    # Not even for the time of the load is a record kept that was erased here.
    fresh, erased = erased_record.leave_out(env, stream, fresh, look=run.kind == "dry")
    run.n_excluded += erased
    pages = env["retail.sync.page"]._store(run, fresh, size, read_at)
    for page in pages:
        load_pages.enqueue_page(env, page)
    return pages


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
        _link_deferred(env, run)
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
    if run.next_run_id:
        enqueue(env, "_job_begin", run.next_run_id)
    elif run.kind == "initial":
        run.connection_id.state = "running"


def _link_deferred(env: Environment, run: models.BaseModel) -> None:
    """Complete records by references that came later, in short transactions: people edit these records meanwhile."""
    while run_separately(env, deferred_references.link, run.connection_id, DEFERRED_LINKS):
        continue


def _end_backlog(env: Environment, run: models.BaseModel) -> None:
    """Let polls go on where the bulk read began; the next one is that of the schedule.

    What was changed in the last minutes before is read once more then: at once, it would be a backlog again.
    """
    stream = run.stream_id
    _link_deferred(env, run)
    if stream.cursor == run.cursor_before:
        stream.cursor = stream._adapter().cursor_after_load(stream, run.remote_job or {})[0]
    run.cursor_after = stream.cursor


def restart_bulk(env: Environment, run: models.BaseModel) -> None:
    """The platform forgot its bulk job, or could not run it: ask for a new one, later and later as the load grows old.

    What was taken in is known by now and costs nothing.
    """
    age = (fields.Datetime.now() - run.started_at).total_seconds() if run.started_at else 0
    run.write({"remote_job": False, "n_read": 0, "n_unchanged": 0, "n_failed": 0})
    env["retail.sync.load.snapshot"].sudo()._forget(run)
    enqueue(env, "_job_begin", run, seconds=max(2, min(age / 10, LONGEST_RESTART_WAIT)))


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
