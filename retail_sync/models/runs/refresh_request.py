"""Which records people asked to read again: a record that waits to be read is read once, however often they ask."""

from collections.abc import Collection

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure, Remote

# Records that may wait for one user. More of them are a reload of the stream, which has a button and a lane of its own.
ASKED_PER_USER = 1000
# A request whose job was lost counts no more after this time.
STALE = "15 minutes"
# When lost requests are deleted.
KEEP_DAYS = 1


class RetailSyncRefreshRequest(models.Model):
    """Keep that a person asked to read a record again; the job that reads the record deletes the row."""

    _name = "retail.sync.refresh.request"
    _description = "Record to read again"
    _erasure = Erasure(rows=(Remote(connection=None, object=None),))
    _log_access = False
    _order = "id"

    stream_id = fields.Many2one("retail.sync.stream", required=True, readonly=True, ondelete="cascade")
    external_id = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade", index=True)
    at = fields.Datetime(required=True, readonly=True, index=True)

    _record_uniq = models.UniqueIndex("(stream_id, external_id)")

    @retention.batched
    def _gc_requests(self) -> retention.Progress:
        """Delete requests whose job was lost."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        return retention.delete_expired(self, SQL("at < %s", limit), SQL("at"))


def note(
    env: Environment, stream: models.BaseModel, external_ids: Collection[str], user: models.BaseModel
) -> list[str]:
    """Note that a user asks for records; return those that do not wait to be read already.

    :raises UserError: too many records wait for this user
    """
    waiting = SQL("at > now() AT TIME ZONE 'UTC' - %s::interval", STALE)
    [(count,)] = env.execute_query(
        SQL("SELECT count(*) FROM retail_sync_refresh_request WHERE user_id = %s AND %s", user.id, waiting)
    )
    if count + len(external_ids) > ASKED_PER_USER:
        raise UserError(
            env._(
                "%(count)s records that you asked for wait to be read, and %(most)s may. Wait until they are read. To "
                "read a whole stream again, a sync manager presses Load again on the stream.",
                count=count,
                most=ASKED_PER_USER,
            )
        )
    rows = env.execute_query(
        SQL(
            "INSERT INTO retail_sync_refresh_request AS request (stream_id, external_id, user_id, at)"
            " SELECT %s, external_id, %s, now() AT TIME ZONE 'UTC' FROM unnest(%s::text[]) AS asked (external_id)"
            " ON CONFLICT (stream_id, external_id) DO UPDATE SET at = EXCLUDED.at, user_id = EXCLUDED.user_id"
            " WHERE request.at <= now() AT TIME ZONE 'UTC' - %s::interval RETURNING external_id",
            stream.id,
            user.id,
            sorted(set(external_ids)),
            STALE,
        )
    )
    return sorted(external_id for (external_id,) in rows)


def forget(env: Environment, stream_id: int, external_ids: Collection[str]) -> None:
    """Forget requests for records that were read. What was asked after the read began stays: it is not visible yet."""
    env.cr.execute(
        "DELETE FROM retail_sync_refresh_request WHERE stream_id = %s AND external_id = ANY(%s)",
        [stream_id, list(external_ids)],
    )
