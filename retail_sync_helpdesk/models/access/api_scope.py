from odoo import fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure

KINDS = [("look_up", "Look up"), ("action", "Action")]


class RetailSyncApiScope(models.Model):
    """Name what a key of the agent API may be given. The codes are those of the API and of its actions."""

    _name = "retail.sync.api.scope"
    _description = "Scope of the agent API"
    _order = "kind desc, sequence, id"
    _erasure = Erasure(why="Shipped with the addon: codes and their labels.")

    code = fields.Char(required=True, readonly=True, help="Code that the documentation of the agent API uses.")
    name = fields.Char(string="Scope", required=True, readonly=True, translate=True, help="What the scope allows.")
    kind = fields.Selection(
        KINDS, required=True, readonly=True, help="Whether the scope lets a key look something up, or change something."
    )
    sequence = fields.Integer(default=10, readonly=True)

    _code_uniq = models.UniqueIndex("(code)", "There is a scope with this code already.")
