"""From claimed messages to records ready for an adapter."""

from dataclasses import dataclass, field
from datetime import datetime

from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.schema import ENTITIES, PART_MAIN, make_ref
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.values.equality import equal
from ...runtime.transactions import clock
from ..outbox import outbox, router
from ..outbox.claim import Claimed
from ..outbox.outbox import LIVING
from ..reconcile import pipeline
from . import prepare_new


@dataclass(slots=True)
class Plan:
    """What claimed messages ask for.

    verdicts: {message id: Verdict} of those that need no sending. read_at: the database's clock before anything was
    read for them. unsure: {our external id: record id} of new ones that the platform may have without our knowledge.
    """

    to_read: dict[str, Claimed] = field(default_factory=dict)
    acks: list[OutboundRecord] = field(default_factory=list)
    new: list[Claimed] = field(default_factory=list)
    deletions: dict[str, Claimed] = field(default_factory=dict)
    verdicts: dict[int, "Verdict"] = field(default_factory=dict)
    read_at: datetime | None = None
    unsure: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a message ends without being sent: done, superseded, back (with seconds), parked (with what it waits for) or
    open (with a fault)."""

    state: str
    text: str = ""
    seconds: int = 0
    fault: Exception | None = None


def key(env: Environment, stream, res_id):
    """Return our external id of a record: never reused, not even by a copy of the database."""
    database = (env["ir.config_parameter"].sudo().get_param("database.uuid") or "")[:8]
    return f"{database}:{stream._entity()._res_model}:{res_id}"


def plan(env: Environment, stream_id, claimed):
    """Sort messages by what they need: a look at the platform's record, a new record, our id only, or nothing."""
    stream = env["retail.sync.stream"].browse(stream_id)
    plan, acks = Plan(), []
    links = outbox.bound(env, stream, [one.res_id for one in claimed])
    for one in claimed:
        link = links.get(one.res_id)
        if one.op == "delete":
            plan.deletions[one.changes.get("external_id") or (link.external_id if link else "")] = one
        elif not link:
            plan.new.append(one)
        elif not link.is_primary or link.state in ("merged", "excluded"):
            plan.verdicts[one.id] = Verdict("superseded", env._("Merged or excluded since: %s", link.reason or ""))
        elif link.state == "deleted":
            plan.verdicts[one.id] = _after_deletion(env, one, link)
        elif one.changes:
            plan.to_read[link.external_id] = one
        elif link.carries_our_id:
            plan.verdicts[one.id] = Verdict("done", env._("Nothing to send: the platform knows our id already."))
        else:
            acks.append((one, link))
    plan.acks = _acks(env, stream, acks)
    noted = env["retail.sync.write.intent"]._noted(stream, [one.res_id for one in plan.new])
    plan.unsure = {key(env, stream, res_id): res_id for res_id in noted}
    plan.read_at = clock(env)
    return plan


def _acks(env: Environment, stream, acks):
    """Return records that tell the platform our id, and what Odoo alone decides about the customer.

    Nothing is read for it: whatever the platform has in those fields is not its to say.
    """
    if not acks:
        return []
    entity = stream._entity()
    ownership_rules = env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity)
    specs = ENTITIES[stream.entity].fields
    owned = {
        name
        for name in stream._outbound_fields()
        if (ownership_rules[name].owner if name in ownership_rules else specs[name].owner) == "odoo"
    }
    local = {}
    if owned:
        records = env[entity._res_model].with_context(active_test=False).browse([one.res_id for one, _l in acks])
        ctx = dict(entity._context(stream.connection_id, []), fields=stream._mapped_fields())
        local = entity._local_values(records.exists(), ctx, {})
    found = []
    for one, link in acks:
        values, base = local.get(one.res_id, {}), link.sudo().base or {}
        sent = {
            name: values[name]
            for name in owned & values.keys()
            if not equal(values[name], base.get(name), specs[name].kind, specs[name].options)
        }
        found.append(
            OutboundRecord(
                key=key(env, stream, one.res_id),
                res_id=one.res_id,
                external_id=link.external_id,
                parts={PART_MAIN: {**values, **sent}},
                changed={PART_MAIN: set(sent)},
                kind=values.get("kind") or "company",
                ack=True,
                message_id=one.id,
                sent={PART_MAIN: sent},
                local={PART_MAIN: one.res_id},
            )
        )
    return found


def _after_deletion(env: Environment, one, link):
    """A customer that was deleted over there and lives on here is a question; one that is archived too is none."""
    record = env[link.res_model].with_context(active_test=False).browse(link.res_id).exists()
    if not record or not record.active:
        return Verdict("done", env._("Deleted on the platform"))
    return Verdict(
        "open",
        fault=FaultError(
            FaultClass.gone,
            "REMOTE_DELETED",
            env._("It was changed in Odoo after it had been deleted on the platform (%s).", link.external_id),
        ),
    )


def delete_remote(env: Environment, stream, plan):
    """Delete on the platform what was deleted here, where the stream says so; return {message id: Verdict}."""
    wanted = {external_id: one for external_id, one in plan.deletions.items() if external_id}
    verdicts = {
        one.id: Verdict("done", env._("It never was on the platform."))
        for external_id, one in plan.deletions.items()
        if not external_id
    }
    if not wanted:
        return verdicts
    for (_external_id, one), answer in zip(
        wanted.items(), stream._adapter().delete_remote(stream, list(wanted)), strict=True
    ):
        gone = answer.ok or (answer.fault and answer.fault.fault_class == FaultClass.gone)
        verdicts[one.id] = Verdict("done", env._("Deleted on the platform")) if gone else _verdict_of(env, answer.fault)
    return verdicts


