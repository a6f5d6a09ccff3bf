from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.retail_sync.runtime.erasure import Erasure

from .constants import ACTORS


class RetailSyncApprovalRule(models.Model):
    """When a service action waits for people. Every condition that is given must hold."""

    _name = "retail.sync.approval.rule"
    _description = "Approval rule of service actions"
    _order = "sequence, id"
    _erasure = Erasure(why="Configuration.")

    name = fields.Char(required=True, translate=True, help="Said to whoever asks for an action that waits.")
    code = fields.Char(required=True, help="Kept with each request that waits by this rule.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: of every company.")
    group_id = fields.Many2one(
        "res.groups",
        required=True,
        ondelete="restrict",
        string="Decided by",
        help="A member of this group agrees or refuses; not on an own request.",
    )
    by_amount = fields.Boolean("Above an amount", help="Not set: whatever the amount is.")
    above = fields.Float(
        digits=(16, 2), help="What the shop gives away, in the currency of the company: a higher amount waits."
    )
    actor = fields.Selection(ACTORS, required=True, default="both", string="Asked for by")
    action_ids = fields.Many2many(
        "retail.sync.action.kind",
        "retail_sync_approval_rule_action_rel",
        "rule_id",
        "kind_id",
        string="Service actions",
        domain=[("looks_up", "=", False)],
        help="Empty: all of them.",
    )
    reason_ids = fields.Many2many(
        "retail.sync.reason",
        "retail_sync_approval_rule_reason_rel",
        "rule_id",
        "reason_id",
        string="Reasons",
        help="Empty: all of them.",
    )
    brands = fields.Char(help="Names of sales teams, separated by commas. Empty: every brand.")
    tag_ids = fields.Many2many(
        "res.partner.category",
        "retail_sync_approval_rule_tag_rel",
        "rule_id",
        "tag_id",
        string="Tags of the customer",
        help="Any of them. Empty: every customer.",
    )

    _code_uniq = models.UniqueIndex("(code)", "There is an approval rule with this code already.")
    _above_positive = models.Constraint("CHECK (above >= 0)", "The amount of an approval rule is not below zero.")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        rules = super().create(vals_list)
        rules._name_groups()
        return rules

    def write(self, vals: dict[str, Any]) -> bool:
        result: bool = super().write(vals)
        if "group_id" in vals:
            self._name_groups()
        return result

    @api.constrains("group_id")
    def _check_group(self) -> None:
        """A customer of the portal decides on nothing."""
        portal = self.env.ref("base.group_portal") | self.env.ref("base.group_public")
        for rule in self:
            if (rule.group_id | rule.group_id.all_implied_ids) & portal:
                raise ValidationError(self.env._("A group of customers does not decide on service actions."))

    def _name_groups(self) -> None:
        """Give groups that people made an external id: approvals name their group by it."""
        named = self.group_id.sudo().get_external_id()
        self.env["ir.model.data"].sudo().create(
            [
                {"module": "__export__", "name": f"res_groups_{group.id}", "model": "res.groups", "res_id": group.id}
                for group in self.group_id
                if not named.get(group.id)
            ]
        )
