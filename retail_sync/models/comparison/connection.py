from odoo import models

from . import off_period


class RetailSyncConnection(models.Model):
    """A connection that is active again has missed what was edited meanwhile."""

    _inherit = "retail.sync.connection"

    def write(self, vals):
        watched = "active" in vals
        streams = self.with_context(active_test=False).stream_ids if watched else self.env["retail.sync.stream"]
        before = off_period.captured(self.env, streams) if watched else {}
        result = super().write(vals)
        if watched:
            off_period.note(self.env, before, streams)
        return result
