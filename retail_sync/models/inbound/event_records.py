"""The records that events are about: read, taken in, or given to people."""

import logging
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from psycopg2 import OperationalError

from odoo import models
from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ...adapter.values import DeletedRef
from ...domain.resilience.decision import Decision, Scope, counts_attempt, decide
from ...domain.resilience.faults import FaultError
from ...domain.security.scrubbing import scrub_text
from ...runtime import error_texts
from ...runtime.halving import halve
from ...runtime.jobs import CallCount
from ...runtime.transactions import run_separately
from ..exceptions import exception_queue
from ..exceptions.subject import of_record
from ..reconcile import apply, remote_deletions
from ..runs import run_start
from . import event_store, intake, poll_pages, short_pages

_logger = logging.getLogger(__name__)


def decision_on(fault: FaultError, external_ids: list[str], hints: dict[str, Any]) -> Decision:
    """Return what to do about a call that failed, by how often its records were tried; a single one is to blame."""
    scope = Scope.event_record if len(external_ids) == 1 else Scope.event_read
    return decide(fault, hints[external_ids[0]].attempts + 1, scope)


def _uses_attempt(error: Exception, external_ids: list[str], hints: dict[str, Any]) -> bool:
    """Return whether an error counts as an attempt of the records; a lost race or a transient fault does not."""
    if isinstance(error, FaultError):
        return counts_attempt(decision_on(error, external_ids, hints))
    return not isinstance(error, (OperationalError, RetryableJobError))


def take(
    env: Environment, stream: models.BaseModel, lane: str, external_ids: list[str], hints: event_store.Hints
) -> None:
    """Read records in one call, take them in page by page, and close their events with each page.

    :raises FaultError: the call failed as a whole
    """
    event_ids = _events_of(external_ids, hints)
    before = event_store.in_short_transaction(env, event_store.begin, event_ids)
    correlation_id = uuid.uuid4().hex
    try:
        calls = CallCount()
        rows, refs = run_separately(env, _read, stream, lane, external_ids, correlation_id, calls, retry=False)
        rows_of = {}
        row_key = stream._adapter().row_key
        for row in rows:
            rows_of.setdefault(row_key(stream, row)[0], []).append(row)
        found = [external_id for external_id in external_ids if external_id in rows_of]
        size = max(1, min(stream.page_size, short_pages.PAGE))
        for start in range(0, len(found), size):
            page = {external_id: rows_of[external_id] for external_id in found[start : start + size]}
            _guarded(env, stream, page, hints, correlation_id, before, calls=0 if start else calls.made)
        silent = [external_id for external_id in external_ids if external_id not in rows_of]
        if silent:
            # Counted once: by the run of the first page where there is one.
            uncounted = 0 if found else calls.made
            _take_silent(env, stream, silent, refs, hints, correlation_id, uncounted)
    except Exception as error:
        if not _uses_attempt(error, external_ids, hints):
            event_store.in_short_transaction(env, event_store.forgive, event_ids)
        raise
    event_store.in_short_transaction(env, event_store.close_reported, stream.id, external_ids, before, correlation_id)


def _read(
    tx: Environment,
    stream: models.BaseModel,
    lane: str,
    external_ids: list[str],
    correlation_id: str,
    calls: CallCount,
) -> tuple[list[dict[str, Any]], list[DeletedRef]]:
    """Return (rows, what became of the records that are not among them).

    In a transaction of its own for what an adapter notes about a stream while it
    reads: were it this job's, the steps that follow would wait for it for ever.
    """
    calling = intake.reading(stream, lane, correlation_id, calls)
    rows, missing = calling._adapter().read_in_scope(calling, external_ids)
    return rows, remote_deletions.resolve_missing(calling, missing) if missing else []


def _guarded(
    env: Environment,
    stream: models.BaseModel,
    page: dict[str, list[dict[str, Any]]],
    hints: event_store.Hints,
    correlation_id: str | None,
    read_at: datetime,
    calls: int = 0,
) -> None:
    """Take a page {external id: rows} in; one that fails as a whole is halved until the guilty record is alone.

    So is one that keeps losing against deliveries of its records: as a whole, it would lose for as long as they last.
    """
    external_ids = list(page)

    def attempt(ids):
        part = {external_id: page[external_id] for external_id in ids}
        # The calls that read the page are counted once: by the run that takes its first record.
        counted = calls if ids[0] == external_ids[0] else 0
        try:
            run_separately(env, _apply, stream, part, hints, correlation_id, read_at, counted)
        except Exception as error:
            apply.reraise_technical(error)
            if not isinstance(error, FaultError) and not short_pages.lost_race(error):
                text = "Events of %s records of %s failed"
                error_texts.log(_logger, logging.WARNING, error, text, len(part), stream.display_name)
            raise

    def failed(external_id, error):
        _alone(env, stream, external_id, hints, error, payload=page[external_id][-1])

    halve(external_ids, attempt, failed, passes_on=_goes_up)


