from odoo import api, models

from . import from_platform


class RetailSyncEntityCustomer(models.AbstractModel):
    """Handle customers that were merged on the platform: merge them in Odoo too, or open a review."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _follow_merge(self, stream: models.BaseModel, losers: models.BaseModel, winner: models.BaseModel) -> bool:
        return from_platform.follow(self.env, stream, losers, winner) or super()._follow_merge(stream, losers, winner)
