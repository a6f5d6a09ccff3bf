"""Deliveries: claim, reconcile with what the platform has now, send, apply the results.

Each step is a transaction of its own, and none of them is open while the platform works. The queue's own is: it holds
the lock that says that the job is alive. Where the database ends it, the job is taken for dead and runs again, while
this worker may go on; then the claim decides, which every step and every call checks. What is sent can be sent again:
linked records are written by their id, new ones under our own external id. So a worker that dies anywhere leaves at
most work that is done once more, to the same effect.
"""

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2 import OperationalError

from odoo import models
from odoo.api import Environment

from ...adapter.values import Answer, EncodedRecord, OutboundRecord
from ...domain.resilience.decision import Retry, Scope, counts_attempt, decide
from ...domain.resilience.faults import FaultError
from ...domain.resilience.verdict import DeliveryVerdict
from ...runtime import jobs
from ...runtime.halving import halve
from ...runtime.jobs import CallCount, on_the_wire
from ...runtime.transactions import run_separately
from ..exceptions import job_faults
from ..outbox import outbox, parked
from ..outbox.claim import Claimed
from ..reconcile import remote_deletions
from ..runs import job_trigger, run_start
from . import bulk, deletions, overtaken, results, sending
from . import prepare as prepare_steps
from . import verdicts as verdict_steps

_logger = logging.getLogger(__name__)

# A drain hands over to the next after this long, so that another lane gets its turn.
TARGET_SECONDS = 2.0
# When to look again for messages that another transaction held while they were to be claimed.
HELD_SECONDS = 2
# Pause before messages are retried that an error in Odoo kept from being sent.
CRASH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run that another transaction made, and the calls that are made for it."""

    id: int
    correlation_id: str
    calls: CallCount = field(default_factory=CallCount)


def job_drain(env: Environment, stream_id: int, lane: str) -> None:
    """Send what waits in one lane of a stream."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream or not stream._delivers(lane):
        return
    claim = env.context.get("job_uuid") or uuid.uuid4().hex
    begin_drain(env, stream_id, lane, claim)
    until = time.monotonic() + TARGET_SECONDS
    while True:
        if bulk.takes(env(su=True), stream, lane):
            bulk.start(env(su=True), stream, lane)
            return
        limit = stream._adapter().write_limit(stream, lane)
        claimed = run_separately(env, _claim, stream, lane, claim, limit, retry=False, read_committed=True)
        if not claimed:
            return
        has_more = _deliver(env, stream, lane, claimed)
        if not has_more or time.monotonic() > until:
            job_trigger.trigger_drain(env(su=True), stream, lane)
            return


def begin_drain(env: Environment, stream_id: int, lane: str, claim: str) -> None:
    """Take away the other jobs that wait for this lane, and give back what this job claimed in a former life.

    Tried again where news about a record comes in while its message is given back.
    """
    run_separately(env, _begin, stream_id, lane, claim, read_committed=True)


def _begin(tx: Environment, stream_id: int, lane: str, claim: str) -> None:
    job_trigger.coalesce(tx, "drain", stream_id, lane)
    outbox.left_behind(tx, claim)


def _claim(tx: Environment, stream: models.BaseModel, lane: str, claim: str, limit: int) -> list[Claimed]:
    """Claim messages of a lane; have another worker called where more waits, and a later look where some are held."""
    claimed = outbox.claim(tx, stream, lane, claim, limit)
    trigger_second_worker(tx, stream, lane, claimed, limit)
    if not claimed and outbox.passed_over(tx, stream, lane):
        # The transaction that holds them, for example an assignment, triggers no job afterwards.
        job_trigger.trigger_drain(tx, stream, lane, seconds=HELD_SECONDS)
    return claimed


def trigger_second_worker(
    tx: Environment, stream: models.BaseModel, lane: str, claimed: list[Claimed], limit: int
) -> None:
    """Trigger another worker of the lane, at once, where more waits than this one could take."""
    if len(claimed) == limit:
        job_trigger.trigger_drain(tx, stream, lane)


def _deliver(env: Environment, stream: models.BaseModel, lane: str, claimed: list[Claimed]) -> bool:
    """Send claimed messages and apply the result of each; return whether to go on with this lane at once.

    In every case no message stays claimed: messages that could not be sent wait again.
    """
    run = open_run(env, stream, "push")
    calling = on_the_wire(stream, run, lane, run.calls)
    outgoing: list[EncodedRecord] = []
    try:
        records, verdicts = prepare(env, calling, claimed, run, lane)
        outgoing = sending.encode(env, calling, records)
        answers = sending.send(env, calling, lane, claimed, outgoing)
    except FaultError as fault:
        whole_fault(env, stream, lane, claimed, run, fault, outgoing)
        return False
    except Exception:
        after_crash(env, stream, claimed, run, outgoing)
        raise
    outcome = apply_results(env, stream, run, claimed, outgoing, answers, verdicts)
    end_run(env, run, outcome.counters)
    if outcome.seconds:
        job_trigger.trigger_drain(env(su=True), stream, lane, seconds=outcome.seconds)
    return True


def apply_results(
    env: Environment,
    stream: models.BaseModel,
    run: RunRef,
    claimed: list[Claimed],
    outgoing: list[EncodedRecord],
    answers: Mapping[str, Answer],
    verdicts: Mapping[int, DeliveryVerdict],
) -> results.Outcome:
    """Apply the results of claimed messages, then release what waited for records that this has linked."""
    outcome = run_separately(env, results.apply_results, stream, run.id, claimed, outgoing, answers, verdicts)
    if outcome.release:
        run_separately(env, parked.release_ready, stream.connection_id, outcome.release)
    return outcome


