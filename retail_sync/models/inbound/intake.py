"""A page that the platform reported."""

from datetime import datetime
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.exceptions import UserError

from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime.jobs import CallCount
from ..mapping.item import Outcome
from ..outbox import router
from ..reconcile import pipeline
from ..runs import refresh_queue


def process(
    env: Environment,
    stream: models.BaseModel,
    rows: list[dict[str, Any]],
    run: models.BaseModel,
    force: bool = False,
    decision: str | None = None,
    read_at: datetime | None = None,
) -> dict[str, int]:
    """Take a page of rows in; return {counter: int}. See `take_in`."""
    counters, items = pipeline.take_in(env, stream, rows, run, force, decision, read_at)
    router.note_items(env, stream, items)
    stale = [item.incoming.external_id for item in items if item.outcome is Outcome.stale]
    if stale:
        # What a refresh found to be out of date is edited right now: it is not asked for without a pause.
        refresh_queue.enqueue_ids(env, stream, sorted(stale), lane="standard", seconds=5 if force else 0)
    return counters


def reading(stream: models.BaseModel, lane: str, correlation_id: str, calls: CallCount) -> models.BaseModel:
    """Return a stream through which records are read: its calls are counted, and no transaction is open during one.

    Raises FaultError(BAD_MAPPING) for a mapping that a person left half done: as a whole, not record by record.
    """
    calling = stream.with_context(
        retail_sync_lane=lane,
        retail_sync_correlation_id=correlation_id,
        retail_sync_calls=calls,
        retail_sync_releases=True,
    )
    try:
        calling._decoder()
    except UserError as error:
        raise FaultError(FaultClass.contract, "BAD_MAPPING", str(error)) from error
    return calling
