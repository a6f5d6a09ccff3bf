from typing import Any

from odoo import api, models

from .locks import bump, orders_of_documents


class AccountPartialReconcile(models.Model):
    """What pays or clears an invoice or a credit note changes the money of its orders."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        partials = super().create(vals_list)
        partials._sync_money_moved()
        return partials

    def unlink(self) -> bool:
        self._sync_money_moved()
        result: bool = super().unlink()
        return result

    def _sync_money_moved(self) -> None:
        documents = (self.debit_move_id | self.credit_move_id).move_id
        if ids := documents.filtered(lambda move: move.move_type in ("out_invoice", "out_refund")).ids:
            bump(self.env, orders_of_documents(self.env, ids))
