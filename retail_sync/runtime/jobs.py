"""What a job does when the platform, or the way to it, fails."""

import functools
import logging

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.resilience.faults import FaultClass, FaultError, retry_delay

_logger = logging.getLogger(__name__)

# Read again from the start: what was taken in is known and costs nothing.
RESTART_CODES = ("BULK_JOB_LOST", "INVALID_QUERY_LOCATOR")


# What handles the fault of a job: registered by the room that has the exceptions.
_fault_handlers = []


def handles_faults(function):
    """Register function(env, method name, record id, fault) as what decides about the fault of a job; return it."""
    _fault_handlers[:] = [function]
    return function


def _on_fault(env, method, record_id, fault):
    for handler in _fault_handlers:
        return handler(env, method, record_id, fault)
    raise fault


def remote_step(method):
    """Wrap a job that calls a platform: turn its faults into what queue_job should do.

    Waiting (an open breaker, a used-up budget, throttling, passing trouble) burns no
    attempt: a load survives an outage of any length. What retrying cannot mend stops
    the stream and says so.
    """

    @functools.wraps(method)
    def step(self, record_id, *args):
        try:
            with self.env.cr.savepoint():
                return method(self, record_id, *args)
        except FaultError as fault:
            return _on_fault(self.env, method.__name__, record_id, fault)

    return step


def on_the_wire(record, run, lane):
    """Return record (a stream or connection) as it is used for remote calls: with their lane and correlation id."""
    return record.with_context(retail_sync_lane=lane, retail_sync_correlation_id=run.correlation_id)


def as_retry(fault, attempt):
    """Return the RetryableJobError for a fault that passes, or None for one that does not.

    :param attempt: how often it was tried already, from 1
    """
    fault_class = fault.fault_class
    if fault_class == FaultClass.throttled:
        return RetryableJobError(fault.message, seconds=max(1, int(fault.retry_after or 60)), ignore_retry=True)
    if fault_class == FaultClass.unknown:
        seconds = retry_delay(fault_class, attempt, fault.retry_after)
        return None if seconds is None else RetryableJobError(fault.message, seconds=max(1, int(seconds)))
    if fault_class in (FaultClass.transient, FaultClass.conflict, FaultClass.dependency):
        seconds = retry_delay(FaultClass.transient, min(attempt, 5), fault.retry_after) or 300
        # Tries are counted, without a limit, so that the pause between them grows.
        return RetryableJobError(fault.message, seconds=max(1, int(seconds)))
    if fault_class == FaultClass.auth:
        # The breaker is open by now; a person mends the credentials, then work goes on by itself.
        return RetryableJobError(fault.message, seconds=60, ignore_retry=True)
    return None
