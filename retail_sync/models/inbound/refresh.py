"""Selected records, read again by id: refreshes, retried exceptions, decisions by hand.

As polls do, these jobs read outside any transaction and take in what they read by short ones.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import DeletedRef
from ...runtime.constants import LANE_PRIORITY, channel
from ...runtime.jobs import CallCount
from ...runtime.transactions import clock, run_separately
from ..reconcile import remote_deletions
from ..runs import refresh_request, run_start
from ..runs.refresh_queue import IDS_PER_JOB
from . import intake, poll_pages
from .short_pages import in_short_pages

Row = dict[str, Any]


def enqueue_missing(env: Environment, run: models.BaseModel) -> None:
    """Verify links that a load of everything did not show: absence alone proves no deletion."""
    unseen = env["retail.sync.load.snapshot"].sudo()
    external_ids = unseen._unseen(run)
    stream = run.stream_id
    for start in range(0, len(external_ids), IDS_PER_JOB):
        env["retail.sync.inbound.jobs"].with_user(stream.connection_id.user_id).with_delay(
            channel=channel("bulk"),
            priority=LANE_PRIORITY["bulk"],
            max_retries=0,
            description=env._(
                "Verify %(count)s records missing from the load of %(stream)s",
                count=len(external_ids),
                stream=stream.name,
            ),
        )._job_verify_missing(stream.id, external_ids[start : start + IDS_PER_JOB])


def job_verify_missing(env: Environment, stream_id: int, external_ids: list[str]) -> None:
    """Ask by id for linked records that a load did not show: gone, merged, or merely out of scope."""
    _take(env, stream_id, external_ids, "bulk", force=False, verify=True)


def job_refresh(
    env: Environment, stream_id: int, external_ids: list[str], decision: str | None = None, lane: str = "critical"
) -> None:
    """Read records by id and take them in, whatever version is known. lane: whose share of the budget the calls use."""
    _take(env, stream_id, external_ids, lane, force=True, decision=decision)
    refresh_request.forget(env, stream_id, external_ids)


def _take(
    env: Environment,
    stream_id: int,
    external_ids: list[str],
    lane: str,
    force: bool,
    decision: str | None = None,
    verify: bool = False,
) -> None:
    """Read records and take them in. verify: those out of scope are noted as not visible, and not taken in."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream:
        return
    calls, correlation_id = CallCount(), uuid.uuid4().hex
    read = run_separately(env, _read, stream, external_ids, lane, correlation_id, calls, retry=False)
    read_at, rows, refs = read
    run = run_separately(env, run_start.create_run, stream, "records", correlation_id).with_env(env)
    totals: dict[str, int] = {"n_read": len(rows)}

    def step(part: Sequence[Row]) -> None:
        counters = run_separately(env, _apply, stream, list(part), run, read_at, force, decision)
        poll_pages.add(totals, counters)

    def failed(row: Row, error: Exception) -> None:
        run_separately(env, poll_pages.give_up, stream, row, error, run)
        poll_pages.add(totals, {"n_failed": 1})

    def lost(row: Row) -> None:
        run_separately(env, poll_pages.read_later, stream, row, decision)

    if verify and stream.filter_text:
        totals["n_excluded"] = len(rows)
        run_separately(env, _out_of_scope, stream, rows)
    else:
        in_short_pages(stream, rows, step, failed, lost)
    _take_missing(env, stream, refs, run)
    run_separately(env, _end, run, totals, calls.made)


def _take_missing(env: Environment, stream: models.BaseModel, refs: list[DeletedRef], run: models.BaseModel) -> None:
    """Take in what became of records that were not shown; one that fails stands alone."""

    def step(part: Sequence[DeletedRef]) -> None:
        run_separately(env, _apply_missing, stream, list(part), run)

    def failed(ref: DeletedRef, error: Exception) -> None:
        run_separately(env, poll_pages.give_up_deletion, stream, ref, error, run)

    def lost(ref: DeletedRef) -> None:
        run_separately(env, poll_pages.look_later, stream, ref)

    in_short_pages(stream, refs, step, failed, lost)


def _apply_missing(tx: Environment, stream: models.BaseModel, refs: list[DeletedRef], run: models.BaseModel) -> None:
    remote_deletions.apply_missing(tx, stream, refs, run)


def _read(
    tx: Environment, stream: models.BaseModel, external_ids: list[str], lane: str, correlation_id: str, calls: CallCount
) -> tuple[datetime, list[Row], list[DeletedRef]]:
    """Return (the database's clock before the read, rows, what became of the records that are not among them)."""
    read_at = clock(tx)
    calling = intake.reading(stream, lane, correlation_id, calls)
    rows, missing = calling._adapter().read_by_ids(calling, external_ids)
    return read_at, rows, remote_deletions.resolve_missing(calling, missing) if missing else []


def _apply(
    tx: Environment,
    stream: models.BaseModel,
    rows: list[Row],
    run: models.BaseModel,
    read_at: datetime,
    force: bool,
    decision: str | None,
) -> dict[str, int]:
    return intake.process(tx, stream, rows, run, force=force, decision=decision, read_at=read_at)


def _out_of_scope(tx: Environment, stream: models.BaseModel, rows: list[Row]) -> None:
    row_key = stream._adapter().row_key
    external_ids = [row_key(stream, row)[0] for row in rows]
    tx["retail.sync.link"].sudo()._not_visible(
        stream, external_ids, tx._("Outside the scope filter of %s", stream.name)
    )


def _end(tx: Environment, run: models.BaseModel, totals: dict[str, int], calls: int) -> None:
    run.write(dict(totals, api_calls=calls))
    run._finish()
