from odoo import api, models

from ..credit import credit_status
from . import looks, settings


class ResPartner(models.Model):
    """Look at the holds of orders when the rules of the credit state change."""

    _inherit = "res.partner"

    @api.model
    def _raise_all_credit(self) -> None:
        result = super()._raise_all_credit()
        # Customers without a link are not raised, and their orders are held all the same.
        if settings.is_kept(self.env) and credit_status.credit_settings(self.env)["stops_orders"]:
            looks.schedule_stoppable(self.env(su=True))
        return result
