"""Scheduled polls: what changed since the watermark, by one call for all streams or by one for each.

No transaction of a poll lasts from before a call to its effects: the platform is read first, then each stream's rows
are taken in by short transactions. One that loses a race repeats its own page and nothing else, so that polls pass
however many deliveries are under way. The cursor moves with the last page.
"""

import logging
import uuid
from datetime import datetime
from typing import Any

from psycopg2 import OperationalError

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.queue_job.exception import RetryableJobError

from ...adapter.declarations import Polls
from ...adapter.values import PollResult
from ...domain.resilience.decision import blames_content
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime import error_texts, jobs
from ...runtime.transactions import clock, run_separately
from ..exceptions import job_faults
from ..exceptions.subject import open_alarms_domain
from ..runs import run_start
from . import catch_up, poll_pages
from .poll_queue import enqueue, enqueue_stream

__all__ = ["enqueue", "enqueue_stream", "job_poll", "job_poll_stream"]

_logger = logging.getLogger(__name__)

POLL_LIMIT = 2000
# States of a connection whose live streams are polled: a load of one stream may take hours, and keeps no other waiting.
POLLED = ("running", "loading")

# Where each stream stood when the platform was asked: {stream id: (cursor, deleted until)}.
Positions = dict[int, tuple[Any, Any]]


def job_poll(env: Environment, connection_id: int) -> None:
    """Ask for the changes of all live streams, in one call if the platform can, else in a job of each stream."""
    connection = env["retail.sync.connection"].sudo().browse(connection_id).exists()
    if not connection or connection.state not in POLLED:
        return
    streams = connection.stream_ids.filtered(lambda stream: stream.state == "live" and stream._takes_in())
    streams = catch_up.without_backlog(streams.sorted("sequence"))
    polls = connection._adapter().capabilities().polls
    if not streams or polls is Polls.none:
        return
    if polls is Polls.stream:
        for stream in streams:
            enqueue_stream(env, stream)
        return
    calls = jobs.CallCount()
    correlation_id = uuid.uuid4().hex
    try:
        read_at, before, results = run_separately(env, _ask, connection, streams, correlation_id, calls, retry=False)
    except (FaultError, MemoryError, OperationalError, RetryableJobError):
        raise
    except Exception as error:
        # One stream's answer may have done it: asked one by one, the others go on.
        error_texts.log(_logger, logging.WARNING, error, "The poll of %s failed", connection.display_name)
        for stream in streams:
            enqueue_stream(env, stream)
        return
    run = run_separately(env, _begin_run, connection, correlation_id).with_env(env)
    totals, passed, more = {"n_read": 0, "n_deleted": 0}, [False], False
    for stream in streams:
        result = results.get(stream.id)
        if result is None:
            continue
        if result.error is not None:
            run_separately(env, job_faults.on_poll_fault, stream, result.error)
            if isinstance(result.error, FaultError) and blames_content(result.error):
                # The next poll may meet it again: in a job of its own it is tried again, and then people hear of it.
                enqueue_stream(env, stream)
            continue
        try:
            poll_pages.take(env, stream, result, before[stream.id], run, read_at, totals)
        except (MemoryError, OperationalError):
            raise
        except Exception as error:
            # In a job of its own: its failure, its retries and its report are those of this stream alone.
            error_texts.log(
                _logger, logging.WARNING, error, "The poll of %s could not be taken in", stream.display_name
            )
            enqueue_stream(env, stream)
            continue
        passed.append(stream.id)
        more = _goes_on(env, stream, result) or more
    run_separately(env, _end_run, run, totals, passed, calls.made)
    catch_up.start_due(env, streams)
    if more:
        enqueue(env, connection, seconds=1)


def job_poll_stream(env: Environment, stream_id: int) -> None:
    """Ask for the changes of one stream and take them in."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream or stream.state != "live" or stream.connection_id.state not in POLLED:
        return
    if not catch_up.without_backlog(stream):
        return
    calls = jobs.CallCount()
    correlation_id = uuid.uuid4().hex
    read_at, before, results = run_separately(env, _ask, stream, stream, correlation_id, calls, retry=False)
    result = results[stream.id]
    if result.error is not None:
        # Handled as a fault of a job of this stream alone: it is retried, or the stream is stopped.
        raise result.error
    run = run_separately(env, _begin_run, stream, correlation_id).with_env(env)
    totals = {"n_read": 0, "n_deleted": 0}
    poll_pages.take(env, stream, result, before[stream.id], run, read_at, totals)
    run_separately(env, _end_run, run, totals, [stream.id], calls.made)
    more = _goes_on(env, stream, result)
    catch_up.start_due(env, stream)
    if more:
        enqueue_stream(env, stream, seconds=1)


def _ask(
    tx: Environment, source: Any, streams: Any, correlation_id: str, calls: jobs.CallCount
) -> tuple[datetime, Positions, dict[int, PollResult]]:
    """Return (the database's clock before the read, where the streams stood, {stream id: PollResult}).

    :param source: the connection, to ask for all streams by one call; or the one stream
    """
    read_at = clock(tx)
    before = {stream.id: (stream.cursor, stream.deleted_until) for stream in streams}
    results, sound = {}, streams.browse()
    for stream in streams:
        try:
            stream._decoder()
            sound |= stream
        except (UserError, ValueError) as error:
            # A mapping that a person left half done is the trouble of its stream, and not of each record.
            results[stream.id] = PollResult(error=FaultError(FaultClass.contract, "BAD_MAPPING", str(error)))
    calling = {
        "retail_sync_lane": "standard",
        "retail_sync_correlation_id": correlation_id,
        "retail_sync_calls": calls,
        "retail_sync_releases": True,
    }
    source, sound = source.with_context(**calling), sound.with_context(**calling)
    if not sound:
        return read_at, before, results
    if source._name == "retail.sync.stream":
        results[source.id] = source._adapter().poll_stream(source, source.cursor or {}, POLL_LIMIT)
    else:
        results.update(source._adapter().poll(source, sound, POLL_LIMIT))
    return read_at, before, results


def _begin_run(tx: Environment, source: Any, correlation_id: str) -> Any:
    return run_start.create_run(tx, source, "poll", correlation_id)


def _goes_on(env: Environment, stream: Any, result: PollResult) -> bool:
    """Return whether the next poll has to follow at once: there is more, and no bulk read has been begun for it."""
    return result.more and not catch_up.start_backlog(env, stream, result)


def _end_run(tx: Environment, run: Any, totals: dict[str, int], passed: list[Any], calls: int) -> None:
    """Close a run, and the alarms about failed polls of the streams in passed; False means the connection."""
    connection = run.connection_id
    connection.last_poll_at = fields.Datetime.now()
    run.write(dict(totals, api_calls=calls))
    run._finish()
    alarms = Domain(open_alarms_domain(connection, "poll")) & Domain("stream_id", "in", passed)
    tx["retail.sync.message"].sudo().search(alarms)._resolve(tx._("Polls succeed again"))
