"""The waiting messages: claimed by one worker, given back, closed.

All in plain SQL on many at once, and in transactions so short that no user waits.
"""

from collections.abc import Mapping

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.resilience.faults import FaultError
from ...domain.security.scrubbing import cut
from ...runtime.constants import ALIVE, WAITING_STATES
from ...runtime.sql import execute_values
from ..exceptions import exception_queue
from ..links import lookups
from ..mapping.sensitivity import LONGEST_TEXT
from ..runs import job_trigger
from .claim import Claimed
from .edit_times import latest
from .write_intent import LINGER_SECONDS

# How long an urgent message waits for a delivery of its record that is no bulk delivery and not urgent: most answers
# are there by then, and a call may take a minute.
OVERTAKE_SECONDS = 5
# States of a link whose record is there.
LIVING = ("in_sync", "attention", "missing")


def bound(env: Environment, stream, res_ids):
    """Return {record id: its main link in a stream's role}; a secondary link only where there is no other."""
    return lookups.main_links(env, stream.connection_id, stream._entity()._res_model, res_ids, stream.role)


def claim(env: Environment, stream, lane, claim, limit):
    """Take the oldest due messages of a lane; return them as a list of Claimed.

    A record of which a message is being sent is left out: its changes go in order.
    """
    env["retail.sync.message"].flush_model()
    if lane == "critical":
        overtake(env, stream)
    rows = env.execute_query(
        SQL(
            "WITH due AS (SELECT message.id FROM retail_sync_message message WHERE %(due)s"
            " ORDER BY message.lane, message.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)"
            " UPDATE retail_sync_message message SET state = 'sending', claim = %(claim)s,"
            " claimed_at = now() AT TIME ZONE 'UTC', attempts = COALESCE(attempts, 0) + 1, next_try_at = NULL,"
            " fence = COALESCE(fence, 0) + 1"
            " FROM due WHERE message.id = due.id"
            " RETURNING message.id, message.key, message.res_id, message.op, message.changes, message.attempts,"
            " message.claim, message.fence,"
            # Applies to the record, not to one message: an edit makes a new message.
            " EXISTS (SELECT FROM retail_sync_message said WHERE said.stream_id = message.stream_id"
            " AND said.key = message.key AND said.create_anyway)",
            due=_due(stream, lane),
            claim=claim,
            limit=limit,
        )
    )
    return sorted(
        (
            Claimed(id_, key, res_id, op or "write", changes or {}, tries, create_anyway, claim, fence)
            for id_, key, res_id, op, changes, tries, claim, fence, create_anyway in rows
        ),
        key=lambda claimed: claimed.id,
    )


def overtake(env: Environment, stream):
    """Let urgent messages pass those of their records that a slower delivery has claimed: these are superseded.

    A bulk delivery at once, any other that is not urgent when its platform has not answered for a while. Their changes
    go along. What the slower delivery writes after that is put right when its results are known.
    """
    env.cr.execute(
        "WITH passed AS (SELECT urgent.id AS urgent_id, slow.id AS slow_id FROM retail_sync_message urgent"
        " JOIN retail_sync_message slow ON slow.stream_id = urgent.stream_id AND slow.key = urgent.key"
        " AND slow.state = 'sending'"
        " LEFT JOIN retail_sync_run run ON run.correlation_id = slow.claim AND run.kind = 'ingest'"
        " WHERE (run.id IS NOT NULL OR slow.lane <> 'critical' AND slow.kind = 'delivery'"
        " AND COALESCE(slow.op, 'write') = 'write'"
        " AND slow.claimed_at < now() AT TIME ZONE 'UTC' - %s * interval '1 second')"
        " AND urgent.stream_id = %s AND urgent.lane = 'critical' AND urgent.state = 'pending'"
        " AND urgent.kind = 'delivery' AND (urgent.next_try_at IS NULL"
        " OR urgent.next_try_at <= now() AT TIME ZONE 'UTC') FOR UPDATE OF urgent, slow SKIP LOCKED),"
        f" merged AS (UPDATE retail_sync_message urgent SET changes = {latest('slow.changes', 'urgent.changes')},"
        " coalesced = COALESCE(urgent.coalesced, 0) + 1 FROM passed JOIN retail_sync_message slow"
        " ON slow.id = passed.slow_id WHERE urgent.id = passed.urgent_id)"
        " UPDATE retail_sync_message slow SET state = 'superseded', claim = NULL, resolution = %s,"
        " resolved_at = now() AT TIME ZONE 'UTC' FROM passed WHERE slow.id = passed.slow_id",
        [
            OVERTAKE_SECONDS,
            stream.id,
            env._("An urgent change of the same record was sent before the slower delivery had ended."),
        ],
    )
    if env.cr.rowcount:
        env["retail.sync.message"].invalidate_model()


