from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.retail_sync.runtime.erasure import Erasure

from ...domain.control.words import words_of
from .constants import METHODS, WARRANTIES, WINDOWS


class RetailSyncPolicyPart(models.AbstractModel):
    """A line of a policy: a change of it is a change of the policy, and makes a version of it."""

    _name = "retail.sync.policy.part"
    _description = "Line of a policy"

    policy_id = fields.Many2one("retail.sync.policy", required=True, ondelete="cascade", index=True)

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        parts = super().create(vals_list)
        parts.policy_id._keep_versions()
        return parts

    def write(self, vals: dict[str, Any]) -> bool:
        before = self.policy_id
        result: bool = super().write(vals)
        (before | self.policy_id)._keep_versions()
        return result

    def unlink(self) -> bool:
        policies = self.policy_id
        result: bool = super().unlink()
        policies._keep_versions()
        return result


class RetailSyncPolicyCategory(models.Model):
    """What a policy promises for goods of a category. The nearest category of a product counts."""

    _name = "retail.sync.policy.category"
    _inherit = ["retail.sync.policy.part"]
    _description = "Category of a policy"
    _order = "policy_id, id"
    _erasure = Erasure(why="Configuration.")

    category_id = fields.Many2one("product.category", required=True, ondelete="restrict")
    returns = fields.Selection(WINDOWS, required=True, default="policy")
    return_days = fields.Integer("Days of return", help="After hand-over; the last day counts.")
    warranty = fields.Selection(WARRANTIES, required=True, default="policy")
    warranty_days = fields.Integer("Days of warranty", help="After hand-over; the last day counts.")

    _category_uniq = models.UniqueIndex("(policy_id, category_id)", "The policy has a line for this category already.")
    _days = models.Constraint("CHECK (return_days >= 0 AND warranty_days >= 0)", "Days are not below zero.")


class RetailSyncPolicyMethod(models.Model):
    """A way in which money goes back by a policy; the first one is preferred."""

    _name = "retail.sync.policy.method"
    _inherit = ["retail.sync.policy.part"]
    _description = "Way of paying back by a policy"
    _order = "policy_id, sequence, id"
    _erasure = Erasure(why="Configuration.")

    sequence = fields.Integer(default=10)
    method = fields.Selection(METHODS, required=True, default="original")

    _method_uniq = models.UniqueIndex("(policy_id, method)", "The policy has this way of paying back already.")


class RetailSyncPolicyDemand(models.Model):
    """How a customer must have been verified before an action."""

    _name = "retail.sync.policy.demand"
    _inherit = ["retail.sync.policy.part"]
    _description = "Verification that a policy demands"
    _order = "policy_id, id"
    _erasure = Erasure(why="Configuration.")

    kind_id = fields.Many2one("retail.sync.action.kind", "Service action", required=True, ondelete="restrict")
    methods = fields.Char(
        required=True,
        default="phone_pin, mail_code, signed_in",
        help="Ways of verification, separated by commas; any of them will do.",
    )
    minutes = fields.Integer(required=True, default=30, help="How long ago the verification may be.")

    _kind_uniq = models.UniqueIndex("(policy_id, kind_id)", "The policy has a demand for this action already.")
    _minutes_positive = models.Constraint("CHECK (minutes > 0)", "A verification holds for some minutes.")

    @api.constrains("methods")
    def _check_methods(self) -> None:
        for demand in self:
            words = words_of(demand.methods)
            if not words or any(not word.replace("_", "").isalnum() for word in words):
                raise ValidationError(
                    self.env._("Name ways of verification, such as phone_pin or mail_code, separated by commas.")
                )
