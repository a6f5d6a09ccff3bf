from odoo import api, models

from . import from_platform


class RetailSyncEntityCustomer(models.AbstractModel):
    """Customers that were merged on the platform: merged here too, or asked about, as the connection says."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _absorb(self, stream: models.BaseModel, losers: models.BaseModel, winner: models.BaseModel) -> bool:
        return from_platform.follow(self.env, stream, losers, winner) or super()._absorb(stream, losers, winner)
