"""Known records: three-way merge of what the platform says with what Odoo has."""

from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultError
from ..links import link_store
from ..links.rows import LinkRow
from ..mapping import write_guard
from ..mapping.item import Outcome, Reconciled
from ..outbox.edit_times import edit_times
from . import consequences, first_meetings, parts, stale_reads
from .merge_part import MergeContext, merge_part


def merge_known(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, items: list[Reconciled], ctx: dict[str, Any]
) -> list[Any]:
    """Merge items whose Odoo record exists; return their link rows.

    Reads all records at once, decides without the database, writes grouped by
    equal values.
    """
    rows, here, merge_context = compare_known(env, stream, entity, items, ctx)
    met = first_meetings.of(here)
    held = first_meetings.before(env, entity, met, merge_context.changes) if met else {}
    columns = {name for vals in merge_context.changes.values() for name in vals}
    write_guard.check_columns(entity._model(), stream.connection_id, columns)
    entity._before_write(merge_context.changes, ctx)
    entity._write_records(merge_context.changes, ctx)
    consequences.note_written(here, merge_context.changes)
    rows.extend(_new_parts(stream, entity, here, merge_context.records, ctx))
    first_meetings.note(env, stream, entity, met, held)
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
    parts.adopt(env, stream, entity, here, records, ctx)
    parts.remark_without_place(stream, entity, here)
    refused = write_guard.refused(entity, stream.connection_id, records)
    local = entity._local_values(env[entity._res_model].browse(list(records)), ctx, entity._bases_of(here))
    for item in here:
        item.incoming.warnings += ctx.get("remarks", {}).get(item.linked_id, [])
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
    here = _without_refused(here, refused)
    merged = []
    for item in here:
        item.res_id = item.linked_id
        for part, values in item.folded.items():
            merged.append(merge_part(entity, item, part, values, merge_context))
    entity._check_references(here, changes, ctx)
    for res_id in [res_id for res_id, vals in changes.items() if not vals]:
        del changes[res_id]  # its only change was refused
    for item in here:
        touched = any(bound.res_id in changes for part, bound in item.bound.items() if part != PART_MAIN)
        known = Outcome.updated if item.res_id in changes or touched else Outcome.unchanged
        item.outcome = Outcome.linked if item.outcome is Outcome.link else known
    rows.extend(found.row(merge_context.references) for found in merged if found is not None)
    return rows, here, merge_context


def _records(env: Environment, entity: models.BaseModel, items: list[Reconciled]) -> dict[int, models.BaseModel]:
    """Return {id: record} of all Odoo records these items touch and that still exist."""
    ids = {item.linked_id for item in items}
    ids |= {bound.res_id for item in items for bound in item.bound.values()}
    found = env[entity._res_model].with_context(active_test=False).browse(sorted(ids)).exists()
    return {record.id: record for record in found}


def _without_refused(items: list[Reconciled], refused: dict[int, FaultError]) -> list[Reconciled]:
    """Return items without those that would write a record which must not be written: they fail, the others go on.

    Rights are asked of the record itself, protection of the records of its parts too.
    """
    allowed = []
    for item in items:
        faults = [fault for bound in item.bound.values() if (fault := refused.get(bound.res_id))]
        fault = refused.get(item.linked_id or 0) or next((f for f in faults if f.code == write_guard.PROTECTED), None)
        if fault is None:
            allowed.append(item)
        else:
            item.outcome, item.fault = Outcome.failed, fault
    return allowed


def _new_parts(
    stream: models.BaseModel,
    entity: models.BaseModel,
    items: list[Reconciled],
    records: dict[int, models.BaseModel],
    ctx: dict[str, Any],
) -> list[LinkRow]:
    """Create the records of parts that the platform's records have gained, all in one batch."""
    gaining = [item for item in items if item.lacking()]
    if not gaining:
        return []
    created = entity._create_parts(gaining, {item.res_id: records[item.res_id] for item in gaining}, ctx)
    write_guard.check_created(entity._model().browse(created.values()), stream.connection_id)
    by_id = {item.incoming.external_id: item for item in gaining}
    for item in gaining:
        if item.outcome is Outcome.unchanged:
            item.outcome = Outcome.updated
    return [link_store.row(by_id[external_id], part, res_id) for (external_id, part), res_id in created.items()]


def _gone_row(env: Environment, item: Reconciled) -> LinkRow:
    """The Odoo record vanished without the ORM's knowledge: keep a remote deletion, do not create it again."""
    item.outcome, item.res_id = Outcome.excluded, item.linked_id
    return link_store.row(item, PART_MAIN, item.res_id, state="excluded", reason=env._("Deleted in Odoo"))
