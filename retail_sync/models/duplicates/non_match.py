from odoo import api, models

from . import partition


class RetailSyncNonMatch(models.Model):
    """A non-match changes the duplicate groups that it touches."""

    _inherit = "retail.sync.non.match"

    @api.model_create_multi
    def create(self, vals_list):
        said = super().create(vals_list)
        said._touch()
        return said

    def unlink(self):
        self._touch()
        return super().unlink()

    def _touch(self):
        """What a person says of two customers counts in the next search, although neither changes."""
        pairs = self.filtered("other_id")
        partition.touch(self.env(su=True), set((pairs.partner_id | pairs.other_id).ids))
