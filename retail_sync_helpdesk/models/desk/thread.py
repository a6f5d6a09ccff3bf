"""Up to which version of a ticket its comments were read."""

from datetime import timedelta
from typing import Any, NamedTuple

from odoo import fields, models
from odoo.api import Environment

from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.fields import BigInteger

from ...client.directory import TICKETS

# A ticket whose comments could not be read is looked at again after so long, and longer each time.
RETRY_SECONDS = 60
LONGEST_RETRY_SECONDS = 6 * 3600


class DueThread(NamedTuple):
    """A ticket whose comments are to be read. since: key of the last one that is known."""

    link_id: int
    ticket_id: int
    external_id: str
    version: int
    since: str


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


def due(tx: Environment, connection: Any, limit: int) -> list[DueThread]:
    """Return tickets that changed since their comments were read, those first that changed first."""
    tx["retail.sync.link"].flush_model()
    tx.cr.execute(
        "SELECT link.id, link.res_id, link.external_id, link.version, coalesce(thread.last_comment, '')"
        " FROM retail_sync_link link LEFT JOIN retail_sync_desk_thread thread ON thread.link_id = link.id"
        " WHERE link.connection_id = %s AND link.remote_object = %s AND link.part = 'main'"
        " AND link.res_model = 'helpdesk.ticket' AND link.is_primary AND link.state IN ('in_sync', 'attention')"
        " AND coalesce(thread.version, -1) < link.version"
        " AND (thread.next_try_at IS NULL OR thread.next_try_at <= now() AT TIME ZONE 'UTC')"
        " ORDER BY link.version, link.id LIMIT %s",
        [connection.id, TICKETS, limit],
    )
    return [DueThread(*row) for row in tx.cr.fetchall()]


def note_read(tx: Environment, thread: DueThread, last_comment: str) -> None:
    """Note that the comments of a ticket are known up to its version."""
    tx.cr.execute(
        "INSERT INTO retail_sync_desk_thread (link_id, version, last_comment) VALUES (%s, %s, %s)"
        " ON CONFLICT (link_id) DO UPDATE SET version = GREATEST(retail_sync_desk_thread.version, EXCLUDED.version),"
        " last_comment = EXCLUDED.last_comment, failures = 0, next_try_at = NULL",
        [thread.link_id, thread.version, last_comment or thread.since],
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
