from odoo import models


class RetailSyncAdapterZendesk(models.AbstractModel):
    _name = "retail.sync.adapter.zendesk"
    _inherit = ["retail.sync.adapter.desk"]
    _description = "Zendesk adapter"


class RetailSyncAdapterFreshdesk(models.AbstractModel):
    _name = "retail.sync.adapter.freshdesk"
    _inherit = ["retail.sync.adapter.desk"]
    _description = "Freshdesk adapter"
