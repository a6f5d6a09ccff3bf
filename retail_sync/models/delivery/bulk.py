"""Large backlogs, by the platform's bulk interface: hand over, wait, settle by its result files.

Messages stay claimed by the run while the platform works. What has to be known to
settle them is kept in the run's pages.
"""

from dataclasses import asdict
from datetime import timedelta

from odoo.api import Environment

from ...adapter.values import EncodedRecord, OutboundRecord
from ...domain.resilience.faults import FaultError
from ...runtime.constants import ALIVE, LANE_PRIORITY, channel
from ...runtime.jobs import as_retry, on_the_wire
from ...runtime.transactions import retry_transaction, separate_transaction
from ..outbox import outbox
from ..outbox.claim import Claimed
from ..runs import job_trigger
from . import deliver, results

# Records that one bulk job takes. The rest goes to other jobs, so that all workers of the lane have a part in it, and a
# change of mind is not hours late.
RECORDS_PER_JOB = 2500


def takes(env: Environment, stream, lane):
    """Tell whether so much waits in a lane that the bulk interface is the better way."""
    threshold = stream._adapter().bulk_write_threshold(stream)
    if not threshold or lane == "critical":
        return False
    with separate_transaction(env, read_committed=True) as tx:
        waiting = tx["retail.sync.message"].search_count(
            [
                ("stream_id", "=", stream.id),
                ("lane", "=", lane),
                ("kind", "=", "delivery"),
                ("state", "=", "pending"),
            ],
            limit=threshold,
        )
    return waiting >= threshold


def start(env: Environment, stream, lane):
    """Claim a large part of what waits, hand it over, and queue the look at its results."""
    su_env = env(su=True)
    run = deliver.open_run(su_env, stream, "ingest")
    with separate_transaction(env, read_committed=True) as tx:
        claimed = outbox.claim(
            tx(su=True), tx["retail.sync.stream"].browse(stream.id), lane, run.correlation_id, RECORDS_PER_JOB
        )
        deliver.trigger_second_worker(tx, stream, lane, claimed, RECORDS_PER_JOB)
    calling = on_the_wire(stream, run, lane)
    step = stream._adapter().write_limit(stream, lane)
    outgoing, verdicts, calls = [], {}, 0
    try:
        for start in range(0, len(claimed), step):
            records, known = deliver.prepare(su_env, calling, claimed[start : start + step], run)
            outgoing += calling._adapter().encode(calling, records)
            verdicts.update(known)
            calls += 1
        sendable = [one for one in outgoing if one.fields and not one.fault]
        cursor = calling._adapter().bulk_push_begin(calling, sendable) if sendable else None
    except FaultError as fault:
        deliver.whole_fault(su_env, stream, lane, claimed, run, fault)
        return
    except Exception:
        retry_transaction(env, lambda tx: outbox.give_back(tx(su=True), [c.id for c in claimed], 60))
        deliver.end_run(su_env, run, {"n_back": len(claimed)}, "failed")
        raise
    handed = {one.record.message_id for one in sendable}
    retry_transaction(
        env,
        lambda tx: _after_start(tx, stream.id, run, lane, claimed, outgoing, verdicts, handed, cursor, calls),
    )
    retry_transaction(env, lambda tx: outbox.release_ready(tx(su=True), stream.connection_id))


def _after_start(tx, stream_id, run, lane, claimed, outgoing, verdicts, handed, cursor, calls):
    """Settle what was not handed over; keep what is needed to settle the rest."""
    own_run = tx["retail.sync.run"].sudo().browse(run.id)
    rest = [one for one in claimed if one.id not in handed]
    if rest:
        counters = results.apply_results(
            tx(su=True),
            stream_id,
            run.id,
            rest,
            [one for one in outgoing if one.record.message_id not in handed],
            {},
            verdicts,
        )
        counters.pop("soon", None)
        counters.pop("release")
        own_run.write(counters)
    if not handed:
        own_run._finish()
        job_trigger.trigger(tx(su=True), "drain", stream_id, lane, lane=lane)
        return
    own_run.write(
        {"remote_job": {"cursor": cursor, "lane": lane}, "total": len(handed), "api_calls": calls, "mode": "bulk"}
    )
    kept = [_plain(one.record) for one in outgoing if one.record.message_id in handed]
    tx["retail.sync.page"].sudo()._store(own_run, kept, 5000).write({"state": "done"})
    _enqueue(tx(su=True), own_run.id, 1)


def _enqueue(env: Environment, run_id, seconds):
    env["retail.sync.delivery.jobs"].with_delay(
        channel=channel("bulk"),
        priority=LANE_PRIORITY["bulk"],
        eta=timedelta(seconds=seconds),
        max_retries=0,
        description=env._("Bulk delivery %s", run_id),
    )._job_ingest(run_id, seconds)


def job_ingest(env: Environment, run_id, waited=1):
    """Ask whether the platform is done; settle by its results when it is."""
    run = env["retail.sync.run"].sudo().browse(run_id).exists()
    if run.state != "running" or not run.remote_job:
        return
    stream, lane = run.stream_id, run.remote_job["lane"]
    calling = on_the_wire(stream, run, lane)
    try:
        done, cursor = calling._adapter().bulk_push_ready(calling, run.remote_job["cursor"])
        if not done:
            run.remote_job = dict(run.remote_job, cursor=cursor)
            _enqueue(env, run_id, min(int(waited * 1.5) + 1, 30))
            return
        answers = calling._adapter().bulk_push_results(calling, cursor)
    except FaultError as fault:
        retry = as_retry(fault, 1)
        if retry is not None:
            raise retry from fault
        deliver.whole_fault(
            env(su=True), stream, lane, _claimed(env, run), deliver.RunRef(run.id, run.correlation_id), fault
        )
        return
    records = [OutboundRecord(**values) for page in run.page_ids for values in map(_restored, page._rows())]
    claimed = _claimed(env, run)
    alive = {one.id for one in claimed}
    outgoing = [EncodedRecord(record, {"sent": True}) for record in records if record.message_id in alive]
    counters = deliver.apply_results(env(su=True), stream, run, claimed, outgoing, answers, {})
    counters.pop("soon", None)
    ref = deliver.RunRef(run.id, run.correlation_id)
    deliver.end_run(env(su=True), ref, dict(counters, n_sent=run.n_sent + counters["n_sent"]))
    job_trigger.trigger(env(su=True), "drain", stream.id, lane, lane=lane)


def _claimed(env: Environment, run):
    messages = env["retail.sync.message"].search([("claim", "=", run.correlation_id), ("state", "=", "sending")])
    return [Claimed(one.id, one.key, one.res_id, one.op, one.sudo().changes or {}, one.attempts) for one in messages]


def sweep(env: Environment):
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
            outbox.give_back(env, [one.id for one in _claimed(env, run)])
            run._finish("failed", env._("The worker died before it had handed the records over; they wait again."))


def _plain(record):
    values = asdict(record)
    values.update(changed=None, remote=None, parts={}, gained=sorted(record.gained))
    return values


def _restored(values):
    return {**values, "gained": set(values["gained"])}