def prepare(
    env: Environment, stream: models.BaseModel, claimed: list[Claimed], run: RunRef, lane: str
) -> tuple[list[OutboundRecord], dict[int, DeliveryVerdict]]:
    """Return (records to send, {message id: verdict} of messages that need no sending).

    What both sides write is read from the platform and reconciled first, by the ownership rules: an edit over there is
    neither overwritten nor lost. A record that Odoo fails over gets a verdict of its own, and the others go on.
    """
    plan = run_separately(env, prepare_steps.plan, stream, claimed, retry=False)
    verdicts = dict(plan.verdicts)
    if plan.deletions:
        kept = {message.id for message in run_separately(env, outbox.held, list(plan.deletions.values()))}
        due = {key: message for key, message in plan.deletions.items() if message.id in kept}
        verdicts.update(deletions.delete_remote(env(su=True), stream, due))
    rows, missing, refs = jobs.outside(stream, prepare_steps.read, sorted(plan.to_read), sorted(plan.unsure))
    if refs:
        run_separately(env, remote_deletions.apply_missing, stream, refs, _run(env, run))

    def attempt(message_ids: Sequence[int]) -> tuple[list[OutboundRecord], dict[int, DeliveryVerdict]]:
        part = plan if len(message_ids) == len(todo) else plan.only(message_ids)
        part_rows = rows if part is plan else prepare_steps.rows_of(stream, part, rows)
        return run_separately(env, prepare_steps.prepare, stream, _run(env, run), part, part_rows, missing, lane)

    def failed(message_id: int, error: Exception) -> tuple[list[OutboundRecord], dict[int, DeliveryVerdict]]:
        return [], {message_id: DeliveryVerdict.refused(verdict_steps.crash(env, error))}

    records: list[OutboundRecord] = []
    todo = plan.message_ids()
    passes_on = (FaultError, OperationalError)
    for found, known in halve(todo, attempt, failed, lambda error: isinstance(error, passes_on)):
        records += found
        verdicts.update(known)
    return records, verdicts


def _run(env: Environment, run: RunRef) -> models.BaseModel:
    """Return the record of a run, which env itself may not see yet."""
    return env["retail.sync.run"].sudo().browse(run.id)


def whole_fault(
    env: Environment,
    stream: models.BaseModel,
    lane: str,
    claimed: list[Claimed],
    run: RunRef,
    fault: FaultError,
    outgoing: Sequence[EncodedRecord] = (),
) -> None:
    """Let all messages of a call that failed as a whole wait again; a fault of the mapping stops the stream.

    :param outgoing: what calls may have carried; records that were overtaken meanwhile are looked at again
    """
    # People may have closed all messages of a bulk job by the time its results are asked for.
    attempts = claimed[0].attempts if claimed else 1
    decision = decide(fault, attempts, Scope.delivery_batch)
    seconds = int(decision.seconds) if isinstance(decision, Retry) else 0

    def give_back(tx: Environment, tx_stream: models.BaseModel) -> None:
        kept = outbox.held(tx, claimed)
        ids = [message.id for message in kept]
        outbox.give_back(tx, ids, seconds, count=counts_attempt(decision), reason=fault.message)
        overtaken.send_again(tx, tx_stream, outgoing, kept, seconds=seconds)
        if not isinstance(decision, Retry):
            job_faults.on_stream_fault(tx, tx_stream, fault)

    run_separately(env, give_back, stream)
    end_run(env, run, {"n_back": len(claimed), "message": fault.message}, "failed")
    if isinstance(decision, Retry):
        job_trigger.trigger_drain(env(su=True), stream, lane, seconds=seconds)


def after_crash(
    env: Environment,
    stream: models.BaseModel,
    claimed: list[Claimed],
    run: RunRef,
    outgoing: Sequence[EncodedRecord] = (),
) -> None:
    """Let messages wait again after an error in Odoo, and end the run. outgoing: what calls may have carried."""

    def give_back(tx: Environment, tx_stream: models.BaseModel) -> None:
        kept = outbox.held(tx, claimed)
        outbox.give_back(tx, [message.id for message in kept], CRASH_SECONDS)
        overtaken.send_again(tx, tx_stream, outgoing, kept, seconds=CRASH_SECONDS)

    run_separately(env, give_back, stream)
    end_run(env, run, {"n_back": len(claimed)}, "failed")


# -- runs: made in transactions of their own, so the job's own does not see them


def open_run(env: Environment, stream: models.BaseModel, kind: str) -> RunRef:
    """Start a run; return what other transactions need of it."""
    correlation_id = uuid.uuid4().hex

    def create(tx: Environment, tx_stream: models.BaseModel) -> int:
        return run_start.create_run(tx, tx_stream, kind, correlation_id).id

    return RunRef(run_separately(env, create, stream), correlation_id)


def end_run(env: Environment, run: RunRef, counters: Mapping[str, Any], state: str = "done") -> None:
    """Write a run's counters ("message": what people read about it), and end it."""

    def end(tx: Environment, tx_run: models.BaseModel) -> None:
        values = dict(counters, api_calls=tx_run.api_calls + run.calls.made)
        message = values.pop("message", False)
        tx_run.write(values)
        tx_run._finish(state, message)

    run_separately(env, end, _run(env, run))
