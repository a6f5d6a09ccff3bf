"""What a first load would do, counted before anything is written."""

from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.security.masking import mask_payload
from ...runtime import environment
from ..mapping.item import Decoded, Outcome
from ..reconcile import pipeline, references, resolve

SAMPLES = 5  # per outcome and page; the run keeps as many of them all


def process(env: Environment, page: models.BaseModel, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Decide about a page as a load would; write claims of this run and nothing else.

    :return: {counter: int}: n_linked, n_created, n_review, n_failed are "would" counts
    """
    run, stream = page.run_id, page.stream_id
    sync_env = environment.of_connection(env, stream.connection_id)
    stream = stream.with_env(sync_env)
    items = pipeline.decode(stream, rows)
    pipeline.load_links(sync_env, stream, items)
    pipeline.drop_unchanged(sync_env, stream, items, force=False)
    ended = [item for item in items if item.outcome]
    undecided = [item for item in items if not item.outcome]
    references.resolve(sync_env, stream, undecided)
    resolved = resolve.resolve(sync_env, stream, undecided, run=run)
    counters, samples = {}, {}
    for item in [*ended, *resolved]:
        outcome = _outcome(item)
        counters[f"n_{outcome}"] = counters.get(f"n_{outcome}", 0) + 1
        if len(samples.setdefault(outcome, [])) < SAMPLES:
            samples[outcome].append(_sample(stream, item))
    page.samples = samples
    return counters


# What a decision leads to.
BECOMES = {Outcome.link: "linked", Outcome.create: "created", Outcome.undecided: "updated"}


def _outcome(item: Decoded) -> str:
    return BECOMES.get(item.outcome, item.outcome.value)


def _sample(stream: models.BaseModel, item: Decoded) -> dict[str, Any]:
    """Return a masked line that shows why a record would end so."""
    masked = mask_payload({"name": stream._entity()._title_of(item.main), "email": item.main.get("email")}, {})
    return {
        "key": item.incoming.external_id,
        "name": masked.get("name"),
        "email": masked.get("email"),
        "why": item.fault.message if item.fault else item.reason,
    }
