from odoo import models


class StockPicking(models.Model):
    """A transfer shows its links, and can be sent again."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "retail.sync.mixin"]
