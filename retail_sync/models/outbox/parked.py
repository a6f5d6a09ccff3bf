"""Messages that wait for another record, which the platform does not know yet."""

from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.sql import execute_values
from . import outbox


def park(env: Environment, waits):
    """Let messages wait for records: {message id: 'model/id' of what has to be there first}."""
    if not waits:
        return
    outbox.give_back(env, list(waits), count=False)
    execute_values(
        env,
        "UPDATE retail_sync_message message SET state = 'parked', waits_for = waits.subject"
        " FROM (VALUES %s) AS waits (id, subject) WHERE message.id = waits.id AND message.state = 'pending'",
        list(waits.items()),
    )
    env["retail.sync.message"].invalidate_model()


def release(env: Environment, stream, res_ids):
    """Let go what waited for records that are linked now; trigger the jobs that send it."""
    if not res_ids:
        return
    env.cr.execute(
        "UPDATE retail_sync_message SET state = 'pending', waits_for = NULL"
        " WHERE connection_id = %s AND state = 'parked' AND waits_for = ANY(%s) RETURNING stream_id, lane",
        [stream.connection_id.id, [f"{stream._entity()._res_model}/{res_id}" for res_id in res_ids]],
    )
    outbox.trigger_all(env, {(stream_id, lane) for stream_id, lane in env.cr.fetchall()})


def release_ready(env: Environment, connection, subjects=None):
    """Let go what waits for records that are linked by now; trigger the jobs that send it.

    For a transaction of its own, after the one that parked or linked: of two workers
    that pass each other, one parking and one linking, the later finds what the other did.

    :param subjects: "model/id" of the records that were linked, or waited for, just now; None looks at all
    """
    if subjects is not None and not subjects:
        return
    about = SQL() if subjects is None else SQL(" AND message.waits_for = ANY(%s)", sorted(subjects))
    rows = env.execute_query(
        SQL(
            "UPDATE retail_sync_message message SET state = 'pending', waits_for = NULL"
            " WHERE message.connection_id = %s AND message.state = 'parked'%s AND EXISTS ("
            " SELECT FROM retail_sync_link link WHERE link.connection_id = message.connection_id"
            " AND link.res_model = split_part(message.waits_for, '/', 1)"
            " AND link.res_id = split_part(message.waits_for, '/', 2)::int"
            " AND link.part = 'main' AND link.is_primary AND link.state = ANY(%s))"
            " RETURNING message.stream_id, message.lane",
            connection.id,
            about,
            list(outbox.LIVING),
        )
    )
    outbox.trigger_all(env, set(rows))


def release_about(env: Environment, connections, res_model, res_ids):
    """Plan again what waits for these records: they changed, were refused, or are gone; it may wait again."""
    if not res_ids or not connections:
        return
    env.cr.execute(
        "UPDATE retail_sync_message SET state = 'pending', waits_for = NULL, next_try_at = NULL"
        " WHERE connection_id = ANY(%s) AND state = 'parked' AND waits_for = ANY(%s) RETURNING stream_id, lane",
        [connections.ids, [f"{res_model}/{res_id}" for res_id in res_ids]],
    )
    pairs = set(env.cr.fetchall())
    if pairs:
        env["retail.sync.message"].invalidate_model()
        outbox.trigger_all(env, pairs)
