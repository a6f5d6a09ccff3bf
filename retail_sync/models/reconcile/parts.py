"""Which records of Odoo stand for the parts that records show: found before anything is compared or created."""

from collections.abc import Iterable
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.kinds import equal, form_of
from ...domain.canonical.parts import presence_fields
from ...domain.canonical.schema import PART_MAIN
from ..mapping.entity_parts import Standing
from ..mapping.item import Bound, Reconciled

Candidates = dict[int, dict[str, models.BaseModel]]


def adopt(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    items: Iterable[Reconciled],
    records: dict[int, models.BaseModel],
    ctx: dict[str, Any],
) -> None:
    """Let a record of Odoo that no link names stand for a part that has none: nothing is made twice.

    Notes in item.vacant the linked parts whose record no longer stands for them, and puts adopted records into records.

    :param records: {id: record} of the linked records that exist, parts included
    """
    items = [item for item in items if item.linked_id in records and len(item.folded) > 1]
    wanted = {part for item in items for part in item.folded if part != PART_MAIN}
    if not wanted:
        return
    left = set()
    for item in items:
        item.vacant = _vacancies(entity, item, records)
        left |= {item.bound[part].res_id for part, standing in item.vacant.items() if standing is Standing.left}
    candidates = entity._part_candidates(stream, {item.linked_id for item in items}, wanted, left)
    if not candidates:
        return
    everyone = env[entity._res_model].browse(
        [record.id for parts in candidates.values() for found in parts.values() for record in found]
    )
    local = entity._local_values(everyone, dict(ctx, fields=set()), {})
    sent = env["retail.sync.write.intent"].sudo()._known(stream, everyone.ids)
    sending = sending_parts(stream)
    taken: set[int] = set()
    for item in items:
        for part, found in candidates.get(item.linked_id, {}).items():
            if part not in item.folded:
                continue
            found = found.filtered(lambda record: record.id not in taken)
            chosen = _choice(entity, item, part, found, records, local, sent, part in sending)
            if chosen is not None:
                taken.add(chosen.id)
                _take(item, part, chosen)
                records[chosen.id] = found.browse(chosen.id)
            _remark(entity, item, part, found.ids)


def remark_without_place(stream: models.BaseModel, entity: models.BaseModel, items: Iterable[Reconciled]) -> None:
    """Say on records which of Odoo's records belong to them and have no place on the platform."""
    places = {item.linked_id: {*item.folded, *item.bound} for item in items}
    if not places or not sending_parts(stream):
        return
    texts = entity._without_place(stream, places)
    for item in items:
        if item.linked_id in texts:
            item.incoming.warnings.append(texts[item.linked_id])


def sending_parts(stream: models.BaseModel) -> set[str]:
    """Return the parts of which a stream sends a field."""
    if not stream._outbound_fields():
        return set()
    lines = stream.sudo().map_ids.filtered(lambda line: line.active and line.direction in ("out", "both"))
    return set(lines.mapped("part"))


def _vacancies(entity: models.BaseModel, item: Reconciled, records: dict[int, models.BaseModel]) -> dict[str, Standing]:
    """Return {part: what became of its record} of the linked parts that no record stands for now."""
    found = {}
    for part in item.folded:
        bound = item.bound.get(part)
        if part == PART_MAIN or bound is None:
            continue
        record = records.get(bound.res_id)
        if record is None:
            standing = Standing.gone
        else:
            standing = entity._part_standing(record, records[item.linked_id], part)
            if standing is Standing.stands and not bound.is_primary:
                standing = Standing.left  # it was let go, and is found among the candidates
        if standing is not Standing.stands:
            found[part] = standing
    return found


def _choice(
    entity: models.BaseModel,
    item: Reconciled,
    part: str,
    found: models.BaseModel,
    records: dict[int, models.BaseModel],
    local: dict[int, dict[str, Any]],
    sent: dict[int, list[dict[str, Any]]],
    sends: bool,
) -> models.BaseModel | None:
    """Return the record that stands for a part from now on; None to leave it as it is, or to create one."""
    bound, values = item.bound.get(part), item.folded[part]
    if not found or (bound and part not in item.vacant):
        return None
    if bound and bound.archived_by_sync and item.vacant[part] is Standing.ended:
        # The platform has emptied it: only a record that was made since is news for the platform.
        found = found.filtered(lambda record: record.create_date > records[bound.res_id].write_date)
    if bound:
        return found[-1:] or None
    if values is None or part in item.repeats:
        return found[:1] if sends else None
    names = presence_fields(part, entity._spec())
    specs = entity._spec().merge_specs(part)

    def shows(shown: dict[str, Any]) -> bool:
        return all(equal(shown.get(name), values.get(name), *form_of(specs.get(name))) for name in names)

    for record in found:
        if shows(local[record.id]) or any(shows(note) for note in sent.get(record.id, ())):
            return record
    return found if len(found) == 1 else None


def _take(item: Reconciled, part: str, record: models.BaseModel) -> None:
    """Let a record stand for a part: of a part that is linked, the link is turned over to it."""
    bound = item.bound.get(part)
    item.vacant.pop(part, None)
    if bound is None:
        item.bound[part] = Bound(0, part, record.id, 0, None, None, "in_sync", True, False)
    else:
        bound.res_id, bound.is_primary, bound.archived_by_sync, bound.state = record.id, True, False, "in_sync"


def _remark(entity: models.BaseModel, item: Reconciled, part: str, ids: list[int]) -> None:
    """Say on the record which of several records is synchronised, and how to choose another one."""
    bound = item.bound.get(part)
    held = bound.res_id if bound and part not in item.vacant else None
    others = [record_id for record_id in ids if record_id != held]
    if others:
        item.incoming.warnings.append(entity._spare_parts_text(part, held, others))
