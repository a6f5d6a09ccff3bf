"""What a job does when the platform, or the way to it, fails."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.resilience.decision import Retry, Scope, decide
from ..domain.resilience.faults import FaultError
from .transactions import run_separately

_logger = logging.getLogger(__name__)

# The platform forgot a bulk job: the load reads again from the start. What was taken in is known and costs nothing.
BULK_JOB_LOST = "BULK_JOB_LOST"

FaultHandler = Callable[[Environment, str, int, FaultError], Any]

# What handles the fault of a job: registered by the room that has the exceptions.
_fault_handlers: list[FaultHandler] = []


def handles_faults(function: FaultHandler) -> FaultHandler:
    """Register function(env, method name, record id, fault) as what decides about the fault of a job; return it."""
    _fault_handlers[:] = [function]
    return function


def _on_fault(env: Environment, method: str, record_id: int, fault: FaultError) -> Any:
    for handler in _fault_handlers:
        return handler(env, method, record_id, fault)
    raise fault


def remote_step(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a job that calls a platform: turn its faults into what queue_job should do.

    Waiting (an open breaker, a used-up budget, throttling, passing trouble) burns no
    attempt: a load survives an outage of any length. What retrying cannot fix stops
    the stream and says so.
    """

    @functools.wraps(method)
    def step(self: Any, record_id: int, *args: Any) -> Any:
        try:
            with self.env.cr.savepoint():
                return method(self, record_id, *args)
        except FaultError as fault:
            return _on_fault(self.env, method.__name__, record_id, fault)

    return step


@dataclass(slots=True, eq=False)
class CallCount:
    """How many calls passed the call guard: one count a run. Environments tell two counts apart by identity."""

    made: int = 0


def on_the_wire(record: Any, run: Any, lane: str, calls: CallCount | None = None) -> Any:
    """Return record (a stream or connection) as it is used for remote calls: with their lane and correlation id.

    :param calls: where the calls are counted; none: a count of their own, see ``calls_made``
    """
    return calling(record, lane, run.correlation_id, calls or CallCount())


def calling(record: Any, lane: str, correlation_id: str, calls: CallCount) -> Any:
    """Return record (a stream or connection) for remote calls of a lane, counted in calls, before there is a run."""
    return record.with_context(
        retail_sync_lane=lane, retail_sync_correlation_id=correlation_id, retail_sync_calls=calls
    )


def outside(record: Any, step: Callable[..., Any], *args: Any) -> Any:
    """Return step(record, *args), with record (a stream or connection) in a transaction that ends before each call.

    For steps that ask the platform and write nothing but what an adapter notes meanwhile. The job's own transaction
    has written nothing by then: it is only the lock that says that the job is alive. Raises what the step raises.
    """

    def separately(_tx: Environment, browsed: Any, *given: Any) -> Any:
        return step(browsed, *given)

    return run_separately(record.env, separately, record.with_context(retail_sync_releases=True), *args, retry=False)


def calls_made(record: Any) -> int:
    """Return how many calls were made with a record that ``on_the_wire`` returned."""
    calls: CallCount = record.env.context["retail_sync_calls"]
    return calls.made


def as_retry(fault: FaultError, attempt: int) -> RetryableJobError | None:
    """Return the RetryableJobError for a fault that passes, or None for one that does not.

    :param attempt: how often it was tried already, from 1
    """
    decision = decide(fault, attempt, Scope.job)
    return retry_error(fault, decision) if isinstance(decision, Retry) else None


def retry_error(fault: FaultError, decision: Retry) -> RetryableJobError:
    """Return the exception by which a job asks queue_job to run it again, as decided."""
    return RetryableJobError(fault.message, seconds=int(decision.seconds), ignore_retry=not decision.counts_attempt)
