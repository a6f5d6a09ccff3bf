from odoo import models

from .account_block import SURVIVOR


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """A block survives the merge of its customer, whoever merges; the survivor's own is not shortened by it."""
        survivor = dst_partner.sudo()
        endless = survivor.account_block and not survivor.account_block_until
        data = self.env.cr.precommit.data
        data[SURVIVOR] = dst_partner.ids
        try:
            result = super()._update_values(src_partners, dst_partner)
        finally:
            data.pop(SURVIVOR, None)
        if endless and survivor.account_block_until:
            survivor.account_block_until = False
        return result
