from odoo import fields, models


class RetailSyncConnection(models.Model):
    """When the platform last reported a change."""

    _inherit = "retail.sync.connection"

    last_event_at = fields.Datetime(
        "Last event",
        compute="_compute_last_event_at",
        compute_sudo=True,
        help="When the platform last reported a change.",
    )

    def _compute_last_event_at(self):
        times = self.env["retail.sync.event"]._last_times(self)
        for connection in self:
            connection.last_event_at = times.get(connection.id) or False
