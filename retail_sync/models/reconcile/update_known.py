"""Known records: three-way merge of what the platform says with what Odoo has."""

from dataclasses import dataclass, field

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import AccessError

from ...domain.canonical.registry import get
from ...domain.canonical.schema import PART_MAIN, EntitySpec
from ...domain.reconcile.three_way import AGREED, Conflict, Reason, merge
from ..links import link_store
from ..outbox import known_edits
from ..outbox.edit_times import Edits
from . import stale_reads

# How often the platform is given one value over the same other one.
PUSHES = 2


@dataclass(slots=True)
class MergeContext:
    """What the merging of one page has before it. By record id: the records, their values, when they were edited, what
    was sent without an answer; and what will be written."""

    records: dict
    local: dict
    times: dict
    write_intent: dict
    ownership_rules: dict
    ctx: dict
    spec: EntitySpec
    changes: dict = field(default_factory=dict)


def merge_known(env: Environment, stream, entity, items, ctx):
    """Merge items whose Odoo record exists; return their link rows.

    Reads all records at once, decides without the database, writes grouped by
    equal values.
    """
    records = _records(env, entity, items)
    here = [item for item in items if res_id_of(item) in records]
    rows = [_gone_row(env, entity, item) for item in items if res_id_of(item) not in records]
    denied = _denied(env, stream, entity, records)
    bases = {bound.res_id: bound.base for item in here for bound in item.bound.values()}
    local = entity._local_values(env[entity._res_model].browse(list(records)), ctx, bases)
    merge_context = MergeContext(
        records,
        local,
        known_edits.edit_times(env, stream, list(records)),
        env["retail.sync.write.intent"].sudo()._known(stream, list(records)),
        env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity),
        ctx,
        get(stream.entity),
    )
    changes = merge_context.changes
    _add_parents(env, stream, entity, records, local)
    here = stale_reads.drop_stale(entity, here, local, merge_context.spec)
    for item in here:
        item.res_id = res_id_of(item)
        _check_denied(env, item, denied)
        first_time = item.outcome == "link"
        for part, values in item.folded.items():
            rows.extend(_merge_part(env, entity, item, part, values, merge_context))
        item.outcome = "linked" if first_time else "updated" if item.res_id in changes else "unchanged"
        if not first_time and any(bound.res_id in changes for part, bound in item.bound.items() if part != PART_MAIN):
            item.outcome = "updated"
    moved = [res_id for res_id, vals in changes.items() if vals.keys() & set(entity._address_columns())]
    if moved:
        entity._keep_own_addresses(env[entity._res_model].browse(moved))
    entity._write_records(changes, ctx)
    rows.extend(_new_addresses(env, entity, here, records, ctx))
    rows.extend(row for item in here for row in link_store.alias_rows(env, item))
    return rows


def res_id_of(item):
    bound = item.bound.get(PART_MAIN)
    return bound.res_id if bound else item.res_id


def _records(env: Environment, entity, items):
    """Return {id: record} of all Odoo records these items touch and that still exist."""
    ids = {res_id_of(item) for item in items}
    ids |= {bound.res_id for item in items for bound in item.bound.values()}
    found = env[entity._res_model].with_context(active_test=False).browse(sorted(ids)).exists()
    return {record.id: record for record in found}


def _denied(env: Environment, stream, entity, records):
    """Return the ids the integration user may not write, in one query."""
    everyone = env[entity._res_model].browse(list(records))
    allowed = everyone.with_user(stream.connection_id.user_id).sudo(False)._filtered_access("write")
    return set(everyone.ids) - set(allowed.ids)


def _check_denied(env: Environment, item, denied):
    if item.res_id in denied:
        raise AccessError(
            env._("The integration user may not change customer %s. Check its groups and record rules.", item.res_id)
        )


def _add_parents(env: Environment, stream, entity, records, local):
    """Add to the local values the parent, in the platform's own reference where it has one."""
    parents = {record.id: record.parent_id.id for record in records.values() if record.parent_id}
    links = env["retail.sync.link"].search_fetch(
        [
            ("connection_id", "=", stream.connection_id.id),
            ("res_model", "=", entity._res_model),
            ("res_id", "in", list(set(parents.values()))),
            ("part", "=", PART_MAIN),
            ("is_primary", "=", True),
        ],
        ["remote_object", "external_id", "res_id"],
    )
    refs = {link.res_id: f"{link.remote_object}/{link.external_id}" for link in links}
    for res_id, values in local.items():
        parent = parents.get(res_id)
        values["parent"] = refs.get(parent, f"odoo/{parent}") if parent else None


