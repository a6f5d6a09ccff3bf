"""Changes of rules in the audit trail: who decides about a field, what a field means, what a stream may do."""

from typing import Any

from odoo import api, models

from ...domain.security.audit import AuditKind
from ..audit import changes

# What people decide about a stream; states, positions and sizes are the engine's, and change all the time.
STREAM_FIELDS = frozenset(
    {
        "active",
        "entity",
        "remote_object",
        "direction",
        "planned_direction",
        "filter_text",
        "delete_policy",
        "create_policy",
        "export_policy",
        "may_empty",
    }
)
# A row of a kind of its own: from then on, Odoo deletes on the platform.
DELETION_FIELDS = frozenset({"unlink_policy"})


def _rules(records: models.BaseModel, vals: dict[str, Any]) -> set[str]:
    """Return the names of vals that people set; what is read-only on screens is the engine's."""
    return {name for name in vals if name in records._fields and not records._fields[name].readonly}


def _connection(record: Any) -> Any:
    return record.connection_id


class RetailSyncOwnershipRule(models.Model):
    """Keep changes of ownership rules in the audit trail."""

    _inherit = "retail.sync.ownership.rule"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        rules = super().create(vals_list)
        changes.note_each(rules, "create", _connection)
        return rules

    def write(self, vals: dict[str, Any]) -> bool:
        with changes.noted(self, _rules(self, vals), _connection):
            return super().write(vals)

    def unlink(self) -> bool:
        changes.note_each(self, "unlink", _connection)
        return super().unlink()


class RetailSyncFieldMap(models.Model):
    """Keep changes of field mappings in the audit trail."""

    _inherit = "retail.sync.field.map"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        lines = super().create(vals_list)
        changes.note_each(lines, "create", _connection)
        return lines

    def write(self, vals: dict[str, Any]) -> bool:
        with changes.noted(self, _rules(self, vals), _connection):
            return super().write(vals)

    def unlink(self) -> bool:
        changes.note_each(self, "unlink", _connection)
        return super().unlink()


class RetailSyncStream(models.Model):
    """Keep what people decide about a stream in the audit trail."""

    _inherit = "retail.sync.stream"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        streams = super().create(vals_list)
        changes.note_each(streams, "create", _connection)
        deleting = streams.filtered(lambda stream: stream.unlink_policy == "delete")
        changes.note_each(deleting, "create", _connection, AuditKind.DELETION)
        return streams

    def write(self, vals: dict[str, Any]) -> bool:
        if not vals.keys() & (STREAM_FIELDS | DELETION_FIELDS):
            return super().write(vals)
        with (
            changes.noted(self, STREAM_FIELDS & vals.keys(), _connection),
            changes.noted(self, DELETION_FIELDS & vals.keys(), _connection, AuditKind.DELETION),
        ):
            return super().write(vals)

    def unlink(self) -> bool:
        changes.note_each(self, "unlink", _connection)
        return super().unlink()
