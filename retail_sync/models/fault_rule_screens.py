from odoo import models
from odoo.exceptions import UserError


class RetailSyncFaultRule(models.Model):
    """Buttons beside a cause in the list of exceptions."""

    _inherit = "retail.sync.fault.rule"

    def action_retry_open(self):
        """Try all exceptions of this cause again, e.g. once a missing right or field was added."""
        self.ensure_one()
        messages = self.env["retail.sync.message"].search([("rule_id", "=", self.id), ("state", "=", "open")])
        if not messages:
            raise UserError(
                self.env._(
                    "Nothing of this cause waits to be tried again. What asks 'Who is this?' is yours to decide."
                )
            )
        return messages.action_retry()

    def action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }
