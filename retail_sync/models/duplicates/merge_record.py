from odoo import models


class RetailSyncMerge(models.Model):
    """A merge closes the duplicate groups that it leaves with one customer."""

    _inherit = "retail.sync.merge"

    def _after_merge(self, survivor):
        lines = self.env["retail.sync.duplicate.group.line"].sudo().search([("partner_id", "in", survivor.ids)])
        for group in lines.duplicate_id.filtered(lambda found: found.state != "merged"):
            if len(group._living()) < 2:
                group._set_state("merged")
        return super()._after_merge(survivor)
