"""The end of a delivery: each record by its own answer.

The base moves by what the platform has taken, and by nothing else. Runs in a
transaction of its own that is repeated when it loses a race: the platform has acted
already.
"""

import json

from odoo.api import Environment

from ...adapter.values import Answer
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultClass, FaultError, retry_delay
from ...domain.security.masking import scrub_text
from ...runtime.sql import execute_values
from ..exceptions import exception_queue
from ..links import link_store
from ..links.rows import LinkRow
from ..outbox import outbox
from ..runs import refresh_queue
from .prepare import Verdict

# Deliveries in which the platform may leave a record out before a person is asked.
ANSWERS_MISSED = 6
# What passes by itself; the rest needs a person, a look at the platform, or both.
PASSING = (FaultClass.transient, FaultClass.throttled, FaultClass.dependency, FaultClass.conflict, FaultClass.unknown)


def apply_results(env: Environment, stream_id, run_id, claimed, outgoing, answers, verdicts):
    """Settle claimed messages.

    :param answers: {record key: Answer} of what was sent
    :param verdicts: {message id: Verdict} of what was not
    :return: the run's counters; 'soon': seconds after which something is due again; 'release': whether a look
        at what waits for other records is due, in a transaction of its own
    """
    stream = env["retail.sync.stream"].browse(stream_id)
    run = env["retail.sync.run"].browse(run_id)
    verdicts = dict(verdicts)
    taken, looks = [], set()
    for one in outgoing:
        message_id = one.record.message_id
        answer = answers.get(one.record.key)
        if one.fault is not None:
            verdicts[message_id] = _verdict(one.fault, 1)
        elif not one.fields:
            taken.append((one, None))
            verdicts[message_id] = Verdict("done", env._("Nothing that could be sent: %s", " ".join(one.warnings)))
        elif answer is None:
            tries = next((c.attempts for c in claimed if c.id == message_id), 1)
            fault = FaultError(FaultClass.transient, "NO_ANSWER", env._("The platform did not answer for this record."))
            verdicts[message_id] = (
                Verdict("back", fault.message, 5) if tries < ANSWERS_MISSED else Verdict("open", fault=fault)
            )
        elif answer.ok:
            taken.append((one, answer))
            verdicts[message_id] = Verdict("done", env._("Created") if answer.created else env._("Taken"))
        else:
            tries = next((c.attempts for c in claimed if c.id == message_id), 1)
            verdicts[message_id] = _refusal(env, stream, one, answer, tries, looks)
    linked = _take(env, stream, taken)
    env["retail.sync.write.intent"]._strike_out(stream, outgoing, answers)
    for one in claimed:
        verdicts.setdefault(one.id, Verdict("back", env._("It was not dealt with."), 60))
    counters = _apply_verdicts(env, stream, run, claimed, verdicts, looks)
    counters["release"] = linked or any(verdict.state == "parked" for verdict in verdicts.values())
    return counters


def refused(fault):
    return Answer(False, fault=fault)


# -- refusals


def _refusal(env: Environment, stream, one, answer, tries, looks):
    """Return the Verdict on a record that the platform refused; note in looks the ids worth a look over there."""
    fault = answer.fault or FaultError(FaultClass.unknown, "UNKNOWN", env._("No reason was given."))
    if fault.fault_class == FaultClass.duplicate and answer.candidates:
        known = env["retail.sync.link"].search(
            [("connection_id", "=", stream.connection_id.id), ("external_id", "in", answer.candidates)]
        )
        unknown = set(answer.candidates) - set(known.mapped("external_id"))
        if unknown and tries <= 2:
            # Perhaps it is the same customer, whom nobody has read yet: reading decides by the rules of identity.
            looks |= unknown
            return Verdict("back", fault.message, 30)
        return Verdict("open", fault=_with_candidates(env, fault, answer.candidates, known))
    if fault.fault_class == FaultClass.gone and one.record.external_id:
        looks.add(one.record.external_id)
        return Verdict("back", fault.message, 10) if tries <= 2 else Verdict("open", fault=fault)
    return _verdict(fault, tries)


def _with_candidates(env: Environment, fault, candidates, known):
    owners = ", ".join(f"{link.external_id} (#{link.res_id})" for link in known) or ", ".join(candidates)
    return FaultError(fault.fault_class, fault.code, f"{fault.message} {env._('It looks like: %s', owners)}")


def _verdict(fault, tries):
    if fault.fault_class in PASSING:
        fault_class = FaultClass.unknown if fault.fault_class == FaultClass.unknown else FaultClass.transient
        seconds = retry_delay(fault_class, tries, fault.retry_after)
        if fault.fault_class == FaultClass.throttled:
            seconds = fault.retry_after or 60
        if seconds is not None:
            return Verdict("back", fault.message, max(1, int(seconds)))
    return Verdict("open", fault=fault)


# -- what was taken


def _take(env: Environment, stream, taken):
    """Move the bases of what was taken, and link what was created; return whether anything was linked."""
    created = [(one, answer) for one, answer in taken if answer and not one.record.external_id]
    known = [(one, answer) for one, answer in taken if one.record.external_id]
    _move_bases(env, stream, known)
    rows = [row for one, answer in created for row in _rows(env, one, answer.external_id)]
    rows += [row for one, _answer in known for row in _new_parts(env, one)]
    if rows:
        link_store.save(env, stream, rows)
    return bool(rows)


