"""Three-way merge of one part of one record: what Odoo gets, what the platform gets, what its link notes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from odoo import fields, models

from ...domain.canonical.parts import presence_fields
from ...domain.canonical.schema import PART_MAIN, FieldSpec
from ...domain.reconcile.left_to_people import ask_before_losing_an_edit, keep_asking
from ...domain.reconcile.stale_reads import base_with_ours
from ...domain.reconcile.taken_back import taken_back
from ...domain.reconcile.three_way import AGREED, Conflict, MergeResult, Reason, merge
from ..links import link_store
from ..links.rows import LinkRow
from ..mapping.entity_parts import Standing
from ..mapping.item import Bound, Reconciled
from ..outbox.edit_times import Edits
from . import stand_ins

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


@dataclass(slots=True)
class MergedPart:
    """One merged part, and what its link will say; references of the record may still be refused by then."""

    item: Reconciled
    part: str
    res_id: int
    base: dict[str, Any]
    former: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)

    def row(self, references: dict[str, Any]) -> LinkRow:
        """Return the row of the link. references: {field: spec}: one that was not applied is not agreed on."""
        refused = [
            name
            for name, spec in (references if self.part == PART_MAIN else {}).items()
            if self.base.get(name) and self.item.references.get(spec.name) and not self.item.target_of(spec.name)
        ]
        for name in refused:
            before = self.former.get(name)
            if before is None or before == self.base[name]:
                del self.base[name]
            else:
                self.base[name] = before
        return link_store.row(self.item, self.part, self.res_id, base=self.base, **self.values)


def merge_part(
    entity: models.BaseModel,
    item: Reconciled,
    part: str,
    values: dict[str, Any] | None,
    merge_context: MergeContext,
) -> MergedPart | None:
    """Merge one part of one item into merge_context.changes; return None for a part that has no record yet."""
    if part != PART_MAIN:
        return _merge_further_part(entity, item, part, values, merge_context)
    bound, res_id = item.bound.get(part), item.res_id
    if res_id not in merge_context.records or (bound and bound.state == "excluded"):
        return None
    record, edits, local = (
        merge_context.records[res_id],
        merge_context.times.get(res_id) or Edits(),
        merge_context.local[res_id],
    )
    base, remote, merged = _merge(entity, item, part, values, local, res_id, edits, merge_context)
    stand_ins.remark(entity, item, part, bound, local)
    _note_apply(item, part, local, merged)
    _note_taken_back(item, part, record, base, local, merged, edits, merge_context.specs_of[part])
    _note_push(entity, item, part, bound, remote, merged, edits)
    references = merge_context.references
    applied = {name: value for name, value in merged.apply.items() if name not in references}
    vals = entity._vals_for_write(record, applied, item, merge_context.ctx)
    if references:
        shown = {**base, **remote}
        vals.update(entity._reference_vals(item, record, merged.apply, vals, shown, merge_context.ctx))
    vals.update(_revive(entity, item, bound, record))
    _change(merge_context, res_id, vals)
    return _merged(item, part, res_id, base, remote, local, merged)


def _merge_further_part(
    entity: models.BaseModel,
    item: Reconciled,
    part: str,
    values: dict[str, Any] | None,
    merge_context: MergeContext,
) -> MergedPart | None:
    """Merge a part whose presence is a value: Odoo says by its record, the platform by what it shows."""
    bound = item.bound.get(part)
    if bound is None:
        return None
    standing, record = item.vacant.get(part), merge_context.records.get(bound.res_id)
    owner_edits = merge_context.times.get(item.res_id) or Edits()
    edits = _both(owner_edits, merge_context.times.get(bound.res_id) or Edits())
    names = presence_fields(part, entity._spec())
    # At a first meeting, a part that shows what the main one shows says nothing of its own: Odoo's value is not lost.
    silent = values is None or (bound.id == 0 and part in item.repeats)
    base = bound.base or {}
    remote = dict.fromkeys([*names, *(name for name in base if name not in ("kind", "active"))]) if silent else values
    if standing is None:
        local = merge_context.local[bound.res_id]
    elif bound.archived_by_sync or not entity._in_use(merge_context.records[item.res_id]):
        local = {**dict.fromkeys(names), **base}  # no person has removed it
    else:
        local = dict.fromkeys(names)
    base, remote, merged = _merge(entity, item, part, remote, local, bound.res_id, edits, merge_context, silent)
    ask_before_losing_an_edit(merged, names, base, remote, local)
    came, went = (
        any(name in merged.apply and bool(merged.apply[name]) is there for name in names) for there in (True, False)
    )
    if standing and came and part in item.repeats:
        # It needs no record, and none is missed: nothing is agreed on until it shows something of its own.
        for name in names:
            merged.base[name] = base.get(name)
        came = False
    elif standing and came and (record is None or standing is not Standing.ended):
        del item.bound[part]
        return None
    _note_apply(item, part, local, merged)
    _note_taken_back(item, part, record, base, local, merged, edits, merge_context.specs_of[part])
    _note_push(entity, item, part, bound, remote, merged, edits)
    vals: dict[str, Any] = {}
    if record is not None and went:
        vals = entity._part_gone_vals(part, record)
    elif record is not None and (came or not standing):
        applied = {**remote, **merged.apply} if standing else merged.apply
        vals = entity._vals_for_write(record, applied, item, merge_context.ctx)
        vals.update(entity._revive_vals(record) if standing else {})
    if record is not None and values is not None and standing is Standing.ended:
        vals.update(_revive(entity, item, bound, record))
    _change(merge_context, bound.res_id, vals)
    found = _merged(item, part, bound.res_id, base, remote, local, merged)
    if silent and values is not None:
        found.base.update({name: values[name] for name in names if name in values})
    found.values["archived_by_sync"] = bool(went or (bound.archived_by_sync and standing and values is None))
    found.values["is_primary"] = standing not in (Standing.left, Standing.gone)
    return found


def _merge(
    entity: models.BaseModel,
    item: Reconciled,
    part: str,
    values: dict[str, Any],
    local: dict[str, Any],
    res_id: int,
    edits: Edits,
    merge_context: MergeContext,
    emptied: bool = False,
) -> tuple[dict[str, Any], dict[str, Any], MergeResult]:
    """Return (base, remote, result) of the comparison of what both sides report.

    :param emptied: the platform shows the part as empty: nothing of it is absent
    """
    bound, specs = item.bound.get(part), merge_context.specs_of[part]
    absent = None if emptied else item.absent.get(part)
    known = (bound.base if bound else None) or {}
    # What the platform has and could not be read is neither cleared nor an edit: the base stands for it.
    beside = local if emptied else entity._beside(local, known, part, item.unread.get(part, ()))
    remote = entity._complete(values or {}, beside, absent)
    remote = {name: known.get(name) for name in item.incoming.as_agreed.get(part, ())} | remote
    here = {name: value for name, value in local.items() if name in remote}
    both = {name: value for name, value in remote.items() if name in here}
    base = entity._complete(known, beside, absent)
    if sent := merge_context.write_intent.get(res_id):
        base = base_with_ours(base, both, sent, specs)
    here.update(
        {
            name: base[name]
            for name, value in here.items()
            # Odoo keeps what it has where it cannot hold the platform's value: that is no edit.
            if name in base
            and base[name] != value
            and name not in edits.times
            and not entity._takes(name, base[name], merge_context.ctx)
        }
    )
    written, times = _times(merge_context.records.get(res_id), item, base, both, edits)
    merged = merge(
        {name: value for name, value in base.items() if name in both},
        both,
        here,
        merge_context.ownership_rules,
        specs=specs,
        remote_time_ms=item.incoming.version,
        local_time_ms=written,
        local_times_ms=times,
        foreign=edits.foreign,
        may_empty=merge_context.may_empty,
    )
    merged.apply = entity._complete(merged.apply, local, absent)
    if bound and bound.divergent:
        keep_asking(merged, bound.divergent, base, remote, local, specs)
    return base, remote, merged


def _times(
    record: models.BaseModel | None, item: Reconciled, base: dict[str, Any], names: Iterable[str], edits: Edits
) -> tuple[int | None, dict[str, int]]:
    """Return when Odoo's record was edited, and when fields of it were (ms since 1970).

    The time of the whole record stands in for its fields at a first meeting, where the platform's is no finer. Later it
    proves only that the platform's edit came after it: any other value may have been written last.
    """
    if record is None:
        return None, edits.times
    written = int(record.write_date.timestamp() * 1000)
    if written <= item.incoming.version:
        return written, edits.times
    return None, {**{name: written for name in names if name not in base}, **edits.times}


def _both(left: Edits, right: Edits) -> Edits:
    """Return the later edits of two records: changes of a part are noted with the record that shows it."""
    times = {name: max(left.times.get(name, 0), right.times.get(name, 0)) for name in {*left.times, *right.times}}
    return Edits(times, left.foreign | right.foreign)


def _change(merge_context: MergeContext, res_id: int, vals: dict[str, Any]) -> None:
    if vals:
        merge_context.changes.setdefault(res_id, {}).update(vals)


def _merged(
    item: Reconciled,
    part: str,
    res_id: int,
    base: dict[str, Any],
    remote: dict[str, Any],
    local: dict[str, Any],
    merged: MergeResult,
) -> MergedPart:
    """Return what a part's link will say: base, what the platform has otherwise, where values came from."""
    if merged.conflicts:
        item.conflicts.extend(merged.conflicts)
        item.conflict_parts.extend([part] * len(merged.conflicts))
    kept = {name: remote[name] for name in (*merged.push, *(c.field for c in merged.conflicts)) if name in remote}
    carried = {name: value for name, value in remote.items() if name not in local}
    return MergedPart(
        item,
        part,
        res_id,
        {**base, **carried, **merged.base},
        base,
        {
            "divergent": kept or None,
            "provenance": _provenance(merged),
            "state": "attention" if merged.conflicts else "in_sync",
            "pushed": item.last_pushed.get(part),
        },
    )


