from contextlib import ExitStack
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.domain.security.audit import AuditKind
from odoo.addons.retail_sync.models.audit import changes

# What decides who calls, and how far.
FIELDS = frozenset(
    {
        "active",
        "brands",
        "burst",
        "company_ids",
        "currency_id",
        "expires_at",
        "kind",
        "may_override",
        "name",
        "owner_id",
        "read_only",
        "region_ids",
        "requests_per_day",
        "requests_per_minute",
        "scope_ids",
        "verification_methods",
    }
)
CAP_FIELDS = frozenset({"hours", "count", "amount", "single", "scope_ids", "name"})


class RetailSyncApiKey(models.Model):
    """Keep changes of keys in the audit trail."""

    _inherit = "retail.sync.api.key"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        keys: Any = super().create(vals_list)
        keys._note("create")
        return keys

    def write(self, vals: dict[str, Any]) -> bool:
        with ExitStack() as stack:
            if names := FIELDS & vals.keys():
                stack.enter_context(changes.noted(self, names, self._no_connection, AuditKind.CREDENTIAL))
            return super().write(vals)

    def unlink(self) -> bool:
        self._note("unlink")
        return super().unlink()

    @staticmethod
    def _no_connection(record: models.BaseModel) -> models.BaseModel:
        return record.env["retail.sync.connection"]


class RetailSyncApiKeyCap(models.Model):
    """Keep changes of caps in the audit trail."""

    _inherit = "retail.sync.api.key.cap"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        caps: Any = super().create(vals_list)
        changes.note(caps, "create", self.env["retail.sync.connection"], AuditKind.CREDENTIAL)
        return caps

    def write(self, vals: dict[str, Any]) -> bool:
        with ExitStack() as stack:
            if names := CAP_FIELDS & vals.keys():
                noted = changes.noted(self, names, self.env["retail.sync.api.key"]._no_connection, AuditKind.CREDENTIAL)
                stack.enter_context(noted)
            return super().write(vals)

    def unlink(self) -> bool:
        changes.note(self, "unlink", self.env["retail.sync.connection"], AuditKind.CREDENTIAL)
        return super().unlink()
