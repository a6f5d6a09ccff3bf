from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Links are not foreign keys, so core would leave them pointing at nothing.
        self.env["retail.sync.binding"].sudo()._repoint("res.partner", src_partners.ids, dst_partner.id)
        return super()._update_foreign_keys(src_partners, dst_partner)
