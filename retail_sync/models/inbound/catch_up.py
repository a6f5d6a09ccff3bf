"""Bulk reads that polls ask for: of a backlog too long for pages, and of all ids where deletions were lost.

Both are runs like a load, but the stream stays live: what people edit meanwhile is delivered, and events are read.
"""

from datetime import timedelta
from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.api import Environment

from ...adapter.values import PollResult
from ...runtime.transactions import run_separately
from ..runs import run_start
from . import full_load

# A backlog of so many times the bulk threshold of its stream is read in bulk; below that, pages are as cheap.
BACKLOG_FACTOR = 5
# After a bulk read of a backlog failed, polls read on by pages for so long.
BACKLOG_PAUSE = timedelta(hours=6)
# The log of deletions may be purged many times a day: the ids of all records are compared less often.
DELETION_CHECK_PAUSE = timedelta(hours=12)
OPEN = ("pending", "running")


def without_backlog(streams: Any) -> Any:
    """Return streams without those whose backlog a bulk read has in hand: pages would read the same once more."""
    runs = streams.env["retail.sync.run"].sudo()
    busy = runs.search([("stream_id", "in", streams.ids), ("kind", "=", "backlog"), ("state", "in", OPEN)])
    return streams - busy.stream_id


def start_backlog(env: Environment, stream: Any, result: PollResult) -> bool:
    """Begin a bulk read of what waits behind an answer, if that is much; return whether one was begun."""
    if result.remaining is None or result.remaining <= BACKLOG_FACTOR * stream.bulk_threshold:
        return False
    if not stream._adapter().capabilities().bulk_changes or not stream._adapter().suits_bulk(stream):
        return False
    runs = env["retail.sync.run"].sudo()
    since = fields.Datetime.now() - BACKLOG_PAUSE
    failed = [("stream_id", "=", stream.id), ("kind", "=", "backlog"), ("state", "=", "failed")]
    if runs.search_count([*failed, ("ended_at", ">", since)], limit=1):
        return False
    return _start(env, stream, "backlog", result.remaining)


def start_due(env: Environment, streams: Any) -> None:
    """Begin the deletion checks that are due, each stream's at most once in twelve hours."""
    for stream in streams:
        if run_separately(env, _is_due, stream):
            _start(env, stream, "deletions")


def _is_due(tx: Environment, stream: Any) -> bool:
    checked = stream.deletions_checked_at
    if not stream.deletion_check_due or (checked and checked > fields.Datetime.now() - DELETION_CHECK_PAUSE):
        return False
    domain = [("stream_id", "=", stream.id), ("kind", "=", "deletions"), ("state", "in", OPEN)]
    return not tx["retail.sync.run"].sudo().search_count(domain, limit=1)


def _start(env: Environment, stream: Any, kind: str, total: int = 0) -> bool:
    try:
        run_separately(env, _plan, stream, kind, total)
    except UniqueViolation:
        # A person began a load of the stream just now, which reads everything.
        return False
    return True


def _plan(tx: Environment, stream: Any, kind: str, total: int) -> None:
    run = run_start.plan_runs(tx, stream, kind)
    run.total = total
    if kind == "deletions":
        # A check that fails is not begun again at the next poll.
        stream.deletions_checked_at = fields.Datetime.now()
    full_load.enqueue(tx, "_job_begin", run)