def _note_apply(item: Reconciled, part: str, local: dict[str, Any], merged: MergeResult) -> None:
    """Note what Odoo has to get, and Odoo's values in its place."""
    item.to_apply[part] = merged.apply
    item.displaced[part] = {name: local[name] for name in merged.apply if name in local}


def _note_taken_back(
    item: Reconciled,
    part: str,
    record: models.BaseModel | None,
    base: dict[str, Any],
    local: dict[str, Any],
    merged: MergeResult,
    edits: Edits,
    specs: Mapping[str, FieldSpec],
) -> None:
    """Note which edits of people the platform's values replace, with the person who edited the record last."""
    edited = edits.times.keys() - edits.foreign
    if record is None or not edited:
        return
    found = taken_back(part, merged.apply, local, base, edited, merged.decisions, specs)
    item.taken_back.extend((record.id, record.write_uid.id, edit) for edit in found)


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
    pushed |= stand_ins.kept(item, part, bound, merged.base)
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


def _provenance(merged: MergeResult) -> dict[str, dict[str, str]] | None:
    now = fields.Datetime.to_string(fields.Datetime.now())
    return {
        name: {"from": "remote" if name in merged.apply else "odoo", "why": why.value, "at": now}
        for name, why in merged.decisions.items()
        if name in merged.apply or name in merged.push
    } or None
