from odoo import models

from . import outbox


class RetailSyncMessage(models.Model):
    """Sending again."""

    _inherit = "retail.sync.message"

    def _retry_out(self, lane):
        """Send again, as the records are now."""
        if self:
            self.write({"state": "pending", "lane": lane, "attempts": 0, "next_try_at": False, "waits_for": False})
            outbox.trigger_due(self.env(su=True), self.stream_id.sudo())