def _merge_part(env: Environment, entity, item, part, values, merge_context):
    """Merge one part of one item into merge_context.changes; return its link row (none for a new address)."""
    bound = item.bound.get(part)
    res_id = item.res_id if part == PART_MAIN else bound.res_id if bound else None
    if res_id is None or res_id not in merge_context.records or (bound and bound.state == "excluded"):
        return []
    partner, edits, local = (
        merge_context.records[res_id],
        merge_context.times.get(res_id) or Edits(),
        merge_context.local[res_id],
    )
    if values is None:
        return _empty_part(env, entity, item, part, partner, merge_context.changes)
    absent_parts = item.absent_parts.get(part)
    remote = entity._complete(values, local, absent_parts)
    here = {name: value for name, value in local.items() if name in remote}
    both = {name: value for name, value in remote.items() if name in here}
    base = entity._complete((bound.base if bound else None) or {}, local, absent_parts)
    specs = merge_context.spec.merge_specs(part)
    base = stale_reads.base(env, base, both, merge_context.write_intent.get(res_id), specs)
    merged = merge(
        {name: value for name, value in base.items() if name in both},
        both,
        here,
        merge_context.ownership_rules,
        specs=specs,
        remote_time_ms=item.incoming.version,
        local_time_ms=int(partner.write_date.timestamp() * 1000),
        local_times_ms=edits.times,
        foreign=edits.foreign,
    )
    _note_push(entity, item, part, bound, remote, merged, edits)
    vals = entity._vals_for_write(partner, _resolved_parent(item, merged.apply), item, merge_context.ctx)
    parent_vals = _parent_vals(entity, item, partner, merged.apply)
    if parent_vals:
        vals.update(parent_vals)
        entity._move(partner, vals, remote.get("address", base.get("address")), merge_context.ctx)
    vals.update(_revive(item, bound, partner))
    if vals:
        merge_context.changes.setdefault(res_id, {}).update(vals)
    if merged.conflicts:
        item.conflicts.extend(merged.conflicts)
        item.conflict_parts.extend([part] * len(merged.conflicts))
    kept = {name: remote[name] for name in (*merged.push, *(c.field for c in merged.conflicts)) if name in remote}
    carried = {name: value for name, value in remote.items() if name not in here}
    return [
        link_store.row(
            env,
            entity,
            item,
            part,
            res_id,
            base={**base, **carried, **merged.base},
            divergent=kept or None,
            provenance=_provenance(merged, item),
            state="attention" if merged.conflicts else "in_sync",
            pushed=item.last_pushed.get(part),
        )
    ]


def _note_push(entity, item, part, bound, remote, merged, edits):
    """Note what the platform has to get, and both sides' values as they are after the merge.

    Some platforms keep their own form of a value (a formatted number, a value that a
    rule overwrites). What was given twice and is shown as before is not given again:
    the two would correct each other for ever. A person is told instead.
    """
    pushed = {
        name: entry
        for name, entry in ((bound.pushed if bound else None) or {}).items()
        if merged.outcomes.get(name) != AGREED
    }
    item.to_push[part], item.replaces[part], item.attempts[part] = {}, {}, {}
    for name, value in merged.push.items():
        if name in entity._filled_in and not remote.get(name) and name not in edits.times:
            # What Odoo fills in by itself where the platform has nothing is nobody's edit.
            continue
        before = pushed.get(name) or {}
        again = (before.get("sent"), before.get("over")) == (value, remote.get(name)) and before
        tries = before.get("times", 1) if again else 0
        if tries >= PUSHES:
            merged.conflicts.append(Conflict(name, None, remote.get(name), value, None, Reason.platform_insists))
            continue
        item.to_push[part][name], item.replaces[part][name], item.attempts[part][name] = (
            value,
            remote.get(name),
            tries,
        )
    item.last_pushed[part] = pushed or None
    item.merged_values[part] = {**remote, **merged.push}


def _resolved_parent(item, apply):
    return {name: value for name, value in apply.items() if name != "parent"}


def _parent_vals(entity, item, partner, apply):
    """Return the vals of a changed parent; one that is not here yet is left to the late links."""
    if "parent" not in apply:
        item.parent_id = item.parent_id or partner.parent_id.id
        return {}
    if apply["parent"] is None:
        return {"parent_id": False}
    if not item.parent_id or item.parent_id in (partner.id, partner.parent_id.id):
        return {}
    parent = partner.browse(item.parent_id)
    if partner in entity._line_of(parent):
        item.incoming.warnings.append(entity._loop_reason(parent))
        return {}
    return {"parent_id": item.parent_id}


def _revive(item, bound, partner):
    """An undeleted record brings back a customer that its deletion had archived."""
    if bound and bound.archived_by_sync and not partner.active and item.main.get("active", True):
        return {"active": True}
    return {}


def _empty_part(env: Environment, entity, item, part, partner, changes):
    """The record has no such address any more: ours is archived, orders may still point at it."""
    if partner.active:
        changes.setdefault(partner.id, {})["active"] = False
    # The base stays: measured against it, an address that is filled in again is the platform's change.
    base = item.bound[part].base or {}
    return [link_store.row(env, entity, item, part, partner.id, base=base, archived_by_sync=True)]


def _new_addresses(env: Environment, entity, items, records, ctx):
    """Create the addresses these records have gained, all in one batch."""
    gaining = [
        item
        for item in items
        if any(values and part not in item.bound for part, values in item.folded.items() if part != PART_MAIN)
    ]
    if not gaining:
        return []
    created = entity._create_addresses(gaining, {item.res_id: records[item.res_id] for item in gaining}, ctx)
    by_id = {item.incoming.external_id: item for item in gaining}
    for item in gaining:
        if item.outcome == "unchanged":
            item.outcome = "updated"
    return [
        link_store.row(env, entity, by_id[external_id], part, res_id) for (external_id, part), res_id in created.items()
    ]


def _gone_row(env: Environment, entity, item):
    """The Odoo record vanished without the ORM's knowledge: keep a remote deletion, do not create it again."""
    item.outcome, item.res_id = "excluded", res_id_of(item)
    return link_store.row(env, entity, item, PART_MAIN, item.res_id, state="excluded", reason=env._("Deleted in Odoo"))


def _provenance(merged, item):
    now = fields.Datetime.to_string(fields.Datetime.now())
    return {
        name: {"from": "remote" if name in merged.apply else "odoo", "why": why.value, "at": now}
        for name, why in merged.decisions.items()
        if name in merged.apply or name in merged.push
    } or None
