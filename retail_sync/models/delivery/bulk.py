"""Large backlogs, by the platform's bulk interface: hand over, wait, apply the results from its files.

Messages stay claimed by the run while the platform works. What their results need is kept in the run's pages.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.refusals import refused_paths, take_out
from ...adapter.values import Answer, EncodedRecord, OutboundRecord
from ...domain.resilience.faults import FaultError
from ...domain.resilience.verdict import DeliveryVerdict
from ...runtime.constants import ALIVE, LANE_PRIORITY, channel
from ...runtime.jobs import as_retry, on_the_wire
from ...runtime.transactions import run_separately
from ..outbox import outbox, parked
from ..outbox.claim import Claimed
from ..runs import job_trigger
from . import deliver, refusals, results, sending, stored_records

PAGE_SIZE = 5000
# Pauses between two looks at the platform's job grow up to this many seconds.
LONGEST_PAUSE = 30


def takes(env: Environment, stream: models.BaseModel, lane: str) -> bool:
    """Return whether so much waits in a lane that the bulk interface is the better way."""
    threshold = stream._adapter().bulk_write_threshold(stream)
    if not threshold or lane == "critical":
        return False
    return run_separately(env, _waiting, stream.id, lane, threshold, retry=False, read_committed=True) >= threshold


def _waiting(tx: Environment, stream_id: int, lane: str, limit: int) -> int:
    """Return how many messages of a lane wait, counted up to a limit."""
    domain = [
        ("stream_id", "=", stream_id),
        ("lane", "=", lane),
        ("kind", "=", "delivery"),
        ("state", "=", "pending"),
    ]
    return tx["retail.sync.message"].search_count(domain, limit=limit)


def start(env: Environment, stream: models.BaseModel, lane: str) -> None:
    """Claim a large part of what waits, hand it over, and queue the look at its results."""
    run = deliver.open_run(env, stream, "ingest")

    def claim(tx: Environment, tx_stream: models.BaseModel) -> list[Claimed]:
        limit = tx_stream._adapter().bulk_write_limit(tx_stream)
        found = outbox.claim(tx, tx_stream, lane, run.correlation_id, limit)
        deliver.trigger_second_worker(tx, tx_stream, lane, found, limit)
        return found

    claimed = run_separately(env, claim, stream, retry=False, read_committed=True)
    calling = on_the_wire(stream, run, lane, run.calls)
    step = stream._adapter().write_limit(stream, lane)
    outgoing: list[EncodedRecord] = []
    verdicts: dict[int, DeliveryVerdict] = {}
    try:
        for first in range(0, len(claimed), step):
            records, known = deliver.prepare(env, calling, claimed[first : first + step], run, lane)
            outgoing += sending.encode(env, calling, records)
            verdicts.update(known)
        sendable = [encoded for encoded in outgoing if encoded.fields and not encoded.fault]
        # Urgent messages may have overtaken some of them, and a worker that was taken for dead has none left.
        sendable = sending.still_claimed(env, claimed, sendable)
        for encoded in sendable:
            encoded.called = True
        cursor = calling._adapter().bulk_push_begin(calling, sendable) if sendable else None
    except FaultError as fault:
        deliver.whole_fault(env, stream, lane, claimed, run, fault, outgoing)
        return
    except Exception:
        deliver.after_crash(env, stream, claimed, run, outgoing)
        raise
    handed = {encoded.record.message_id for encoded in sendable}

    release: set[str] = set()

    def apply_rest(tx: Environment, tx_stream: models.BaseModel) -> None:
        tx_run = tx["retail.sync.run"].browse(run.id)
        rest = [message for message in claimed if message.id not in handed]
        others = [encoded for encoded in outgoing if encoded.record.message_id not in handed]
        if rest:
            outcome = results.apply_results(tx, tx_stream, run.id, rest, others, {}, verdicts)
            tx_run.write(outcome.counters)
            release.update(outcome.release)
        held = {message.id: message for message in outbox.held(tx, claimed)}
        refusals.file_left_out(tx, tx_stream, tx_run, sendable, held)
        tx_run.api_calls = run.calls.made
        if handed:
            tx_run.write({"total": len(handed), "mode": "bulk"})
            _keep(tx, tx_run, lane, cursor, sendable)
        else:
            tx_run._finish()
            job_trigger.trigger_drain(tx, stream, lane)

    run_separately(env, apply_rest, stream)
    run_separately(env, parked.release_ready, stream.connection_id, release)


def _keep(
    tx: Environment, run: models.BaseModel, lane: str, cursor: dict[str, Any] | None, sent: Sequence[EncodedRecord]
) -> None:
    """Keep what the results of a bulk job need, and queue the look at them."""
    feeds = {path: sorted(keys) for encoded in sent for path, keys in encoded.feeds.items()}
    run.remote_job = stored_records.dump_job(cursor or {}, lane, feeds)
    kept = [stored_records.dump_record(encoded.record, encoded.warnings) for encoded in sent]
    tx["retail.sync.page"]._store(run, kept, PAGE_SIZE).write({"state": "done"})
    _enqueue(tx, run.id, 1)


def _enqueue(env: Environment, run_id: int, seconds: int) -> None:
    """Queue a look at the platform's bulk job."""
    env["retail.sync.delivery.jobs"].with_delay(
        channel=channel("bulk"),
        priority=LANE_PRIORITY["bulk"],
        eta=timedelta(seconds=seconds),
        max_retries=0,
        description=env._("Bulk delivery %s", run_id),
    )._job_ingest(run_id, seconds)


