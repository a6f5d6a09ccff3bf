"""What is left of an order's money: to credit, by line and in all, and to pay back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from ..currency import ZERO
from .money_facts import BilledLine, Credit, MoneyFacts, Payment

__all__ = ["Balance", "Left", "balance_of"]


class Left(NamedTuple):
    """What a billed line still has: quantity and amount, neither below zero."""

    quantity: Decimal
    total: Decimal


class Balance(NamedTuple):
    """What is left.

    :param lines: {billed line id: what it still has}
    :param debts: {invoice id: open amount that no waiting credit note will clear}
    :param invoiced, credited: of all posted invoices; of all credit notes that count, goodwill included
    :param paid: what came in
    :param returned: what went back, or is on its way, or will go as soon as credit notes are posted
    :param pending: the part of ``returned`` that has not arrived
    """

    lines: dict[int, Left]
    debts: dict[int, Decimal]
    invoiced: Decimal
    credited: Decimal
    paid: Decimal
    returned: Decimal
    pending: Decimal

    @property
    def to_credit(self) -> Decimal:
        """Return what may still be credited of the order."""
        return max(self.invoiced - self.credited, ZERO)

    @property
    def to_pay_back(self) -> Decimal:
        """Return how much money may still go back."""
        return max(self.paid - self.returned, ZERO)


def balance_of(facts: MoneyFacts) -> Balance:
    """Return what is left of an order's money. Refunds count in every state but failed."""
    notes = list(facts.committed())
    debts = {invoice.id: max(invoice.residual, ZERO) for invoice in facts.invoices}
    # Notes that do not exist yet are paid by no transaction: together they stand for the id 0.
    money: dict[int, Decimal] = {}
    for note in notes:
        money[note.id] = money.get(note.id, ZERO) + _money_of(note, debts)
    planned = money.pop(0, ZERO)
    returned, done = planned, ZERO
    sent_by_note: dict[int, Decimal] = {}
    done_by_note: dict[int, Decimal] = {}
    for refund in facts.refunds:
        if refund.counts:
            amount = abs(refund.amount)
            # A refund without a note is money of its own: the note of another refund does not cover it.
            key = refund.credit_id if refund.credit_id in money else 0
            sent_by_note[key] = sent_by_note.get(key, ZERO) + amount
            if refund.state == "done":
                done_by_note[key] = done_by_note.get(key, ZERO) + amount
    for note_id in {*money, 0}:
        # The note and the transaction that pays it are one; whichever is larger counts.
        returned += max(money.get(note_id, ZERO), sent_by_note.get(note_id, ZERO))
        done += done_by_note.get(note_id, ZERO)
    return Balance(
        lines={line.id: _left(line, notes) for line in facts.billed},
        debts=debts,
        invoiced=sum((invoice.total for invoice in facts.invoices), ZERO),
        credited=sum((note.total for note in notes), ZERO),
        paid=_paid(facts.payments),
        returned=returned,
        pending=max(returned - done, ZERO),
    )


def _money_of(note: Credit, debts: dict[int, Decimal]) -> Decimal:
    """Return the part of a note that is paid out in money. What a waiting one will clear is taken off the debts."""
    if note.state == "posted":
        return max(note.total - note.offset, ZERO)
    cleared = min(note.total, debts.get(note.invoice_id, ZERO))
    if cleared:
        debts[note.invoice_id] -= cleared
    return note.total - cleared


def _paid(payments: Iterable[Payment]) -> Decimal:
    """Return what came in. A transaction and the payment that Odoo makes of it later are one and the same money."""
    done = [payment for payment in payments if payment.state == "done"]
    transactions = {payment.id for payment in done if payment.transaction}
    return sum(
        (payment.amount for payment in done if payment.transaction or payment.transaction_id not in transactions), ZERO
    )


def _left(line: BilledLine, notes: Iterable[Credit]) -> Left:
    quantity, total = line.quantity, line.total
    for note in notes:
        for credited in note.lines:
            if credited.billed_id == line.id:
                quantity -= credited.quantity
                total -= credited.total + credited.kept
    # Rewards have negative amounts: crediting them takes back what they gave.
    return Left(max(quantity, ZERO), max(total, ZERO) if line.total >= 0 else min(total, ZERO))
