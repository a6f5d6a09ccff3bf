"""Events: records that are said to have changed, read again by their id.

Each step is a transaction of its own: claim; read; take in the records and close the events,
which is one. A worker that dies anywhere leaves events that wait, and
reading a record again changes nothing that is known already: the remote version
decides, so neither repetition nor order matters.
"""

import time
import uuid

from odoo import models
from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.resilience.decision import Ask, Retry, Scope, Stop, counts_attempt, decide
from ...domain.resilience.faults import FaultError
from ...runtime import jobs
from ...runtime.transactions import run_separately
from ..exceptions import job_faults
from ..exceptions.subject import open_alarms_domain
from . import event_records, event_store

# A job hands over to the next after this long, so that another lane gets its turn.
TARGET_SECONDS = 2.0
# Records read at once, by how often jobs ended over them; at last each is read alone, and fails alone.
READ_SIZES = (1000, 1000, 1000, 100, 100, 10, 10, 1, 1, 1)


def job_events(env: Environment, connection_id: int, lane: str = "standard") -> None:
    """Read the records of the waiting events of a lane's live streams, and take them in."""
    connection = env["retail.sync.connection"].sudo().browse(connection_id).exists()
    if not connection:
        return
    claim = env.context.get("job_uuid") or uuid.uuid4().hex
    until = time.monotonic() + TARGET_SECONDS
    # Events that an earlier run of this job had claimed when its worker died.
    event_store.in_short_transaction(env, event_store.give_back, claim)
    while True:
        claimed = event_store.in_short_transaction(env, event_store.claim, connection, lane, claim)
        if not claimed:
            return
        faults = []
        try:
            for stream_id, hints in claimed.items():
                stream = env["retail.sync.stream"].sudo().browse(stream_id)
                faults += _take_stream(env, stream, lane, hints, until)
        finally:
            left = event_store.in_short_transaction(env, event_store.give_back, claim)
        if faults:
            event_store.in_short_transaction(env, event_store.coalesce_later, connection_id, lane)
            raise _as_retry(env, faults[0])
        _all_well(env, connection)
        if left or time.monotonic() > until:
            event_store.trigger(env(su=True), connection_id, lane)
            return


def _as_retry(env: Environment, fault: FaultError) -> RetryableJobError:
    """Return the exception by which the job comes back: the events wait, so the job never fails over a fault."""
    decision = decide(fault, job_faults.attempt(env), Scope.event)
    if not isinstance(decision, Retry):
        raise fault
    return jobs.retry_error(fault, decision)


def _take_stream(
    env: Environment, stream: models.BaseModel, lane: str, hints: event_store.Hints, until: float
) -> list[FaultError]:
    """Take in the records of a stream's events, {external id: Hint}; return the faults that ask for another try."""
    faults = []
    for number, external_ids in enumerate(_chunks(hints)):
        # Each stream has its turn, however many events of other streams wait.
        if number and time.monotonic() > until:
            break
        attempts = hints[external_ids[0]].attempts
        if attempts >= len(READ_SIZES):
            event_records.give_up(env, stream, external_ids[0], hints, env._("Reading this record kept failing."))
            continue
        try:
            event_records.take(env, stream, lane, external_ids, hints)
        except FaultError as fault:
            decision = event_records.decision_on(fault, external_ids, hints)
            if isinstance(decision, Stop):
                run_separately(env, job_faults.on_stream_fault, stream, fault)
                break
            if isinstance(decision, Ask):
                for external_id in external_ids:
                    event_records.give_up(env, stream, external_id, hints, str(fault), code=fault.code)
                continue
            faults.append(fault)
            if not counts_attempt(decision):
                break
    return faults


def _chunks(hints: event_store.Hints) -> list[list[str]]:
    """Return lists of external ids to read at once: sound ones first, suspects in ever smaller parts."""
    sizes = {}
    for external_id, hint in hints.items():
        size = READ_SIZES[hint.attempts] if hint.attempts < len(READ_SIZES) else 0
        sizes.setdefault(size, []).append(external_id)
    return [
        group[start : start + (size or 1)]
        for size, group in sorted(sizes.items(), reverse=True)
        for start in range(0, len(group), size or 1)
    ]


def _all_well(env: Environment, connection: models.BaseModel) -> None:
    """Close the alarms about failed event jobs, after an event job succeeded."""
    env["retail.sync.message"].sudo().search(open_alarms_domain(connection, "worker", "_job_events"))._resolve(
        env._("Events are processed again")
    )
