"""Scheduled polls: what changed since the watermark, all streams of a connection in one call."""

from odoo import fields
from odoo.api import Environment

from ...runtime import jobs
from ...runtime.constants import LANE_PRIORITY, channel
from ..exceptions import job_faults
from ..exceptions.subject import open_alarms_domain, records_domain
from ..reconcile import remote_deletions
from ..runs import run_start
from . import intake

POLL_LIMIT = 2000


def enqueue(env: Environment, connection, seconds=0):
    """Queue a poll of a connection, unless one waits already."""
    return (
        env["retail.sync.inbound.jobs"]
        .with_user(connection.user_id)
        .with_delay(
            channel=channel("standard"),
            priority=LANE_PRIORITY["standard"],
            max_retries=0,
            eta=seconds or None,
            identity_key=f"retail_sync_poll_{connection.id}",
            description=env._("Poll %s", connection.name),
        )
        ._job_poll(connection.id)
    )


def job_poll(env: Environment, connection_id):
    """Ask for changes and take them in; each stream's watermark moves with its page, in this transaction."""
    connection = env["retail.sync.connection"].sudo().browse(connection_id).exists()
    if not connection or connection.state != "running":
        return
    live = connection.stream_ids.filtered(lambda stream: stream.state == "live" and stream._takes_in())
    streams = live.sorted("sequence")
    if not streams:
        return
    run = run_start.create_run(env, connection, "poll")
    calling = jobs.on_the_wire(connection, run, "standard")
    results = calling._adapter().poll(calling, jobs.on_the_wire(streams, run, "standard"), POLL_LIMIT)
    totals, more = {"n_read": 0, "n_deleted": 0}, False
    for stream in streams:
        result = results.get(stream.id)
        if result is None:
            continue
        if result.error is not None:
            job_faults.on_poll_fault(env, stream, result.error)
            continue
        _take(env, stream, result, run, totals)
        more = more or result.more
    connection.last_poll_at = fields.Datetime.now()
    run.write(dict(totals, api_calls=1))
    run._finish()
    env["retail.sync.message"].sudo().search(open_alarms_domain(connection, "poll"))._resolve(env._("Polls pass again"))
    if more:
        enqueue(env, connection, seconds=1)


def _take(env: Environment, stream, result, run, totals):
    """Process one stream's answer and move its cursor."""
    counters = intake.process(env, stream, new_to_us(env, stream, result.rows), run)
    totals["n_read"] += len(result.rows)
    for name, value in counters.items():
        totals[name] = totals.get(name, 0) + value
    totals["n_deleted"] += remote_deletions.apply_deletions(env, stream, result.deleted, run)
    vals = {}
    if result.cursor and result.cursor != stream.cursor:
        vals["cursor"] = result.cursor
    if result.deleted_until and result.deleted_until != stream.deleted_until:
        vals["deleted_until"] = result.deleted_until
    if vals:
        stream.write(vals)


def new_to_us(env: Environment, stream, rows):
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
