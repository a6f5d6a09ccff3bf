from typing import Any

from odoo import api, models

from .locks import bump, orders_of_transactions


class PaymentTransaction(models.Model):
    """A transaction that reaches another state changes the money of its orders."""

    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        made = super().create(vals_list)
        # A refund counts from its first moment: it is sent any moment.
        if refunds := made.filtered(lambda entry: entry.operation == "refund"):
            bump(self.env, orders_of_transactions(self.env, refunds.ids))
        return made

    def write(self, vals: dict[str, Any]) -> bool:
        changed = self.filtered(lambda entry: entry.state != vals["state"]) if "state" in vals else self.browse()
        result: bool = super().write(vals)
        if changed:
            bump(self.env, orders_of_transactions(self.env, changed.ids))
        return result
