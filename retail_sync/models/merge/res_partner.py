from odoo import _, fields, models


class ResPartner(models.Model):
    """Which customers became part of this one."""

    _inherit = "res.partner"

    retail_sync_merge_count = fields.Integer(
        compute="_compute_retail_sync_merges",
        string="Merged customers",
        groups="retail_sync.group_operator,retail_sync.group_auditor",
        help="How many customers became part of this one.",
    )
    retail_sync_merge_notice = fields.Char(
        compute="_compute_retail_sync_merges",
        string="Merged from",
        groups="retail_sync.group_operator,retail_sync.group_auditor",
        help="The customers that became part of this one.",
    )

    def _compute_retail_sync_merges(self):
        found = self.env["retail.sync.merge"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.ids), ("state", "=", "done")]
        )
        merges_of = found.grouped("res_id")
        for partner in self:
            lines = merges_of.get(partner._origin.id, found.browse()).line_ids
            partner.retail_sync_merge_count = len(lines)
            names = ", ".join(f"{line.name or '?'} (#{line.old_id})" for line in lines)
            partner.retail_sync_merge_notice = _("Merged from: %s", names) if names else False

    def action_retail_sync_merges(self):
        """Show what became part of this customer, with the way back."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("retail_sync.action_merge")
        return dict(action, domain=[("res_model", "=", "res.partner"), ("res_id", "=", self.id)], context={})
