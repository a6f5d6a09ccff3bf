"""A comparison as a chain of short jobs in the bulk lane.

list and store versions (again while the platform is not ready) -> slices of links -> records without a link.
Each job commits what it did together with the job that follows: a worker that dies repeats one step.
"""

from datetime import timedelta
from typing import Any

from odoo import fields, models
from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.resilience.decision import Scope, Stop, decide
from ...domain.resilience.faults import FaultError
from ...runtime import jobs
from ...runtime.constants import LANE_PRIORITY, channel
from . import differences, repair, slices, unlinked

# Versions are short: a call brings many of them.
LIST_LIMIT = 50000
# Where a platform lists no versions, its records are read page by page.
PAGE_LIMIT = 2000
# A slice with a record to read costs a call: the larger the slices, the fewer.
SLICE = 5000
# Records that could not be compared and are named; all are counted.
NAMED = 20
RUNNABLE = ("running", "loading")


def enqueue(env: Environment, comparison: models.BaseModel, method: str, *args: Any, seconds: float = 0) -> None:
    """Queue the next step of a comparison, in the lane that waits for all others."""
    comparison.sudo().step = method
    delayed = (
        env["retail.sync.comparison.jobs"]
        .with_user(comparison.sudo().connection_id.user_id)
        .with_delay(
            channel=channel("bulk"),
            priority=LANE_PRIORITY["bulk"],
            eta=timedelta(seconds=seconds) if seconds else None,
            max_retries=0,
            description=env._("Compare %s", comparison.sudo().stream_id.display_name),
        )
    )
    getattr(delayed, method)(comparison.id, *args)


def fail(comparison: models.BaseModel, text: str) -> None:
    """End a comparison that cannot go on; what it found so far stays."""
    comparison.env["retail.sync.remote.version"].sudo()._forget(comparison)
    comparison.sudo().write({"state": "failed", "message": text, "ended_at": fields.Datetime.now()})


def _open(env: Environment, comparison_id: int) -> tuple[Any, Any]:
    """Return (comparison, its stream as it is used for calls); (None, None) where nothing is left to do.

    :raises RetryableJobError: while the connection is paused or not ready
    """
    comparison = env["retail.sync.comparison"].sudo().browse(comparison_id).exists()
    if comparison.state not in ("pending", "running"):
        return None, None
    stream = comparison.stream_id
    if not stream.active or not stream.connection_id.active:
        fail(comparison, env._("The stream or its connection was switched off."))
        return None, None
    if stream.connection_id.state not in RUNNABLE:
        raise RetryableJobError(env._("%s does not run.", stream.connection_id.name), seconds=60, ignore_retry=True)
    return comparison, jobs.on_the_wire(stream, comparison, "bulk")


def _stops(env: Environment, comparison: models.BaseModel, fault: FaultError) -> bool:
    """End the comparison for a fault that no retry cures; return whether it did."""
    if fault.code == jobs.BULK_JOB_LOST:
        comparison.env["retail.sync.remote.version"].sudo()._forget(comparison)
        comparison.write({"remote_job": False, "n_remote": 0})
        enqueue(env, comparison, "_job_compare_list", seconds=5)
        return True
    if isinstance(decide(fault, 1, Scope.job), Stop):
        fail(comparison, fault.message)
        return True
    return False


def job_list(env: Environment, comparison_id: int, turn: int = 0) -> None:
    """Ask the platform for a list of the versions of all records, and store what of it is ready.

    :param turn: how often it was not ready: it is asked later and later
    """
    comparison, stream = _open(env, comparison_id)
    if not comparison:
        return
    try:
        versions, cursor = jobs.outside(stream, _next_versions, comparison.remote_job or None)
    except FaultError as fault:
        if _stops(env, comparison, fault):
            return
        raise
    env["retail.sync.remote.version"].sudo()._store(comparison, versions)
    comparison.write(
        {
            "state": "running",
            "started_at": comparison.started_at or fields.Datetime.now(),
            "remote_job": cursor or comparison.remote_job,
            "n_remote": comparison.n_remote + len(versions),
            "api_calls": comparison.api_calls + jobs.calls_made(stream),
        }
    )
    if cursor is None:
        env.cr.execute("ANALYZE retail_sync_remote_version")
        enqueue(env, comparison, "_job_compare_slice")
    elif versions:
        enqueue(env, comparison, "_job_compare_list")
    else:
        enqueue(env, comparison, "_job_compare_list", turn + 1, seconds=min(1.5 ** min(turn, 20), 30))


