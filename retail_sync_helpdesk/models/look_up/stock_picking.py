from odoo import models


class StockPicking(models.Model):
    """Orders are found by the number of any of their parcels."""

    _inherit = "stock.picking"

    _sync_tracking_idx = models.Index(
        "USING gin (string_to_array(replace(carrier_tracking_ref, ' ', ''), ','))"
        " WHERE carrier_tracking_ref IS NOT NULL"
    )
