from typing import Any

from odoo import api, models

from .account_block import BLOCK_FIELDS, SURVIVOR


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
            # Core copies the fields that the user may read; a block stays whoever merges.
            if not dst_partner._has_field_access(dst_partner._fields["account_block"], "write"):
                self._keep_block(src_partners.sudo(), survivor)
        finally:
            data.pop(SURVIVOR, None)
        if unlimited and survivor.account_block_until:
            survivor.account_block_until = False
        return result

    @api.model
    def _keep_block(self, losers: models.BaseModel, survivor: models.BaseModel) -> None:
        """Write the fields of the losers' blocks to the survivor, where it has no value of its own."""
        if not any(losers.mapped("account_block")):
            return
        vals = {}
        for name in BLOCK_FIELDS:
            for partner in (*losers, survivor):
                if value := partner[name]:
                    vals[name] = value.id if isinstance(value, models.BaseModel) else value
        survivor.write(vals)
