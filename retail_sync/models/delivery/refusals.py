"""The refusals of a delivery: single fields, our id, and those that many records share."""

from collections.abc import Mapping, Sequence

from odoo import models
from odoo.api import Environment

from ...adapter.values import Answer, EncodedRecord, Key
from ...domain.resilience.faults import FaultError
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ..outbox import brake, refused_fields
from ..outbox.claim import Claimed
from ..outbox.refused_fields import Refusal, change_time

# After these nothing of the record differs but what was refused.
_THROUGH = (VerdictKind.accepted, VerdictKind.created, VerdictKind.unchanged)


def ids(
    outgoing: Sequence[EncodedRecord],
    answers: Mapping[str, Answer],
    messages: Mapping[int, Claimed],
    verdicts: dict[int, DeliveryVerdict],
) -> dict[str, str]:
    """Return {external id: code} of records of which the platform did not accept our id.

    Where nothing else was to be sent, that is a state of the link and no task for a person: the verdict says so.
    """
    codes = {}
    for encoded in outgoing:
        record, answer = encoded.record, answers.get(encoded.record.key)
        if not record.external_id:
            continue
        if isinstance(encoded.identity_fault, FaultError):
            codes[record.external_id] = encoded.identity_fault.code
        verdict, message = verdicts.get(record.message_id), messages[record.message_id]
        if verdict is None or verdict.kind is not VerdictKind.refused or message.changes or message.op != "write":
            continue
        fault = verdict.fault
        if fault is not None and (record.ack or encoded.identity_fault) and answer is not None:
            if not answer.ok:
                codes[record.external_id] = fault.code
            verdicts[record.message_id] = DeliveryVerdict(VerdictKind.id_refused, detail=fault.message)
    return codes


def file(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    outgoing: Sequence[EncodedRecord],
    answers: Mapping[str, Answer],
    messages: Mapping[int, Claimed],
    verdicts: Mapping[int, DeliveryVerdict],
) -> None:
    """Open, renew and close the exceptions of refused fields; make one of those that are equal."""
    found: list[Refusal] = []
    kept: list[tuple[int, Key]] = []
    through: dict[int, set[Key] | None] = {}
    whole: list[FaultError] = []
    entity, publishes = stream._entity(), stream._entity()._publishes()
    sent = {encoded.record.message_id: encoded for encoded in outgoing}
    for message_id, verdict in verdicts.items():
        message, encoded = messages[message_id], sent.get(message_id)
        compared = bool(message.changes) and message.op == "write" and not publishes
        if encoded is None:
            if verdict.fault is not None and verdict.fault.code in brake.LOCAL_CODES:
                whole.append(verdict.fault)
            if compared and verdict.kind is VerdictKind.unchanged:
                through[message.res_id] = None
            continue
        record, answer = encoded.record, answers.get(encoded.record.key)
        if verdict.kind is VerdictKind.refused and answer is not None and verdict.fault is not None:
            whole.append(verdict.fault)
        if not record.external_id and not (answer is not None and answer.ok) and not encoded.again:
            continue
        external_id = record.external_id or (answer.external_id if answer is not None else None)
        for refused in (*encoded.refused, *record.held):
            if refused.fault is None:
                kept.append((record.res_id, (refused.part, refused.name)))
            else:
                at = message.changes.get(refused.name)
                foreign = isinstance(at, dict) and bool(at.get("foreign"))
                time = change_time(message.changes, refused.name)
                found.append(Refusal(record.res_id, external_id, refused, time, foreign))
        if verdict.kind in _THROUGH:
            accepted = {
                (part, name) for part, values in record.sent.items() for name in entity._expand_names(values, part)
            }
            through[record.res_id] = None if compared and not encoded.partial else accepted
    tried = sum(1 for encoded in outgoing if encoded.record.key in answers or encoded.refused)
    refused_fields.file(env, stream, run, found, through, tried, kept)
    if whole:
        brake.file_whole(env, stream, run, whole, tried)


def file_left_out(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    outgoing: Sequence[EncodedRecord],
    messages: Mapping[int, Claimed],
) -> None:
    """Open the exceptions of fields that are left out of records on their way to a bulk job."""
    found = []
    for encoded in outgoing:
        record, message = encoded.record, messages.get(encoded.record.message_id)
        for refused in (*encoded.refused, *record.held) if message and record.external_id else ():
            if refused.fault is not None:
                time = change_time(message.changes, refused.name)
                found.append(Refusal(record.res_id, record.external_id, refused, time))
    refused_fields.file(env, stream, run, found, {}, len(outgoing))
