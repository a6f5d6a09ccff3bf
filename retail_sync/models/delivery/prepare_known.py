"""Records that both sides know: what the platform lacks, once it is reconciled with what the platform has now."""

from collections.abc import Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.kinds import equal, form_of
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ..mapping import write_guard
from ..outbox.claim import Claimed
from . import outbound, references
from . import verdicts as verdict_steps


def known_records(
    env: Environment,
    stream: models.BaseModel,
    to_read: Mapping[str, Claimed],
    items: list[Any],
    verdicts: dict[int, DeliveryVerdict],
) -> list[OutboundRecord]:
    """Return the records of reconciled items that have something to send; the messages of the rest get a verdict.

    :param to_read: {external id: message}
    """
    entity = stream._entity()
    sendable = entity._sendable(stream)
    wanted = [item.res_id for item in items if item.res_id]
    part_records = entity._part_records(stream, wanted, outbound.mapped_parts(stream))
    # Most pages have no new part, and the context is read for those alone.
    ctx = outbound.local_context(stream, entity) if part_records else {}
    _resolve_lines(env, stream, entity, to_read, items, verdicts)
    records = []
    for item in items:
        message = to_read.get(item.incoming.external_id)
        if message is None or message.id in verdicts:
            continue
        verdict = _verdict_of(env, item, message.attempts)
        if verdict is not None:
            verdicts[message.id] = verdict
            continue
        record = _known_record(env, stream, entity, item, message, sendable)
        _follow_main(entity, item, record)
        # A part that the platform reports is reconciled; one that is only written is added here.
        shown = {*item.bound, *item.folded}
        outbound.add_parts(entity, record, part_records.get(item.res_id, {}), ctx, shown)
        if record.changed or record.ack:
            records.append(record)
        else:
            verdicts[message.id] = DeliveryVerdict(VerdictKind.unchanged)
    return records


def _verdict_of(env: Environment, item: Any, attempt: int) -> DeliveryVerdict | None:
    """Return the verdict on a message whose record could not be reconciled; None for one that was.

    :param attempt: the number of this try, from 1
    """
    if isinstance(item.fault, FaultError) and item.fault.code == write_guard.PROTECTED:
        return DeliveryVerdict.refused(item.fault)
    if item.outcome in ("failed", "review"):
        fault = item.fault or FaultError(FaultClass.duplicate, "POSSIBLE_DUPLICATE", item.reason or "")
        return verdict_steps.of_unreconciled(env, fault, attempt)
    if item.outcome == "stale":
        return DeliveryVerdict.retry(1, env._("Another job updated the record in the meantime."))
    if PART_MAIN not in item.merged_values:
        return DeliveryVerdict(VerdictKind.superseded)
    return None


def _known_record(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    item: Any,
    message: Claimed,
    sendable: set[str],
) -> OutboundRecord:
    """Return what the platform lacks of a reconciled record."""
    found = {
        part: {name: value for name, value in values.items() if name in sendable}
        for part, values in item.to_push.items()
    }
    sent = {part: values for part, values in found.items() if values}
    replaces = {part: {name: item.replaces[part].get(name) for name in values} for part, values in sent.items()}
    return OutboundRecord(
        key=outbound.record_key(env, stream, item.res_id),
        res_id=item.res_id,
        external_id=item.incoming.external_id,
        parts={part: entity._expand(values, part) for part, values in item.merged_values.items()},
        changed={
            part: entity._changed_fields(values, replaces[part], part, _not_shown(item, part))
            for part, values in sent.items()
        },
        attributes=entity._attributes(item.merged_values[PART_MAIN]),
        ack=not item.bound[PART_MAIN].carries_our_id,
        remote=item.incoming.payload,
        message_id=message.id,
        sent=sent,
        replaces=replaces,
        attempts=item.attempts,
        local={part: bound.res_id for part, bound in item.bound.items()},
    )


def _not_shown(item: Any, part: str) -> set[str]:
    """Return the fields of a part that the platform did not show, or not so that they were understood."""
    return set(item.unread.get(part, ())).union(*(item.absent.get(part) or {}).values())


def _follow_main(entity: models.BaseModel, item: Any, record: OutboundRecord) -> None:
    """Let parts that repeat the main part, and for which Odoo has no record, go on repeating it.

    Odoo shows both as one value: whoever edits that value edits both.
    """
    new = record.sent.get(PART_MAIN) or {}
    main = item.folded.get(PART_MAIN) or {}
    for part in item.repeats:
        if part in item.bound and part not in item.vacant:
            continue
        shown = item.folded[part] or {}
        specs = entity._spec().merge_specs(part)
        names = [
            name
            for name in new.keys() & shown.keys()
            if name in specs and equal(shown[name], main.get(name), *form_of(specs[name]))
        ]
        if names and record.changed is not None:
            record.parts[part] = entity._expand({**shown, **{name: new[name] for name in names}}, part)
            record.changed[part] = entity._expand_names(names, part)
            record.replaces[part] = {name: shown[name] for name in names}


def _resolve_lines(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    to_read: Mapping[str, Claimed],
    items: list[Any],
    verdicts: dict[int, DeliveryVerdict],
) -> None:
    """Let messages wait whose lines name records that the platform does not know.

    A reference of the record itself is left out by its mapping line until it is known; a line cannot go without.
    """
    named = {spec.field.partition(".")[0] for spec in entity._spec().references.values() if "." in spec.field}
    due = {
        item.res_id: item
        for item in items
        if item.incoming.external_id in to_read and named & (item.to_push.get(PART_MAIN) or {}).keys()
    }
    if not due:
        return
    records = env[entity._res_model].with_context(active_test=False).browse(list(due))
    local = {
        res_id: {name: value for name, value in item.to_push[PART_MAIN].items() if name in named}
        for res_id, item in due.items()
    }
    found, _skipped = references.resolve(env, stream, entity, records, local, lines_only=True)
    for res_id, item in due.items():
        if res_id in found:
            verdicts[to_read[item.incoming.external_id].id] = found[res_id]
            continue
        resolved = {name: local[res_id][name] for name in named & local[res_id].keys()}
        item.to_push[PART_MAIN].update(resolved)
        item.merged_values[PART_MAIN].update(resolved)
