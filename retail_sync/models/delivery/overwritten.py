"""Edits over there that our write has replaced: made after the record was read, and before it was written.

The adapter sees them in the call that writes. Of a field that both sides may write, the edit becomes a conflict with
both values: a person keeps Odoo's, or brings the other one back.
"""

from collections.abc import Iterable
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.exceptions import UserError

from ...adapter.values import Answer, EncodedRecord
from ...domain.canonical import composites
from ...domain.canonical.kinds import equal, form_of
from ...domain.canonical.schema import PART_MAIN
from ...domain.values.text import storable
from ..exceptions import exception_queue
from ..exceptions.subject import Subject
from ..mapping.item import Reconciled
from ..reconcile import pipeline

CODE = "OVERWRITTEN"

Conflict = dict[str, Any]


def file(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    accepted: Iterable[tuple[EncodedRecord, Answer | None]],
) -> None:
    """Open a conflict for each accepted record whose write has replaced an edit that was not read before."""
    crossed = [
        (encoded, {**encoded.record.remote, **answer.crossed})
        for encoded, answer in accepted
        if answer is not None and answer.crossed and encoded.record.remote
    ]
    if not crossed:
        return
    items = pipeline.decode(stream, [row for _encoded, row in crossed])
    for (encoded, row), item in zip(crossed, items, strict=True):
        answer_paths = [path for path, value in row.items() if encoded.record.remote.get(path) != value]
        conflicts = _conflicts(env, stream, encoded, answer_paths, item.incoming.parts)
        if conflicts:
            _open(env, stream, run, encoded, row, conflicts)


def _conflicts(
    env: Environment, stream: models.BaseModel, encoded: EncodedRecord, paths: Iterable[str], parts: dict[str, Any]
) -> list[Conflict]:
    """Return the values of both sides in what was replaced, without what Odoo alone decides."""
    spec = stream._entity()._spec()
    rules = env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity)
    found: dict[tuple[str, str], Conflict] = {}
    for part, name in {key for path in paths for key in encoded.feeds.get(path, ())}:
        folded = spec.composite_of.get(name, name)
        owner = rules[folded].owner if folded in rules else spec.owner_of(name)
        ours = encoded.record.sent.get(part) or {}
        if owner == "odoo" or folded not in ours:
            continue
        replaced = composites.fold(parts.get(part) or {}, spec, part).get(folded)
        if not equal(ours[folded], replaced, *form_of(spec.merge_specs(part).get(folded))):
            found[part, folded] = {"part": part, "field": folded, "odoo": ours[folded], "remote": replaced}
    return [found[key] for key in sorted(found)]


def _open(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    encoded: EncodedRecord,
    row: dict[str, Any],
    conflicts: list[Conflict],
) -> None:
    """Open the conflict about a record, or add to the one that is open."""
    entity, record = stream._entity(), encoded.record
    labels = dict(env["retail.sync.ownership.rule"]._selection_canonical_field())
    names = ", ".join(sorted(str(labels.get(found["field"], found["field"])) for found in conflicts))
    text = env._(
        "While Odoo sent its values, the same fields were edited on the platform: %s. Odoo's values have replaced that "
        "edit. Keep the Odoo values, or use the platform values.",
        names,
    )
    subject = Subject("overwritten", external_id=record.external_id or "")
    held = exception_queue.find_open(env, stream.connection_id, subject, stream)
    new = {(found["part"], found["field"]) for found in conflicts}
    kept = [found for found in held.conflicts or () if (found["part"], found["field"]) not in new]
    rule = env["retail.sync.fault.rule"]._match(stream.connection_id.system, CODE, text)
    vals = {
        "connection_id": stream.connection_id.id,
        "stream_id": stream.id,
        "run_id": run.id or False,
        "remote_object": stream.remote_object,
        "kind": "overwritten",
        "key": subject.key(),
        "external_id": record.external_id,
        "state": "open",
        "fault_class": "conflict",
        "fault_code": CODE,
        "fault_message": text,
        "rule_id": rule.id,
        "team": "business",
        "user_id": stream.connection_id.team_user_id.id,
        "conflicts": [*kept, *conflicts],
        "payload": storable(row),
        "res_model": entity._res_model,
        "res_id": record.res_id,
        "correlation_id": run.correlation_id or False,
    }
    if held:
        held.write(vals)
    else:
        exception_queue.create_open(env, [vals])


def bring_back(message: models.BaseModel) -> None:
    """Write the platform's values of a conflict to Odoo, as an edit of the user: it is sent like any other.

    :raises UserError: no platform may write one of the records any more
    """
    env, found = message.env, message.sudo()
    stream = found.stream_id
    entity = stream._entity()
    [decoded] = pipeline.decode(stream, [found.payload])
    item = Reconciled.of(decoded)
    ctx = entity._context(stream.connection_id, [item])
    links = (
        env["retail.sync.link"].sudo().search([("stream_id", "=", stream.id), ("external_id", "=", found.external_id)])
    )
    parts = {conflict["part"] for conflict in found.conflicts}
    res_ids = {part: links.filtered(lambda link, part=part: link.part == part).res_id for part in parts}
    if PART_MAIN in parts:
        res_ids[PART_MAIN] = found.res_id
    if entity._internal(res_ids.values()):
        raise UserError(entity._internal_reason())
    for part, res_id in res_ids.items():
        values = {conflict["field"]: conflict["remote"] for conflict in found.conflicts if conflict["part"] == part}
        record = env[entity._res_model].browse(res_id or ()).exists()
        if record:
            record.write(entity._vals_for_write(record, values, item, ctx))
