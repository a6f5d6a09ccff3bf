"""How far the desk's export of what happened to tickets was read."""

from typing import Any, NamedTuple

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.fields import BigInteger

from ...client.directory import TICKETS

# Once more from so long before its end: what the desk lists late is not missed.
OVERLAP_SECONDS = 120
# A run that is older is stuck, and nothing waits for it.
ARRIVING_HOURS = 12


class Walk(NamedTuple):
    """position: what happened before is known, seconds since the epoch. covered: up to where all of it was, at the end.

    read_ago: seconds since that end was reached; None for never, as covered.
    """

    position: int = 0
    covered: int | None = None
    read_ago: float | None = None


class RetailSyncDeskWalk(models.Model):
    """The comments of all tickets that were known by then are known up to a position.

    A page and the position after it are committed together, so nothing is lost when a worker dies.
    """

    _name = "retail.sync.desk.walk"
    _description = "Events of tickets that were read"
    _erasure = Erasure(why="Holds a moment for each connection.")
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, readonly=True, ondelete="cascade")
    position = BigInteger(readonly=True)
    covered_until = BigInteger(readonly=True)
    read_at = fields.Datetime(readonly=True)

    _connection_uniq = models.UniqueIndex("(connection_id)")


def state(tx: Environment, connection: Any) -> Walk:
    """Return how far the export was read."""
    rows = tx.execute_query(
        SQL(
            "SELECT position, covered_until, extract(epoch FROM now() AT TIME ZONE 'UTC' - read_at)::float"
            " FROM retail_sync_desk_walk WHERE connection_id = %s",
            connection.id,
        )
    )
    return Walk(*rows[0]) if rows else Walk()


def locked(tx: Environment, connection: Any) -> int:
    """Return the position, which no other transaction moves before this one ends.

    Others see what it did when they have it in their turn, which asks for transactions that see what is committed.
    """
    tx.cr.execute(
        "INSERT INTO retail_sync_desk_walk (connection_id, position) VALUES (%s, 0)"
        " ON CONFLICT (connection_id) DO NOTHING",
        [connection.id],
    )
    tx.cr.execute("SELECT position FROM retail_sync_desk_walk WHERE connection_id = %s FOR UPDATE", [connection.id])
    return int(tx.cr.fetchone()[0])


def move(tx: Environment, connection: Any, position: int, covered: float | None) -> None:
    """Note a position; covered: where the end was reached, up to when it tells of everything."""
    if covered is not None:
        position = max(0, min(position, int(covered)) - OVERLAP_SECONDS)
    tx.cr.execute(
        "UPDATE retail_sync_desk_walk SET position = %(position)s,"
        " covered_until = CASE WHEN %(covered)s IS NULL THEN covered_until ELSE %(covered)s END,"
        " read_at = CASE WHEN %(covered)s IS NULL THEN read_at ELSE now() AT TIME ZONE 'UTC' END"
        " WHERE connection_id = %(connection)s",
        {"position": position, "covered": None if covered is None else int(covered), "connection": connection.id},
    )


def arriving(tx: Environment, connection: Any) -> bool:
    """Return whether tickets are being taken in."""
    tx.cr.execute(
        "SELECT EXISTS (SELECT FROM retail_sync_run run"
        " LEFT JOIN retail_sync_stream stream ON stream.id = run.stream_id"
        " WHERE run.connection_id = %s AND (stream.id IS NULL OR stream.remote_object = %s)"
        " AND run.kind IN ('initial', 'backlog', 'poll') AND run.state IN ('pending', 'running')"
        " AND run.create_date > now() AT TIME ZONE 'UTC' - %s * interval '1 hour')",
        [connection.id, TICKETS, ARRIVING_HOURS],
    )
    return bool(tx.cr.fetchone()[0])
