from typing import Any

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.rights import has_role, require

from ..access.roles import ServiceRole
from . import by_hand
from .closing import sentence


class RetailSyncRefund(models.Model):
    """What finance does with refunds that no provider has paid."""

    _inherit = "retail.sync.refund"

    next_step = fields.Char(string="Next step", compute="_compute_next_step", compute_sudo=True)
    may_pay = fields.Boolean(compute="_compute_may")
    may_send_again = fields.Boolean(compute="_compute_may")
    may_find_out = fields.Boolean(compute="_compute_may")

    @api.depends("state", "cause")
    @api.depends_context("lang")
    def _compute_next_step(self) -> None:
        causes = dict(self._fields["cause"]._description_selection(self.env))
        for refund in self:
            refund.next_step = {
                "waiting": self.env._("The payment provider is asked for the refund."),
                "sent": self.env._("The payment provider works on it."),
                "by_hand": self.env._("Pay it by hand, then press Paid by hand."),
                "failed": self.env._("Send it again, or pay it by hand."),
                "in_doubt": self.env._("Find out at the payment provider whether it was paid."),
            }.get(refund.state, "")
            if refund.cause == "not_booked":
                refund.next_step = causes["not_booked"]

    @api.depends("state", "child_transaction_id.state", "source_transaction_id")
    @api.depends_context("uid")
    def _compute_may(self) -> None:
        finance = has_role(self.env, ServiceRole.finance)
        for refund, known in zip(self, self.sudo(), strict=True):
            refund.may_pay = finance and known.state in by_hand.TO_PAY
            refund.may_send_again = finance and by_hand.can_send_again(known)
            refund.may_find_out = finance and by_hand.can_be_asked(known)

    def action_paid_by_hand(self) -> dict[str, Any]:
        """Open the dialog that closes a refund which a person paid."""
        return self._dialog("by_hand", self.env._("Paid by hand"))

    def action_provider_paid(self) -> dict[str, Any]:
        """Open the dialog for a refund in doubt that the provider has paid."""
        return self._dialog("provider_paid", self.env._("The provider has paid it"))

    def action_provider_not_paid(self) -> dict[str, Any]:
        """Open the dialog for a refund in doubt that the provider has not paid."""
        return self._dialog("provider_not_paid", self.env._("The provider has not paid it"))

    def action_send_again(self) -> None:
        """Ask the provider once more, where it has refused or was never asked."""
        for refund in require(self, ServiceRole.finance):
            by_hand.send_again(refund)

    def action_find_out(self) -> None:
        """Ask the provider what became of the refund."""
        for refund in require(self, ServiceRole.finance):
            by_hand.find_out(refund)

    def _dialog(self, kind: str, title: str) -> dict[str, Any]:
        self.ensure_one()
        require(self, ServiceRole.finance)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "retail.sync.refund.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_refund_id": self.id, "default_kind": kind},
        }

    def _sentence(self) -> str:
        """Return what became of the refund, for the answers of the agent API."""
        self.ensure_one()
        return sentence(self)


class RetailSyncRefundClose(models.TransientModel):
    """What a person of finance says of one refund."""

    _name = "retail.sync.refund.close"
    _description = "Close a refund"

    refund_id = fields.Many2one("retail.sync.refund", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("by_hand", "Paid by hand"),
            ("provider_paid", "The provider has paid it"),
            ("provider_not_paid", "The provider has not paid it"),
        ],
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(related="refund_id.amount")
    currency_id = fields.Many2one(related="refund_id.currency_id")
    company_id = fields.Many2one(related="refund_id.company_id")
    partner_id = fields.Many2one(related="refund_id.partner_id.commercial_partner_id", string="Customer")
    reference = fields.Char(required=True, help="Of the transfer, or what the provider's own screens say.")
    date = fields.Date("Paid on", default=fields.Date.context_today)
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        string="Paid from",
        help="A payment is registered in this journal.",
    )
    payment_id = fields.Many2one(
        "account.payment",
        domain="[('payment_type', '=', 'outbound'), ('company_id', '=', company_id), ('partner_id', '=', partner_id),"
        " ('state', 'in', ('in_process', 'paid'))]",
        string="Registered payment",
        help="The payment, where Accounting has registered it already.",
    )

    def action_apply(self) -> dict[str, Any]:
        """Close the refund as the dialog says."""
        self.ensure_one()
        refund = require(self.refund_id, ServiceRole.finance)
        if self.kind == "by_hand":
            day = self.date or fields.Date.context_today(self)
            by_hand.paid_by_hand(refund, self.reference, day, self.sudo().journal_id, self.sudo().payment_id)
        elif self.kind == "provider_paid":
            by_hand.paid_by_provider(refund, self.reference)
        else:
            by_hand.not_paid(refund, self.reference)
        return {"type": "ir.actions.act_window_close"}
