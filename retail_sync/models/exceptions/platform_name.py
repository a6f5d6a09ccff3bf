from odoo import fields, models


class RetailSyncMessage(models.Model):
    """The name of the platform that a message is about."""

    _inherit = "retail.sync.message"

    platform_name = fields.Char(related="connection_id.platform_name")
