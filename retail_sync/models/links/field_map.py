from odoo import models


class RetailSyncFieldMap(models.Model):
    """A changed mapping line makes links read their records again."""

    _inherit = "retail.sync.field.map"

    def _forget_rows(self):
        """Let the next load look at every record: one that is the same to the letter may mean something else now."""
        if self.stream_id:
            self.env.cr.execute(
                "UPDATE retail_sync_link SET raw_hash = NULL WHERE stream_id = ANY(%s) AND raw_hash IS NOT NULL",
                [self.stream_id.ids],
            )
            self.env["retail.sync.link"].invalidate_model(["raw_hash"])
