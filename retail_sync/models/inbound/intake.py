from odoo import api, models


class RetailSyncInbound(models.AbstractModel):
    """A page that the platform reported."""

    _inherit = "retail.sync.inbound"

    @api.model
    def _process(self, stream, rows, run, force=False, decision=None, read_at=None):
        """Take a page of rows in; return {counter: int}. See `_take_in`."""
        counters, items = self._take_in(stream, rows, run, force, decision, read_at)
        self.env["retail.sync.router"]._note_items(stream, items)
        stale = [item.incoming.external_id for item in items if item.outcome == "stale"]
        if stale:
            self.env["retail.sync.refresh"]._enqueue_ids(stream, sorted(stale), lane="standard")
        return counters