def held(env: Environment, claimed):
    """Return those of the claimed messages that this worker still has; lock them for this transaction.

    A worker that was taken for dead, or overtaken, has lost its claim: the message has another one, or none. Asked at
    the start of each transaction that writes about claimed messages, and before each effect on the platform.
    """
    if not claimed:
        return []
    env["retail.sync.message"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT message.id FROM retail_sync_message message"
            " JOIN unnest(%s::int[], %s::text[], %s::int[]) AS mine (id, claim, fence) ON mine.id = message.id"
            " AND mine.claim = message.claim AND mine.fence = message.fence"
            " WHERE message.state = 'sending' ORDER BY message.id FOR UPDATE OF message",
            [message.id for message in claimed],
            [message.claim for message in claimed],
            [message.fence for message in claimed],
        )
    )
    ids = {message_id for (message_id,) in rows}
    return [message for message in claimed if message.id in ids]


def _due(stream, lane):
    """Return the SQL condition of messages that a lane may send now; their order is (lane, id).

    A claim reads as many messages as it takes, however many wait: it walks `_due_idx` in its order. So the keys that
    are being sent are one set that is hashed once: looked up for each message, or joined, they make PostgreSQL read and
    sort all that waits. The lane is a range: with an equation the order is that of the id alone, for which PostgreSQL
    takes the primary key and reads all that was ever sent.
    """
    return SQL(
        "%s AND message.lane >= %s AND message.lane <= %s AND message.key NOT IN (SELECT other.key"
        " FROM retail_sync_message other WHERE other.stream_id = %s AND other.state = 'sending')",
        _waiting(stream),
        lane,
        lane,
        stream.id,
    )


def _waiting(stream):
    return SQL(
        "message.stream_id = %s AND message.state = 'pending' AND message.kind = 'delivery'"
        " AND (message.next_try_at IS NULL OR message.next_try_at <= now() AT TIME ZONE 'UTC')",
        stream.id,
    )


def passed_over(env: Environment, stream, lane):
    """Tell whether a claim that found nothing passed over messages.

    Another transaction held them at that moment, or an earlier message of their record is being sent, perhaps in
    another lane.
    """
    found = SQL(
        "SELECT 1 FROM retail_sync_message message WHERE %s AND message.lane = %s LIMIT 1", _waiting(stream), lane
    )
    return bool(env.execute_query(found))


def give_back(env: Environment, message_ids, seconds=0, count=True, reason=""):
    """Let messages wait again; one that newer news has overtaken is closed, its changes go with the newer one.

    :param seconds: to wait before the next try
    :param count: whether this try counts
    """
    if not message_ids:
        return
    env["retail.sync.message"].flush_model()
    # A newer change was recorded while this message was being sent: the two are merged.
    env.cr.execute(
        "UPDATE retail_sync_message newer"
        f" SET changes = {latest('old.changes', 'newer.changes')},"
        " coalesced = COALESCE(newer.coalesced, 0) + 1 FROM retail_sync_message old"
        " WHERE old.id = ANY(%s) AND old.state = 'sending' AND newer.stream_id = old.stream_id AND newer.key = old.key"
        " AND newer.id <> old.id AND newer.state = ANY(%s)"
        " RETURNING old.id",
        [list(message_ids), list(WAITING_STATES)],
    )
    overtaken = [row[0] for row in env.cr.fetchall()]
    if overtaken:
        env.cr.execute(
            "UPDATE retail_sync_message SET state = 'superseded', claim = NULL, resolution = %s,"
            " resolved_at = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
            [env._("A later change of the same record is sent instead."), overtaken],
        )
    # In whole seconds, as the job trigger's time is: a job that comes a moment too early finds nothing due, and may be
    # the last one.
    env.cr.execute(
        "UPDATE retail_sync_message SET state = 'pending', claim = NULL,"
        " attempts = GREATEST(attempts - %s, 0), fault_message = COALESCE(NULLIF(%s, ''), fault_message),"
        " next_try_at = CASE WHEN %s > 0 THEN date_trunc('second', now() AT TIME ZONE 'UTC')"
        " + %s * interval '1 second' END"
        " WHERE id = ANY(%s) AND state = 'sending'",
        [0 if count else 1, reason, seconds, seconds, list(message_ids)],
        # Where news came in after this transaction had begun, it is tried again: see RACES.
        log_exceptions=False,
    )
    env["retail.sync.message"].invalidate_model()


