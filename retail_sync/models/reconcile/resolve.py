"""The decision about each unknown record, by the strategy that its entity declares."""

from odoo import models
from odoo.api import Environment

from ...domain.canonical.entity_spec import Strategy
from ...domain.canonical.schema import PART_MAIN
from ..identity import resolver
from ..links import key_identity
from ..links.dry_run_record import DryRun
from ..mapping.item import Decoded, Outcome, Resolved


def resolve(
    env: Environment,
    stream: models.BaseModel,
    items: list[Decoded],
    decision: str | None = None,
    dry: DryRun | None = None,
) -> list[Resolved]:
    """Return the items with a decision: link, create or review for those that have no link, none for the others.

    :param decision: 'create' when a person decided that unknown records are new
    :param dry: a dry run, whose decisions are not kept, and what its earlier pages have decided
    """
    resolved = [Resolved.of(item) for item in items]
    if stream._entity()._spec().identity.strategy is Strategy.evidence:
        resolver.decide_page(env, stream, resolved, decision, dry)
    else:
        key_identity.decide_page(env, stream, resolved, decision, dry)
    if not stream._takes_in():
        _leave_out(env, resolved)
    elif stream.create_policy == "review":
        _ask_first(env, resolved)
    return resolved


def _ask_first(env: Environment, items: list[Resolved]) -> None:
    """Turn creations into reviews: this stream lets a person decide about each new record."""
    for item in items:
        if item.outcome is Outcome.create and item.rule != "person":
            item.outcome, item.rule = Outcome.review, "new"
            item.reason = env._("No record in Odoo matches, and this stream asks before it creates records.")


def _leave_out(env: Environment, items: list[Resolved]) -> None:
    """Let go of what only Odoo may write: records are linked, none is created or changed."""
    for item in items:
        if PART_MAIN in item.bound:
            item.outcome, item.res_id = Outcome.unchanged, item.bound[PART_MAIN].res_id
            item.reason = env._("Only Odoo writes these records: values of the platform are not applied.")
        elif item.outcome in (Outcome.create, Outcome.review):
            item.outcome, item.candidates = Outcome.excluded, []
            item.reason = env._("Only Odoo writes these records, and Odoo has no such record.")
