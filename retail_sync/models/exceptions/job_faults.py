"""Faults of jobs that a platform, or the way to it, caused."""

import logging
from typing import Any

from odoo.api import Environment

from odoo.addons.queue_job.exception import FailedJobError

from ...domain.resilience.decision import Retry, Scope, Stop, decide
from ...domain.resilience.faults import FaultError
from ...runtime import jobs
from . import exception_queue
from .subject import of_alarm

_logger = logging.getLogger(__name__)


# -- faults that a platform, or the way to it, caused


@jobs.handles_faults
def on_fault(env: Environment, method: str, record_id: int, fault: FaultError) -> Any:
    """Decide what a job does about a FaultError. The job's own work is rolled back already.

    :raises RetryableJobError: when waiting helps
    """
    run = env["retail.sync.run"].sudo()
    if method in ("_job_begin", "_job_wait", "_job_fetch"):
        run = run.browse(record_id).exists()
        if fault.code == jobs.BULK_JOB_LOST and run:
            return run._restart_bulk()
    decision = decide(fault, attempt(env), Scope.job)
    if isinstance(decision, Retry):
        raise jobs.retry_error(fault, decision)
    if isinstance(decision, Stop):
        stream = _stream_of(env, method, record_id, run)
        # Polls can do without a bulk read of a backlog, and rows without a check of what was deleted.
        if stream and not (run and run.kind in ("backlog", "deletions")):
            on_stream_fault(env, stream, fault, run)
            return None
    raise FailedJobError(str(fault))


def attempt(env: Environment) -> int:
    """Return how often the running job was tried, from 1."""
    uuid = env.context.get("job_uuid")
    job = env["queue.job"].sudo().search([("uuid", "=", uuid)], limit=1) if uuid else None
    # queue_job stores the number of tries that ended; the running one is not among them.
    return job.retry + 1 if job else 1


def _stream_of(env: Environment, method: str, record_id: int, run: Any) -> Any:
    if run:
        return run.stream_id
    if method in ("_job_refresh", "_job_verify_missing", "_job_poll_stream"):
        return env["retail.sync.stream"].sudo().browse(record_id).exists()
    return None


def on_poll_fault(env: Environment, stream: Any, fault: FaultError) -> None:
    """Stop the stream, or leave it to the next poll: a fault of one stream in an answer that served others."""
    if isinstance(decide(fault, 1, Scope.poll_stream), Stop):
        on_stream_fault(env, stream, fault)
    else:
        _logger.warning("%s: %s", stream.display_name, fault)


def on_stream_fault(env: Environment, stream: Any, fault: FaultError, run: Any = None) -> None:
    """Stop a stream, open an alarm about it, and end its run with those that follow.

    A dry run stops nothing: it ends with the cause, and the dry runs of the other streams go on.
    """
    if run and run.kind == "dry":
        following = run.next_run_id
        run._finish("failed", message=fault.message)
        run._continue_with(following)
        return
    stream.sudo()._stop(fault)
    exception_queue.technical(
        env(su=True),
        stream.connection_id,
        fault.code,
        fault.message,
        of_alarm("stream"),
        stream=stream,
        run=run,
        fault_class="contract",
    )
    if run:
        run._finish("failed", message=fault.message)
        cancel_followers(env, run)


def cancel_followers(env: Environment, run: Any) -> None:
    """Runs that wait for a failed one are cancelled; the connection goes on with what it has."""
    following, streams = run.next_run_id, run.stream_id
    while following and following.state == "pending":
        following._finish("cancelled", env._("%s failed before.", run.display_name))
        streams |= following.stream_id
        following = following.next_run_id
    connection = run.connection_id
    if run.kind != "initial":
        return
    for stream in streams.filtered(lambda stream: stream.state == "loading"):
        # A stream that was loaded before resumes from its cursor instead of starting over.
        stream.state = stream._state_at_rest()
    if connection.state == "loading":
        connection.state = "running" if any(stream.state == "live" for stream in connection.stream_ids) else "connected"
