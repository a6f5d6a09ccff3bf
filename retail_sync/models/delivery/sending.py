"""The calls of a delivery: halved where the guilty record is sought, repeated without the fields that are refused.

Before each call the claim of its messages is checked: a worker that was taken for dead sends nothing more.
"""

from collections.abc import Collection, Sequence

from odoo import models
from odoo.api import Environment

from ...adapter.refusals import refused_paths, take_out
from ...adapter.values import Answer, EncodedRecord, OutboundRecord
from ...domain.canonical.entity_spec import EntitySpec
from ...domain.resilience.decision import blames_content
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime.halving import halve
from ...runtime.transactions import lost_race, run_separately
from ..outbox import outbox
from ..outbox.claim import Claimed
from . import verdicts as verdict_steps

Answers = dict[str, Answer]

# How often the fields that a refusal names are taken out of a record: a platform names a few at a time.
ROUNDS = 4
# Refusals of a whole record that its most urgent values, or our id alone, may still pass.
_MAY_PASS = frozenset({FaultClass.business, FaultClass.contract, FaultClass.duplicate, FaultClass.unknown})


def encode(env: Environment, stream: models.BaseModel, records: Sequence[OutboundRecord]) -> list[EncodedRecord]:
    """Return what the adapter makes of records; one that it fails over stands alone, with the fault.

    :raises FaultError: when it is not the fault of any record
    """

    def attempt(part: Sequence[OutboundRecord]) -> list[EncodedRecord]:
        return stream._adapter().encode(stream, part)

    def failed(record: OutboundRecord, error: Exception) -> list[EncodedRecord]:
        return [EncodedRecord(record, {}, fault=verdict_steps.crash(env, error))]

    parts = halve(records, attempt, failed, lambda error: isinstance(error, FaultError) or lost_race(error))
    return [encoded for part in parts for encoded in part]


def send(
    env: Environment,
    stream: models.BaseModel,
    lane: str,
    claimed: Collection[Claimed],
    outgoing: Sequence[EncodedRecord],
) -> Answers:
    """Return {record key: Answer} of what was sent; refused fields are taken out of records, and the rest is sent.

    :raises FaultError: when the first call as a whole failed over anything but its content
    """
    spec = stream._entity()._spec()
    messages = {message.id: message for message in claimed}
    todo = [encoded for encoded in outgoing if encoded.fields and not encoded.fault]
    answers = _push(env, stream, messages, todo)
    for _round in range(ROUNDS):
        todo = [encoded for encoded in todo if _without_refused(spec, encoded, answers)]
        if not todo:
            break
        _update(answers, _push_rest(env, stream, messages, todo))
    for urgent_only in (True, False) if lane == "critical" else (False,):
        _send_less(env, stream, messages, outgoing, answers, urgent_only)
    return answers


def _without_refused(spec: EntitySpec, encoded: EncodedRecord, answers: Answers) -> bool:
    """Take the fields out that the platform has refused; return whether the rest is to be sent."""
    answer = answers.get(encoded.record.key)
    if answer is None or answer.ok or not isinstance(answer.fault, FaultError):
        return False
    paths = refused_paths(encoded, answer.fault)
    if not paths:
        return False
    if not set(encoded.identity).isdisjoint(paths):
        encoded.identity_fault, encoded.record.ack = answer.fault, False
    take_out(spec, encoded, paths, answer.fault)
    if not encoded.fields:
        # Nothing is left: what the platform said is about the fields alone.
        del answers[encoded.record.key]
    return bool(encoded.fields)


def _send_less(
    env: Environment,
    stream: models.BaseModel,
    messages: dict[int, Claimed],
    outgoing: Sequence[EncodedRecord],
    answers: Answers,
    urgent_only: bool,
) -> None:
    """Send of refused records their urgent values alone, or our id alone: a rule about other values may let it pass."""
    urgent = env["retail.sync.ownership.rule"]._urgent(stream.connection_id, stream.entity) if urgent_only else ()
    less: list[tuple[EncodedRecord, EncodedRecord]] = []
    for encoded in outgoing:
        answer = answers.get(encoded.record.key)
        fault = answer.fault if answer is not None and not answer.ok else None
        if not isinstance(fault, FaultError) or fault.fault_class not in _MAY_PASS or not encoded.record.external_id:
            continue
        kept = set(encoded.fields) & (_paths_of(encoded, urgent) if urgent_only else set(encoded.identity))
        if kept and kept < set(encoded.fields):
            less.append((encoded, _part_of(encoded, kept)))
    found = _push_rest(env, stream, messages, [part for _whole, part in less]) if less else {}
    for whole, part in less:
        answer = found.get(part.record.key)
        if answer is not None and answer.ok:
            answer.rest = answers[part.record.key].fault
            answers[part.record.key] = answer
            whole.record.sent = part.record.sent


