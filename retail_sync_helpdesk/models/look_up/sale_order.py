from odoo import models


class SaleOrder(models.Model):
    """Orders are found by their number and by the customer's reference: at a hundred thousand orders, by an index."""

    _inherit = "sale.order"

    _sync_number_idx = models.Index("(name)")
    _sync_reference_idx = models.Index("(client_order_ref) WHERE client_order_ref IS NOT NULL")
    _sync_origin_idx = models.Index("(origin) WHERE origin IS NOT NULL")
