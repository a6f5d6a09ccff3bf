"""Known records: three-way merge of what the platform says with what Odoo has."""

from dataclasses import dataclass, field
from typing import Any

from odoo import fields, models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ...domain.reconcile.stale_reads import base_with_ours
from ...domain.reconcile.three_way import AGREED, Conflict, MergeResult, Reason, merge
from ...domain.resilience.faults import FaultClass, FaultError
from ..links import link_store
from ..links.rows import LinkRow
from ..mapping.item import Bound, Outcome, Reconciled
from ..outbox.edit_times import Edits, edit_times
from . import consequences, stale_reads

# How often one value is sent while the platform keeps showing the same other value.
PUSHES = 2


@dataclass(slots=True)
class MergeContext:
    """What the comparison of one page needs. By record id: the records, their values, when they were edited, what was
    sent without an answer, what will be written. specs_of: {part: its merge specs}."""

    records: dict
    local: dict
    times: dict
    write_intent: dict
    ownership_rules: dict
    ctx: dict
    specs_of: dict
    references: dict
    may_empty: bool = False
    changes: dict = field(default_factory=dict)


def merge_known(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, items: list[Reconciled], ctx: dict[str, Any]
) -> list[Any]:
    """Merge items whose Odoo record exists; return their link rows.

    Reads all records at once, decides without the database, writes grouped by
    equal values.
    """
    rows, here, merge_context = compare_known(env, stream, entity, items, ctx)
    entity._before_write(merge_context.changes, ctx)
    entity._write_records(merge_context.changes, ctx)
    consequences.note_written(here, merge_context.changes)
    rows.extend(_new_parts(entity, here, merge_context.records, ctx))
    rows.extend(row for item in here for row in link_store.secondary_rows(env, item))
    return rows


def compare_known(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, items: list[Reconciled], ctx: dict[str, Any]
) -> tuple[list[Any], list[Reconciled], MergeContext]:
    """Decide about items whose Odoo record exists, and write nothing.

    :return: (link rows, the items that are to be written, what will be written to which record)
    """
    spec = entity._spec()
    records = _records(env, entity, items)
    here = [item for item in items if item.linked_id in records]
    rows = [_gone_row(env, item) for item in items if item.linked_id not in records]
    denied = _denied(env, stream, entity, records)
    bases = {bound.res_id: bound.base for item in here for bound in item.bound.values()}
    local = entity._local_values(env[entity._res_model].browse(list(records)), ctx, bases)
    merge_context = MergeContext(
        records,
        local,
        edit_times(env, stream, list(records)),
        env["retail.sync.write.intent"].sudo()._known(stream, list(records)),
        env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity),
        ctx,
        {part: spec.merge_specs(part) for part in {part for item in here for part in item.folded}},
        entity._header_references(),
        stream.may_empty,
    )
    changes = merge_context.changes
    entity._local_references(stream, records, local)
    here = stale_reads.drop_stale(entity, here, local, merge_context.specs_of)
    here = _without_denied(env, entity, here, denied)
    for item in here:
        item.res_id = item.linked_id
        first_time = item.outcome is Outcome.link
        for part, values in item.folded.items():
            rows.extend(_merge_part(entity, item, part, values, merge_context))
        known = Outcome.updated if item.res_id in changes else Outcome.unchanged
        item.outcome = Outcome.linked if first_time else known
        if not first_time and any(bound.res_id in changes for part, bound in item.bound.items() if part != PART_MAIN):
            item.outcome = Outcome.updated
    return rows, here, merge_context


def _records(env: Environment, entity: models.BaseModel, items: list[Reconciled]) -> dict[int, models.BaseModel]:
    """Return {id: record} of all Odoo records these items touch and that still exist."""
    ids = {item.linked_id for item in items}
    ids |= {bound.res_id for item in items for bound in item.bound.values()}
    found = env[entity._res_model].with_context(active_test=False).browse(sorted(ids)).exists()
    return {record.id: record for record in found}


