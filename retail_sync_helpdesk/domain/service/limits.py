"""The limits that hold for a refund as a whole: never more credited than billed, never more paid back than came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from ..currency import ZERO, Currency
from ..rules import Refusal, refusal
from .balance import Balance
from .claims import Offer, Part
from .money_facts import Invoice

__all__ = ["fit"]


def fit(
    parts: Sequence[Part], balance: Balance, currency: Currency, may_cut: bool, invoices: Sequence[Invoice] = ()
) -> Offer:
    """Return the offer of some parts within what is left of the order.

    :param invoices: of the order: a credit note that the books would clear otherwise than the offer says is refused
    :param may_cut: whether the claim names no amount: then what goes beyond the limits is taken off its last parts
    """
    found = _without_negative_notes(parts)
    money = _money(found, balance)
    over_money = max(sum(money.values(), ZERO) - balance.to_pay_back, ZERO)
    over_credit = max(_total(found) - balance.to_credit, ZERO)
    if (over_money or over_credit) and not may_cut:
        return _refused(balance, over_credit)
    if over_money:
        # Only where a credit note of an invoice is paid out does a lower one save money.
        for invoice_id in sorted(money, reverse=True):
            cut = min(over_money, money[invoice_id])
            over_money -= cut
            found = _cut(found, cut, (invoice_id,), currency)
    over_credit = max(_total(found) - balance.to_credit, ZERO)
    found = _cut(found, over_credit, tuple(money), currency)
    credit = _total(found)
    paid_back = sum(_money(found, balance).values(), ZERO)
    if credit <= 0 or paid_back > balance.to_pay_back or credit > balance.to_credit:
        return _refused(balance, over_credit)
    refused = _cleared_otherwise(found, balance, invoices)
    if refused:
        return Offer(refusals=refused)
    return Offer(tuple(found), credit - paid_back, paid_back)


def _cleared_otherwise(parts: Iterable[Part], balance: Balance, invoices: Iterable[Invoice]) -> tuple[Refusal, ...]:
    """Return why credit notes would clear other debts in the books than those that facts know.

    Odoo clears the open amount of the whole document: of one that bills several orders the debt of all of them, and
    what a payment that waits for the bank will pay.
    """
    found = []
    for invoice in invoices:
        credit = _total(part for part in parts if part.invoice_id == invoice.id)
        if invoice.booked is None or credit <= 0:
            continue
        if min(credit, invoice.booked) != min(credit, max(balance.debts.get(invoice.id, ZERO), ZERO)):
            code = "shared_invoice_open" if invoice.shared else "payment_not_booked"
            found.append(refusal(code, invoice=invoice.name, open=invoice.booked))
    return tuple(found)


def _without_negative_notes(parts: Sequence[Part]) -> list[Part]:
    """Leave out invoices of which notes by hand have given back more than there is: no note takes that back."""
    of_invoice = {part.invoice_id: _total(p for p in parts if p.invoice_id == part.invoice_id) for part in parts}
    return [part for part in parts if of_invoice[part.invoice_id] >= 0]


def _total(parts: Iterable[Part]) -> Decimal:
    return sum((part.total for part in parts), ZERO)


def _money(parts: Iterable[Part], balance: Balance) -> dict[int, Decimal]:
    """Return {invoice id: what the credit note of this invoice pays out beyond its debt}."""
    credit: dict[int, Decimal] = {}
    for part in parts:
        credit[part.invoice_id] = credit.get(part.invoice_id, ZERO) + part.total
    return {invoice_id: max(total - balance.debts.get(invoice_id, ZERO), ZERO) for invoice_id, total in credit.items()}


def _cut(parts: list[Part], amount: Decimal, invoices: tuple[int, ...], currency: Currency) -> list[Part]:
    """Return the parts with an amount taken off, from the last one backwards."""
    found: list[Part] = []
    for part in reversed(parts):
        less = min(amount, part.total) if part.invoice_id in invoices and part.total > 0 else ZERO
        amount -= less
        untaxed = currency.round(part.untaxed * (part.total - less) / part.total) if less else part.untaxed
        if part.total - less or part.quantity:
            found.append(replace(part, total=part.total - less, untaxed=untaxed) if less else part)
    return found[::-1]


def _refused(balance: Balance, over_credit: Decimal) -> Offer:
    if over_credit or balance.to_credit <= 0:
        refused = refusal("nothing_left_to_credit", invoiced=balance.invoiced, credited=balance.credited)
    else:
        done = balance.returned - balance.pending
        refused = refusal("nothing_left_to_pay_back", paid=balance.paid, refunded=done, pending=balance.pending)
    return Offer(refusals=(refused,))
