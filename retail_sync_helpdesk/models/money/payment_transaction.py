from typing import Any

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.currency import ZERO
from .late_answers import paid_late
from .pay_out_queue import enqueue
from .refunds import given_back
from .stripe import KEY
from .tax_price import decimal


class PaymentTransaction(models.Model):
    """A transaction that pays back wakes its refund, and no payment gives back more than came in."""

    _inherit = "payment.transaction"

    def _update_state(self, allowed_states: Any, target_state: str, state_message: Any) -> models.BaseModel:
        """Let the refund go on when a provider tells what became of it, by a webhook or a look-up."""
        changed = super()._update_state(allowed_states, target_state, state_message)
        if self.env.context.get("retail_sync_pays_out"):
            return changed
        if children := changed.filtered(lambda tx: tx.operation == "refund"):
            refunds = self.env["retail.sync.refund"].sudo().search([("child_transaction_id", "in", children.ids)])
            for refund in refunds:
                enqueue(refund)
            for child in (children - refunds.child_transaction_id).filtered(lambda tx: tx.state == "done"):
                paid_late(self.env, child)
        return changed

    def _refund(self, amount_to_refund: float | None = None) -> models.BaseModel:
        """Refuse Odoo's own refund button what our refunds have given back already, or are about to.

        Odoo counts only refunds that are post-processed.
        """
        self.ensure_one()
        asked = decimal(self.currency_id, amount_to_refund or self.amount)
        # Two refunds of one payment meet here: the second one begins anew and sees the first.
        self.env.execute_query(
            SQL(
                "UPDATE payment_transaction SET last_state_change = last_state_change WHERE id = %s RETURNING id",
                self.id,
            )
        )
        left = decimal(self.currency_id, self.amount) - given_back(self.sudo())
        if asked > left:
            raise UserError(
                self.env._(
                    "%(payment)s has %(left)s left to be paid back, with refunds that are under way. Lower the amount.",
                    payment=self.reference,
                    left=self.currency_id.format(float(max(left, ZERO))),
                )
            )
        return super()._refund(amount_to_refund)

    def _process(self, provider_code: str, payment_data: Any) -> models.BaseModel:
        """Give what Stripe says of a refund to the transaction that asked for it.

        Its webhook may come before our answer is stored. Odoo knows a refund by Stripe's number only, and makes a
        second transaction of it, which would count as money that left a second time.
        """
        ours = self._sync_asked_by(payment_data)
        if not ours or self == ours:
            return super()._process(provider_code, payment_data)
        if self.operation == "refund" and not self.provider_reference and self.state == "draft":
            self.unlink()
        return ours._process(provider_code, payment_data)

    def _sync_asked_by(self, payment_data: Any) -> models.BaseModel:
        refund = payment_data.get("refund") if isinstance(payment_data, dict) else None
        metadata = refund.get("metadata") if isinstance(refund, dict) else None
        key = metadata.get(KEY) if isinstance(metadata, dict) else None
        if not key:
            return self.browse()
        return self.search([("reference", "=", key), ("operation", "=", "refund")], limit=1)
