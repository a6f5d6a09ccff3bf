from odoo import models


class RetailSyncBackend(models.Model):
    """A connection that runs again sends what waits."""

    _inherit = "retail.sync.backend"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env["retail.sync.capture"].sudo()._refresh()
        if vals.get("state") == "running":
            self.env["retail.sync.outbox"].sudo()._wake_due(self.flow_ids)
        return result
