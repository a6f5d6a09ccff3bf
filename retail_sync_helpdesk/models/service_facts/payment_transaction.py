from typing import Any

from odoo import models

from .locks import bump, orders_of_transactions


class PaymentTransaction(models.Model):
    """A transaction that reaches another state changes the money of its orders."""

    _inherit = "payment.transaction"

    def write(self, vals: dict[str, Any]) -> bool:
        changed = self.filtered(lambda entry: entry.state != vals["state"]) if "state" in vals else self.browse()
        result = super().write(vals)
        if changed:
            bump(self.env, orders_of_transactions(self.env, changed.ids))
        return result
