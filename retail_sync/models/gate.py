from odoo import api, fields, models

from ..services.gate import Gate


class RetailSyncGate(models.Model):
    """What the workers of one platform share between calls: breaker, budget, token.

    A row of its own, written in short transactions outside the job's: the call was
    made whether or not the job commits, and no job may hold this row while it works.
    """

    _name = "retail.sync.gate"
    _description = "Shared state of a connection"
    _log_access = False

    backend_id = fields.Many2one("retail.sync.backend", required=True, ondelete="cascade")
    breaker_state = fields.Char(default="closed", required=True)
    failures = fields.Integer()
    opened_at = fields.Float(help="Seconds since 1970.")
    next_probe_at = fields.Float(help="Seconds since 1970.")
    open_seconds = fields.Float()
    forced = fields.Char(default="", help="'open' or 'closed' when a person decided.")
    reason = fields.Char()
    window_start = fields.Float(help="Seconds since 1970.")
    budget_limit = fields.Integer()
    budget_used = fields.Integer()
    told_at = fields.Float(help="When the platform last said how many calls are used, in seconds since 1970.")
    throttled_until = fields.Float(help="Seconds since 1970.")
    calls_total = fields.Integer()
    access_token = fields.Char(groups="base.group_system")
    token_data = fields.Json(groups="base.group_system")

    _backend_uniq = models.UniqueIndex("(backend_id)")

    def shown_state(self):
        """Return 'closed', 'half_open' or 'open', with a person's decision first."""
        self.ensure_one()
        return self.forced or self.breaker_state or "closed"

    @api.model
    def _open(self, backend_id, lane, correlation_id=None):
        return Gate(self.env, backend_id, lane, correlation_id)
