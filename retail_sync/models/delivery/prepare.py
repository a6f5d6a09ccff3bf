"""From claimed messages to records ready for an adapter."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.kinds import equal
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ...runtime.transactions import clock
from ..outbox import outbox
from ..outbox.claim import Claimed
from ..reconcile import pipeline
from . import deletions, outbound, prepare_known, prepare_new, publish


@dataclass(slots=True)
class Plan:
    """What claimed messages ask for.

    to_read: {external id: message} of known records that are compared with the platform's first. acks: records that
    need no look at the platform's. new: of records to create. publish: [(message, id of its link)] of known records
    that Odoo alone writes. deletions: {external id: message} of records to delete there.
    verdicts: {message id: verdict} of those that need no sending. read_at: the database's clock before anything was
    read for them. unsure: {our external id: record id} of new ones that the platform may have without our knowledge.
    """

    to_read: dict[str, Claimed] = field(default_factory=dict)
    acks: list[OutboundRecord] = field(default_factory=list)
    new: list[Claimed] = field(default_factory=list)
    publish: list[tuple[Claimed, int]] = field(default_factory=list)
    deletions: dict[str, Claimed] = field(default_factory=dict)
    verdicts: dict[int, DeliveryVerdict] = field(default_factory=dict)
    read_at: datetime | None = None
    unsure: dict[str, int] = field(default_factory=dict)


def plan(env: Environment, stream: models.BaseModel, claimed: list[Claimed]) -> Plan:
    """Sort messages by what they need: a look at the platform's record, a new record, our id only, or nothing."""
    entity = stream._entity()
    plan, acks, deleted = Plan(), [], []
    links = outbox.bound(env, stream, [message.res_id for message in claimed])
    for message in claimed:
        link = links.get(message.res_id)
        if message.op == "delete":
            _plan_end(env, stream, entity, plan, message, link)
        elif not link:
            plan.new.append(message)
        elif not link.is_primary or link.state in ("merged", "excluded"):
            detail = env._("Merged or excluded in the meantime: %s", link.reason or "")
            plan.verdicts[message.id] = DeliveryVerdict(VerdictKind.superseded, detail=detail)
        elif link.state == "deleted":
            deleted.append((message, link))
        elif message.changes and entity._publishes():
            plan.publish.append((message, link.id))
        elif message.changes:
            plan.to_read[link.external_id] = message
        elif link.carries_our_id:
            detail = env._("Nothing to send: the record on the platform already carries the id of Odoo.")
            plan.verdicts[message.id] = DeliveryVerdict(VerdictKind.unchanged, detail=detail)
        else:
            acks.append((message, link))
    plan.acks += _acks(env, stream, acks)
    plan.verdicts.update(outbound.after_remote_deletion(env, entity, deleted))
    if not entity._publishes():
        noted = env["retail.sync.write.intent"]._noted(stream, [message.res_id for message in plan.new])
        plan.unsure = {outbound.record_key(env, stream, res_id): res_id for res_id in noted}
    plan.read_at = clock(env)
    return plan


def _plan_end(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    plan: Plan,
    message: Claimed,
    link: models.BaseModel | None,
) -> None:
    """Note in plan what a record's deletion in Odoo asks for."""
    found = deletions.plan_end(env, stream, entity, message, link)
    if isinstance(found, DeliveryVerdict):
        plan.verdicts[message.id] = found
    elif isinstance(found, OutboundRecord):
        plan.acks.append(found)
    else:
        plan.deletions[found] = message


def _acks(
    env: Environment, stream: models.BaseModel, acks: list[tuple[Claimed, models.BaseModel]]
) -> list[OutboundRecord]:
    """Return records that give the platform our id, and what Odoo alone decides about the record.

    Nothing is read for it: whatever the platform has in those fields does not count.
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
    local: dict[int, dict[str, Any]] = {}
    if owned:
        records = (
            env[entity._res_model].with_context(active_test=False).browse([message.res_id for message, _link in acks])
        )
        local = entity._local_values(records.exists(), outbound.local_context(stream, entity), {})
    found = []
    for message, link in acks:
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


def prepare(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    plan: Plan,
    rows: list[dict[str, Any]],
    missing: Collection[str],
) -> tuple[list[OutboundRecord], dict[int, DeliveryVerdict]]:
    """Reconcile what was read; return (records to send, {message id: verdict} of messages that need no sending).

    :param rows: the platform's records of plan.to_read and plan.unsure
    :param missing: external ids of plan.to_read that the platform does not have
    """
    entity = stream._entity()
    verdicts, records = dict(plan.verdicts), list(plan.acks)
    if rows or plan.to_read:
        _counters, items = pipeline.take_in(env, stream, rows, run, force=True, read_at=plan.read_at)
        env["retail.sync.write.intent"]._overtaken(
            stream, {bound.res_id for item in items for bound in item.bound.values()}
        )
        records += prepare_known.known_records(env, stream, plan.to_read, items, verdicts)
    _judge_missing(env, stream, entity, plan, missing, verdicts)
    sent_ids = {record.message_id for record in records}
    for external_id, message in plan.to_read.items():
        if message.id not in verdicts and message.id not in sent_ids:
            detail = env._("The platform did not show record %s.", external_id)
            verdicts[message.id] = DeliveryVerdict.retry(60, detail)
    if plan.publish:
        records += publish.published_records(env, stream, plan.publish, verdicts)
    if plan.new:
        new = _still_new(env, stream, plan, verdicts)
        records += prepare_new.new_records(env, stream, new, verdicts)
    if not entity._publishes():
        env["retail.sync.write.intent"]._note(stream, records)
    return records, verdicts


def _judge_missing(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    plan: Plan,
    missing: Collection[str],
    verdicts: dict[int, DeliveryVerdict],
) -> None:
    """Note the verdicts on messages whose record the platform does not have any more."""
    messages = [plan.to_read[external_id] for external_id in missing if external_id in plan.to_read]
    if not messages:
        return
    links = outbox.bound(env, stream, [message.res_id for message in messages])
    deleted = []
    for message in messages:
        link = links.get(message.res_id)
        if link and link.state in ("deleted", "missing"):
            deleted.append((message, link))
        else:
            detail = env._("Merged into another record on the platform")
            verdicts[message.id] = DeliveryVerdict(VerdictKind.superseded, detail=detail)
    verdicts.update(outbound.after_remote_deletion(env, entity, deleted))


def _still_new(
    env: Environment, stream: models.BaseModel, plan: Plan, verdicts: dict[int, DeliveryVerdict]
) -> list[Claimed]:
    """Return what is still to be created; a worker died over the rest when the platform had them already.

    Those are linked by now, and come again as what they are: written as new ones they would undo what was edited on
    the platform since.
    """
    links = outbox.bound(env, stream, list(plan.unsure.values())) if plan.unsure else {}
    for message in plan.new:
        if message.res_id in links:
            verdicts[message.id] = DeliveryVerdict.retry(
                0, env._("The record had already been created. It is now linked.")
            )
    return [message for message in plan.new if message.res_id not in links]
