from odoo import fields, models


class RetailSyncBackend(models.Model):
    """When the platform last reported a change."""

    _inherit = "retail.sync.backend"

    last_event_at = fields.Datetime(
        compute="_compute_last_event_at", compute_sudo=True, help="When the platform last told of a change."
    )

    def _compute_last_event_at(self):
        times = self.env["retail.sync.event"]._last_times(self)
        for backend in self:
            backend.last_event_at = times.get(backend.id) or False
