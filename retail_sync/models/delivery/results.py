"""The end of a delivery: each record by its own answer.

The base moves by what the platform has accepted, and by nothing else. Runs in a transaction of its own that is repeated
when it loses a race: the platform has acted already.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from odoo import models
from odoo.api import Environment

from ...adapter.values import Answer, EncodedRecord
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.resilience.verdict import COUNTERS, DeliveryVerdict, VerdictKind
from ..outbox import outbox, parked, router
from ..outbox.claim import Claimed
from ..runs import refresh_queue
from . import accepted as accepted_steps
from . import acknowledge, overtaken, overwritten, refusals
from . import verdicts as verdict_steps

# When a message without any result is looked at again.
NO_RESULT_SECONDS = 60


@dataclass(slots=True)
class Outcome:
    """What a delivery came to.

    counters: of the run. seconds: until a record of it is due again, None for no such record. release: "model/id" of
    the records that were linked or are waited for: what waits for them is looked at in a transaction of its own.
    """

    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))
    seconds: int | None = None
    release: set[str] = field(default_factory=set)


def apply_results(
    env: Environment,
    stream: models.BaseModel,
    run_id: int,
    claimed: list[Claimed],
    outgoing: list[EncodedRecord],
    answers: Mapping[str, Answer],
    verdicts: Mapping[int, DeliveryVerdict],
) -> Outcome:
    """Apply the results of claimed messages; return what they came to.

    :param answers: {record key: Answer} of what was sent
    :param verdicts: {message id: verdict} of what was not
    """
    run = env["retail.sync.run"].browse(run_id)
    kept = outbox.held(env, claimed)
    messages = {message.id: message for message in kept}
    overtaken.send_again(env, stream, outgoing, kept, answers)
    outgoing = [encoded for encoded in outgoing if encoded.record.message_id in messages]
    verdicts = dict(verdicts)
    _hide_values(outgoing, answers)
    accepted: list[tuple[EncodedRecord, Answer | None]] = []
    looks: set[str] = set()
    for encoded in outgoing:
        message = messages[encoded.record.message_id]
        answer = answers.get(encoded.record.key)
        if encoded.fault is not None:
            verdicts[message.id] = verdict_steps.of_objection(env, encoded.fault)
        elif encoded.again:
            verdicts[message.id] = DeliveryVerdict.retry(0, _left_out(env, encoded))
        elif not encoded.fields:
            accepted.append((encoded, None))
            verdicts[message.id] = DeliveryVerdict(VerdictKind.unchanged, detail=_unsent(env, encoded))
        elif answer is None:
            verdicts[message.id] = verdict_steps.of_silence(env, message.attempts)
        elif answer.ok:
            accepted.append((encoded, answer))
            kind = VerdictKind.created if answer.created else VerdictKind.accepted
            verdicts[message.id] = DeliveryVerdict(kind, detail=_remarks(env, encoded))
        if answer is not None and (answer.rest or not answer.ok) and not encoded.again:
            verdicts[message.id] = _refusal(env, stream, encoded, answer, message.attempts, looks)
    codes = refusals.ids(outgoing, answers, messages, verdicts)
    linked = accepted_steps.accept(env, stream, accepted)
    acknowledge.note_refused_ids(env, stream, codes)
    env["retail.sync.write.intent"]._strike_out(stream, outgoing, answers, run.correlation_id)
    no_result = DeliveryVerdict.retry(NO_RESULT_SECONDS, env._("No result was recorded for this message."))
    for message in kept:
        verdicts.setdefault(message.id, no_result)
    verdicts = {message.id: verdicts[message.id] for message in kept}
    outcome = _apply_verdicts(env, stream, run, verdicts, looks)
    refusals.file(env, stream, run, outgoing, answers, messages, verdicts)
    overwritten.file(env, stream, run, accepted)
    _follow_up(env, stream, accepted)
    outcome.release = {f"{stream._entity()._res_model}/{res_id}" for res_id in linked}
    outcome.release |= {str(verdict.subject) for verdict in verdicts.values() if verdict.kind is VerdictKind.parked}
    return outcome


def _hide_values(outgoing: Iterable[EncodedRecord], answers: Mapping[str, Answer]) -> None:
    """Take the values of each record out of what the platform, or the encoder, reports of it."""
    for encoded in outgoing:
        answer = answers.get(encoded.record.key)
        faults = (encoded.fault, answer.fault if answer else None, answer.rest if answer else None)
        if not any(isinstance(fault, FaultError) for fault in faults):
            continue
        record = encoded.record
        values = [*encoded.fields.values(), *record.parts.values(), *record.sent.values(), record.remote or {}]
        if isinstance(encoded.fault, FaultError):
            encoded.fault = encoded.fault.without(values)
        if answer is not None and isinstance(answer.fault, FaultError):
            answer.fault = answer.fault.without(values)
        if answer is not None and isinstance(answer.rest, FaultError):
            answer.rest = answer.rest.without(values)


def _left_out(env: Environment, encoded: EncodedRecord) -> str:
    """Return what people read about fields that were not sent with the rest; empty where all were."""
    left = {found.name for found in (*encoded.refused, *encoded.record.held)}
    if not left:
        return ""
    labels = dict(env["retail.sync.field.map"]._selection_canonical_field())
    return env._("Not sent, and shown as exceptions: %s", ", ".join(sorted(labels.get(name, name) for name in left)))


def _remarks(env: Environment, encoded: EncodedRecord) -> str:
    """Return what people read about what was not sent with the rest, or otherwise than Odoo has it; else empty."""
    return " ".join(filter(None, (_left_out(env, encoded), *encoded.warnings)))


def _unsent(env: Environment, encoded: EncodedRecord) -> str:
    """Return what people read about a record of which nothing was sent; empty where the platform has all of it."""
    if encoded.warnings and not _left_out(env, encoded):
        return env._("No value could be sent: %s", " ".join(encoded.warnings))
    return _remarks(env, encoded)


# -- refusals


def _refusal(
    env: Environment,
    stream: models.BaseModel,
    encoded: EncodedRecord,
    answer: Answer,
    attempt: int,
    looks: set[str],
) -> DeliveryVerdict:
    """Return the verdict on a record that the platform refused; note in looks the ids of its records to read.

    Where Odoo alone writes, nothing of the platform explains a refusal: nothing is read.
    """
    fault = answer.rest or answer.fault
    readable = not stream._entity()._publishes()
    if fault is not None and fault.fault_class == FaultClass.duplicate and answer.candidates:
        known = env["retail.sync.link"].search(
            [("connection_id", "=", stream.connection_id.id), ("external_id", "in", answer.candidates)]
        )
        unknown = set(answer.candidates) - set(known.mapped("external_id"))
        # It may be the same record, not read yet: reading it applies the rules of identity.
        verdict = verdict_steps.of_refusal(env, fault, attempt, readable=readable and bool(unknown))
        if verdict.kind is VerdictKind.retry:
            looks |= unknown
            return verdict
        return DeliveryVerdict.refused(_with_candidates(env, fault, answer.candidates, known))
    if fault is not None and fault.fault_class == FaultClass.gone and encoded.record.external_id and readable:
        looks.add(encoded.record.external_id)
        return verdict_steps.of_refusal(env, fault, attempt, readable=True)
    return verdict_steps.of_refusal(env, fault, attempt)


def _with_candidates(
    env: Environment, fault: FaultError, candidates: Iterable[str], known: models.BaseModel
) -> FaultError:
    """Return a fault that names the records which look alike, with Odoo's ids where they are known."""
    owners = ", ".join(f"{link.external_id} (#{link.res_id})" for link in known) or ", ".join(candidates)
    similar = env._("Similar records: %s", owners)
    return FaultError(fault.fault_class, fault.code, f"{fault.message} {similar}")


