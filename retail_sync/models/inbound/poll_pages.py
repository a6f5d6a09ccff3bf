"""One stream's answer to a poll, taken in: its rows page by page, then its deletions, whose trouble stops no row."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from odoo import fields
from odoo.api import Environment

from ...adapter.values import DeletedRef, PollResult
from ...domain.resilience.decision import Scope, Stop, blames_content, decide
from ...domain.resilience.faults import FaultError
from ...domain.values.text import storable
from ...runtime import error_texts
from ...runtime.transactions import run_separately
from ..exceptions import exception_queue
from ..exceptions.subject import NAMELESS, of_alarm, of_record, open_alarms_domain, records_domain
from ..links.rows import raw_hash
from ..reconcile import pipeline, remote_deletions
from ..runs import refresh_queue
from . import intake
from .short_pages import in_short_pages

_logger = logging.getLogger(__name__)

Row = dict[str, Any]
Counters = dict[str, int]


def take(
    env: Environment,
    stream: Any,
    result: PollResult,
    before: tuple[Any, Any],
    run: Any,
    read_at: datetime,
    totals: Counters,
) -> None:
    """Take one stream's answer in and move its cursors; add to totals what was done.

    :param before: (cursor, deleted until) that were asked for: a cursor that moved meanwhile is left alone
    """
    _take_rows(env, stream, result, before[0], run, read_at, totals)
    try:
        _take_deletions(env, stream, result, before[1], run, totals)
        if result.deletions_error is not None:
            raise result.deletions_error
    except FaultError as fault:
        _logger.warning("Deletions of %s could not be read: %s", stream.display_name, fault)
        if isinstance(decide(fault, 1, Scope.poll_stream), Stop) or blames_content(fault):
            run_separately(env, _deletions_unknown, stream, fault, run)
    else:
        if result.deleted_until:
            run_separately(env, _deletions_known, stream)


def _take_rows(
    env: Environment, stream: Any, result: PollResult, before: Any, run: Any, read_at: datetime, totals: Counters
) -> None:
    sound, unread = pipeline.keyed(stream, result.rows)
    for row, error in unread:
        run_separately(env, give_up, stream, row, error, run)
    fresh, known = run_separately(env, _fresh, stream, sound)
    add(totals, {"n_read": len(result.rows), "n_unchanged": known, "n_failed": len(unread)})
    cursor = result.cursor if result.cursor and result.cursor != before else None
    if not fresh:
        if cursor:
            run_separately(env, _move, stream, "cursor", before, cursor)
        return

    def last(part: Sequence[Row]) -> Any:
        return cursor if part[-1] is fresh[-1] else None

    def step(part: Sequence[Row]) -> None:
        add(totals, run_separately(env, _apply, stream, list(part), run, read_at, before, last(part)))

    def failed(row: Row, error: Exception) -> None:
        run_separately(env, give_up, stream, row, error, run)
        add(totals, {"n_failed": 1})
        end([row])

    def lost(row: Row) -> None:
        run_separately(env, read_later, stream, row)
        end([row])

    def end(part: Sequence[Row]) -> None:
        if last(part):
            run_separately(env, _move, stream, "cursor", before, cursor)

    in_short_pages(stream, fresh, step, failed, lost)


def _fresh(tx: Environment, stream: Any, rows: list[Row]) -> tuple[list[Row], int]:
    """Return (rows that are new to us, how many are known by their version): two queries, nothing is decoded."""
    newest = pipeline.newest(stream, rows)
    fresh = pipeline.fresh_rows(tx, stream, newest)
    return new_to_us(tx, stream, fresh), len(newest) - len(fresh)


def _apply(
    tx: Environment, stream: Any, rows: list[Row], run: Any, read_at: datetime, before: Any, cursor: Any
) -> Counters:
    """Take a page in and, with the last one, move the cursor; in one transaction."""
    counters = intake.process(tx, stream, rows, run, read_at=read_at)
    if cursor:
        _move(tx, stream, "cursor", before, cursor)
    return counters


def _move(tx: Environment, stream: Any, name: str, before: Any, after: Any) -> None:
    """Move a cursor that still stands where it stood when the platform was asked; a load may have set it anew."""
    if (stream[name] or None) == (before or None):
        stream.write({name: after})


def read_later(tx: Environment, stream: Any, row: Row, decision: str | None = None) -> None:
    """Read a record again in a moment: its transaction kept losing."""
    external_id, _version = stream._adapter().row_key(stream, row)
    refresh_queue.enqueue_ids(tx, stream, [external_id], lane="standard", decision=decision, seconds=5)


def give_up(tx: Environment, stream: Any, row: Row, error: Exception, run: Any) -> None:
    """Open an exception for a record that cannot be taken in, with its payload; the others arrive."""
    try:
        external_id, version = stream._adapter().row_key(stream, row)
        external_id = external_id.replace("\x00", "") or _nameless(row)
    except Exception:
        external_id, version = _nameless(row), 0
    code = error.code if isinstance(error, FaultError) else "JOB_CRASHED"
    text = error_texts.of_error(error)
    exception_queue.technical(
        tx, stream.connection_id, code, text, of_record(external_id), stream=stream, run=run, payload=row
    ).write({"version": version})


def _nameless(row: Row) -> str:
    """Return what stands for the id of a row that has none: the same for the same row."""
    return f"{NAMELESS}{raw_hash(row)}"


def _take_deletions(env: Environment, stream: Any, result: PollResult, before: Any, run: Any, totals: Counters) -> None:
    until = result.deleted_until if result.deleted_until and result.deleted_until != before else None
    refs = result.deleted

    def last(part: Sequence[DeletedRef]) -> Any:
        return until if part[-1] is refs[-1] else None

    def step(part: Sequence[DeletedRef]) -> None:
        add(totals, {"n_deleted": run_separately(env, _apply_deletions, stream, list(part), before, last(part))})

    def failed(ref: DeletedRef, error: Exception) -> None:
        run_separately(env, give_up_deletion, stream, ref, error, run)
        end([ref])

    def lost(ref: DeletedRef) -> None:
        # The check by id finds that the record is gone, and does the same.
        run_separately(env, look_later, stream, ref)
        end([ref])

    def end(part: Sequence[DeletedRef]) -> None:
        if last(part):
            run_separately(env, _move, stream, "deleted_until", before, until)

    if refs:
        in_short_pages(stream, refs, step, failed, lost)
    elif until:
        run_separately(env, _move, stream, "deleted_until", before, until)
    if result.deletions_lost:
        run_separately(env, _note_check, stream)


def _apply_deletions(tx: Environment, stream: Any, refs: list[DeletedRef], before: Any, until: Any) -> int:
    count = remote_deletions.apply_deletions(tx, stream, refs)
    if until:
        _move(tx, stream, "deleted_until", before, until)
    return count


def look_later(tx: Environment, stream: Any, ref: DeletedRef) -> None:
    refresh_queue.enqueue_ids(tx, stream, [ref.external_id], lane="standard", seconds=5)


def give_up_deletion(tx: Environment, stream: Any, ref: DeletedRef, error: Exception, run: Any) -> None:
    """Open an exception for a deletion or merge that cannot be followed."""
    text = error_texts.of_error(error)
    subject = of_record(ref.external_id)
    exception_queue.technical(tx, stream.connection_id, "DELETE_REFUSED", text, subject, stream=stream, run=run)


def _note_check(tx: Environment, stream: Any) -> None:
    if not stream.deletion_check_due:
        stream.deletion_check_due = fields.Datetime.now()


def _deletions_unknown(tx: Environment, stream: Any, fault: FaultError, run: Any) -> None:
    """The platform does not say what was deleted: people hear of it, and a check of all ids stands in for it."""
    _note_check(tx, stream)
    exception_queue.technical(
        tx, stream.connection_id, fault.code, fault.message, of_alarm("deletions"), stream=stream, run=run,
        fault_class=fault.fault_class,
    )  # fmt: skip


def _deletions_known(tx: Environment, stream: Any) -> None:
    alarms = [*open_alarms_domain(stream.connection_id, "deletions"), ("stream_id", "=", stream.id)]
    tx["retail.sync.message"].sudo().search(alarms)._resolve(tx._("Deletions are read again"))


def add(totals: Counters, counters: Counters) -> None:
    """Add counters to totals."""
    for name, value in counters.items():
        totals[name] = totals.get(name, 0) + value


def new_to_us(env: Environment, stream: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop rows whose very version is an open exception already: the overlap shows them at every poll."""
    if not rows:
        return rows
    row_key = stream._adapter().row_key
    keys = [row_key(stream, row) for row in rows]
    held = {
        message.external_id: message
        for message in env["retail.sync.message"]
        .sudo()
        .search_fetch(
            [
                ("stream_id", "=", stream.id),
                *records_domain(external_id for external_id, _version in keys),
                ("is_exception", "=", True),
            ],
            ["external_id", "version", "payload"],
        )
    }
    fresh = []
    for row, (external_id, version) in zip(rows, keys, strict=True):
        message = held.get(external_id)
        # Versions count whole seconds on most platforms: the same one may carry a correction.
        if (
            not message
            or message.version < version
            or (message.version == version and message.payload != storable(row))
        ):
            fresh.append(row)
    return fresh
