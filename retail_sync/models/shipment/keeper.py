from collections.abc import Collection

from odoo import api, models


class RetailSyncMilestoneKeeper(models.AbstractModel):
    """Report shipments that became late without a change of theirs."""

    _inherit = "retail.sync.milestone.keeper"

    @api.model
    def _note_late(self, picking_ids: Collection[int]) -> None:
        result = super()._note_late(picking_ids)
        self.env["retail.sync.change"]._raise("stock.picking", sorted(picking_ids), {"late"})
        return result
