from odoo import api, fields, models


class RetailSyncMessage(models.Model):
    _inherit = "retail.sync.message"

    partner_id = fields.Many2one("res.partner", compute="_compute_partner_id", string="Customer")

    @api.depends("res_model", "res_id")
    def _compute_partner_id(self) -> None:
        for message in self:
            message.partner_id = message.res_id if message.res_model == "res.partner" else False
