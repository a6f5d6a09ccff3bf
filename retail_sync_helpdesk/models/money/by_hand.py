"""What a person of finance says of a refund: paid by hand, paid by the provider after all, or not."""

from __future__ import annotations

from datetime import date
from typing import Any

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ...domain.service.money_out import Provider
from . import closing
from .booking import pay_note
from .pay_out_queue import enqueue
from .providers import declared
from .refunds import given_back
from .tax_price import decimal

__all__ = ["can_be_asked", "can_send_again", "find_out", "not_paid", "paid_by_hand", "paid_by_provider", "send_again"]

TO_PAY = ("by_hand", "failed")


def paid_by_hand(refund: Any, reference: str, day: date, journal: Any = None, payment: Any = None) -> None:
    """Close a refund that a person paid.

    The payment is linked where there is one: the one that is given, or the one that pays the credit note already. Else
    it is registered.

    :param journal: of the bank or till it was paid from, where it is registered
    :raises UserError: the refund is not to be paid by hand, or the credit note is open by less
    """
    refund = _locked(refund, TO_PAY)
    note = refund.note_id
    left = decimal(refund.currency_id, note.amount_residual if note else refund.amount)
    found = payment or (_payment_of(note) if not left else None)
    if not found and not note:
        found = _register_without_note(refund, reference, day, journal)
    if not found:
        if note.state != "posted" or left < decimal(refund.currency_id, refund.amount):
            raise UserError(
                refund.env._(
                    "%(note)s is open by %(left)s, which is less than the refund. Look at its payments in Accounting.",
                    note=note.name,
                    left=note.currency_id.format(note.amount_residual),
                )
            )
        found = _register(refund, reference, day, journal)
    _check_payment(refund, found)
    refund.write(
        {
            "state": "paid",
            "cause": "closed_by_hand",
            "payment_id": found.id,
            "hand_reference": reference,
            "hand_date": day,
            "hand_user_id": refund.env.uid,
            "closed_at": fields.Datetime.now(),
            "next_try_at": False,
        }
    )
    pay_note(refund)
    closing.announce(refund)


def paid_by_provider(refund: Any, reference: str) -> None:
    """Note that the provider has paid a refund that was in doubt; the books follow."""
    refund = _locked(refund, ("in_doubt",))
    child = refund.child_transaction_id
    _say(refund, refund.env._("The provider has paid it. Reference: %s", reference))
    child.provider_reference = reference or child.provider_reference
    refund.write({"state": "sent", "cause": False, "hand_user_id": refund.env.uid, "hand_reference": reference})
    child._set_done()


def not_paid(refund: Any, reference: str) -> None:
    """Note that the provider has not paid a refund that was in doubt: it may be sent again, or paid by hand."""
    refund = _locked(refund, ("in_doubt",))
    _say(refund, refund.env._("The provider has not paid it. %s", reference))
    refund.write({"state": "failed", "cause": "refused", "retryable": False, "hand_user_id": refund.env.uid})
    refund.child_transaction_id._set_error(refund.env._("A person found that the provider has not paid it."))


def can_be_asked(refund: Any) -> bool:
    """Return whether the provider can say what became of the refund."""
    return refund.state == "in_doubt" and declared(refund.source_transaction_id).can_be_asked


def find_out(refund: Any) -> None:
    """Ask the provider what became of a refund; what never arrived is sent under the same key."""
    refund = _locked(refund, ("in_doubt",))
    if not can_be_asked(refund):
        raise UserError(refund.env._("The payment provider cannot be asked. Look into its own screens."))
    refund.write({"state": "sent", "cause": False, "looks": 0})
    enqueue(refund)


def can_send_again(refund: Any) -> bool:
    """Return whether sending is safe: the provider said no, or was never called, and it can give the amount."""
    source, child = refund.source_transaction_id, refund.child_transaction_id
    if refund.state not in TO_PAY or not source or (child and child.state not in ("error", "cancel")):
        return False
    provider: Provider = declared(source)
    amount, paid = decimal(refund.currency_id, refund.amount), decimal(source.currency_id, source.amount)
    before = given_back(source, but=refund)
    if provider.refunds == "full":
        return amount == paid and not before
    return provider.refunds == "partial" and before + amount <= paid


