"""Waiting events: announced, claimed by one worker, closed or given back. Plain SQL, in short transactions."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.constants import ALIVE
from ...runtime.transactions import clock, run_separately
from ..runs import job_trigger

CLAIM_SIZE = 5000
# So many events in ten seconds are a storm. Then jobs start on a common beat, and each finds a beat's worth of events.
STORM = 100
BEAT_SECONDS = {"critical": 1, "standard": 4}


@dataclass(slots=True)
class Hint:
    """The waiting events of one record. attempts: how often a job failed while it had claimed them."""

    event_ids: list[int] = field(default_factory=list)
    attempts: int = 0


# By the external id of the record.
Hints = dict[str, Hint]


def in_short_transaction(env: Environment, function: Callable[..., Any], *args: Any) -> Any:
    """Return function(env, *args) of a short transaction of its own, which waits for another one that has the rows."""
    return run_separately(env, function, *args, retry=False, read_committed=True)


def _lane(stream: models.BaseModel) -> str:
    return "critical" if stream.lane == "critical" else "standard"


def _listening(connection: models.BaseModel) -> models.BaseModel:
    """Return the streams of a connection whose events are read now, referenced streams first; other events wait."""
    if not connection.active or connection.state not in ("running", "loading"):
        return connection.stream_ids.browse()
    # A stream that is loaded again was live before and stays so: versions show which data is newer.
    return connection.stream_ids.filtered(
        lambda stream: stream.state == "live" or (stream.state == "loading" and stream.cursor)
    ).sorted("sequence")


def announce(env: Environment, connection: models.BaseModel, stream_ids: Collection[int]) -> None:
    """Wake a worker per lane of the streams that have new events, in this transaction."""
    streams = _listening(connection).filtered(lambda stream: stream.id in stream_ids)
    for lane in sorted({_lane(stream) for stream in streams}):
        trigger(env, connection.id, lane, _until_beat(env, connection, lane))


def trigger(env: Environment, connection_id: int, lane: str, seconds: int = 0) -> None:
    job_trigger.trigger(env(su=True), "events", connection_id, lane, lane=lane, seconds=seconds)


def _until_beat(env: Environment, connection: models.BaseModel, lane: str) -> int:
    """Return how many seconds a job should wait: none, unless a storm of events is under way.

    What this transaction stored does not count: a first message, however long, is news.
    """
    rows = env.execute_query(
        SQL(
            "SELECT count(*) FROM (SELECT FROM retail_sync_event WHERE connection_id = %s"
            " AND received_at < now() AT TIME ZONE 'UTC'"
            " AND received_at > now() AT TIME ZONE 'UTC' - interval '10 seconds' LIMIT %s) AS recent",
            connection.id,
            STORM,
        )
    )
    if rows[0][0] < STORM:
        return 0
    return BEAT_SECONDS[lane] - int(time.time()) % BEAT_SECONDS[lane]


def claim(env: Environment, connection: models.BaseModel, lane: str, claim: str) -> dict[int, Hints]:
    """Take the oldest waiting events of a lane's streams; return {stream id: {external id: Hint}}.

    Those of a record that another worker has in hand are left to it: it looks again
    before it ends, and two that write the same record would only lose a race.
    """
    # Triggers first: what they announce is committed, so the next statement sees it.
    job_trigger.coalesce(env(su=True), "events", connection.id, lane)
    streams = _listening(connection).filtered(lambda stream: _lane(stream) == lane)
    claimed = {stream.id: {} for stream in streams}
    rows = env.execute_query(
        SQL(
            "WITH due AS (SELECT event.id FROM retail_sync_event event"
            " WHERE event.stream_id = ANY(%s) AND event.state = 'pending' AND event.claim IS NULL"
            # Not as a join: see the outbox.
            " AND (SELECT held.id FROM retail_sync_event held WHERE held.stream_id = event.stream_id"
            " AND held.external_id = event.external_id AND held.claim IS NOT NULL AND held.state = 'pending'"
            " LIMIT 1) IS NULL"
            " ORDER BY event.id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " UPDATE retail_sync_event event SET claim = %s FROM due WHERE event.id = due.id"
            " RETURNING event.id, event.stream_id, event.external_id, event.attempts",
            streams.ids,
            CLAIM_SIZE,
            claim,
        )
    )
    for event_id, stream_id, external_id, attempts in rows:
        hint = claimed[stream_id].setdefault(external_id, Hint())
        hint.event_ids.append(event_id)
        hint.attempts = max(hint.attempts, attempts)
    return {stream_id: hints for stream_id, hints in claimed.items() if hints}


def begin(env: Environment, event_ids: Collection[int]) -> datetime:
    """Count an attempt; return the database's clock: the read that follows covers what came in before."""
    env.cr.execute("UPDATE retail_sync_event SET attempts = attempts + 1 WHERE id = ANY(%s)", [list(event_ids)])
    return clock(env)


