"""Deliveries: claim, merge with what the platform has now, send, settle.

Each step is a transaction of its own, and no database transaction is open while the
platform works. What is sent can be sent again: bound records are written by their
id, new ones under our own external id. So a worker that dies anywhere leaves at
most work that is done once more, to the same effect.
"""

import logging
import time
import uuid
from dataclasses import dataclass

from odoo.api import Environment

from ...domain.resilience.faults import FaultClass, FaultError, retry_delay
from ...runtime.jobs import on_the_wire
from ...runtime.transactions import retry_transaction, separate_transaction
from ..exceptions import job_faults
from ..outbox import outbox
from ..reconcile import remote_deletions
from ..runs import job_trigger, run_start
from . import bulk, results
from . import prepare as prepare_steps

_logger = logging.getLogger(__name__)

# A drain hands over to the next after this long, so that another lane gets its turn.
TARGET_SECONDS = 2.0
# When to look again for messages that somebody held while they were to be claimed.
HELD_SECONDS = 2
# Records are sent one by one once a call as a whole was refused this often over them.
WHOLE_CALL_CLASSES = (FaultClass.business, FaultClass.unknown, FaultClass.duplicate, FaultClass.gone)


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run that another transaction made."""

    id: int
    correlation_id: str


def job_drain(env: Environment, stream_id, lane):
    """Send what waits in one lane of a stream."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream or not stream._delivers(lane):
        return
    claim = env.context.get("job_uuid") or uuid.uuid4().hex
    with separate_transaction(env, read_committed=True) as tx:
        job_trigger.coalesce(tx(su=True), "drain", stream_id, lane)
        outbox.left_behind(tx(su=True), claim)
    until = time.monotonic() + TARGET_SECONDS
    while True:
        if bulk.takes(env(su=True), stream, lane):
            bulk.start(env(su=True), stream, lane)
            return
        limit = stream._adapter().write_limit(stream, lane)
        with separate_transaction(env, read_committed=True) as tx:
            claimed = outbox.claim(tx(su=True), tx["retail.sync.stream"].browse(stream_id), lane, claim, limit)
            trigger_second_worker(tx, stream, lane, claimed, limit)
            if not claimed and outbox.passed_over(tx(su=True), stream, lane):
                # Whoever holds them, to assign one perhaps, wakes nobody afterwards.
                job_trigger.trigger(tx(su=True), "drain", stream_id, lane, lane=lane, seconds=HELD_SECONDS)
        if not claimed:
            return
        wait = _deliver(env, stream, lane, claimed)
        if wait is None or time.monotonic() > until:
            job_trigger.trigger(env(su=True), "drain", stream_id, lane, lane=lane, seconds=wait or 0)
            return


def trigger_second_worker(tx, stream, lane, claimed, limit):
    """Wake another worker of the lane, at once, where more waits than this one could take."""
    if len(claimed) == limit:
        job_trigger.trigger(tx(su=True), "drain", stream.id, lane, lane=lane)


def _deliver(env: Environment, stream, lane, claimed):
    """Send claimed messages and settle each; return seconds after which to look again, None for at once.

    Whatever happens, no message stays claimed: what could not be sent waits again.
    """
    run = open_run(env, stream, "push")
    calling = on_the_wire(stream, run, lane)
    try:
        records, verdicts = prepare(env, calling, claimed, run)
        outgoing = calling._adapter().encode(calling, records)
        answers = _push_guarded(env, calling, [one for one in outgoing if one.fields and not one.fault])
    except FaultError as fault:
        return whole_fault(env, stream, lane, claimed, run, fault)
    except Exception:
        retry_transaction(env, lambda tx: outbox.give_back(tx(su=True), [c.id for c in claimed], 60))
        end_run(env, run, {"n_back": len(claimed)}, "failed")
        raise
    counters = apply_results(env, stream, run, claimed, outgoing, answers, verdicts)
    soon = counters.pop("soon", None)
    end_run(env, run, counters)
    if soon:
        job_trigger.trigger(env(su=True), "drain", stream.id, lane, lane=lane, seconds=soon)
    return 0


