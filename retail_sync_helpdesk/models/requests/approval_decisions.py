from odoo import models


class RetailSyncApproval(models.Model):
    """The decisions of people on what waits."""

    _inherit = "retail.sync.approval"
