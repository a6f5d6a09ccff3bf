"""The payment of a refund in the books, once the money has left."""

from __future__ import annotations

import logging
from typing import Any

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import plaintext2html

__all__ = ["book", "is_booked", "pay_note", "unbook"]

_logger = logging.getLogger(__name__)


def book(refund: Any) -> str:
    """Let Odoo make the payment of a refund that the provider has paid; return what stands in the way, or nothing."""
    child = refund.child_transaction_id
    try:
        with refund.env.cr.savepoint():
            child._post_process()
    except psycopg2.OperationalError:
        raise
    except UserError as error:
        return str(error)
    except Exception as error:
        _logger.exception("The payment of refund %s could not be made", refund.name)
        return type(error).__name__
    refund.payment_id = child.payment_id
    return ""


def is_booked(refund: Any) -> bool:
    """Return whether the payment pays the credit note, or there is nothing to pay any more."""
    payment = refund.child_transaction_id.payment_id
    lines = _open_lines(payment)
    if not refund.note_id:
        return bool(payment) and not (lines and _open_lines(refund.source_transaction_id.payment_id))
    return bool(payment) and (not lines or refund.note_id.state != "posted")


def pay_note(refund: Any) -> None:
    """Reconcile the payment with the credit note, as far as both are open; without one, with what was paid before."""
    payment = refund.child_transaction_id.payment_id or refund.payment_id
    paid = _open_lines(payment)
    if not refund.note_id:
        _pay_payment(refund, paid)
        return
    credited = refund.note_id.line_ids.filtered(
        lambda line: line.account_id in paid.account_id and not line.reconciled and line.parent_state == "posted"
    )
    if paid and credited:
        (paid + credited).reconcile()


def _pay_payment(refund: Any, paid: Any) -> None:
    """Reconcile what leaves with the payments of the order that no invoice has used, that of its source first."""
    order = refund.order_id
    transactions = refund.source_transaction_id | order.transaction_ids.sorted("id", reverse=True)
    came_in = _open_lines(transactions.payment_id.filtered(lambda payment: payment.payment_type == "inbound"))
    came_in = came_in.filtered(lambda line: line.account_id in paid.account_id)
    if paid and came_in:
        (paid + came_in).reconcile()


def unbook(refund: Any) -> None:
    """Cancel the payment of a refund that the provider has taken back: the credit note is open again."""
    payment = refund.payment_id
    try:
        with refund.env.cr.savepoint():
            if payment.state in ("in_process", "paid"):
                payment.action_draft()
                payment.action_cancel()
    except UserError as error:
        refund.message_post(body=plaintext2html(str(error)))
        return
    refund.payment_id = False


def _open_lines(payment: Any) -> Any:
    return payment.move_id.line_ids.filtered(
        lambda line: line.account_id in payment.destination_account_id and not line.reconciled
    )
