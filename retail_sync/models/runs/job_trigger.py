"""Jobs that only say "there is work".

They are inserted in transactions of users, where each millisecond counts and any
look at other jobs would be as old as the transaction. So nothing is looked up: the
row is written as queue_job would write it, and the job that runs first takes away
the others that wait (`coalesce`).
"""

import json
import uuid
from typing import Any

from odoo import fields
from odoo.api import Environment

from odoo.addons.queue_job.fields import JobEncoder
from odoo.addons.queue_job.job import Job

from ...runtime.constants import LANE_PRIORITY, PRECEDENCE_PRIORITY, channel

# kind -> (model, method). A trigger says that there is work, never which: its job looks it up.
KINDS = {
    "route": ("retail.sync.outbox.jobs", "_job_route"),
    "route_mass": ("retail.sync.outbox.jobs", "_job_route_mass"),
    "drain": ("retail.sync.delivery.jobs", "_job_drain"),
    "stock": ("retail.sync.product.jobs", "_job_stock"),
    "prices": ("retail.sync.product.jobs", "_job_prices"),
    "events": ("retail.sync.inbound.jobs", "_job_events"),
}
# Mass changes are taken apart in the channel of bulk work, so that the other workers stay free for what is urgent, and
# before what fills that channel for long.
PRIORITY = {"route_mass": LANE_PRIORITY["standard"]}
SERIALISED = ("records", "args", "kwargs")
UNKEPT = ("uuid", "date_created", "eta", "job_function_id", "company_id")
_rows = {}


def trigger(
    env: Environment,
    kind: str,
    *args: Any,
    lane: str = "standard",
    seconds: float = 0,
    user: Any = None,
    precedence: str = "normal",
) -> None:
    """Queue a job of a kind in this transaction: one INSERT, no look-up.

    :param args: what the job's method takes; JSON-able
    :param seconds: to wait before it runs
    :param precedence: of the work among all that waits in its lane
    """
    columns, values = _row(env, kind, args, lane, user or env.ref("base.user_root"), precedence)
    now = fields.Datetime.now()
    extra = {"uuid": str(uuid.uuid4()), "date_created": now, "eta": None}
    if seconds:
        extra["eta"] = fields.Datetime.add(now, seconds=seconds)
    names = ", ".join((*columns, *extra))
    env.cr.execute(
        f"INSERT INTO queue_job ({names}) VALUES ({', '.join(['%s'] * (len(columns) + len(extra)))})",
        [*values, *extra.values()],
    )


def trigger_drain(env: Environment, stream: Any, lane: str, seconds: float = 0) -> None:
    """Queue the job that sends what waits in a lane of a stream, in the order that the streams have among them."""
    trigger(env, "drain", stream.id, lane, lane=lane, seconds=seconds, precedence=stream.precedence)


def _row(env: Environment, kind: str, args: Any, lane: str, user: Any, precedence: str) -> Any:
    """Return (columns, values) of such a job's row; they are the same each time, so they are made once."""
    held = (env.cr.dbname, kind, args, lane, user.id, precedence)
    if held not in _rows:
        model, method = KINDS[kind]
        # The user whose transaction triggers the job does not matter: the job has no language or company of that user.
        recordset = env(user=user, context={})[model]
        job = Job(
            getattr(recordset, method),
            args=args,
            priority=PRIORITY.get(kind, LANE_PRIORITY[lane]) + PRECEDENCE_PRIORITY[precedence],
            channel=channel(lane),
            max_retries=0,
            description=f"{kind} {' '.join(str(arg) for arg in args)}".strip(),
            identity_key=key(kind, args),
        )
        stored = job._store_values(create=True)
        queue_job = env["queue.job"]
        vals = {
            name: json.dumps(value, cls=JobEncoder)
            if name in SERIALISED
            else queue_job._fields[name].convert_to_column_insert(value, queue_job)
            for name, value in stored.items()
            if name in queue_job._fields and queue_job._fields[name].column_type
        }
        # References may go away with an upgrade or a company, and a user's work must not fail over it.
        vals = {name: value for name, value in vals.items() if name not in UNKEPT}
        _rows[held] = (tuple(vals), list(vals.values()))
    return _rows[held]


def key(kind: str, args: Any) -> Any:
    return "/".join(["retail_sync", kind, *(str(arg) for arg in args)])


def coalesce(env: Environment, kind: str, *args: Any) -> None:
    """Take away the triggers like this one that wait: what they announced is committed, and is found by their finder.

    To be called in a transaction that reads the work after this statement.
    """
    env.cr.execute(
        "DELETE FROM queue_job WHERE id IN (SELECT id FROM queue_job WHERE identity_key = %s AND state = 'pending'"
        " AND (eta IS NULL OR eta <= now() AT TIME ZONE 'UTC') FOR UPDATE SKIP LOCKED)",
        [key(kind, args)],
    )
