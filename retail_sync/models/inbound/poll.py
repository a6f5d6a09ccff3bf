"""Scheduled polls: what changed since the watermark, by one call for all streams or by one for each."""

import logging
from typing import Any

from odoo import fields
from odoo.api import Environment
from odoo.fields import Domain

from ...adapter.declarations import Polls
from ...adapter.values import PollResult
from ...runtime import jobs
from ...runtime.constants import LANE_PRIORITY, channel
from ..exceptions import job_faults
from ..exceptions.subject import open_alarms_domain, records_domain
from ..reconcile import apply, remote_deletions
from ..runs import run_start
from . import intake

_logger = logging.getLogger(__name__)

POLL_LIMIT = 2000

Counters = dict[str, int]


def enqueue(env: Environment, connection: Any, seconds: int = 0) -> Any:
    """Queue a poll of a connection, unless one waits already."""
    return _delayed(
        env,
        connection,
        f"retail_sync_poll_{connection.id}",
        env._("Poll %s", connection.name),
        seconds,
    )._job_poll(connection.id)


def enqueue_stream(env: Environment, stream: Any, seconds: int = 0) -> Any:
    """Queue a poll of one stream, unless one waits already."""
    return _delayed(
        env,
        stream.connection_id,
        f"retail_sync_poll_stream_{stream.id}",
        env._("Poll %s", stream.display_name),
        seconds,
    )._job_poll_stream(stream.id)


def _delayed(env: Environment, connection: Any, identity_key: str, description: str, seconds: int) -> Any:
    return (
        env["retail.sync.inbound.jobs"]
        .with_user(connection.user_id)
        .with_delay(
            channel=channel("standard"),
            priority=LANE_PRIORITY["standard"],
            max_retries=0,
            eta=seconds or None,
            identity_key=identity_key,
            description=description,
        )
    )


def job_poll(env: Environment, connection_id: int) -> None:
    """Ask for the changes of all live streams, in one call if the platform can, else in a job of each stream.

    Each stream's watermark moves with its page, in this transaction.
    """
    connection = env["retail.sync.connection"].sudo().browse(connection_id).exists()
    if not connection or connection.state != "running":
        return
    streams = connection.stream_ids.filtered(lambda stream: stream.state == "live" and stream._takes_in())
    streams = streams.sorted("sequence")
    polls = connection._adapter().capabilities().polls
    if not streams or polls is Polls.none:
        return
    if polls is Polls.stream:
        for stream in streams:
            enqueue_stream(env, stream)
        return
    run = run_start.create_run(env, connection, "poll")
    calls = jobs.CallCount()
    calling = jobs.on_the_wire(connection, run, "standard", calls)
    results = calling._adapter().poll(calling, jobs.on_the_wire(streams, run, "standard", calls), POLL_LIMIT)
    totals, more = {"n_read": 0, "n_deleted": 0}, False
    passed: list[Any] = [False]
    for stream in streams:
        result = results.get(stream.id)
        if result is None:
            continue
        if result.error is not None:
            job_faults.on_poll_fault(env, stream, result.error)
            continue
        if _taken(env, stream, result, run, totals):
            passed.append(stream.id)
            more = more or result.more
        else:
            # In a job of its own: its failure, its retries and its report are those of this stream alone.
            enqueue_stream(env, stream)
    _end_run(calling, run, totals, passed)
    if more:
        enqueue(env, connection, seconds=1)


def job_poll_stream(env: Environment, stream_id: int) -> None:
    """Ask for the changes of one stream and take them in; its watermark moves with its page, in this transaction."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream or stream.state != "live" or stream.connection_id.state != "running":
        return
    run = run_start.create_run(env, stream, "poll")
    calling = jobs.on_the_wire(stream, run, "standard")
    result = calling._adapter().poll_stream(calling, stream.cursor or {}, POLL_LIMIT)
    if result.error is not None:
        # Handled as a fault of a job of this stream alone: it is retried, or the stream is stopped.
        raise result.error
    totals = {"n_read": 0, "n_deleted": 0}
    _take(env, stream, result, run, totals)
    _end_run(calling.connection_id, run, totals, [stream.id])
    if result.more:
        enqueue_stream(env, stream, seconds=1)


def _end_run(calling: Any, run: Any, totals: Counters, passed: list[Any]) -> None:
    """Close a run, and the alarms about failed polls of the streams in passed; False means the connection.

    :param calling: the connection, as it was used for the calls
    """
    env, connection = run.env, run.connection_id
    connection.last_poll_at = fields.Datetime.now()
    run.write(dict(totals, api_calls=jobs.calls_made(calling)))
    run._finish()
    alarms = Domain(open_alarms_domain(connection, "poll")) & Domain("stream_id", "in", passed)
    env["retail.sync.message"].sudo().search(alarms)._resolve(env._("Polls succeed again"))


def _taken(env: Environment, stream: Any, result: PollResult, run: Any, totals: Counters) -> bool:
    """Process one stream's answer; return whether it was taken in. If not, nothing of it is kept."""
    counted = dict(totals)
    try:
        with env.cr.savepoint():
            _take(env, stream, result, run, counted)
    except MemoryError:
        raise
    except Exception as error:
        apply.reraise_technical(error)
        _logger.warning("The poll of %s could not be taken in", stream.display_name, exc_info=True)
        return False
    totals.update(counted)
    return True


def _take(env: Environment, stream: Any, result: PollResult, run: Any, totals: Counters) -> None:
    """Process one stream's answer and move its cursor."""
    counters = intake.process(env, stream, new_to_us(env, stream, result.rows), run)
    totals["n_read"] += len(result.rows)
    for name, value in counters.items():
        totals[name] = totals.get(name, 0) + value
    totals["n_deleted"] += remote_deletions.apply_deletions(env, stream, result.deleted)
    vals = {}
    if result.cursor and result.cursor != stream.cursor:
        vals["cursor"] = result.cursor
    if result.deleted_until and result.deleted_until != stream.deleted_until:
        vals["deleted_until"] = result.deleted_until
    if vals:
        stream.write(vals)


def new_to_us(env: Environment, stream: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop rows whose very version is an open exception already: the overlap shows them at every poll."""
    if not rows:
        return rows
    row_key = stream._adapter().row_key
    keys = [row_key(stream, row) for row in rows]
    held = {
        message.external_id: message
        for message in env["retail.sync.message"]
        .sudo()
        .search_fetch(
            [
                ("stream_id", "=", stream.id),
                *records_domain(external_id for external_id, _version in keys),
                ("is_exception", "=", True),
            ],
            ["external_id", "version", "payload"],
        )
    }
    fresh = []
    for row, (external_id, version) in zip(rows, keys, strict=True):
        message = held.get(external_id)
        # Versions count whole seconds on most platforms: the same one may carry a correction.
        if not message or message.version < version or (message.version == version and message.payload != row):
            fresh.append(row)
    return fresh
