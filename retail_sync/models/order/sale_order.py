from odoo import models


class SaleOrder(models.Model):
    """An order shows its links, and can be sent again."""

    _name = "sale.order"
    _inherit = ["sale.order", "retail.sync.mixin"]