# -- messages


def _apply_verdicts(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    verdicts: Mapping[int, DeliveryVerdict],
    looks: set[str],
) -> Outcome:
    """Bring messages to the state of their verdict, and queue a look at the platform's records of looks."""
    outcome = Outcome()
    alike: defaultdict[DeliveryVerdict, list[int]] = defaultdict(list)
    waits, failed = {}, {}
    closed: set[int] = set()
    for message_id, verdict in verdicts.items():
        if verdict.state == "parked":
            waits[message_id] = str(verdict.subject)
        elif verdict.state == "open":
            failed[message_id] = verdict.fault
        else:
            alike[verdict].append(message_id)
            outcome.counters[verdict.counter] += 1
    for verdict, ids in alike.items():
        if verdict.kind is VerdictKind.retry:
            outbox.give_back(env, ids, verdict.seconds, reason=verdict.detail)
            outcome.seconds = min(verdict.seconds, outcome.seconds or verdict.seconds)
        else:
            outbox.close(env, run, ids, verdict_steps.sentence(env, verdict), verdict.state)
            closed.update(ids)
    parked.park(env, waits)
    outcome.counters["n_failed"] += _open(env, stream, run, failed)
    _correlate(env, run, [message_id for message_id in verdicts if message_id not in closed])
    if looks:
        refresh_queue.enqueue_ids(env, stream, sorted(looks))
    return outcome


def _open(env: Environment, stream: models.BaseModel, run: models.BaseModel, failed: Mapping[int, FaultError]) -> int:
    """Show people what waiting does not cure; a newer message of the same record is sent instead. Return how many."""
    outbox.give_back(env, list(failed), count=False)
    messages = env["retail.sync.message"].browse(list(failed)).filtered(lambda message: message.state == "pending")
    faults = {message.id: failed[message.id] for message in messages}
    outbox.note_faults(env, stream, faults, state="open", run_id=run.id, next_try_at=False)
    return len(messages)


def _follow_up(env: Environment, stream: models.BaseModel, accepted: list[tuple[EncodedRecord, Answer | None]]) -> None:
    """Queue the references that a record went without: each record waits for the first one that is missing."""
    now = int(time.time() * 1000)
    due = {encoded.record.res_id: encoded.record.skipped for encoded, answer in accepted if encoded.record.skipped}
    if not due:
        return
    model = stream._entity()._res_model
    domain = [("stream_id", "=", stream.id), ("state", "=", "pending"), ("res_model", "=", model)]
    messages = env["retail.sync.message"]
    # A change that is already waiting is sent without delay, and finds its missing references.
    known = set(messages.search([*domain, ("res_id", "in", list(due))]).mapped("res_id"))
    wanted = [(res_id, "write", dict.fromkeys(skipped, now), 1) for res_id, skipped in due.items()]
    router.enqueue(env, stream, [entry for entry in wanted if entry[0] not in known], lane="bulk")
    waiting = messages.search([*domain, ("res_id", "in", [res_id for res_id in due if res_id not in known])])
    parked.park(env, {message.id: next(iter(due[message.res_id].values())) for message in waiting})


def _correlate(env: Environment, run: models.BaseModel, message_ids: list[int]) -> None:
    """Note on messages that wait again, or for people, the run that sent them."""
    if message_ids:
        env.cr.execute(
            "UPDATE retail_sync_message SET correlation_id = %s, run_id = %s WHERE id = ANY(%s)",
            [run.correlation_id, run.id, message_ids],
        )
        env["retail.sync.message"].invalidate_model()
