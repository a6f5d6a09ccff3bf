"""Changes of rules in the audit trail: who decides about a field, what a field means, what a stream may do."""

from contextlib import ExitStack
from typing import Any, Self

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


def _connection(record: Any) -> Any:
    return record.connection_id


class RetailSyncAuditedRule(models.AbstractModel):
    """Rules of a connection (`connection_id`) whose changes by people are kept in the audit trail."""

    _name = "retail.sync.audited.rule"
    _description = "Rule whose changes are audited"

    @api.model
    def _audited_fields(self) -> dict[AuditKind, set[str]]:
        """Return the fields that people set, by the kind of the row that their change makes.

        What is read-only on screens is the engine's.
        """
        return {AuditKind.OWNERSHIP: {name for name, field in self._fields.items() if not field.readonly}}

    def _created_as(self, kind: AuditKind) -> Self:
        """Return those of self whose creation makes a row of a kind."""
        return self

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        rules: Self = super().create(vals_list)
        for kind in self._audited_fields():
            changes.note_each(rules._created_as(kind), "create", _connection, kind)
        return rules

    def write(self, vals: dict[str, Any]) -> bool:
        with ExitStack() as noted:
            for kind, names in self._audited_fields().items():
                if set_now := names & vals.keys():
                    noted.enter_context(changes.noted(self, set_now, _connection, kind))
            return super().write(vals)

    def unlink(self) -> bool:
        changes.note_each(self, "unlink", _connection)
        return super().unlink()


class RetailSyncOwnershipRule(models.Model):
    _name = "retail.sync.ownership.rule"
    _inherit = ["retail.sync.audited.rule", "retail.sync.ownership.rule"]


class RetailSyncFieldMap(models.Model):
    _name = "retail.sync.field.map"
    _inherit = ["retail.sync.audited.rule", "retail.sync.field.map"]


class RetailSyncStream(models.Model):
    """Keep what people decide about a stream in the audit trail."""

    _name = "retail.sync.stream"
    _inherit = ["retail.sync.audited.rule", "retail.sync.stream"]

    @api.model
    def _audited_fields(self) -> dict[AuditKind, set[str]]:
        return {AuditKind.OWNERSHIP: set(STREAM_FIELDS), AuditKind.DELETION: set(DELETION_FIELDS)}

    def _created_as(self, kind: AuditKind) -> Self:
        return self if kind is not AuditKind.DELETION else self.filtered(lambda row: row.unlink_policy == "delete")
