from odoo import fields, models


class RetailSyncEventKey(models.TransientModel):
    """Shows a new signing key, once. Nothing of it is stored here."""

    _name = "retail.sync.event.key"
    _description = "New signing key"

    key = fields.Char(store=False, readonly=True, help="Copy it now: it is not shown again.")