def _denied(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, records: dict[int, models.BaseModel]
) -> set[int]:
    """Return the ids the integration user may not write, in one query."""
    everyone = env[entity._res_model].browse(list(records))
    allowed = everyone.with_user(stream.connection_id.user_id).sudo(False)._filtered_access("write")
    return set(everyone.ids) - set(allowed.ids)


def _without_denied(
    env: Environment, entity: models.BaseModel, items: list[Reconciled], denied: set[int]
) -> list[Reconciled]:
    """Return items without those whose record may not be written: they fail here, where the others go through."""
    allowed = []
    for item in items:
        res_id = item.linked_id
        if res_id not in denied:
            allowed.append(item)
            continue
        text = env._(
            "The integration user may not change %(kind)s %(id)s. Check its groups and record rules.",
            kind=entity._spec().label.lower(),
            id=res_id,
        )
        item.outcome, item.fault = Outcome.failed, FaultError(FaultClass.contract, "ODOO_ACCESS", text)
    return allowed


def _merge_part(
    entity: models.BaseModel,
    item: Reconciled,
    part: str,
    values: dict[str, Any] | None,
    merge_context: MergeContext,
) -> list[LinkRow]:
    """Merge one part of one item into merge_context.changes; return its link row (none for a new part)."""
    bound = item.bound.get(part)
    res_id = item.res_id if part == PART_MAIN else bound.res_id if bound else None
    if res_id is None or res_id not in merge_context.records or (bound and bound.state == "excluded"):
        return []
    record, edits, local, specs = (
        merge_context.records[res_id],
        merge_context.times.get(res_id) or Edits(),
        merge_context.local[res_id],
        merge_context.specs_of[part],
    )
    if values is None:
        return _empty_part(entity, item, part, record, merge_context.changes)
    absent = item.absent.get(part)
    remote = entity._complete(values, local, absent)
    here = {name: value for name, value in local.items() if name in remote}
    both = {name: value for name, value in remote.items() if name in here}
    base = entity._complete((bound.base if bound else None) or {}, local, absent)
    if sent := merge_context.write_intent.get(res_id):
        base = base_with_ours(base, both, sent, specs)
    merged = merge(
        {name: value for name, value in base.items() if name in both},
        both,
        here,
        merge_context.ownership_rules,
        specs=specs,
        remote_time_ms=item.incoming.version,
        local_time_ms=int(record.write_date.timestamp() * 1000),
        local_times_ms=edits.times,
        foreign=edits.foreign,
        may_empty=merge_context.may_empty,
    )
    item.to_apply[part] = merged.apply
    item.displaced[part] = {name: here[name] for name in merged.apply}
    _note_push(entity, item, part, bound, remote, merged, edits)
    references = merge_context.references if part == PART_MAIN else {}
    values = {name: value for name, value in merged.apply.items() if name not in references}
    vals = entity._vals_for_write(record, values, item, merge_context.ctx)
    if references:
        shown = {**base, **remote}
        vals.update(entity._reference_vals(item, record, merged.apply, vals, shown, merge_context.ctx))
    vals.update(_revive(entity, item, bound, record))
    if vals:
        merge_context.changes.setdefault(res_id, {}).update(vals)
    if merged.conflicts:
        item.conflicts.extend(merged.conflicts)
        item.conflict_parts.extend([part] * len(merged.conflicts))
    kept = {name: remote[name] for name in (*merged.push, *(c.field for c in merged.conflicts)) if name in remote}
    carried = {name: value for name, value in remote.items() if name not in here}
    return [
        link_store.row(
            item,
            part,
            res_id,
            base={**base, **carried, **merged.base},
            divergent=kept or None,
            provenance=_provenance(merged),
            state="attention" if merged.conflicts else "in_sync",
            pushed=item.last_pushed.get(part),
        )
    ]


