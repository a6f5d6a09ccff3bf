from collections.abc import Mapping
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter.contract import Connection, Stream
from odoo.addons.retail_sync.domain.mapping.decoding import remote_paths

from ...client.directory import ORGANIZATIONS, PEOPLE, TICKETS, Directory
from ...client.records import Description
from ...client.rows import CUSTOM
from .encode import WRITABLE

# Fields of the rows of every desk.
ROW_FIELDS: Mapping[str, tuple[str, ...]] = {
    TICKETS: (
        *("external_key", "subject", "description", "status", "priority", "type", "requester", "organization"),
        *("assignee", "group", "brand", "form", "channel", "public", "tags", "created_at", "updated_at", "url"),
        *("custom", "satisfaction"),
    ),
    PEOPLE: (
        *("external_key", "name", "email", "phone", "organization", "role", "active", "suspended", "tags"),
        *("language", "updated_at"),
    ),
    ORGANIZATIONS: ("external_key", "name", "domains", "tags", "updated_at"),
}


class RetailSyncAdapterDesk(models.AbstractModel):
    """What an account offers: its own fields, and its groups and agents, whose words tickets hold."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def known_fields(self, stream: Stream) -> dict[str, str]:
        found = {name: name.replace("_", " ").capitalize() for name in ROW_FIELDS.get(stream.remote_object, ())}
        if stream.remote_object == TICKETS:
            found.update(stream.connection_id.sudo().desk_fields or {})
        return found

    @api.model
    def check_schema(self, stream: Stream) -> list[dict[str, Any]]:
        if stream.remote_object not in ROW_FIELDS:
            return []
        with self._desk(stream.connection_id, "critical") as desk:
            self._look(stream.connection_id, desk)
        return self._check_lines(stream)

    @api.model
    def _look(self, connection: Connection, desk: Directory) -> Description:
        """Note what the account offers now; return it."""
        described = desk.describe()
        fields = {
            f"{CUSTOM}{field.key}": field.title for field in described.fields if not field.system and field.active
        }
        connection = connection.sudo()
        if connection.desk_fields != fields:
            connection.desk_fields = fields
        values = self.env["retail.sync.ticket.value"].sudo()
        values._list(connection, "team", {group.key: group.name for group in described.groups})
        values._list(connection, "assignee", desk.agents())
        return described

    @api.model
    def _check_lines(self, stream: Stream) -> list[dict[str, Any]]:
        """Return check_schema's answer, by what was noted last."""
        known = self.known_fields(stream)
        answer = []
        for line in stream.sudo().map_ids.filtered("active"):
            paths = remote_paths(line._row())
            missing = [path for path in paths if path not in known]
            status, detail = "ok", ""
            if paths and len(missing) == len(paths):
                # Fields of people and organisations that the account defines are not listed: they may be there.
                unlisted = stream.remote_object != TICKETS and all(path.startswith(CUSTOM) for path in missing)
                status = "unknown" if unlisted else "missing"
                detail = self.env._("The desk has no such field, or hides it from our user: %s.", ", ".join(missing))
            elif line.direction != "in" and paths and not any(self._is_written(stream, path) for path in paths):
                status, detail = "read_only", self.env._("The desk does not take this field; it is read only.")
            answer.append({"path": line.remote_path, "field": line.canonical_field, "status": status, "detail": detail})
        return answer

    @api.model
    def _is_written(self, stream: Stream, path: str) -> bool:
        return path in WRITABLE[stream.remote_object] or path.startswith(CUSTOM)