def apply_results(env: Environment, stream, run, claimed, outgoing, answers, verdicts):
    """Settle claimed messages, then let go what waited for records that this has linked; return the counters."""
    counters = retry_transaction(
        env,
        lambda tx: results.apply_results(tx(su=True), stream.id, run.id, claimed, outgoing, answers, verdicts),
    )
    if counters.pop("release"):
        retry_transaction(env, lambda tx: outbox.release_ready(tx(su=True), stream.connection_id))
    return counters


def prepare(env: Environment, stream, claimed, run):
    """Return (records to send, {message id: verdict} of those that need no sending).

    What is bound is read from the platform and merged first, by the rules of the
    ownership matrix: an edit over there is neither overwritten nor lost.
    """
    with separate_transaction(env) as tx:
        plan = prepare_steps.plan(tx(su=True), stream.id, claimed)
    deleted = prepare_steps.delete_remote(env(su=True), stream, plan)
    rows, missing = stream._adapter().read_by_ids(stream, sorted(plan.to_read)) if plan.to_read else ([], [])
    if missing:
        _handle_missing(env, stream, missing, run)
    if plan.unsure:
        rows = rows + stream._adapter().read_by_keys(stream, sorted(plan.unsure))
    records, verdicts = retry_transaction(
        env, lambda tx: prepare_steps.merge(tx(su=True), stream.id, run.id, plan, rows, missing)
    )
    verdicts.update(deleted)
    return records, verdicts


def _handle_missing(env: Environment, stream, missing, run):
    """Find out what became of records that are not there: a remote question, then a transaction of its own."""
    refs = remote_deletions.resolve_missing(stream, missing)
    retry_transaction(
        env,
        lambda tx: remote_deletions.apply_missing(
            tx(su=True), tx["retail.sync.stream"].browse(stream.id), refs, tx["retail.sync.run"].browse(run.id)
        ),
    )


def _push_guarded(env: Environment, stream, outgoing):
    """Return {record key: Answer}; a call refused over its content is halved until the guilty stands alone."""
    if not outgoing:
        return {}
    try:
        answers = stream._adapter().push(stream, outgoing)
        return {one.record.key: answer for one, answer in zip(outgoing, answers, strict=True)}
    except FaultError as fault:
        if fault.fault_class not in WHOLE_CALL_CLASSES:
            raise
        if len(outgoing) == 1:
            return {outgoing[0].record.key: results.refused(fault)}
    half = len(outgoing) // 2
    return {**_push_guarded(env, stream, outgoing[:half]), **_push_guarded(env, stream, outgoing[half:])}


def whole_fault(env: Environment, stream, lane, claimed, run, fault):
    """A call failed as a whole: the messages wait again; return when to look, None when people must act first."""
    waiting = fault.fault_class in (FaultClass.throttled, FaultClass.auth)
    seconds = fault.retry_after or retry_delay(FaultClass.transient, min(claimed[0].attempts, 5)) or 60
    seconds = max(1, int(60 if fault.fault_class == FaultClass.auth else seconds))
    if fault.fault_class == FaultClass.contract:
        seconds = 0

    def give_back(tx):
        outbox.give_back(tx(su=True), [one.id for one in claimed], seconds, count=not waiting, reason=fault.message)
        if fault.fault_class == FaultClass.contract:
            job_faults.on_stream_fault(tx(su=True), tx["retail.sync.stream"].sudo().browse(stream.id), fault)

    retry_transaction(env, give_back)
    end_run(env, run, {"n_back": len(claimed), "message": fault.message}, "failed")
    if fault.fault_class != FaultClass.contract:
        job_trigger.trigger(env(su=True), "drain", stream.id, lane, lane=lane, seconds=seconds)
    return None


# -- runs: made in transactions of their own, so the job's own does not see them


def open_run(env: Environment, stream, kind):
    correlation_id = uuid.uuid4().hex

    def create(tx):
        return run_start.create_run(tx, stream, kind, correlation_id).id

    return RunRef(retry_transaction(env, create), correlation_id)


def end_run(env: Environment, run, counters, state="done"):
    counters = dict(counters)
    message = counters.pop("message", False)

    def end(tx):
        own_run = tx["retail.sync.run"].sudo().browse(run.id)
        own_run.write(counters)
        own_run._finish(state, message)

    retry_transaction(env, end)
