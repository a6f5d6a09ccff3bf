from typing import Any

from odoo import models

from . import paid_back


class AccountMove(models.Model):
    """A credit note of order lines pays for what came back of them: their parts of returns cannot be paid again."""

    _inherit = "account.move"

    def _post(self, soft: bool = True) -> Any:
        posted = super()._post(soft=soft)
        paid_back.by_notes(posted.filtered(lambda move: move.move_type == "out_refund"))
        return posted

    # Parts are opened before: OCA rma would cut the receipts of what it finds from their order lines.

    def button_cancel(self) -> Any:
        paid_back.open_again(self._posted_credit_notes())
        return super().button_cancel()

    def button_draft(self) -> Any:
        paid_back.open_again(self._posted_credit_notes())
        return super().button_draft()

    def _posted_credit_notes(self) -> models.BaseModel:
        return self.filtered(lambda move: move.move_type == "out_refund" and move.state == "posted")
