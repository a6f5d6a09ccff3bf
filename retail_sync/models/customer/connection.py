from odoo import fields, models


class RetailSyncConnection(models.Model):
    """What values of the platform mean."""

    _inherit = "retail.sync.connection"

    value_map_ids = fields.One2many(
        "retail.sync.value.map",
        "connection_id",
        help="Salespeople, languages and states that Odoo knows by other words.",
    )
