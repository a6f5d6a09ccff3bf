"""Known records that Odoo alone writes: sent without a look at what the platform has."""

from collections.abc import Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.kinds import equal
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ..outbox.claim import Claimed
from . import outbound, references


def published_records(
    env: Environment,
    stream: models.BaseModel,
    due: list[tuple[Claimed, int]],
    verdicts: dict[int, DeliveryVerdict],
) -> list[OutboundRecord]:
    """Return the records of messages with what has changed of them; messages that have to wait get a verdict.

    :param due: [(message, id of its link)]
    """
    entity = stream._entity()
    wanted = [message.res_id for message, _link_id in due]
    records = env[entity._res_model].with_context(active_test=False).browse(wanted).exists()
    ctx = outbound.local_context(stream, entity)
    local = entity._local_values(records, ctx, {})
    # Browsed together, so that the links of all messages are read by one query.
    links = env["retail.sync.link"].browse([link_id for _message, link_id in due])
    bases = {link.res_id: link.sudo().base or {} for link in links}
    refused = entity._outbound_refusals(stream, records, local, bases)
    waiting, skipped = references.resolve(env, stream, entity, records, local)
    part_records = entity._part_records(stream, records.ids, outbound.mapped_parts(stream))
    sendable = entity._sendable(stream)
    found = []
    for (message, _link_id), link in zip(due, links, strict=True):
        values = local.get(message.res_id)
        if values is None:
            detail = env._("The record was deleted in Odoo.")
            verdicts[message.id] = DeliveryVerdict(VerdictKind.superseded, detail=detail)
            continue
        if message.res_id in refused:
            verdicts[message.id] = DeliveryVerdict.refused(refused[message.res_id])
            continue
        if message.res_id in waiting:
            verdicts[message.id] = waiting[message.res_id]
            continue
        changed = _changed(entity, values, link.sudo().base or {}, message.changes)
        sent = {name: values[name] for name in changed & sendable}
        record = outbound.update_of(
            env,
            stream,
            entity,
            message,
            link,
            parts={PART_MAIN: entity._expand(values)},
            changed={PART_MAIN: entity._expand_names(sent)} if sent else {},
            attributes=entity._attributes(values),
            ack=not link.carries_our_id,
            sent={PART_MAIN: sent},
            skipped=skipped.get(message.res_id, {}),
        )
        outbound.add_parts(entity, record, part_records.get(message.res_id, {}), ctx)
        if record.changed or record.ack:
            found.append(record)
        else:
            verdicts[message.id] = DeliveryVerdict(VerdictKind.unchanged)
    return found


def _changed(
    entity: models.BaseModel, values: Mapping[str, Any], base: Mapping[str, Any], changes: Mapping[str, Any]
) -> set[str]:
    """Return the names of values that the platform may lack.

    What was reported as changed is sent even where it equals what the platform accepted last: an answer that was lost
    in between may have left another value there, which is never read.
    """
    specs = entity._spec().merge_specs()
    reported = values.keys() & (changes.keys() | entity._composites_of(set(changes)))
    differing = {
        name
        for name, value in values.items()
        if name in specs and not equal(value, base.get(name), specs[name].kind, specs[name].options)
    }
    return reported | differing
