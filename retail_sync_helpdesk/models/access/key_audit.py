from contextlib import ExitStack
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.domain.security.audit import AuditKind

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
                stack.enter_context(self.env["retail.sync.audit"]._noting(self, names, AuditKind.CREDENTIAL))
            return super().write(vals)

    def unlink(self) -> bool:
        self._note("unlink")
        return super().unlink()


class RetailSyncApiKeyCap(models.Model):
    """Keep changes of caps in the audit trail."""

    _inherit = "retail.sync.api.key.cap"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        caps: Any = super().create(vals_list)
        self.env["retail.sync.audit"]._note(caps, "create", AuditKind.CREDENTIAL)
        return caps

    def write(self, vals: dict[str, Any]) -> bool:
        with ExitStack() as stack:
            if names := CAP_FIELDS & vals.keys():
                stack.enter_context(self.env["retail.sync.audit"]._noting(self, names, AuditKind.CREDENTIAL))
            return super().write(vals)

    def unlink(self) -> bool:
        self.env["retail.sync.audit"]._note(self, "unlink", AuditKind.CREDENTIAL)
        return super().unlink()
