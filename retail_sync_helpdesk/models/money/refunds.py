"""The first phase of a refund: what is to be paid back, written with the credit notes in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.exceptions import UserError

from ...domain.currency import ZERO
from ...domain.service.claims import Offer
from ...domain.service.refund_sources import Share, Source, share_out
from .gift_card import give_card, program_for
from .pay_out_queue import enqueue
from .providers import declared
from .tax_price import decimal

__all__ = ["can_go_back_online", "given_back", "make_prepaid_refunds", "make_refunds"]


def make_refunds(env: Any, order: Any, notes: Any, offer: Offer, *, action: Any, method: str) -> Any:
    """Return the refunds (``retail.sync.refund``) of credit notes; their money leaves after the commit.

    A note whose invoice is not paid lowers the debt: it has no refund.

    :param notes: what ``write_credit_notes`` returned for this offer
    :param method: original, bank, gift_card or credit
    :raises UserError: the notes are open by another amount than the offer pays back
    """
    refunds = env["retail.sync.refund"].sudo()
    notes = notes.sudo().sorted("id")
    open_amounts = {note: decimal(note.currency_id, note.amount_residual) for note in notes}
    if sum(open_amounts.values(), ZERO) != offer.money:
        raise UserError(
            env._(
                "%(order)s: the credit notes are open by %(found)s, and %(money)s is to be paid back. An invoice that "
                "bills several orders and is not paid is credited in Accounting.",
                order=order.name,
                found=sum(open_amounts.values(), ZERO),
                money=offer.money,
            )
        )
    for note, amount in open_amounts.items():
        if amount > 0:
            for share in _shares(order, note, amount, method):
                refunds |= _make(refunds, order, note, share, action, method)
    _begin(refunds, method)
    return refunds


def make_prepaid_refunds(env: Any, order: Any, amount: Decimal, *, action: Any, method: str) -> Any:
    """Return the refunds of what was paid for an order and never billed; no credit note stands for it.

    :param method: original or bank; another one needs a credit note, and the money goes back the way it was paid
    """
    refunds = env["retail.sync.refund"].sudo()
    none = env["account.move"].sudo()
    method = method if method == "bank" else "original"
    for share in _shares(order, none, amount, method):
        refunds |= _make(refunds, order, none, share, action, method)
    _begin(refunds, method)
    return refunds


def _begin(refunds: Any, method: str) -> None:
    for refund in refunds.filtered(lambda found: found.state == "waiting"):
        if method == "gift_card":
            give_card(refund)
        else:
            enqueue(refund)


def can_go_back_online(order: Any, amount: Decimal, method: str) -> bool:
    """Return whether providers can pay an amount back that no credit note stands for."""
    return not any(share.cause for share in _shares(order, order.env["account.move"].sudo(), amount, method))


def given_back(source: Any, but: Any = None) -> Decimal:
    """Return how much of a payment went back, or may: refunds in every state but failed, and those that wait.

    :param but: a refund of ours that does not count
    """
    children = source.child_transaction_ids.filtered(
        lambda child: child.operation == "refund" and child.state not in ("error", "cancel")
    )
    waiting = source.env["retail.sync.refund"].search(
        [
            ("source_transaction_id", "=", source.id),
            ("state", "=", "waiting"),
            ("child_transaction_id", "=", False),
            ("id", "!=", but.id if but else 0),
        ]
    )
    total = sum((abs(child.amount) for child in children), 0.0) + sum(waiting.mapped("amount"))
    return decimal(source.currency_id, total)


def _shares(order: Any, note: Any, amount: Decimal, method: str) -> Iterable[Share]:
    if method == "credit":
        return [Share(amount)]
    if method == "gift_card":
        return [Share(amount, cause="" if program_for(note) else "no_program")]
    if method != "original":
        return [Share(amount, cause="method")]
    return share_out(amount, _sources(order, note))


def _sources(order: Any, note: Any) -> list[Source]:
    """Return the payments by which an order or its invoice was paid online, the newest first."""
    found = order.sudo().transaction_ids | note.reversed_entry_id.transaction_ids
    # Of a payment that was taken in parts, each part goes back.
    parts = found.child_transaction_ids.filtered(lambda child: child.operation != "refund" and child.state == "done")
    done = (found - parts.source_transaction_id | parts).filtered(
        lambda tx: (
            tx.state == "done"
            and tx.operation not in ("refund", "validation")
            and tx.currency_id == (note.currency_id or order.currency_id)
            and tx.company_id == (note.company_id or order.company_id)
        )
    )
    sources = []
    for source in done.sorted(lambda tx: (tx.last_state_change or fields.Datetime.now(), tx.id), reverse=True):
        amount = decimal(source.currency_id, source.amount)
        sources.append(Source(source.id, amount, amount - given_back(source), declared(source).refunds))
    return sources


def _make(refunds: Any, order: Any, note: Any, share: Share, action: Any, method: str) -> Any:
    state = "by_hand" if share.cause else "waiting"
    if method == "credit":
        # The note stays open: it is the credit.
        state = "paid"
    return refunds.create(
        {
            "order_id": order.id,
            "note_id": note.id or False,
            "company_id": (note.company_id or order.company_id).id,
            "currency_id": (note.currency_id or order.currency_id).id,
            "amount": float(share.amount),
            "method": method,
            "state": state,
            "cause": share.cause or False,
            "source_transaction_id": share.source_id or False,
            "action_id": action.id if action else False,
            "closed_at": fields.Datetime.now() if state == "paid" else False,
        }
    )