def _note_push(
    entity: models.BaseModel,
    item: Reconciled,
    part: str,
    bound: Bound | None,
    remote: dict[str, Any],
    merged: MergeResult,
    edits: Edits,
) -> None:
    """Note what the platform has to get, and both sides' values as they are after the merge.

    Some platforms keep their own form of a value (a formatted number, a value that a
    rule overwrites). What was given twice and is shown as before is not given again:
    the two would correct each other for ever. An exception is opened instead.
    """
    pushed = {
        name: entry
        for name, entry in ((bound.pushed if bound else None) or {}).items()
        if merged.outcomes.get(name) != AGREED
    }
    item.to_push[part], item.replaces[part], item.attempts[part] = {}, {}, {}
    for name, value in merged.push.items():
        if name in entity._filled_in and not remote.get(name) and name not in edits.times:
            # What Odoo fills in automatically where the platform has nothing is no edit.
            continue
        before = pushed.get(name) or {}
        again = (before.get("sent"), before.get("over")) == (value, remote.get(name)) and before
        tries = before.get("times", 1) if again else 0
        if tries >= PUSHES:
            merged.conflicts.append(Conflict(name, None, remote.get(name), value, None, Reason.platform_keeps_value))
            continue
        item.to_push[part][name], item.replaces[part][name], item.attempts[part][name] = (
            value,
            remote.get(name),
            tries,
        )
    item.last_pushed[part] = pushed or None
    item.merged_values[part] = {**remote, **merged.push}


def _revive(
    entity: models.BaseModel, item: Reconciled, bound: Bound | None, record: models.BaseModel
) -> dict[str, Any]:
    """Return vals by which an undeleted record brings back the one that its deletion had archived."""
    if bound and bound.archived_by_sync and item.main.get("active", True):
        return entity._revive_vals(record)
    return {}


def _empty_part(
    entity: models.BaseModel, item: Reconciled, part: str, record: models.BaseModel, changes: dict[int, dict[str, Any]]
) -> list[LinkRow]:
    """Take out the record of a part that the platform shows as empty: archived, since documents may point at it."""
    vals = entity._part_gone_vals(part, record)
    if vals:
        changes.setdefault(record.id, {}).update(vals)
    # The base stays: measured against it, a part that is filled in again is the platform's change.
    base = item.bound[part].base or {}
    return [link_store.row(item, part, record.id, base=base, archived_by_sync=True)]


def _new_parts(
    entity: models.BaseModel, items: list[Reconciled], records: dict[int, models.BaseModel], ctx: dict[str, Any]
) -> list[LinkRow]:
    """Create the records of parts that the platform's records have gained, all in one batch."""
    gaining = [
        item
        for item in items
        if any(values and part not in item.bound for part, values in item.folded.items() if part != PART_MAIN)
    ]
    if not gaining:
        return []
    created = entity._create_parts(gaining, {item.res_id: records[item.res_id] for item in gaining}, ctx)
    by_id = {item.incoming.external_id: item for item in gaining}
    for item in gaining:
        if item.outcome is Outcome.unchanged:
            item.outcome = Outcome.updated
    return [link_store.row(by_id[external_id], part, res_id) for (external_id, part), res_id in created.items()]


def _gone_row(env: Environment, item: Reconciled) -> LinkRow:
    """The Odoo record vanished without the ORM's knowledge: keep a remote deletion, do not create it again."""
    item.outcome, item.res_id = Outcome.excluded, item.linked_id
    return link_store.row(item, PART_MAIN, item.res_id, state="excluded", reason=env._("Deleted in Odoo"))


def _provenance(merged: MergeResult) -> dict[str, dict[str, str]] | None:
    now = fields.Datetime.to_string(fields.Datetime.now())
    return {
        name: {"from": "remote" if name in merged.apply else "odoo", "why": why.value, "at": now}
        for name, why in merged.decisions.items()
        if name in merged.apply or name in merged.push
    } or None