def _verdict_of(env: Environment, fault):
    return Verdict("open", fault=fault or FaultError(FaultClass.unknown, "UNKNOWN", env._("No reason was given.")))


# -- known records: merged with what the platform has now


def merge(env: Environment, stream_id, run_id, plan, rows, missing):
    """Merge what was read; return (OutboundRecords, {message id: Verdict})."""
    run = env["retail.sync.run"].browse(run_id)
    stream = env["retail.sync.stream"].browse(stream_id)
    verdicts, records = dict(plan.verdicts), list(plan.acks)
    if rows or plan.to_read:
        _counters, items = pipeline.take_in(env, stream, rows, run, force=True, read_at=plan.read_at)
        env["retail.sync.write.intent"]._overtaken(
            stream, {bound.res_id for item in items for bound in item.bound.values()}
        )
        records += _known_records(env, stream, plan, items, verdicts)
    for external_id in missing:
        one = plan.to_read.get(external_id)
        if one:
            link = outbox.bound(env, stream, [one.res_id]).get(one.res_id)
            verdicts[one.id] = (
                _after_deletion(env, one, link)
                if link and link.state in ("deleted", "missing")
                else Verdict("superseded", env._("Merged into another record on the platform"))
            )
    for external_id, one in plan.to_read.items():
        if one.id not in verdicts and not any(record.message_id == one.id for record in records):
            verdicts[one.id] = Verdict("back", env._("The platform did not show record %s.", external_id), 60)
    if plan.new:
        new = _still_new(env, stream, plan, verdicts)
        records += prepare_new.new_records(env, stream, new, verdicts)
    env["retail.sync.write.intent"]._note(stream, records)
    return records, verdicts


def _still_new(env: Environment, stream, plan, verdicts):
    """Return what is still to be created; a worker died over the rest when the platform had them already.

    Those are linked by now, and come again as what they are: written as new ones they would undo what was edited
    over there since.
    """
    links = outbox.bound(env, stream, list(plan.unsure.values())) if plan.unsure else {}
    for one in plan.new:
        if one.res_id in links:
            verdicts[one.id] = Verdict("back", env._("It was created already; it is linked now."))
    return [one for one in plan.new if one.res_id not in links]


def _known_records(env: Environment, stream, plan, items, verdicts):
    entity = stream._entity()
    sendable = router.can_be_sent(stream)
    parts = set(stream.sudo().map_ids.filtered("active").mapped("part"))
    children = entity._address_children(stream, [item.res_id for item in items if item.res_id], parts)
    ctx = dict(entity._context(stream.connection_id, []), fields=stream._mapped_fields())
    records = []
    for item in items:
        one = plan.to_read.get(item.incoming.external_id)
        if one is None:
            continue
        if item.outcome in ("failed", "review"):
            text = item.fault.message if item.fault else item.reason
            verdicts[one.id] = Verdict("back", env._("Its record on the platform could not be merged: %s", text), 300)
            continue
        if item.outcome == "stale":
            verdicts[one.id] = Verdict("back", env._("Its record was taken in meanwhile by another job."), 1)
            continue
        if PART_MAIN not in item.merged_values:
            verdicts[one.id] = Verdict("superseded", env._("Excluded since"))
            continue
        record = _known_record(env, stream, entity, item, one, sendable)
        _add_children(entity, item, record, children.get(item.res_id, {}), ctx)
        if record.changed or record.ack:
            records.append(record)
        else:
            verdicts[one.id] = Verdict("done", env._("Nothing to send: both sides say the same."))
    return records


def _known_record(env: Environment, stream, entity, item, one, sendable):
    sent = {
        part: {name: value for name, value in values.items() if name in sendable}
        for part, values in item.to_push.items()
    }
    sent = {part: values for part, values in sent.items() if values}
    return OutboundRecord(
        key=key(env, stream, item.res_id),
        res_id=item.res_id,
        external_id=item.incoming.external_id,
        parts={part: entity._expand(values) for part, values in item.merged_values.items()},
        changed={part: entity._expand_names(values) for part, values in sent.items()},
        kind=item.merged_values[PART_MAIN].get("kind") or "company",
        ack=not item.bound[PART_MAIN].carries_our_id,
        remote=item.incoming.payload,
        message_id=one.id,
        sent=sent,
        replaces={part: {name: item.replaces[part].get(name) for name in values} for part, values in sent.items()},
        attempts=item.attempts,
        local={part: bound.res_id for part, bound in item.bound.items()},
    )


def _add_children(entity, item, record, children, ctx):
    """Add addresses that were made in Odoo and that the platform's record has room for."""
    for part, child in children.items():
        if part in item.bound or item.incoming.parts.get(part):
            continue
        values = entity._local_values(child, ctx, {})[child.id]
        if not values.get("address"):
            continue
        sent = {name: values.get(name) for name in ("address", "name", "phone") if values.get(name)}
        record.parts[part] = entity._expand(sent)
        record.changed[part] = entity._expand_names(sent)
        record.sent[part], record.replaces[part], record.local[part] = sent, {}, child.id
        record.gained.add(part)


def _parent_ref(env: Environment, stream, parent_id):
    """Return how the platform calls a parent, or None while it does not know it."""
    link = outbox.bound(env, stream, [parent_id]).get(parent_id)
    return make_ref(link.remote_object, link.external_id) if link and link.state in LIVING else None