def forgive(env: Environment, event_ids: Collection[int]) -> None:
    """Take an attempt back: it failed through no fault of these records."""
    env.cr.execute(
        "UPDATE retail_sync_event SET attempts = greatest(attempts - 1, 0) WHERE id = ANY(%s)", [list(event_ids)]
    )


def close(
    env: Environment,
    event_ids: Collection[int],
    correlation_id: str | None,
    state: str = "done",
    note: str | None = None,
) -> None:
    env.cr.execute(
        "UPDATE retail_sync_event SET state = %s, note = %s, correlation_id = %s, claim = NULL,"
        " done_at = clock_timestamp() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
        [state, note, correlation_id, list(event_ids)],
    )


def close_reported(
    env: Environment, stream_id: int, external_ids: Collection[str], before: datetime, correlation_id: str | None
) -> None:
    """Close further events of records just read: they came in before the read, which showed their change.

    After the effects, in a transaction of its own: a row that another worker has in
    hand is left alone, and one that is missed here is read once more, to no effect.
    """
    env.cr.execute(
        "UPDATE retail_sync_event event SET state = 'done', correlation_id = %s,"
        " done_at = clock_timestamp() AT TIME ZONE 'UTC' FROM (SELECT id FROM retail_sync_event"
        " WHERE stream_id = %s AND state = 'pending' AND claim IS NULL AND external_id = ANY(%s) AND received_at < "
        "%s"
        " FOR UPDATE SKIP LOCKED) AS reported WHERE event.id = reported.id",
        [correlation_id, stream_id, list(external_ids), before],
    )


def give_back(env: Environment, claim: str) -> int:
    """Let all events of a claim wait again; return how many there were."""
    env.cr.execute("UPDATE retail_sync_event SET claim = NULL WHERE claim = %s AND state = 'pending'", [claim])
    return env.cr.rowcount


def coalesce_later(env: Environment, connection_id: int, lane: str) -> None:
    """Remove job triggers that wait, those of a later time included: the job that is put off will find their events."""
    env.cr.execute(
        "DELETE FROM queue_job WHERE id IN (SELECT id FROM queue_job WHERE identity_key = %s AND state = 'pending'"
        " AND uuid IS DISTINCT FROM %s FOR UPDATE SKIP LOCKED)",
        [
            job_trigger.key("events", (connection_id, lane)),
            env.context.get("job_uuid"),
        ],
    )


def sweep(env: Environment, connection: models.BaseModel) -> None:
    """Recover events that no job has claimed: its worker died, it was cancelled, or their stream was not live."""
    env.cr.execute(
        "UPDATE retail_sync_event event SET claim = NULL WHERE event.connection_id = %s AND event.state = 'pending'"
        " AND event.claim IS NOT NULL AND NOT EXISTS (SELECT FROM queue_job job WHERE job.uuid = event.claim"
        " AND job.state = ANY(%s))",
        [connection.id, list(ALIVE)],
    )
    for lane in BEAT_SECONDS:
        streams = _listening(connection).filtered(lambda stream, lane=lane: _lane(stream) == lane)
        env.cr.execute(
            "SELECT EXISTS (SELECT FROM retail_sync_event WHERE stream_id = ANY(%s) AND state = 'pending'"
            " AND claim IS NULL AND received_at < now() AT TIME ZONE 'UTC' - interval '1 minute')"
            " AND NOT EXISTS (SELECT FROM queue_job WHERE identity_key = %s AND state = ANY(%s))",
            [streams.ids, job_trigger.key("events", (connection.id, lane)), list(ALIVE)],
        )
        if env.cr.fetchone()[0]:
            trigger(env, connection.id, lane)
