"""What taking a page in would write, decided by the same steps that write, without the writing."""

from collections.abc import Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical import composites
from ...domain.canonical.entity_spec import ReferenceSpec, Strategy
from ...domain.canonical.parts import repeating_parts
from ...domain.canonical.schema import PART_MAIN, make_ref
from ...domain.reconcile.effects import EMPTY, FieldEffect, asked, created, effects
from ...domain.reconcile.three_way import APPLY
from ...runtime.halving import halve
from ..identity import dry_run_index
from ..links import key_identity
from ..links.dry_run_record import PLANNED_FROM, DryRun, PlannedRow
from ..mapping.item import Outcome, Reconciled, Resolved
from . import apply, update_known
from . import references as reference_steps

# {(side, part): its effects}; side: odoo or platform
Effects = dict[tuple[str, str], list[FieldEffect]]


def forecast(env: Environment, stream: models.BaseModel, resolved: list[Resolved]) -> tuple[list[Reconciled], Any]:
    """Compare records that a load would create, link or update; return (them with their outcomes, the look-up tables).

    A record that cannot be compared has failed, as it would in a load.
    """
    items = [Reconciled.of(item) for item in resolved]
    coming = (Outcome.create, Outcome.link, Outcome.undecided)
    decided = [item for item in items if item.outcome in coming]
    page_refs = {make_ref(stream.remote_object, item.incoming.external_id) for item in decided}
    reference_steps.hold_back(env, stream, decided, page_refs)
    todo = [item for item in decided if item.outcome in coming]
    if not todo or not stream._takes_in():
        return items, {}
    entity = stream._entity()
    ctx = entity._context(stream.connection_id, todo)
    ctx["fields"] = stream._mapped_fields()
    spec = entity._spec()
    references_of = spec.references
    for item in todo:
        entity._fold(item, ctx)
        item.repeats = repeating_parts(item.incoming.parts, spec)
    apply.check(env, stream, entity, todo, ctx)
    todo = [item for item in todo if item.outcome in coming]

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

    known = [item for item in todo if item.outcome is not Outcome.create]
    planned = [_without_planned(item) for item in known]
    halve(known, attempt, failed, passes_on=apply.is_technical)
    for item, references in zip(known, planned, strict=True):
        for name, found in references.items():
            item.references.setdefault(name, {}).update(found)
        _drop_equal_references(item, references_of)
        # What is left decides: a reference to a planned record was not among the changes, and may be no change.
        moves = any(references_of[name].field in item.to_apply.get(PART_MAIN, {}) for name in references)
        if (moves or item.lacking()) and item.outcome is Outcome.unchanged:
            item.outcome = Outcome.updated
    return items, ctx


def _drop_equal_references(item: Reconciled, specs: Mapping[str, ReferenceSpec]) -> None:
    """Drop references to the record to which Odoo's refers: while no link names it, both sides call it differently."""
    for name, refs in item.references.items():
        field = specs[name].field
        known = {f"odoo/{res_id}" for res_id in refs.values() if res_id}
        for values, others in ((item.to_apply, item.displaced), (item.to_push, item.replaces)):
            due = values.get(PART_MAIN) or {}
            if field in due and known & {due[field], (others.get(PART_MAIN) or {}).get(field)}:
                del due[field]


def _without_planned(item: Reconciled) -> dict[str, dict[str, int]]:
    """Take the records out of an item's references that a load would have created by now: they cannot be read."""
    taken = {
        name: {ref: res_id for ref, res_id in refs.items() if (res_id or 0) >= PLANNED_FROM}
        for name, refs in item.references.items()
    }
    for name, refs in taken.items():
        item.references[name] = item.references[name] | dict.fromkeys(refs)
    return {name: refs for name, refs in taken.items() if refs}


def note(dry: DryRun, stream: models.BaseModel, items: list[Reconciled], ctx: dict[str, Any]) -> None:
    """Note for the pages that follow what a page would have created, linked and changed. items, ctx: of `forecast`."""
    identity = stream._entity()._spec().identity
    if identity.strategy is Strategy.evidence and stream._takes_in():
        dry_run_index.note(dry, stream, items, ctx)
        return
    planned, first, rows = 0, dry.next_id(), []
    for item in items:
        key = item.main.get(identity.field) if identity.field else None
        if item.outcome is Outcome.create:
            keys = [key_identity.planned_key(stream._entity(), key)] if key else []
            rows.append(PlannedRow(item.incoming.external_id, first + planned, keys=keys))
            planned += 1
        elif item.outcome in (Outcome.link, Outcome.linked, Outcome.updated, Outcome.unchanged) and item.linked_id:
            rows.append(PlannedRow(item.incoming.external_id, item.linked_id))
    dry.note(stream, rows)


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