def send_again(refund: Any) -> None:
    """Send a refund once more, with a new key where the provider has refused the old one."""
    refund = _locked(refund, TO_PAY)
    if not can_send_again(refund):
        raise UserError(refund.env._("The payment provider cannot pay this refund. Pay it by hand."))
    attempt = refund.attempt + (1 if refund.child_transaction_id else 0)
    refund.write({"state": "waiting", "cause": False, "attempt": attempt, "child_transaction_id": False, "looks": 0})
    enqueue(refund)


def _locked(refund: Any, states: tuple[str, ...]) -> Any:
    """Return a refund that no job changes meanwhile."""
    refund = refund.sudo().with_company(refund.company_id)
    refund.env.flush_all()
    # An update, too: a job that began earlier has to begin anew, and see what a person decided.
    refund.env.execute_query(
        SQL("UPDATE retail_sync_refund SET write_date = now() AT TIME ZONE 'utc' WHERE id = %s RETURNING id", refund.id)
    )
    refund.invalidate_recordset()
    if refund.state not in states:
        labels = dict(refund._fields["state"]._description_selection(refund.env))
        raise UserError(
            refund.env._(
                "Refund %(name)s is “%(state)s” now. Load the screen again.",
                name=refund.name,
                state=labels[refund.state],
            )
        )
    return refund


def _payment_of(note: Any) -> Any:
    paid = note._get_reconciled_payments().filtered(lambda payment: payment.payment_type == "outbound")
    used = note.env["retail.sync.refund"].sudo().search([("payment_id", "in", paid.ids)]).payment_id
    return (paid - used).sorted("id", reverse=True)[:1]


def _check_payment(refund: Any, payment: Any) -> None:
    customer = refund.partner_id.commercial_partner_id
    fits = (
        payment.payment_type == "outbound"
        and payment.company_id == refund.company_id
        and payment.partner_id.commercial_partner_id == customer
        and payment.state in ("in_process", "paid")
        and decimal(payment.currency_id, payment.amount) >= decimal(refund.currency_id, refund.amount)
    )
    taken = refund.search_count([("payment_id", "=", payment.id), ("id", "!=", refund.id)], limit=1)
    if not fits or taken:
        raise UserError(
            refund.env._(
                "This payment cannot stand for the refund: choose a posted payment to %(customer)s of at least "
                "%(amount)s that pays no other refund.",
                customer=customer.name,
                amount=refund.currency_id.format(refund.amount),
            )
        )


def _register(refund: Any, reference: str, day: date, journal: Any) -> Any:
    wizard = (
        refund.env["account.payment.register"]
        .with_context(active_model="account.move", active_ids=refund.note_id.ids, dont_redirect_to_payments=True)
        .create(
            {
                "amount": refund.amount,
                "currency_id": refund.currency_id.id,
                "payment_date": day,
                "communication": reference,
                "payment_difference_handling": "open",
                **({"journal_id": journal.id} if journal else {}),
            }
        )
    )
    return wizard._create_payments()[:1]


def _register_without_note(refund: Any, reference: str, day: date, journal: Any) -> Any:
    """Return a posted payment to the customer of what was paid and never billed."""
    payment = refund.env["account.payment"].create(
        {
            "payment_type": "outbound",
            "partner_type": "customer",
            "partner_id": refund.partner_id.commercial_partner_id.id,
            "amount": refund.amount,
            "currency_id": refund.currency_id.id,
            "company_id": refund.company_id.id,
            "date": day,
            "memo": reference,
            **({"journal_id": journal.id} if journal else {}),
        }
    )
    payment.action_post()
    return payment


def _say(refund: Any, text: str) -> None:
    refund.message_post(body=plaintext2html(text.strip()))
