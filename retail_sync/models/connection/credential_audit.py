"""Changes of credentials in the audit trail: who, which connection, which field; never a value."""

from typing import Any

from odoo import api, models

from ...domain.security.audit import AuditKind
from ..audit import changes

# Where a platform is reached, as whom, and what accepts its calls. Credentials are declared by the adapter.
FIELDS = frozenset(
    {
        "active",
        "base_url",
        "ca_bundle",
        "code",
        "company_id",
        "environment",
        "event_key",
        "event_token",
        "system",
        "user_id",
    }
)
# Fields that hold several credentials by name: the row says which of them changed.
STORES = ("credential_values", "credential_secrets")


class RetailSyncConnection(models.Model):
    """Keep changes of credentials in the audit trail."""

    _inherit = "retail.sync.connection"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        connections = super().create(vals_list)
        for connection in connections:
            connection._note_credentials("create", sorted({*connection._stored_names(), *connection._filled(FIELDS)}))
        return connections

    def write(self, vals: dict[str, Any]) -> bool:
        if not vals.keys() & self._credential_columns():
            return super().write(vals)
        before = {connection: connection._credential_state() for connection in self}
        result = super().write(vals)
        for connection, state in before.items():
            if changed := changes.values_changed(state, connection._credential_state()):
                connection._note_credentials("write", changed)
        return result

    def unlink(self) -> bool:
        for connection in self:
            connection._note_credentials("unlink", [])
        return super().unlink()

    def _note_credentials(self, step: str, names: list[str]) -> None:
        changes.note(self, step, self, AuditKind.CREDENTIAL, fields=names)

    def _credential_columns(self) -> set[str]:
        """Return the names of fields whose change is one of credentials, those of an adapter's own among them."""
        declared = {name for connection in self for name in connection._credential_names()}
        return {*FIELDS, *STORES, *(name for name in declared if name in self._fields and self._fields[name].store)}

    def _credential_state(self) -> dict[str, Any]:
        """Return {name: value}, for a comparison within this transaction."""
        connection = self.sudo()
        state: dict[str, Any] = {}
        for name in self._credential_columns():
            if name in STORES:
                state.update(connection[name] or {})
            else:
                value = connection[name]
                state[name] = value.ids if isinstance(value, models.BaseModel) else value
        return state

    def _stored_names(self) -> set[str]:
        connection = self.sudo()
        return {name for store in STORES for name in connection[store] or {}}

    def _filled(self, names: frozenset[str]) -> set[str]:
        connection = self.sudo()
        return {name for name in names if connection[name]}
