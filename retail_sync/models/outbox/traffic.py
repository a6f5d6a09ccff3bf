"""How long the changes of a stream are gathered now: longer while a connection is busy with documents.

A call takes up to a thousand records, and a platform counts calls. At an ordinary pace each change leaves at once, in a
call of its own. Under load that would be calls without a pause: then changes leave together, at one moment for all of a
connection, records before those that refer to them, so that none has to wait for another one and be looked at twice.
"""

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

# A connection becomes busy when so many messages about documents were made, or got further changes, within this time.
# It stays busy with far fewer while gathered ones wait: what is gathered makes fewer messages, and would end the load
# that it answers. Bulk work does not count: a history or a catalogue on its way is no reason to let an order wait.
BUSY_MESSAGES, STILL_BUSY_MESSAGES, BUSY_SECONDS = 90, 10, 15
# The look ends after so many messages of all streams: what other streams have on top of that is bulk work.
NEWEST = 1000
# From the records of one stream to those that refer to them: most deliveries are answered by then.
STEP_SECONDS = 10


def window(env: Environment, stream: models.BaseModel) -> int:
    """Return the seconds for which changes of a stream that are routed now wait for others, 0 without load."""
    if stream.busy_window_seconds <= stream.window_seconds or not is_busy(env, stream.connection_id):
        return 0
    gathering = stream.connection_id.stream_ids.filtered("busy_window_seconds")
    return until_tick(env, stream.busy_window_seconds) + STEP_SECONDS * _depth(stream, gathering)


def until_tick(env: Environment, seconds: int) -> int:
    """Return the seconds until the next moment at which gathered changes go: the same for all that come before it."""
    return seconds - int(env.cr.now().timestamp()) % seconds if seconds else 0


def is_busy(env: Environment, connection: models.BaseModel) -> bool:
    """Return whether a connection has so many documents to send that calls have to be saved."""
    streams = connection.stream_ids.filtered(lambda stream: stream._entity()._makes_load)
    if not streams:
        return False
    env["retail.sync.message"].flush_model()
    [(found, gathering)] = env.execute_query(
        SQL(
            "SELECT (SELECT count(*) FROM (SELECT stream_id, lane, kind, direction, write_date"
            " FROM retail_sync_message ORDER BY id DESC LIMIT %(newest)s) message"
            " WHERE message.stream_id = ANY(%(streams)s) AND message.lane <> 'bulk' AND message.kind = 'delivery'"
            " AND message.direction = 'out'"
            " AND message.write_date > now() AT TIME ZONE 'UTC' - %(seconds)s * interval '1 second'),"
            " EXISTS (SELECT FROM retail_sync_message message WHERE message.stream_id = ANY(%(streams)s)"
            " AND message.lane <> 'bulk' AND message.state = 'pending' AND message.attempts = 0"
            " AND message.next_try_at > now() AT TIME ZONE 'UTC')",
            newest=NEWEST,
            streams=streams.ids,
            seconds=BUSY_SECONDS,
        )
    )
    return bool(found >= (STILL_BUSY_MESSAGES if gathering else BUSY_MESSAGES))


def _depth(stream: models.BaseModel, gathering: models.BaseModel, above: frozenset[str] = frozenset()) -> int:
    """Return how many streams that gather have to send their records before this one's can name them."""
    above |= {stream.entity}
    named = {spec.entity for spec in stream._entity()._spec().references.values()} - above
    before = gathering.filtered(lambda other: other.entity in named and other._entity()._makes_load)
    return max((1 + _depth(other, gathering, above) for other in before), default=0)
