from odoo import fields, models

from ...runtime import actions, rights
from ...runtime.rights import Role


class ResPartner(models.Model):
    """Show which customers were merged into this one."""

    _inherit = "res.partner"

    retail_sync_merge_count = fields.Integer(
        compute="_compute_retail_sync_merges",
        string="Merged customers",
        groups="retail_sync.group_operator,retail_sync.group_auditor",
        help="Number of customers that were merged into this one.",
    )
    retail_sync_merge_notice = fields.Char(
        compute="_compute_retail_sync_merges",
        string="Merged from",
        groups="retail_sync.group_operator,retail_sync.group_auditor",
        help="Customers that were merged into this one.",
    )

    def _compute_retail_sync_merges(self) -> None:
        merges = self.env["retail.sync.merge"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.ids), ("state", "=", "done")]
        )
        merges_by_survivor = merges.grouped("res_id")
        for partner in self:
            lines = merges_by_survivor.get(partner._origin.id, merges.browse()).line_ids
            partner.retail_sync_merge_count = len(lines)
            names = ", ".join(f"{line.name or '?'} (#{line.old_id})" for line in lines)
            partner.retail_sync_merge_notice = self.env._("Merged from: %s", names) if names else False

    def action_retail_sync_merges(self) -> dict:
        """Open the merges into this customer, where each can be undone."""
        self.ensure_one()
        rights.require(self, Role.operator, Role.auditor)
        domain = [("res_model", "=", "res.partner"), ("res_id", "=", self.id)]
        return actions.list_of(self.env, "retail_sync.action_merge", domain, context={})
