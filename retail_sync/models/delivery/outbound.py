"""Records as they are handed to an adapter: what is the same for new, known and published ones."""

from collections.abc import Collection, Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ..outbox.claim import Claimed


def record_key(env: Environment, stream: models.BaseModel, res_id: int) -> str:
    """Return our external id of a record: never reused, not even by a copy of the database."""
    database = (env["ir.config_parameter"].sudo().get_param("database.uuid") or "")[:8]
    return f"{database}:{stream._entity()._res_model}:{res_id}"


def mapped_parts(stream: models.BaseModel) -> set[str]:
    """Return the names of the parts that a stream's mapping has lines for."""
    return set(stream.sudo().map_ids.filtered("active").mapped("part"))


def local_context(stream: models.BaseModel, entity: models.BaseModel) -> dict[str, Any]:
    """Return what an entity needs to read Odoo's values for a stream: whole tables, so read once for a page."""
    return dict(entity._context(stream.connection_id, []), fields=stream._mapped_fields())


def add_parts(
    entity: models.BaseModel,
    record: OutboundRecord,
    records: Mapping[str, models.BaseModel],
    ctx: dict[str, Any],
    shown: Collection[str] = (),
) -> None:
    """Add parts that were made in Odoo and that the platform's record has room for; shown: parts that it has."""
    for part, part_record in records.items():
        values = None if part in shown else entity._part_values(part_record, part, ctx)
        if not values:
            continue
        record.parts[part] = entity._expand(values, part)
        record.sent[part], record.local[part] = dict(values), part_record.id
        if record.changed is not None:
            record.changed[part] = entity._expand_names(values, part)
            record.replaces[part] = {}
            record.gained.add(part)


def update_of(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    message: Claimed,
    link: models.BaseModel,
    **values,
) -> OutboundRecord:
    """Return the record of a link, without a look at the platform's: values are fields of OutboundRecord."""
    return OutboundRecord(
        key=record_key(env, stream, message.res_id),
        res_id=message.res_id,
        external_id=link.external_id,
        message_id=message.id,
        local={PART_MAIN: message.res_id},
        **values,
    )


def after_remote_deletion(
    env: Environment, entity: models.BaseModel, deleted: Collection[tuple[Claimed, models.BaseModel]]
) -> dict[int, DeliveryVerdict]:
    """Return {message id: verdict} of messages whose records were deleted on the platform.

    A record that is in use in Odoo becomes an exception; for one that is archived or deleted the message is done.

    :param deleted: messages with their links
    """
    if not deleted:
        return {}
    ids = [link.res_id for _message, link in deleted]
    records = env[entity._res_model].with_context(active_test=False).browse(ids).exists()
    in_use = set(entity._in_use(records).ids)
    return {
        message.id: _deleted_in_use(env, link) if link.res_id in in_use else DeliveryVerdict(VerdictKind.deleted)
        for message, link in deleted
    }


def _deleted_in_use(env: Environment, link: models.BaseModel) -> DeliveryVerdict:
    """Return the verdict on a record that goes on in Odoo while the platform has deleted its own."""
    return DeliveryVerdict.refused(
        FaultError(
            FaultClass.gone,
            "REMOTE_DELETED",
            env._("The record was changed in Odoo after it was deleted on the platform (%s).", link.external_id),
        )
    )
