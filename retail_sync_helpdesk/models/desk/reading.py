from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import DeletedRef, PollResult
from odoo.addons.retail_sync.adapter.contract import Cursor, Row, Stream

from ...client import rows, times
from ...client.directory import ORGANIZATIONS, PEOPLE, TICKETS, Directory
from ...client.records import Status, Ticket

#: Records in one answer of an export.
MOST_ROWS = 1000
END_USER = "end-user"


class RetailSyncAdapterDesk(models.AbstractModel):
    """Reading: everything in the order of change, and single records by id or by our key.

    A first load and the polls after it are one walk through what changed: a load begins it at the beginning of time.
    """

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def count(self, stream: Stream) -> int:
        with self._desk(stream.connection_id, "bulk") as desk:
            return desk.count(stream.remote_object)

    @api.model
    def begin_cursor(self, stream: Stream) -> Cursor:
        return {"since": 0}

    @api.model
    def cursor_after_load(self, stream: Stream, cursor: Cursor) -> tuple[Cursor, str | None]:
        return dict(cursor) or self.begin_cursor(stream), None

    @api.model
    def cursor_time(self, cursor: Cursor) -> str | bool:
        return cursor.get("read_until") or False

    @api.model
    def fetch_page(self, stream: Stream, cursor: Cursor, limit: int) -> tuple[list[Row], Cursor, bool]:
        with self._desk(stream.connection_id, "bulk") as desk:
            found, _deleted, after, more = self._changed(desk, stream, cursor, limit)
        return found, after, more

    @api.model
    def list_versions(self, stream: Stream, cursor: Cursor | None, limit: int) -> tuple[list[Any], Cursor | None]:
        """Return ids and versions by the same walk, which shows what lists leave out: tickets that are archived.

        A record that changed meanwhile is in it twice; the later one counts.
        """
        with self._desk(stream.connection_id, "bulk") as desk:
            found, _deleted, after, more = self._changed(desk, stream, cursor or self.begin_cursor(stream), limit)
        return [self.row_key(stream, row) for row in found], after if more else None

    @api.model
    def poll_stream(self, stream: Stream, cursor: Cursor, limit: int) -> PollResult:
        with self._desk(stream.connection_id, "standard") as desk:
            found, deleted, after, more = self._changed(desk, stream, cursor or self.begin_cursor(stream), limit)
            deleted = self._with_winners(desk, stream, deleted)
        return PollResult(rows=found, cursor=after, more=more, deleted=deleted)

    @api.model
    def _changed(
        self, desk: Directory, stream: Stream, cursor: Cursor, limit: int
    ) -> tuple[list[Row], list[DeletedRef], Cursor, bool]:
        """Return (rows, deletions, cursor, more) of the next changes of a stream."""
        size = max(1, min(limit, MOST_ROWS))
        asked = {name: value for name, value in cursor.items() if name != "read_until"}
        if stream.remote_object == TICKETS:
            page = desk.changed_tickets(asked, size)
            records: Sequence[Any] = page.tickets
        else:
            read = desk.changed_people if stream.remote_object == PEOPLE else desk.changed_organizations
            page = read(asked, size)
            records = page.records
        newest = {record.key: record for record in records}
        gone = [record for record in newest.values() if _is_gone(record)]
        living = [record for record in newest.values() if not _is_gone(record)]
        after = self._kept_cursor(dict(page.cursor))
        if page.covered_until is not None:
            after["read_until"] = times.iso(page.covered_until)
        elif cursor.get("read_until"):
            after["read_until"] = cursor["read_until"]
        deleted = [DeletedRef(record.key, record.updated_at, confirmed=True) for record in gone]
        return self._rows_of(stream, living), deleted, after, page.more

    @api.model
    def _kept_cursor(self, cursor: Cursor) -> Cursor:
        """Return what is stored of a cursor. Hook: a cursor of the desk's own needs no memory of what it gave."""
        return cursor

    @api.model
    def _rows_of(self, stream: Stream, records: Iterable[Any]) -> list[Row]:
        """Return rows of records; agents are no customers."""
        if stream.remote_object == TICKETS:
            connection = stream.connection_id
            return [
                rows.ticket_row(record, str(self.record_url(connection, TICKETS, record.key) or ""))
                for record in records
            ]
        if stream.remote_object == PEOPLE:
            return [rows.person_row(record) for record in records if record.role in ("", END_USER)]
        return [rows.organization_row(record) for record in records]

    @api.model
    def _read(self, desk: Directory, stream: Stream, keys: Sequence[str]) -> Mapping[str, Any]:
        """Return {id: record} of those that live."""
        if stream.remote_object == TICKETS:
            found: Mapping[str, Any] = desk.tickets(keys)
        elif stream.remote_object == ORGANIZATIONS:
            found = desk.organizations(keys)
        else:
            found = desk.people(keys)
        return {key: record for key, record in found.items() if not _is_gone(record)}

    @api.model
    def read_by_ids(self, stream: Stream, external_ids: Sequence[str]) -> tuple[list[Row], list[str]]:
        wanted = list(dict.fromkeys(map(self.normalise_id, external_ids)))
        if not wanted:
            return [], []
        with self._desk(stream.connection_id, "critical") as desk:
            found = self._read(desk, stream, wanted)
        listed = self._rows_of(stream, [found[key] for key in wanted if key in found])
        shown = {row["id"] for row in listed}
        return listed, [key for key in wanted if key not in shown]

    @api.model
    def read_by_keys(self, stream: Stream, keys: Sequence[str]) -> list[Row]:
        with self._desk(stream.connection_id, "critical") as desk:
            if stream.remote_object == TICKETS:
                found: list[Any] = [ticket for key in keys for ticket in desk.find(key)]
            elif stream.remote_object == ORGANIZATIONS:
                found = desk.organizations_by_key(keys)
            else:
                found = desk.people_by_key(keys)
        return self._rows_of(stream, [record for record in found if not _is_gone(record)])

    @api.model
    def row_key(self, stream: Stream, row: Row) -> tuple[str, int]:
        return row["id"], rows.version_of(row)

    @api.model
    def record_url(self, connection: Any, remote_object: str, external_id: str) -> str | bool:
        host = connection.sudo()._desk_host()
        path = self._record_paths().get(remote_object)
        return f"https://{host}{path}/{external_id}" if host and path and external_id else False

    @api.model
    def _record_paths(self) -> Mapping[str, str]:
        """Return {object: path under which people see its records}."""
        return {}


def _is_gone(record: Any) -> bool:
    """Return whether the desk says of a record that it was deleted."""
    if isinstance(record, Ticket):
        return record.status is Status.deleted
    return getattr(record, "active", True) is False
