"""Acknowledgements: the platform gets our id of a record that it has, and what Odoo alone decides about it."""

from collections.abc import Iterable, Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.kinds import equal
from ...domain.canonical.schema import PART_MAIN
from ...runtime.sql import execute_values
from ..outbox.claim import Claimed
from . import outbound


def acknowledgements(
    env: Environment, stream: models.BaseModel, acks: list[tuple[Claimed, int]]
) -> list[OutboundRecord]:
    """Return records that give the platform our id, and what Odoo alone decides about the record.

    Nothing is read for it: whatever the platform has in those fields does not count.

    :param acks: [(message, id of its link)]
    """
    if not acks:
        return []
    entity = stream._entity()
    spec = entity._spec()
    ownership_rules = env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity)
    owned = {
        name
        for name in stream._outbound_fields()
        if (ownership_rules[name].owner if name in ownership_rules else spec.owner_of(name)) == "odoo"
    }
    # Browsed together, so that the links of all messages are read by one query.
    links = env["retail.sync.link"].browse([link_id for _message, link_id in acks])
    local: dict[int, dict[str, Any]] = {}
    if owned:
        records = (
            env[entity._res_model]
            .with_context(active_test=False)
            .browse([message.res_id for message, _link_id in acks])
        )
        bases = {link.res_id: link.base for link in links.sudo()}
        local = entity._local_values(records.exists(), outbound.local_context(stream, entity), bases)
    found = []
    for (message, _link_id), link in zip(acks, links, strict=True):
        values, base = local.get(message.res_id, {}), link.sudo().base or {}
        sent = {}
        for name in owned & values.keys():
            field_spec = spec.fields[name]
            if not equal(values[name], base.get(name), field_spec.kind, field_spec.options):
                sent[name] = values[name]
        record = outbound.update_of(
            env,
            stream,
            entity,
            message,
            link,
            parts={PART_MAIN: {**values, **sent}},
            changed={PART_MAIN: set(sent)},
            attributes=entity._attributes(values),
            ack=True,
            sent={PART_MAIN: sent},
        )
        found.append(record)
    return found


def without_refused_ids(
    env: Environment, stream: models.BaseModel, records: Iterable[OutboundRecord], messages: Mapping[int, Claimed]
) -> None:
    """Leave our id out of records of which the platform did not accept it; a message that has no other reason tries."""
    due = [
        record
        for record in records
        if record.ack and record.external_id and record.message_id in messages and messages[record.message_id].changes
    ]
    if not due:
        return
    links = env["retail.sync.link"].search(
        [
            ("connection_id", "=", stream.connection_id.id),
            ("remote_object", "=", stream.remote_object),
            ("external_id", "in", [record.external_id for record in due]),
            ("part", "=", PART_MAIN),
            ("id_refusal", "!=", False),
        ]
    )
    refused = set(links.mapped("external_id"))
    for record in due:
        record.ack = record.external_id not in refused


def note_refused_ids(env: Environment, stream: models.BaseModel, codes: Mapping[str, str]) -> None:
    """Note on links that the platform did not accept our id: {external id: code}."""
    if codes:
        execute_values(
            env,
            "UPDATE retail_sync_link link SET id_refusal = noted.code FROM (VALUES %s) AS noted (external_id, code)"
            f" WHERE link.connection_id = {int(stream.connection_id.id)} AND link.external_id = noted.external_id"
            " AND link.part = 'main' AND NOT COALESCE(link.carries_our_id, false)",
            list(codes.items()),
        )
        env["retail.sync.link"].invalidate_model()
