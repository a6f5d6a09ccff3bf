from typing import Any

from odoo import models

from .account_block import SURVIVOR


class MergePartnerAutomatic(models.TransientModel):
    """Keep account blocks in merges of the core wizard."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners: models.BaseModel, dst_partner: models.BaseModel) -> Any:
        """Keep a loser's block on the survivor, whatever the user's rights; never shorten the survivor's own block."""
        survivor = dst_partner.sudo()
        unlimited = survivor.account_block and not survivor.account_block_until
        data = self.env.cr.precommit.data
        data[SURVIVOR] = dst_partner.ids
        try:
            result = super()._update_values(src_partners, dst_partner)
        finally:
            data.pop(SURVIVOR, None)
        if unlimited and survivor.account_block_until:
            survivor.account_block_until = False
        return result
