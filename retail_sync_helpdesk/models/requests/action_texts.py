from odoo import api, fields, models

from ..goods_back.reason_texts import reason_texts


class RetailSyncAction(models.Model):
    """What is kept as a code, as people read it: the reason, the policy, how the customer was verified."""

    _inherit = "retail.sync.action"

    reason_text = fields.Char("Reason as text", compute="_compute_texts")
    policy_text = fields.Char("Policy as text", compute="_compute_texts")
    verified_text = fields.Char("Verification as text", compute="_compute_texts")

    @api.depends("reason", "policy", "verified_by")
    @api.depends_context("lang")
    def _compute_texts(self) -> None:
        reasons = reason_texts(self.env, self.mapped("reason"))
        policies = self._policy_names()
        ways = {
            "phone_pin": self.env._("PIN on the phone"),
            "mail_code": self.env._("Code by email"),
            "signed_in": self.env._("Signed in"),
            "questions": self.env._("Knew details of the order"),
        }
        for action in self:
            number, _slash, version = (action.policy or "").partition("/")
            name = policies.get(number)
            named = (
                self.env._("%(policy)s, version %(version)s", policy=name, version=version) if name else action.policy
            )
            action.policy_text = named
            action.reason_text = reasons.get(action.reason, action.reason)
            action.verified_text = ways.get(action.verified_by or "", action.verified_by)

    def _policy_names(self) -> dict[str, str]:
        numbers = {action.policy.partition("/")[0] for action in self if action.policy}
        ids = [int(number) for number in numbers if number.isdigit()]
        return {str(policy.id): policy.name for policy in self.env["retail.sync.policy"].sudo().browse(ids).exists()}