def _take_silent(
    env: Environment,
    stream: models.BaseModel,
    external_ids: list[str],
    refs: list[DeletedRef],
    hints: event_store.Hints,
    correlation_id: str | None,
    calls: int,
) -> None:
    """Take in that records are not there, or not in scope; halved like a page where that fails."""
    by_id = {ref.external_id: ref for ref in refs}

    def attempt(ids):
        part = [by_id[external_id] for external_id in ids if external_id in by_id]
        counted = calls if ids[0] == external_ids[0] else 0
        try:
            run_separately(env, _apply_deletions, stream, part, _events_of(ids, hints), correlation_id, counted)
        except Exception as error:
            apply.reraise_technical(error)
            raise

    def failed(external_id, error):
        _alone(env, stream, external_id, hints, error, code="DELETE_REFUSED")

    halve(external_ids, attempt, failed, passes_on=_goes_up)


def _alone(
    env: Environment,
    stream: models.BaseModel,
    external_id: str,
    hints: event_store.Hints,
    error: Exception,
    **options: Any,
) -> None:
    """See to the one record that failed: it waits where its transaction lost a race, else people are asked."""
    if short_pages.lost_race(error):
        # The record is written all the time: its event waits, and the others are taken in.
        event_store.in_short_transaction(env, event_store.forgive, hints[external_id].event_ids)
        return
    give_up(env, stream, external_id, hints, error_texts.of_error(error), **options)


def _goes_up(error: Exception) -> bool:
    """Tell whether an error is no fault of one record: it passes, or it was classified for the call as a whole."""
    return isinstance(error, FaultError) or (apply.is_technical(error) and not short_pages.lost_race(error))


def _apply(
    tx: Environment,
    stream: models.BaseModel,
    page: dict[str, list[dict[str, Any]]],
    hints: event_store.Hints,
    correlation_id: str | None,
    read_at: datetime,
    calls: int,
) -> None:
    """The effects of a page and the end of its events, in one transaction. calls: to be counted on its run."""
    run = _open_run(tx, stream, correlation_id)
    rows = [row for versions in page.values() for row in versions]
    fresh = poll_pages.new_to_us(tx, stream, rows)
    counters = intake.process(tx, stream, fresh, run, read_at=read_at)
    event_store.close(tx, _events_of(page, hints), correlation_id)
    run.write(dict(counters, n_read=len(rows), api_calls=calls))
    run._finish()


def _apply_deletions(
    tx: Environment,
    stream: models.BaseModel,
    refs: list[DeletedRef],
    event_ids: Collection[int],
    correlation_id: str | None,
    calls: int,
) -> None:
    """Records that are not there, or not in scope: by the platform's own word, never by the event's."""
    if refs:
        run = _open_run(tx, stream, correlation_id)
        remote_deletions.apply_missing(tx, stream, refs, run)
        run.api_calls = calls
        run._finish()
    event_store.close(tx, event_ids, correlation_id)


def _open_run(tx: Environment, stream: models.BaseModel, correlation_id: str | None) -> models.BaseModel:
    return run_start.create_run(tx, stream, "events", correlation_id)


def give_up(
    env: Environment,
    stream: models.BaseModel,
    external_id: str,
    hints: event_store.Hints,
    text: str,
    code: str = "JOB_CRASHED",
    payload: Any = None,
) -> None:
    """Open an exception for a record that cannot be read or processed; the others continue."""

    def note(tx, stream):
        exception_queue.technical(
            tx, stream.connection_id, code, text, of_record(external_id), stream=stream, payload=payload
        )
        event_store.close(tx, hints[external_id].event_ids, None, "failed", scrub_text(text)[:200])

    run_separately(env, note, stream)


def _events_of(external_ids: Iterable[str], hints: event_store.Hints) -> list[int]:
    return [event_id for external_id in external_ids for event_id in hints[external_id].event_ids]
