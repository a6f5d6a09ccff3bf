from typing import Any

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure

from .store import choices_for


class RetailSyncPolicyTrial(models.TransientModel):
    """Says which policy decides on an order, and why the others do not."""

    _name = "retail.sync.policy.trial"
    _description = "Trial of policies on an order"
    _erasure = Erasure(why="Rows of an open dialog, which Odoo deletes after a while.")

    order_id = fields.Many2one("sale.order", required=True)
    result = fields.Text(compute="_compute_result", string="What decides")

    @api.depends("order_id")
    def _compute_result(self) -> None:
        for trial in self:
            trial.result = trial._explained() if trial.order_id else False

    def _explained(self) -> str:
        order = self.order_id
        order.check_access("read")
        choice = choices_for(self.env, order)[order.id]
        records = self.env["retail.sync.policy"].sudo().with_context(active_test=False)
        if choice.policy:
            chosen = records.browse(choice.policy.id).name
            lines = [
                self.env._("%(policy)s decides, version %(version)s.", policy=chosen, version=choice.policy.version)
            ]
        else:
            lines = [self.env._("No policy fits: returns and refunds are refused.")]
        why = self._why()
        for reference, code in choice.skipped:
            name = records.browse(int(reference.split("/")[0])).name
            lines.append(f"{name}: {why[code]}")
        return "\n".join(lines)

    def _why(self) -> dict[str, Any]:
        return {
            "company": self.env._("it is of another company."),
            "brand": self.env._("it is of another brand."),
            "not_yet": self.env._("it starts after the date of the order."),
            "ended": self.env._("it ended before the date of the order."),
            "lower": self.env._("another policy comes first."),
        }
