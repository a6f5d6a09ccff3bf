"""Records that were made in Odoo and that the platform does not know yet."""

from odoo import models
from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ..outbox.claim import Claimed
from . import outbound, references


def new_records(
    env: Environment, stream: models.BaseModel, claimed: list[Claimed], verdicts: dict[int, DeliveryVerdict]
) -> list[OutboundRecord]:
    """Return records to create; messages of records that must wait, or are not to be created, get a verdict."""
    entity = stream._entity()
    there = (
        env[entity._res_model].with_context(active_test=False).browse([message.res_id for message in claimed]).exists()
    )
    wanted = set(entity._exportable(stream, entity._in_use(there).ids))
    for message in claimed:
        if message.res_id not in wanted:
            verdicts[message.id] = DeliveryVerdict(VerdictKind.not_wanted)
    todo = [message for message in claimed if message.res_id in wanted]
    records = there.browse([message.res_id for message in todo])
    ctx = outbound.local_context(stream, entity)
    local = entity._local_values(records, ctx, {})
    refused = entity._outbound_refusals(stream, records, local, {})
    waiting, skipped = references.resolve(env, stream, entity, records, local)
    part_records = entity._part_records(stream, records.ids, outbound.mapped_parts(stream))
    sendable = entity._sendable(stream)
    found = []
    for message in todo:
        if message.res_id in refused:
            verdicts[message.id] = DeliveryVerdict.refused(refused[message.res_id])
            continue
        if message.res_id in waiting:
            verdicts[message.id] = waiting[message.res_id]
            continue
        values = local[message.res_id]
        sent = {name: value for name, value in values.items() if name in sendable}
        record = OutboundRecord(
            key=outbound.record_key(env, stream, message.res_id),
            res_id=message.res_id,
            external_id=None,
            parts={PART_MAIN: entity._expand(sent)},
            changed=None,
            attributes=entity._attributes(values),
            ack=True,
            message_id=message.id,
            sent={PART_MAIN: sent},
            local={PART_MAIN: message.res_id},
            create_anyway=message.create_anyway,
            skipped=skipped.get(message.res_id, {}),
        )
        outbound.add_parts(entity, record, part_records.get(message.res_id, {}), ctx)
        found.append(record)
    return found
