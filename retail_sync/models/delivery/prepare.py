"""From claimed messages to records ready for an adapter."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import DeletedRef, OutboundRecord
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ...runtime import environment
from ...runtime.transactions import clock
from ..mapping import write_guard
from ..mapping.entity import EntityContractError
from ..outbox import outbox, refused_fields
from ..outbox.claim import Claimed
from ..reconcile import pipeline, remote_deletions
from . import acknowledge, deletions, outbound, prepare_known, prepare_new, publish
from . import verdicts as verdict_steps


@dataclass(slots=True)
class Plan:
    """What claimed messages ask for.

    to_read: {external id: message} of known records that are compared with the platform's first. acks: [(message, id
    of its link)] of records that lack our id only: they need no look at the platform's. ended: records that say that
    they ended in Odoo. new: of records to create. publish: [(message, id of its link)] of known records that Odoo alone
    writes. deletions: {external id: message} of records to delete there.
    verdicts: {message id: verdict} of those that need no sending. read_at: the database's clock before anything was
    read for them. unsure: {our external id: record id} of new ones that the platform may have without our knowledge.
    """

    to_read: dict[str, Claimed] = field(default_factory=dict)
    acks: list[tuple[Claimed, int]] = field(default_factory=list)
    ended: list[OutboundRecord] = field(default_factory=list)
    new: list[Claimed] = field(default_factory=list)
    publish: list[tuple[Claimed, int]] = field(default_factory=list)
    deletions: dict[str, Claimed] = field(default_factory=dict)
    verdicts: dict[int, DeliveryVerdict] = field(default_factory=dict)
    read_at: datetime | None = None
    unsure: dict[str, int] = field(default_factory=dict)

    def only(self, message_ids: Collection[int]) -> "Plan":
        """Return the plan of some of the messages; verdicts stay with the whole plan."""
        ids = set(message_ids)
        return Plan(
            to_read={key: message for key, message in self.to_read.items() if message.id in ids},
            acks=[(message, link_id) for message, link_id in self.acks if message.id in ids],
            ended=[record for record in self.ended if record.message_id in ids],
            new=[message for message in self.new if message.id in ids],
            publish=[(message, link_id) for message, link_id in self.publish if message.id in ids],
            read_at=self.read_at,
            unsure={
                key: res_id
                for key, res_id in self.unsure.items()
                if any(message.res_id == res_id and message.id in ids for message in self.new)
            },
        )

    def message_ids(self) -> list[int]:
        """Return the ids of the messages that need preparation."""
        return [
            *(message.id for message in self.to_read.values()),
            *(message.id for message, _link_id in (*self.acks, *self.publish)),
            *(message.id for message in self.new),
            *(record.message_id for record in self.ended),
        ]

    def messages(self) -> dict[int, Claimed]:
        """Return {message id: message} of those whose values are sent."""
        several = (
            *self.to_read.values(),
            *(message for message, _link_id in (*self.acks, *self.publish)),
            *self.new,
        )
        return {message.id: message for message in several}


def rows_of(stream: models.BaseModel, plan: Plan, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that a part of a plan has asked for; those found by our ids go with each part."""
    if plan.unsure:
        return rows
    row_key = stream._adapter().row_key
    return [row for row in rows if row_key(stream, row)[0] in plan.to_read]


def plan(env: Environment, stream: models.BaseModel, claimed: list[Claimed]) -> Plan:
    """Sort messages by what they need: a look at the platform's record, a new record, our id only, or nothing."""
    entity = stream._entity()
    plan, deleted = Plan(), []
    links = outbox.bound(env, stream, [message.res_id for message in claimed])
    living = deletions.living_ids(entity, claimed)
    protected = entity._internal(links)
    for message in claimed:
        link = links.get(message.res_id)
        if message.op == "delete":
            _plan_end(env, stream, entity, plan, message, link, living)
        elif message.res_id in protected:
            # A customer who became a colleague: people decide about the link, and nothing is sent until then.
            plan.verdicts[message.id] = DeliveryVerdict.refused(write_guard.protected_fault(entity))
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
            plan.acks.append((message, link.id))
    plan.verdicts.update(outbound.after_remote_deletion(env, entity, deleted))
    _refuse_untouchable(env, stream, plan)
    if not entity._publishes():
        noted = env["retail.sync.write.intent"]._noted(stream, [message.res_id for message in plan.new])
        plan.unsure = {outbound.record_key(env, stream, res_id): res_id for res_id in noted}
    plan.read_at = clock(env)
    return plan


def _refuse_untouchable(env: Environment, stream: models.BaseModel, plan: Plan) -> None:
    """Give verdicts to messages whose records no comparison may change: they are neither read nor sent."""
    sync_env = environment.of_connection(env, stream.connection_id)
    asked = [message.res_id for message in plan.to_read.values()]
    refusals = write_guard.refused(stream.with_env(sync_env)._entity(), stream.connection_id, asked)
    for external_id, message in list(plan.to_read.items()):
        if message.res_id in refusals:
            plan.verdicts[message.id] = DeliveryVerdict.refused(refusals[message.res_id])
            del plan.to_read[external_id]


def _plan_end(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    plan: Plan,
    message: Claimed,
    link: models.BaseModel | None,
    living: Collection[int],
) -> None:
    """Note in plan what a record's deletion in Odoo asks for."""
    try:
        found = deletions.plan_end(env, stream, entity, message, link, living)
    except EntityContractError as error:
        found = DeliveryVerdict.refused(verdict_steps.crash(env, error))
    if isinstance(found, DeliveryVerdict):
        plan.verdicts[message.id] = found
    elif isinstance(found, OutboundRecord):
        plan.ended.append(found)
    else:
        plan.deletions[found] = message


def read(
    stream: models.BaseModel, external_ids: list[str], keys: list[str]
) -> tuple[list[dict[str, Any]], list[str], list[DeletedRef]]:
    """Return (rows, missing external ids, what became of those).

    :param external_ids: of known records; keys: our external ids of records that the platform may have
    """
    adapter = stream._adapter()
    rows, missing = adapter.read_by_ids(stream, external_ids) if external_ids else ([], [])
    refs = remote_deletions.resolve_missing(stream, missing) if missing else []
    if keys:
        rows = rows + adapter.read_by_keys(stream, keys)
    return rows, missing, refs


def prepare(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    plan: Plan,
    rows: list[dict[str, Any]],
    missing: Collection[str],
    lane: str = "standard",
) -> tuple[list[OutboundRecord], dict[int, DeliveryVerdict]]:
    """Reconcile what was read; return (records to send, {message id: verdict} of messages that need no sending).

    The plan's own verdicts are not among them.

    :param rows: the platform's records of plan.to_read and plan.unsure
    :param missing: external ids of plan.to_read that the platform does not have
    """
    entity = stream._entity()
    verdicts: dict[int, DeliveryVerdict] = {}
    records = [*plan.ended, *acknowledge.acknowledgements(env, stream, plan.acks)]
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
    refused_fields.hold_back(env, stream, lane, records, plan.messages())
    acknowledge.without_refused_ids(env, stream, records, plan.messages())
    if not entity._publishes():
        held_by = run.correlation_id if run.kind == "ingest" else None
        env["retail.sync.write.intent"]._note(stream, records, held_by)
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