def _next_versions(stream: Any, cursor: Any) -> tuple[list[tuple[str, int]], Any]:
    """Return ([(external id, version)], next cursor; None after the last)."""
    adapter = stream._adapter()
    if adapter.capabilities().versions:
        return adapter.list_versions(stream, cursor, LIST_LIMIT)
    rows, following, more = adapter.fetch_page(stream, cursor or adapter.begin_cursor(stream), PAGE_LIMIT)
    return [adapter.row_key(stream, row) for row in rows], following if more else None


def job_slice(env: Environment, comparison_id: int) -> None:
    """Compare the next slice of linked records, by their external ids."""
    comparison, stream = _open(env, comparison_id)
    if not comparison:
        return
    links = slices.next_links(env, stream, comparison.position or "", SLICE)
    if not links:
        enqueue(env, comparison, "_job_compare_unlinked")
        return
    try:
        found = jobs.outside(stream, slices.compare, comparison, links)
    except FaultError as fault:
        if _stops(env, comparison, fault):
            return
        raise
    stored = differences.store(stream, comparison, found.differences)
    comparison.write(
        {
            "position": links[-1].external_id,
            "n_links": comparison.n_links + len(links),
            "n_slices": comparison.n_slices + 1,
            "n_read": comparison.n_read + found.read,
            "n_waiting": comparison.n_waiting + found.waiting,
            "n_found": comparison.n_found + stored,
            "api_calls": comparison.api_calls + jobs.calls_made(stream),
            **_not_compared(env, comparison, found.failed),
        }
    )
    enqueue(env, comparison, "_job_compare_slice")


def _not_compared(env: Environment, comparison: models.BaseModel, failed: dict[str, str]) -> dict[str, Any]:
    """Return vals that name records which could not be compared; {} where there are none."""
    if not failed:
        return {}
    lines = (comparison.message or "").splitlines()
    lines += [
        env._("%(record)s could not be compared: %(error)s.", record=external_id, error=error)
        for external_id, error in sorted(failed.items())
    ]
    return {"n_failed": comparison.n_failed + len(failed), "message": "\n".join(lines[:NAMED])}


def job_unlinked(env: Environment, comparison_id: int) -> None:
    """Find what no link knows on either side; end the comparison, and repair what is to be repaired."""
    comparison, stream = _open(env, comparison_id)
    if not comparison:
        return
    try:
        found = jobs.outside(stream, unlinked.compare, comparison)
    except FaultError as fault:
        if _stops(env, comparison, fault):
            return
        raise
    stored = differences.store(stream, comparison, found.differences)
    differences.close_gone(env, comparison)
    # What polls and deliveries exchanged while the comparison was under way.
    differences.close_exchanged(env)
    env["retail.sync.remote.version"].sudo()._forget(comparison)
    now = fields.Datetime.now()
    comparison.write(
        {
            "state": "done",
            "ended_at": now,
            "n_read": comparison.n_read + found.read,
            "n_waiting": comparison.n_waiting + found.waiting,
            "n_found": comparison.n_found + stored,
            "api_calls": comparison.api_calls + jobs.calls_made(stream),
        }
    )
    comparison.stream_id.compared_at = now
    if comparison.repairs:
        todo = comparison.difference_ids.filtered(lambda difference: difference.state == "open")
        repair.repair(env, todo.filtered(lambda difference: not repair.needs_preview(difference)))
