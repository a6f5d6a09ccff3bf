"""Stored pages of a load: each is taken in by a job of its own."""

import time

from psycopg2 import OperationalError

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain

from odoo.addons.queue_job.exception import RetryableJobError

from ...runtime.halving import halves
from ...runtime.transactions import run_separately
from . import dry_run, intake
from .load_queue import enqueue
from .short_pages import lost_race

# Number of the advisory lock of dry runs; its second half is the id of the run.
DRY_RUN_LOCK = 723541


class OutOfTurnError(RetryableJobError):
    """Another page of the dry run comes first. The page waits for it, whole."""


def enqueue_page(env: Environment, page: models.BaseModel, lane: str = "bulk", seconds: float = 0) -> None:
    # After three dead workers queue_job gives up; the sweeper then splits the page in two.
    job = enqueue(env, "_job_page", page.run_id, page.id, lane=lane, seconds=seconds, max_retries=3)
    env.cr.execute("UPDATE retail_sync_page SET job_uuid = %s WHERE id = %s", [job.uuid, page.id])


def job_page(env: Environment, run_id: int, page_id: int) -> None:
    """Process one stored page: its effects and its 'done' commit together, in a transaction that repeats itself.

    One that keeps losing against deliveries of the same records is cut in two, as shorter ones lose less.
    """
    page = env["retail.sync.page"].sudo().browse(page_id).exists()
    if not page:
        return
    if page.run_id.kind == "dry":
        # One page after the other: each is decided after what those before it would have done.
        env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [DRY_RUN_LOCK, page.run_id.id])
        if not env.cr.fetchone()[0]:
            raise OutOfTurnError("Another page of the dry run is at work", seconds=1, ignore_retry=True)
    try:
        run_separately(env, _take_page, page)
    except (OperationalError, RetryableJobError) as error:
        if isinstance(error, OutOfTurnError) or not lost_race(error) or page.size < 2:
            raise
        run_separately(env, split_page, page)


def _take_page(tx: Environment, page: models.BaseModel) -> None:
    run = page.run_id
    if page.state == "done" or run.state not in ("pending", "running"):
        return
    started = time.monotonic()
    rows = page._rows()
    if run.kind == "dry":
        pending = Domain("run_id", "=", run.id) & Domain("state", "=", "pending")
        turn = Domain("sequence", "=", page.sequence) & Domain("id", "<", page.id)
        earlier = pending & (Domain("sequence", "<", page.sequence) | turn)
        if tx["retail.sync.page"].search_count(earlier, limit=1):
            raise OutOfTurnError("An earlier page of the dry run is not done", seconds=1, ignore_retry=True)
        counters = dry_run.process(tx, page, rows)
    else:
        counters = intake.process(tx, run.stream_id, rows, run, read_at=page.read_at or None)
    page.write({"state": "done", "payload": False, "counters": counters, "seconds": time.monotonic() - started})


def split_page(env: Environment, page: models.BaseModel) -> None:
    """Cut a page in two, each with a job of its own."""
    for half in halves(page._rows()):
        part = env["retail.sync.page"].sudo()._store(page.run_id, half, len(half), page.read_at or None)
        # A dry run takes its pages one after the other: the halves keep their page's turn.
        part.sequence = page.sequence
        enqueue_page(env, part)
    page.write({"state": "done", "payload": False, "counters": {}})
