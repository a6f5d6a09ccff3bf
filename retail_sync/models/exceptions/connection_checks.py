from odoo import api, models

from ...adapter.checks import ERROR, OK, Check
from ...adapter.contract import Connection


class RetailSyncAdapterChecks(models.AbstractModel):
    """Steps of a connection test that adapters share."""

    _inherit = "retail.sync.adapter"

    @api.model
    def _check(self, name: str, level: str, detail: str, next_step: str = "") -> Check:
        """Return one check, as `test_connection` lists them."""
        return {"name": name, "ok": level == OK, "level": level, "detail": detail, "next_step": next_step}

    @api.model
    def _failed(self, connection: Connection, name: str, code: str, message: str, level: str = ERROR) -> Check:
        """Return a check that failed, with the next step of the rule for this fault."""
        rule = self.env["retail.sync.fault.rule"]._match(connection.system, code, message)
        detail = f"{rule.name}. {message} ({code})" if rule.system else f"{message} ({code})"
        return self._check(name, level, detail, rule.next_step or "")

    @api.model
    def _open_the_call_guard(self, connection: Connection) -> None:
        """Resume work that waits for a connection which a person has just repaired."""
        call_guard = connection.call_guard_ids[:1]
        if call_guard.shown_state() != "closed" and not call_guard.forced:
            connection._call_guard("critical").force("")