def _move_bases(env: Environment, stream, known):
    values = [
        (
            stream.connection_id.id,
            stream.remote_object,
            one.record.external_id,
            part,
            json.dumps(one.record.sent.get(part) or {}),
            json.dumps(
                {
                    name: {
                        "sent": value,
                        "over": one.record.replaces.get(part, {}).get(name),
                        "times": one.record.attempts.get(part, {}).get(name, 0) + 1,
                    }
                    for name, value in (one.record.sent.get(part) or {}).items()
                }
            ),
            answer is not None and one.record.ack and part == PART_MAIN,
            answer is not None,
        )
        for one, answer in known
        for part in {*one.record.sent, PART_MAIN}
        if part in one.record.local
    ]
    if not values:
        return
    env["retail.sync.link"].flush_model()
    execute_values(
        env,
        "UPDATE retail_sync_link link SET"
        " base = CASE WHEN taken.ok THEN COALESCE(link.base, '{}') || taken.sent ELSE link.base END,"
        " divergent = NULLIF(COALESCE(link.divergent, '{}')"
        " - ARRAY(SELECT jsonb_object_keys(taken.sent)), '{}'),"
        " pushed = COALESCE(link.pushed, '{}') || taken.pushed,"
        # What was read last is not what is there now: the same content, read again, is news.
        " content_hash = CASE WHEN taken.sent = '{}' THEN link.content_hash ELSE '' END,"
        " raw_hash = CASE WHEN taken.sent = '{}' THEN link.raw_hash ELSE '' END,"
        " carries_our_id = COALESCE(link.carries_our_id, false) OR taken.carries_our_id,"
        " synced_at = clock_timestamp() AT TIME ZONE 'UTC'"
        " FROM (VALUES %s) AS taken(connection_id, remote_object, external_id, part, sent, pushed, carries_our_id, "
        "ok)"
        " WHERE link.connection_id = taken.connection_id AND link.remote_object = taken.remote_object"
        " AND link.external_id = taken.external_id AND link.part = taken.part",
        values,
        template="(%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s)",
        page_size=1000,
    )
    env["retail.sync.link"].invalidate_model()


def _rows(env: Environment, one, external_id):
    return [_link_row(env, one, external_id, part) for part in one.record.local]


def _new_parts(env: Environment, one):
    """Return rows for addresses that a known record has gained from Odoo."""
    return [_link_row(env, one, one.record.external_id, part) for part in sorted(one.record.gained)]


def _link_row(env: Environment, one, external_id, part):
    return LinkRow(
        external_id=external_id,
        part=part,
        res_id=one.record.local[part],
        # The platform's version is not told; the next read shows it, and shows our own values.
        version=0,
        content_hash="",
        raw_hash="",
        base=one.record.sent.get(part) or {},
        divergent=None,
        provenance=None,
        warnings=[],
        waits={},
        state="in_sync",
        rule="exported",
        reason=env._("Created on the platform from Odoo's record"),
        carries_our_id=part == PART_MAIN,
    )


# -- messages


def _apply_verdicts(env: Environment, stream, run, claimed, verdicts, looks):
    groups = {}
    for one in claimed:
        verdict = verdicts[one.id]
        groups.setdefault((verdict.state, verdict.text, verdict.seconds), []).append(one.id)
    soon = None
    counters = dict.fromkeys(("n_sent", "n_same", "n_back", "n_failed"), 0)
    for (state, text, seconds), ids in groups.items():
        if state in ("done", "superseded"):
            outbox.close(env, ids, text, state)
            sent = text in (env._("Taken"), env._("Created"))
            counters["n_sent" if sent else "n_same"] += len(ids)
        elif state == "back":
            outbox.give_back(env, ids, seconds, reason=text)
            counters["n_back"] += len(ids)
            soon = min(seconds, soon or seconds)
    parked = {one.id: verdicts[one.id].text for one in claimed if verdicts[one.id].state == "parked"}
    if parked:
        outbox.park(env, parked)
    failed = {one.id: verdicts[one.id].fault for one in claimed if verdicts[one.id].state == "open"}
    counters["n_failed"] += _open(env, stream, run, failed)
    _correlate(env, run, claimed)
    if looks:
        refresh_queue.enqueue_ids(env, stream, sorted(looks))
    if soon:
        counters["soon"] = soon
    return counters


def _open(env: Environment, stream, run, failed):
    """Show people what will not pass by itself; newer news of the same record goes on instead."""
    outbox.give_back(env, list(failed), count=False)
    messages = env["retail.sync.message"].browse(list(failed)).filtered(lambda one: one.state == "pending")
    for message in messages:
        fault = failed[message.id]
        rule = env["retail.sync.fault.rule"]._match(stream.connection_id.system, fault.code, fault.message)
        message.write(
            {
                "state": "open",
                "run_id": run.id,
                "fault_code": fault.code,
                "fault_message": scrub_text(fault.message),
                "rule_id": rule.id,
                "next_try_at": False,
                **exception_queue.kind(rule, fault.fault_class),
            }
        )
    return len(messages)


def _correlate(env: Environment, run, claimed):
    env.cr.execute(
        "UPDATE retail_sync_message SET correlation_id = %s, run_id = %s WHERE id = ANY(%s)",
        [run.correlation_id, run.id, [one.id for one in claimed]],
    )
    env["retail.sync.message"].invalidate_model()
