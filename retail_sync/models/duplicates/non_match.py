from odoo import api, models

from . import partition


class RetailSyncNonMatch(models.Model):
    """Let the next search rebuild the duplicate groups that a non-match touches."""

    _inherit = "retail.sync.non.match"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        non_matches = super().create(vals_list)
        non_matches._touch()
        return non_matches

    def unlink(self) -> bool:
        self._touch()
        return super().unlink()

    def _touch(self) -> None:
        """Note both customers for the next search, because neither of them changes when a non-match does."""
        pairs = self.filtered("other_id")
        partition.touch(self.env(su=True), set((pairs.partner_id | pairs.other_id).ids))
