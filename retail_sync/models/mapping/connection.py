from odoo import fields, models


class RetailSyncBackend(models.Model):
    """The streams of a connection."""

    _inherit = "retail.sync.backend"

    flow_ids = fields.One2many("retail.sync.flow", "backend_id")

    def _ensure_flows(self):
        """Create the flows that the adapter ships, with their field maps, where they are missing."""
        self.ensure_one()
        known = set(self.with_context(active_test=False).flow_ids.mapped("remote_object"))
        for vals in self._adapter().default_flows(self):
            if vals["remote_object"] not in known:
                self.env["retail.sync.flow"].create(dict(vals, backend_id=self.id))
