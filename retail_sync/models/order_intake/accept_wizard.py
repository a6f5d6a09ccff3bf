from typing import Any

from odoo import api, fields, models

from . import texts
from .message import ACCEPT, DONE, SUCCESSOR


class RetailSyncOrderAccept(models.TransientModel):
    _name = "retail.sync.order.accept"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Decide about an incoming order"
    _choices = ("message_id",)

    message_id = fields.Many2one("retail.sync.message", required=True, readonly=True, ondelete="cascade", index=True)
    answer = fields.Selection(
        [(ACCEPT, "Accept values"), (DONE, "Done in Odoo"), (SUCCESSOR, "Use successor")], required=True, readonly=True
    )
    explanation = fields.Text(compute="_compute_explanation", help="What the decision is about.")
    reason = fields.Char(help="Why the order may go on. It is kept in the audit trail.")

    @api.depends("message_id", "answer")
    def _compute_explanation(self) -> None:
        for wizard in self:
            classes = wizard.message_id._intake_classes()
            findings = [texts.shown(found, classes) for found in wizard.message_id._intake_answered(wizard.answer)]
            wizard.explanation = "\n".join(
                f"{finding.line}: {text}" if finding.line else text
                for finding in findings
                if (text := texts.sentence(self.env, finding))
            )

    def action_apply(self) -> Any:
        """Keep the decision and read the order again."""
        self.ensure_one()
        return self.message_id._answer_intake(self.answer, self.reason or "")
