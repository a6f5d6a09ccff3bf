"""What taking a page in would write, decided by the same steps that write, without the writing."""

from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical import composites
from ...domain.canonical.parts import repeating_parts
from ...domain.canonical.schema import PART_MAIN
from ...domain.reconcile.effects import EMPTY, FieldEffect, asked, created, effects
from ...domain.reconcile.three_way import APPLY
from ...runtime.halving import halve
from ..mapping.item import Outcome, Reconciled, Resolved
from . import apply, update_known

# {(side, part): its effects}; side: odoo or platform
Effects = dict[tuple[str, str], list[FieldEffect]]


def forecast(env: Environment, stream: models.BaseModel, resolved: list[Resolved]) -> tuple[list[Reconciled], Any]:
    """Compare records that a load would create, link or update; return (them with their outcomes, the look-up tables).

    A record that cannot be compared has failed, as it would in a load.
    """
    items = [Reconciled.of(item) for item in resolved]
    coming = (Outcome.create, Outcome.link, Outcome.undecided)
    todo = [item for item in items if item.outcome in coming]
    if not todo or not stream._takes_in():
        return items, {}
    entity = stream._entity()
    ctx = entity._context(stream.connection_id, todo)
    ctx["fields"] = stream._mapped_fields()
    spec = entity._spec()
    for item in todo:
        entity._fold(item, ctx)
        item.repeats = repeating_parts(item.incoming.parts, spec)

    def attempt(part: list[Reconciled]) -> list[None]:
        before = [(item.outcome, item.res_id) for item in part]
        try:
            with env.cr.savepoint():
                update_known.compare_known(env, stream, entity, part, ctx)
        except Exception as error:
            apply.reraise_technical(error)
            for item, (outcome, res_id) in zip(part, before, strict=True):
                item.outcome, item.res_id = outcome, res_id
            raise
        return []

    def failed(item: Reconciled, error: Exception) -> list[None]:
        item.outcome, item.fault = Outcome.failed, apply.as_fault(error)
        return []

    halve([item for item in todo if item.outcome is not Outcome.create], attempt, failed, passes_on=apply.is_technical)
    return items, ctx


def effects_of(stream: models.BaseModel, item: Reconciled, ctx: dict[str, Any]) -> Effects:
    """Return what would be written for a record, on either side, field by field. ctx: as `forecast` returned it."""
    entity = stream._entity()
    spec = entity._spec()

    def known(values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if entity._takes(name, value, ctx)}

    if item.outcome is Outcome.create:
        new = {PART_MAIN: item.folded.get(PART_MAIN) or {}, **item.lacking()}
        return {("odoo", part): created(known(values), spec, part) for part, values in new.items()}
    if item.outcome not in (Outcome.linked, Outcome.updated, Outcome.unchanged):
        return {}
    writable = stream._planned_fields()
    names = writable | composites.fold_names(writable, spec)
    found: Effects = {}
    for part, applied in item.to_apply.items():
        found["odoo", part] = effects(item.displaced[part], known(applied), spec, part)
    for part, values in item.lacking().items():
        found["odoo", part] = created(known(values), spec, part)
    for part, pushed in item.to_push.items():
        due = {name: value for name, value in pushed.items() if name in names}
        there = effects(item.replaces[part], due, spec, part)
        found["platform", part] = [effect for effect in there if effect.field in writable]
    for conflict, part in zip(item.conflicts, item.conflict_parts, strict=False):
        if conflict.field in spec.merge_specs(part):
            sides = ({conflict.field: conflict.remote}, {conflict.field: conflict.local})
            found.setdefault(("odoo", part), []).extend(asked([conflict.field], *sides, spec, part))
        if conflict.would:
            # With the consent to empty values, it would be written.
            side, before = ("odoo", conflict.local) if conflict.would == APPLY else ("platform", conflict.remote)
            due = effects({conflict.field: before}, {conflict.field: conflict.proposal}, spec, part)
            found.setdefault((side, part), []).extend(effect for effect in due if effect.effect == EMPTY)
    return found
