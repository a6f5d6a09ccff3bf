from odoo import models

from . import outbox


class RetailSyncConnection(models.Model):
    """A connection that runs again sends what waits."""

    _inherit = "retail.sync.connection"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env["retail.sync.capture"].sudo()._refresh()
        if vals.get("state") == "running":
            outbox.trigger_due(self.env(su=True), self.stream_ids)
        return result