def close(env: Environment, run, message_ids, resolution, state="done"):
    """End messages that a run was sending; each is written once."""
    if message_ids:
        env.cr.execute(
            "UPDATE retail_sync_message SET state = %s, claim = NULL, resolution = %s, next_try_at = NULL,"
            " resolved_at = now() AT TIME ZONE 'UTC',"
            " correlation_id = %s, run_id = %s WHERE id = ANY(%s) AND state = 'sending'",
            [state, resolution, run.correlation_id, run.id, list(message_ids)],
        )
        env["retail.sync.message"].invalidate_model()


def note_faults(env: Environment, stream, faults: Mapping[int, FaultError], **values):
    """Give messages what people have to see, in one statement: {message id: fault}."""
    if not faults:
        return
    env["retail.sync.message"].flush_model()
    rules = env["retail.sync.fault.rule"]
    rows = []
    for message_id, fault in faults.items():
        rule = rules._match(stream.connection_id.system, fault.code, fault.message)
        kind = exception_queue.kind(rule, fault.fault_class)
        rows.append(
            (
                message_id,
                fault.code,
                cut(fault.message, LONGEST_TEXT),
                rule.id or None,
                kind["fault_class"],
                kind["team"],
            )
        )
    execute_values(
        env,
        "UPDATE retail_sync_message message SET fault_code = noted.code, fault_message = noted.text,"
        " rule_id = noted.rule_id, fault_class = noted.fault_class, team = noted.team, refused_at = now() AT TIME ZONE"
        " 'UTC' FROM (VALUES %s) AS noted (id, code, text, rule_id, fault_class, team) WHERE message.id = noted.id",
        rows,
        template="(%s, %s, %s, %s::int, %s, %s)",
    )
    env["retail.sync.message"].invalidate_model()
    if values:
        env["retail.sync.message"].browse(list(faults)).write(values)


def trigger_all(env: Environment, pairs, seconds=0):
    """Trigger the jobs of these (stream id, lane), where the stream delivers."""
    streams = env["retail.sync.stream"].sudo()
    for stream_id, lane in pairs:
        if (stream := streams.browse(stream_id))._delivers(lane):
            job_trigger.trigger_drain(env, stream, lane, seconds=seconds)


def trigger_due(env: Environment, streams):
    """Trigger the jobs that send what is due on these streams."""
    if not streams:
        return
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        "SELECT DISTINCT stream_id, lane FROM retail_sync_message WHERE stream_id = ANY(%s) AND kind = 'delivery'"
        " AND state = 'pending' AND (next_try_at IS NULL OR next_try_at <= now() AT TIME ZONE 'UTC')",
        [streams.ids],
    )
    trigger_all(env, env.cr.fetchall())


def left_behind(env: Environment, claim=None):
    """Give back messages whose job died, or those of a job's own former life; return how many there were."""
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        "SELECT message.id FROM retail_sync_message message WHERE message.state = 'sending' AND"
        + (
            " message.claim = %s"
            if claim
            else " NOT EXISTS (SELECT FROM queue_job job WHERE job.uuid = message.claim AND job.state = ANY(%s))"
            " AND NOT EXISTS (SELECT FROM retail_sync_run run WHERE run.correlation_id = message.claim"
            " AND run.kind = 'ingest' AND run.state IN ('pending', 'running'))"
            " AND message.claimed_at < now() AT TIME ZONE 'UTC' - interval '5 seconds'"
        ),
        [claim or list(ALIVE)],
    )
    ids = [row[0] for row in env.cr.fetchall()]
    give_back(env, ids, reason=env._("The worker died while it sent this change."))
    _outlast_calls(env, ids)
    return len(ids)


def _outlast_calls(env: Environment, message_ids):
    """Let facts that were on their way wait until the call of their worker has ended.

    A worker can lose the database and still finish its call. Asked before that, the platform would not know the fact,
    and it would be sent a second time.
    """
    if not message_ids:
        return
    env.cr.execute(
        "UPDATE retail_sync_message"
        " SET next_try_at = date_trunc('second', effect_at + %(linger)s * interval '1 second')"
        " WHERE id = ANY(%(ids)s) AND state = 'pending' AND fact_key IS NOT NULL"
        " AND effect_at > now() AT TIME ZONE 'UTC' - %(linger)s * interval '1 second' RETURNING stream_id, lane",
        {"linger": LINGER_SECONDS, "ids": message_ids},
    )
    trigger_all(env, set(env.cr.fetchall()), seconds=LINGER_SECONDS)
    env["retail.sync.message"].invalidate_model()
