"""What a first load would do, counted before anything is written."""

from odoo.api import Environment

from ...domain.security.masking import mask_payload
from ...runtime import environment
from ..identity import resolver
from ..mapping.item import Item
from ..reconcile import apply, pipeline

SAMPLES = 5  # per outcome and page; the run keeps as many of them all


def process(env: Environment, page, rows):
    """Decide about a page as a load would; write claims of this run and nothing else.

    :return: {counter: int}: n_linked, n_created, n_review, n_failed are "would" counts
    """
    run, stream = page.run_id, page.stream_id
    connection = stream.connection_id
    sync_env = environment.as_user(env, connection.user_id)(su=True)
    stream = stream.with_env(sync_env)
    items = pipeline.decode(sync_env, stream, rows)
    pipeline.load_links(sync_env, stream, items)
    pipeline.drop_unchanged(sync_env, stream, items, force=False)
    todo = [item for item in items if not item.outcome]
    pipeline.find_parents(sync_env, stream, todo)
    resolver.decide_page(sync_env, stream, todo, run=run)
    apply.hold_back(sync_env, stream, todo)
    counters, samples = {}, {}
    for item in items:
        outcome = _outcome(item)
        counters[f"n_{outcome}"] = counters.get(f"n_{outcome}", 0) + 1
        if len(samples.setdefault(outcome, [])) < SAMPLES:
            samples[outcome].append(_sample(item))
    page.samples = samples
    return counters


def _outcome(item: Item):
    if item.outcome in ("failed", "review", "excluded", "unchanged"):
        return item.outcome
    return {"link": "linked", "create": "created", "": "updated"}[item.outcome]


def _sample(item):
    """Return a masked line that shows why a record would end so."""
    masked = mask_payload({"name": item.main.get("name"), "email": item.main.get("email")}, {})
    return {
        "key": item.incoming.external_id,
        "name": masked.get("name"),
        "email": masked.get("email"),
        "why": item.fault.message if item.fault else item.reason,
    }
