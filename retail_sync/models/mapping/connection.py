from odoo import fields, models


class RetailSyncConnection(models.Model):
    """The streams of a connection."""

    _inherit = "retail.sync.connection"

    stream_ids = fields.One2many("retail.sync.stream", "connection_id")

    def _ensure_streams(self):
        """Create the streams that the adapter ships, with their field maps, where they are missing."""
        self.ensure_one()
        known = set(self.with_context(active_test=False).stream_ids.mapped("remote_object"))
        for vals in self._adapter().default_streams(self):
            if vals["remote_object"] not in known:
                self.env["retail.sync.stream"].create(dict(vals, connection_id=self.id))
