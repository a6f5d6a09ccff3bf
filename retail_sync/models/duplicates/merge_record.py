from odoo import models


class RetailSyncMerge(models.Model):
    """Close the duplicate groups that a merge leaves with one customer."""

    _inherit = "retail.sync.merge"

    def _after_merge(self, survivor: models.BaseModel) -> None:
        lines = self.env["retail.sync.duplicate.group.line"].sudo().search([("partner_id", "in", survivor.ids)])
        for group in lines.duplicate_id.filtered(lambda group: group.state != "merged"):
            if len(group._existing_customers()) < 2:
                group._set_state("merged")
        return super()._after_merge(survivor)
