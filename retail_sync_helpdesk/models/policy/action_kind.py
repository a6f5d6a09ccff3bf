from odoo import fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure


class RetailSyncActionKind(models.Model):
    """A service action or look-up that policies, reasons and approval rules can name, by its code in the agent API."""

    _name = "retail.sync.action.kind"
    _description = "Kind of service action"
    _order = "sequence, id"
    _erasure = Erasure(why="Shipped with the addon: codes and their labels.")

    code = fields.Char(required=True, readonly=True, help="Code that the agent API uses.")
    name = fields.Char(required=True, readonly=True, translate=True)
    looks_up = fields.Boolean(
        readonly=True, help="It only reads. A policy may demand a verified customer for it, and says no more about it."
    )
    sequence = fields.Integer(default=10, readonly=True)

    _code_uniq = models.UniqueIndex("(code)", "There is a service action with this code already.")
