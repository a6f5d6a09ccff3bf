"""Up to which version of a ticket its comments were read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.fields import BigInteger

from ...client.directory import TICKETS

# A ticket whose comments could not be read is looked at again after so long, and longer each time.
RETRY_SECONDS = 60
LONGEST_RETRY_SECONDS = 6 * 3600


# Which threads are due, and when: for the queries of `due` and `count_due`.
_DUE = (
    " FROM retail_sync_link link LEFT JOIN retail_sync_desk_thread thread ON thread.link_id = link.id"
    " WHERE link.connection_id = %(connection)s AND link.remote_object = %(object)s AND link.part = 'main'"
    " AND link.res_model = 'helpdesk.ticket' AND link.is_primary AND link.state IN ('in_sync', 'attention')"
    " AND coalesce(thread.version, -1) < link.version"
    " AND (thread.next_try_at IS NULL OR thread.next_try_at <= now() AT TIME ZONE 'UTC')"
)


class DueThread(NamedTuple):
    """A ticket whose comments are to be read. since: key of the last one that is known.

    known: whether its comments were read before.
    """

    link_id: int
    ticket_id: int
    external_id: str
    version: int
    since: str
    known: bool = True


class RetailSyncDeskThread(models.Model):
    """A ticket has changed since its comments were read where its link has a later version than its thread.

    So nothing has to be noted when a ticket changes, and nothing is lost when a worker dies.
    """

    _name = "retail.sync.desk.thread"
    _description = "Comments of a ticket that were read"
    _erasure = Erasure(why="Holds keys of comments; it goes with the link of its ticket.")
    _log_access = False

    link_id = fields.Many2one("retail.sync.link", required=True, readonly=True, ondelete="cascade")
    version = BigInteger(readonly=True)
    last_comment = fields.Char(readonly=True)
    failures = fields.Integer(readonly=True)
    next_try_at = fields.Datetime(readonly=True)

    _link_uniq = models.UniqueIndex("(link_id)")


def due(tx: Environment, connection: Any, limit: int, until: int | None = None) -> list[DueThread]:
    """Return tickets that changed since their comments were read, those first that changed first.

    :param until: only those that changed up to then, seconds since the epoch
    """
    tx["retail.sync.link"].flush_model()
    tx.cr.execute(
        "SELECT link.id, link.res_id, link.external_id, link.version, coalesce(thread.last_comment, ''),"
        f" coalesce(thread.version, -1) >= 0{_DUE}"
        " AND (%(until)s IS NULL OR link.version <= %(until)s) ORDER BY link.version, link.id LIMIT %(limit)s",
        {**_of(connection), "until": None if until is None else until * 1000, "limit": limit},
    )
    return [DueThread(*row) for row in tx.cr.fetchall()]


def count_due(tx: Environment, connection: Any, after: int | None, most: int) -> int:
    """Return how many tickets are due, `most` at most.

    :param after: only those that changed after then, seconds since the epoch; None for any
    """
    tx["retail.sync.link"].flush_model()
    tx.cr.execute(
        f"SELECT count(*) FROM (SELECT{_DUE} AND link.version > %(after)s LIMIT %(most)s) AS found",
        {**_of(connection), "after": -1 if after is None else after * 1000, "most": most},
    )
    return int(tx.cr.fetchone()[0])


def of_tickets(tx: Environment, connection: Any, external_ids: Sequence[str]) -> dict[str, DueThread]:
    """Return {ticket at the desk: its thread} of those that are taken in; without those that could not be read."""
    tx["retail.sync.link"].flush_model()
    tx.cr.execute(
        "SELECT link.id, link.res_id, link.external_id, coalesce(thread.version, -1),"
        " coalesce(thread.last_comment, ''), coalesce(thread.version, -1) >= 0"
        " FROM retail_sync_link link LEFT JOIN retail_sync_desk_thread thread ON thread.link_id = link.id"
        " WHERE link.connection_id = %(connection)s AND link.remote_object = %(object)s AND link.part = 'main'"
        " AND link.res_model = 'helpdesk.ticket' AND link.is_primary AND link.state IN ('in_sync', 'attention')"
        " AND link.external_id = ANY(%(ids)s) AND coalesce(thread.failures, 0) = 0",
        {**_of(connection), "ids": list(external_ids)},
    )
    return {row[2]: DueThread(*row) for row in tx.cr.fetchall()}


def _of(connection: Any) -> dict[str, Any]:
    return {"connection": connection.id, "object": TICKETS}


def note_read(tx: Environment, thread: DueThread, last_comment: str) -> None:
    """Note that the comments of a ticket are known up to its version."""
    tx.cr.execute(
        "INSERT INTO retail_sync_desk_thread (link_id, version, last_comment) VALUES (%s, %s, %s)"
        " ON CONFLICT (link_id) DO UPDATE SET version = GREATEST(retail_sync_desk_thread.version, EXCLUDED.version),"
        " last_comment = EXCLUDED.last_comment, failures = 0, next_try_at = NULL",
        [thread.link_id, thread.version, last_comment or thread.since],
    )


def note_reported(tx: Environment, notes: Sequence[tuple[int, int, str]]) -> None:
    """Note up to when the comments of tickets were reported.

    :param notes: (link id, version, key of the last comment, "" where none was reported)
    """
    if not notes:
        return
    values = SQL(", ").join(SQL("(%s, %s, %s)", link, version, comment or None) for link, version, comment in notes)
    tx.execute_query(
        SQL(
            "INSERT INTO retail_sync_desk_thread AS thread (link_id, version, last_comment) VALUES %s"
            " ON CONFLICT (link_id) DO UPDATE SET version = EXCLUDED.version,"
            " last_comment = coalesce(EXCLUDED.last_comment, thread.last_comment)"
            # What was read singly meanwhile is later.
            " WHERE coalesce(thread.version, -1) < EXCLUDED.version AND coalesce(thread.failures, 0) = 0"
            " RETURNING link_id",
            values,
        )
    )


def note_unread(tx: Environment, link_ids: Sequence[int]) -> None:
    """Let the comments of tickets be read singly."""
    tx.cr.execute("UPDATE retail_sync_desk_thread SET version = -1 WHERE link_id = ANY(%s)", [list(link_ids)])


def note_covered(tx: Environment, connection: Any, until: int) -> None:
    """Note that the comments of all tickets whose threads are known were reported, up to a moment."""
    tx["retail.sync.link"].flush_model()
    tx.cr.execute(
        "UPDATE retail_sync_desk_thread thread SET version = link.version FROM retail_sync_link link"
        " WHERE link.id = thread.link_id AND link.connection_id = %s AND thread.version >= 0"
        " AND thread.version < link.version AND link.version <= %s AND coalesce(thread.failures, 0) = 0",
        [connection.id, until * 1000],
    )


def note_failed(tx: Environment, thread: DueThread) -> None:
    """Let a ticket wait whose comments could not be read; the others go on."""
    tx.cr.execute(
        "INSERT INTO retail_sync_desk_thread AS thread (link_id, version, failures, next_try_at)"
        " VALUES (%(link)s, -1, 1, now() AT TIME ZONE 'UTC' + %(first)s)"
        " ON CONFLICT (link_id) DO UPDATE SET failures = coalesce(thread.failures, 0) + 1,"
        " next_try_at = now() AT TIME ZONE 'UTC' + least(%(first)s * power(2, least(coalesce(thread.failures, 0), 10)),"
        " %(longest)s)",
        {
            "link": thread.link_id,
            "first": timedelta(seconds=RETRY_SECONDS),
            "longest": timedelta(seconds=LONGEST_RETRY_SECONDS),
        },
    )
