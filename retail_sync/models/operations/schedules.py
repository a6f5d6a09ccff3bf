from odoo import api, models

from ..identity.index import PATIENCE


class RetailSyncConnection(models.Model):
    """What schedules ask of connections."""

    _inherit = "retail.sync.connection"

    @api.model
    def _cron_poll(self):
        """Queue a poll of every running connection."""
        for connection in self.sudo().search([("state", "=", "running")]):
            self.env["retail.sync.poller"].sudo()._enqueue(connection)

    @api.model
    def _cron_sweep(self):
        """See to work that lost its job."""
        self.env["retail.sync.health"].sudo()._sweep()

    @api.model
    def _cron_deferred_parents(self):
        """Put records under parents that came after them."""
        for connection in self.sudo().search([("state", "!=", "draft")]):
            while self.env["retail.sync.deferred.parents"].sudo()._link(connection):
                continue

    @api.model
    def _cron_identity(self):
        """Keep the index of customers in step, and its counts of names and contacts near the truth."""
        if not self.env["retail.sync.identity.index"].sudo()._keep(PATIENCE):
            self.env.ref("retail_sync.cron_identity")._trigger()
