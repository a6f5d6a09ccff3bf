from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from . import paid_back

# What decides where a part of a return stands, and how it is paid back.
DECIDING = frozenset(
    (
        "sync_return_line_id",
        "state",
        "operation_id",
        "move_id",
        "product_id",
        "product_uom",
        "product_uom_qty",
        "reception_move_id",
        "refund_id",
        "refund_line_id",
    )
)


class Rma(models.Model):
    """A part of a return of ours: the return follows its state, and service actions alone pay it back."""

    _inherit = "rma"

    sync_return_line_id = fields.Many2one(
        "retail.sync.return.line", string="Line of a return", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    sync_return_id = fields.Many2one(
        related="sync_return_line_id.return_id", store=True, index="btree_not_null", string="Return"
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> "Rma":
        if not self.env.su and any(vals.get("sync_return_line_id") for vals in vals_list):
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        # Every employee may write records of OCA rma; a return would end, or be paid, without a check.
        if not self.env.su and not DECIDING.isdisjoint(vals) and ("sync_return_line_id" in vals or self._of_returns()):
            raise self._refusal()
        result = super().write(vals)
        if "state" in vals and not self.env.context.get("retail_sync_return_busy"):
            self.sudo().sync_return_id._refresh()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_returns(self) -> None:
        if self._of_returns():
            raise self._refusal()

    def _refusal(self) -> AccessError:
        return AccessError(
            self.env._(
                "It belongs to a return of the service desk. Use the buttons of the return, not those of the RMA."
            )
        )

    def _of_returns(self) -> "Rma":
        return self.filtered(lambda rma: rma.sudo().sync_return_line_id)

    def update_received_state_on_reception(self) -> Any:
        result = super().update_received_state_on_reception()
        # Money may go back before the goods do.
        paid_back.of_lines(self.sudo().sync_return_line_id.order_line_id)
        return result

    def _line_quantity(self) -> Decimal:
        """Return how much of the order line a part stands for; of a kit, the share of its component."""
        self.ensure_one()
        line = self.sync_return_line_id
        of_product = line.rma_ids.filtered(lambda rma: rma.product_id == self.product_id)
        planned = sum((Decimal(str(rma.product_uom_qty)) for rma in of_product), Decimal())
        return Decimal(str(self.product_uom_qty)) * Decimal(str(line.quantity)) / planned

    # One mail for a return, and not one for each of its parts: the return itself sends it.

    def _send_draft_email(self) -> None:
        return super(Rma, self - self._of_returns())._send_draft_email()

    def _send_confirmation_email(self) -> None:
        return super(Rma, self - self._of_returns())._send_confirmation_email()

    def _send_receipt_confirmation_email(self) -> None:
        return super(Rma, self - self._of_returns())._send_receipt_confirmation_email()

    def _add_message_subscribe_partner(self) -> None:  # pylint: disable=missing-return
        # A follower would get a mail with every change of every part.
        if not self.sync_return_line_id:
            super()._add_message_subscribe_partner()

    def action_refund(self) -> Any:
        self._refuse_refund()
        return super().action_refund()

    def action_refund_without_invoice(self) -> Any:
        self._refuse_refund()
        return super().action_refund_without_invoice()

    def _refuse_refund(self) -> None:
        """Refuse a second way to pay a return back.

        :raises UserError: one of these records is a part of a return
        """
        if refused := self._of_returns():
            raise UserError(
                self.env._(
                    "%s belong to a return of the service desk. Pay it back with a refund of its order, which checks "
                    "what was paid back before.",
                    ", ".join(refused.mapped("name")),
                )
            )
