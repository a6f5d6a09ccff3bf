from collections.abc import Collection
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ...domain.security.event_notice import Notice
from ...runtime import retention, rights
from ...runtime.erasure import Erasure, Remote
from ...runtime.fields import BigInteger
from ...runtime.rights import Role
from ...runtime.sql import execute_values
from . import event_store

COLUMNS = ("connection_id", "stream_id", "source", "event_key", "remote_object", "external_id", "at", "state", "note")
KEEP_DAYS = 14
# Events that a stream missed while it was stopped for so long are covered by its next poll.
KEEP_WAITING_DAYS = 60


class RetailSyncEvent(models.Model):
    """The inbox: "this record changed", as a platform reported it.

    A row is a hint and holds no data of the record, which is read by its id. That is
    why it may be stored for every caller who knows the URL, why a second one is as good as
    the first, and why their order does not matter.
    """

    _name = "retail.sync.event"
    _inherit = ["retail.sync.bounded.read"]
    _description = "Event"
    _erasure = Erasure(rows=(Remote(),), quotes=("note",))
    _order = "id desc"
    _log_access = False
    _rec_name = "external_id"

    connection_id = fields.Many2one("retail.sync.connection", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id")
    stream_id = fields.Many2one("retail.sync.stream", readonly=True, ondelete="set null", index="btree_not_null")
    source = fields.Selection(
        [("json", "Signed call"), ("webhook", "Webhook of the platform")],
        required=True,
        readonly=True,
        string="Came as",
        help="Adapters add the forms in which their platforms report changes.",
    )
    event_key = fields.Char(
        required=True,
        readonly=True,
        help="The platform's own id of the event. An event that arrives twice is stored once.",
        string="Event id",
    )
    remote_object = fields.Char(required=True, readonly=True, string="Object")
    external_id = fields.Char(required=True, readonly=True, string="Record id")
    at = BigInteger(
        readonly=True, help="Modification time reported by the platform, in ms since 1970.", string="Changed at"
    )
    received_at = fields.Datetime(required=True, readonly=True, string="Received")
    state = fields.Selection(
        [("pending", "Waiting"), ("done", "Done"), ("ignored", "Ignored"), ("failed", "Failed")],
        required=True,
        readonly=True,
        help="Done: the record was read again. Ignored: no stream reads such records. "
        "Failed: reading the record kept failing; an exception says why.",
    )
    done_at = fields.Datetime(readonly=True, string="Closed")
    attempts = fields.Integer(readonly=True, help="Number of jobs that processed the event.")
    claim = fields.Char(readonly=True, index="btree_not_null", help="Job that is processing the event.")
    note = fields.Char(readonly=True)
    correlation_id = fields.Char(readonly=True, help="Of the run that read the record.", string="Correlation id")

    _key_uniq = models.UniqueIndex("(connection_id, event_key)", "This event is stored already.")
    _pending_idx = models.Index("(stream_id, id) WHERE state = 'pending'")
    _held_idx = models.Index("(stream_id, external_id) WHERE state = 'pending' AND claim IS NOT NULL")
    _received_idx = models.Index("(connection_id, received_at)")
    _retention_idx = models.Index("(received_at)")

    @api.model
    def _store(self, connection: models.BaseModel, source: str, notices: Collection[Notice]) -> int:
        """Store the events of a request, in one statement; return how many events are new.

        :param notices: list of Notice; events that are known by their key change nothing
        """
        if not notices:
            return 0
        reading = connection.stream_ids.filtered(lambda stream: stream._takes_in())
        streams = reading.grouped(lambda stream: stream.remote_object.lower())
        ignored = self.env._("No stream reads such records")
        rows = {}
        for notice in notices:
            # Several streams may read one object: each gets an event of its own.
            for number, stream in enumerate(streams.get(notice.remote_object.lower()) or [None]):
                key = f"{notice.key}#{stream.id}" if number else notice.key
                state, note = ("pending", None) if stream else ("ignored", ignored)
                rows[key] = (
                    connection.id,
                    stream.id if stream else None,
                    source,
                    key,
                    stream.remote_object if stream else notice.remote_object,
                    notice.external_id,
                    notice.at,
                    state,
                    note,
                )
        # In the order of their keys: two requests that report the same events must not wait for each other in a circle.
        stored = execute_values(
            self.env,
            f"INSERT INTO retail_sync_event ({', '.join(COLUMNS)}, attempts, received_at) VALUES %s"
            " ON CONFLICT (connection_id, event_key) DO NOTHING RETURNING stream_id",
            [rows[key] for key in sorted(rows)],
            template=f"({', '.join(['%s'] * len(COLUMNS))}, 0, clock_timestamp() AT TIME ZONE 'UTC')",
            page_size=len(rows),
        )
        event_store.announce(self.env, connection, {stream_id for (stream_id,) in stored if stream_id})
        return len(stored)

    @api.model
    def _last_times(self, connections: models.BaseModel) -> dict[int, datetime | None]:
        """Return {connection id: when its last event came in}; one index look-up each."""
        rows = self.env.execute_query(
            SQL(
                "SELECT connection.id, (SELECT max(received_at) FROM retail_sync_event WHERE connection_id = "
                "connection.id)"
                " FROM retail_sync_connection connection WHERE connection.id = ANY(%s)",
                connections.ids,
            )
        )
        return {connection_id: moment and moment.replace(microsecond=0) for connection_id, moment in rows}

    def action_again(self) -> bool:
        """Read the records of these events again."""
        selected = rights.require(self, Role.operator)
        events = selected.filtered(lambda event: event.stream_id and event.state != "pending")
        events.write({"state": "pending", "attempts": 0, "note": False, "claim": False, "done_at": False})
        events.flush_recordset()
        for connection, group in events.sudo().grouped("connection_id").items():
            event_store.announce(self.env(su=True), connection, set(group.stream_id.ids))
        return True

    @retention.batched
    def _gc_events(self) -> retention.Progress:
        """Delete closed events once no platform can repeat them any more, and waiting ones that waited for months."""
        keep = max(retention.days(self.env, "keep_events_days", KEEP_DAYS), 2)
        now = fields.Datetime.now()
        done, remaining = 0, 0
        for days, state in ((keep, SQL("state <> 'pending'")), (KEEP_WAITING_DAYS, SQL("state = 'pending'"))):
            old = SQL("%s AND received_at < %s", state, fields.Datetime.subtract(now, days=days))
            deleted, more = retention.delete_expired(self, old, SQL("received_at"))
            done, remaining = done + deleted, remaining or more
        return done, remaining
