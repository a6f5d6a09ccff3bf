"""Selected records, read again by id: refreshes, retried exceptions, decisions by hand."""

from odoo import models
from odoo.api import Environment

from ...runtime.constants import LANE_PRIORITY, channel
from ...runtime.jobs import calls_made
from ..reconcile import remote_deletions
from ..runs import run_start
from ..runs.refresh_queue import IDS_PER_JOB
from . import intake


def enqueue_missing(env: Environment, run: models.BaseModel) -> None:
    """Verify links that a load of everything did not show: absence alone proves no deletion."""
    unseen = env["retail.sync.load.snapshot"].sudo()
    external_ids = unseen._unseen(run)
    stream = run.stream_id
    for start in range(0, len(external_ids), IDS_PER_JOB):
        env["retail.sync.inbound.jobs"].with_user(stream.connection_id.user_id).with_delay(
            channel=channel("bulk"),
            priority=LANE_PRIORITY["bulk"],
            max_retries=0,
            description=env._(
                "Verify %(count)s records missing from the load of %(stream)s",
                count=len(external_ids),
                stream=stream.name,
            ),
        )._job_verify_missing(stream.id, external_ids[start : start + IDS_PER_JOB])


def job_verify_missing(env: Environment, stream_id: int, external_ids: list[str]) -> None:
    """Ask by id for linked records that a load did not show: gone, merged, or merely out of scope."""
    stream, run = run_start.open_stream_run(env, stream_id, "bulk")
    if not stream:
        return
    rows, missing = stream._adapter().read_by_ids(stream, external_ids)
    counters = {"n_excluded": len(rows)}
    if stream.filter_text:
        row_key = stream._adapter().row_key
        env["retail.sync.link"].sudo()._not_visible(
            stream, [row_key(stream, row)[0] for row in rows], env._("Outside the scope filter of %s", stream.name)
        )
    else:
        counters = intake.process(env, stream, rows, run)
    if missing:
        remote_deletions.handle_missing(env, stream, missing, run)
    run.write(dict(counters, n_read=len(rows), api_calls=calls_made(stream)))
    run._finish()


def job_refresh(env: Environment, stream_id: int, external_ids: list[str], decision: str | None = None) -> None:
    """Read records by id and take them in, whatever version is known."""
    stream, run = run_start.open_stream_run(env, stream_id, "critical")
    if not stream:
        return
    rows, missing = stream._adapter().read_by_ids(stream, external_ids)
    counters = intake.process(env, stream, rows, run, force=True, decision=decision)
    if missing:
        remote_deletions.handle_missing(env, stream, missing, run)
    run.write(dict(counters, n_read=len(rows), api_calls=calls_made(stream)))
    run._finish()
