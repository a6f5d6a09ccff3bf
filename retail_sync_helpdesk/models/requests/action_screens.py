from odoo import models


class RetailSyncAction(models.Model):
    """What the screens of Odoo call: the same preview and submit as the agent API, with the user in place of a key."""

    _inherit = "retail.sync.action"
