from odoo import fields, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "retail.sync.mixin"]

    email_opt_out = fields.Boolean(
        help="The customer does not want e-mail from us. A platform can set this value, but cannot clear it."
    )
    phone_opt_out = fields.Boolean(
        string="Do not call",
        help="The customer does not want calls. A platform can set this value, but cannot clear it.",
    )