def job_ingest(env: Environment, run_id: int, waited: int = 1) -> None:
    """Ask whether the platform is done; apply its results when it is.

    :param waited: seconds since the last look
    """
    run = env["retail.sync.run"].sudo().browse(run_id).exists()
    if run.state != "running" or not run.remote_job:
        return
    cursor, lane, feeds = stored_records.load_job(run.remote_job)
    stream = run.stream_id
    ref = deliver.RunRef(run.id, run.correlation_id)
    calling = on_the_wire(stream, run, lane, ref.calls)
    try:
        done, cursor = calling._adapter().bulk_push_ready(calling, cursor)
        if not done:
            run.write(
                {
                    "remote_job": stored_records.dump_job(cursor, lane, feeds),
                    "api_calls": run.api_calls + ref.calls.made,
                }
            )
            _enqueue(env, run_id, min(int(waited * 1.5) + 1, LONGEST_PAUSE))
            return
        answers = calling._adapter().bulk_push_results(calling, cursor)
    except FaultError as fault:
        retry = as_retry(fault, 1)
        if retry is not None:
            raise retry from fault
        deliver.whole_fault(env, stream, lane, _claimed(env, run), ref, fault, _handed(stream, run, feeds, {}))
        return
    claimed = _claimed(env, run)
    outgoing = _handed(stream, run, feeds, answers)
    outcome = deliver.apply_results(env, stream, ref, claimed, outgoing, answers, {})
    run_separately(env, _let_go, run.correlation_id)
    counters = outcome.counters
    deliver.end_run(env, ref, dict(counters, n_sent=run.n_sent + counters["n_sent"]))
    job_trigger.trigger_drain(env(su=True), stream, lane)


def _let_go(tx: Environment, correlation_id: str) -> None:
    tx["retail.sync.write.intent"]._let_go(correlation_id)


def _handed(
    stream: models.BaseModel, run: models.BaseModel, feeds: Mapping[str, Any], answers: Mapping[str, Answer]
) -> list[EncodedRecord]:
    """Return the records that the bulk job of a run has got."""
    stored = [row for page in run.page_ids for row in page._rows()]
    return [_sent(stream, *stored_records.load_record(row), feeds, answers) for row in stored]


def _sent(
    stream: models.BaseModel,
    record: OutboundRecord,
    warnings: list[str],
    feeds: Mapping[str, Any],
    answers: Mapping[str, Answer],
) -> EncodedRecord:
    """Return a record that the bulk job has tried; fields that were refused are out, and the rest goes again."""
    fields = dict.fromkeys(feeds, True) or {"sent": True}
    encoded = EncodedRecord(record, fields, warnings, feeds=feeds, partial=True, called=True)
    answer = answers.get(record.key)
    fault = answer.fault if answer is not None and not answer.ok else None
    paths = refused_paths(encoded, fault)
    if paths and record.external_id and isinstance(fault, FaultError):
        take_out(stream._entity()._spec(), encoded, paths, fault)
        encoded.again = True
    return encoded


def _claimed(env: Environment, run: models.BaseModel) -> list[Claimed]:
    """Return the messages that a run has claimed."""
    messages = env["retail.sync.message"].search([("claim", "=", run.correlation_id), ("state", "=", "sending")])
    return [
        Claimed(
            message.id,
            message.key,
            message.res_id,
            message.op,
            message.sudo().changes or {},
            message.attempts,
            claim=message.claim,
            fence=message.fence,
        )
        for message in messages
    ]


def sweep(env: Environment) -> None:
    """Deliveries whose job is gone: look at their results again, or give back what was never handed over."""
    runs = env["retail.sync.run"].search([("kind", "=", "ingest"), ("state", "=", "running")])
    jobs = env["queue.job"].search(
        [
            ("model_name", "=", "retail.sync.delivery.jobs"),
            ("method_name", "=", "_job_ingest"),
            ("state", "in", list(ALIVE)),
        ]
    )
    busy = {job.args[0] for job in jobs}
    drains = env["queue.job"].search_count([("method_name", "=", "_job_drain"), ("state", "=", "started")], limit=1)
    for run in runs.filtered(lambda run: run.id not in busy):
        if run.remote_job:
            _enqueue(env, run.id, 1)
        elif not drains:
            outbox.give_back(env, [message.id for message in _claimed(env, run)])
            _let_go(env, run.correlation_id)
            run._finish("failed", env._("The worker died before it sent the records. They wait again."))