def _paths_of(encoded: EncodedRecord, names: Collection[str]) -> set[str]:
    return {path for path, keys in encoded.feeds.items() if keys and all(name in names for _part, name in keys)}


def _part_of(encoded: EncodedRecord, paths: Collection[str]) -> EncodedRecord:
    """Return a record with some of its fields only."""
    keys = {key for path in paths for key in encoded.feeds.get(path, ())}
    record = encoded.record
    sent = {
        part: {name: value for name, value in values.items() if (part, name) in keys}
        for part, values in record.sent.items()
    }
    less = OutboundRecord(
        key=record.key,
        res_id=record.res_id,
        external_id=record.external_id,
        parts=record.parts,
        changed=record.changed,
        attributes=record.attributes,
        ack=record.ack,
        message_id=record.message_id,
        sent=sent,
    )
    fields = {path: encoded.fields[path] for path in paths}
    return EncodedRecord(less, fields, feeds=encoded.feeds, identity=encoded.identity)


def _update(answers: Answers, later: Answers) -> None:
    """Put later answers in the place of earlier ones; what crossed the first call is kept."""
    for key, answer in later.items():
        before = answers.get(key)
        if before is not None and before.crossed:
            answer.crossed = {**answer.crossed, **before.crossed}
        answers[key] = answer


def _push_rest(
    env: Environment, stream: models.BaseModel, messages: dict[int, Claimed], todo: Sequence[EncodedRecord]
) -> Answers:
    """Return the answers to a further call; one that fails as a whole is the answer to each of its records."""
    try:
        return _push(env, stream, messages, todo)
    except FaultError as fault:
        return {encoded.record.key: Answer(False, fault=fault) for encoded in todo}


def _push(
    env: Environment, stream: models.BaseModel, messages: dict[int, Claimed], outgoing: Sequence[EncodedRecord]
) -> Answers:
    """Return {record key: Answer}; a call that was refused over its content is halved until the guilty is alone.

    Records whose message another worker has by now are not sent. Raises FaultError when the call as a whole failed over
    anything else.
    """

    def push(part: Sequence[EncodedRecord]) -> Answers:
        kept = _still_claimed(env, messages, part)
        if not kept:
            return {}
        for encoded in kept:
            encoded.called = True
        answers = stream._adapter().push(stream, kept)
        return {encoded.record.key: answer for encoded, answer in zip(kept, answers, strict=True)}

    def refused(encoded: EncodedRecord, fault: Exception) -> Answers:
        return {encoded.record.key: Answer(False, fault=fault)}

    def passes_on(error: Exception) -> bool:
        return not (isinstance(error, FaultError) and blames_content(error))

    return {key: answer for part in halve(outgoing, push, refused, passes_on) for key, answer in part.items()}


def _still_claimed(
    env: Environment, messages: dict[int, Claimed], outgoing: Sequence[EncodedRecord]
) -> list[EncodedRecord]:
    """Return the records whose message this worker still has."""
    wanted = [messages[encoded.record.message_id] for encoded in outgoing if encoded.record.message_id in messages]
    held = {message.id for message in run_separately(env, outbox.held, wanted, read_committed=True)}
    return [encoded for encoded in outgoing if encoded.record.message_id in held]


def still_claimed(
    env: Environment, claimed: Collection[Claimed], outgoing: Sequence[EncodedRecord]
) -> list[EncodedRecord]:
    """Return the records whose message this worker still has: asked right before an effect on the platform."""
    return _still_claimed(env, {message.id: message for message in claimed}, outgoing)
