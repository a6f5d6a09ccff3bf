"""A page that the platform reported."""

from odoo.api import Environment

from ..mapping.item import Outcome
from ..outbox import router
from ..reconcile import pipeline
from ..runs import refresh_queue


def process(env: Environment, stream, rows, run, force=False, decision=None, read_at=None):
    """Take a page of rows in; return {counter: int}. See `take_in`."""
    counters, items = pipeline.take_in(env, stream, rows, run, force, decision, read_at)
    router.note_items(env, stream, items)
    stale = [item.incoming.external_id for item in items if item.outcome is Outcome.stale]
    if stale:
        refresh_queue.enqueue_ids(env, stream, sorted(stale), lane="standard")
    return counters
