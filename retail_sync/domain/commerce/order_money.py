"""What an order is billed, paid and refunded, by its documents: each amount as the document tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .facts import OrderFacts
from .money_facts import PAID, ZERO, InvoiceFacts, TransactionFacts

__all__ = ["OrderMoney", "invoicing_of", "money_of"]

WHOLE = Decimal(1)
DIGITS = 9


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """Amounts in the currency of the order.

    :param invoiced: posted invoices less posted credit notes
    :param paid: what money paid, before what went back
    :param due: open on posted invoices
    :param refunded: money that went back
    :param state: of `canonical.order.PAYMENT`
    """

    invoiced: Decimal = ZERO
    paid: Decimal = ZERO
    due: Decimal = ZERO
    refunded: Decimal = ZERO
    state: str = "none"


def money_of(facts: OrderFacts, shares: Mapping[int, Decimal]) -> OrderMoney:
    """Return what the documents of an order add up to. Documents in another currency than the order's are left out.

    :param shares: {document id: part of it that is this order's, 0 to 1}, of documents that bill several orders
    """
    bills = [bill for bill in facts.posted("out_invoice") if bill.currency == facts.currency]
    notes = [note for note in facts.posted("out_refund") if note.currency == facts.currency]
    transactions = [entry for entry in facts.transactions if entry.currency == facts.currency]
    captured = _captured_in_parts(transactions)

    portions = {
        document.id: shares.get(document.reversed_id if document.unlinked else document.id, WHOLE)
        for document in facts.invoices
    }

    def part(document: InvoiceFacts, amount: Decimal) -> Decimal:
        return amount * portions[document.id]

    def moved(refund: bool) -> Decimal:
        counted = [entry for entry in transactions if entry.refund == refund and entry.id not in captured]
        return sum((abs(entry.amount) * _weight(entry, portions) for entry in counted if entry.state == "done"), ZERO)

    invoiced = sum((part(bill, bill.total) for bill in bills), ZERO) - sum(
        (part(note, note.total) for note in notes), ZERO
    )
    due = sum((part(bill, bill.open) for bill in bills), ZERO)
    by_payments = sum((part(bill, _paid_out(bill)) for bill in bills), ZERO)
    # Money of a transaction pays an invoice later: the two are one and the same payment.
    paid = max(by_payments, moved(refund=False))
    refunded = sum((part(note, note.money) for note in notes if not note.refund_id), ZERO)
    refunded += moved(refund=True)
    # Shares leave digits behind, and equal amounts must compare as equal.
    invoiced, paid, due, refunded = (round(amount, DIGITS) for amount in (invoiced, paid, due, refunded))
    return OrderMoney(invoiced, paid, due, refunded, _state(facts, bool(bills), paid, due, refunded))


def _captured_in_parts(transactions: Iterable[TransactionFacts]) -> set[int]:
    """Return the ids of transactions that were captured or voided in parts: each part has a transaction of its own.

    Odoo calls them done with the full amount once nothing of them is open, though a part of it may have been voided.
    """
    return {entry.source_id for entry in transactions if not entry.refund and entry.state in ("done", "cancel")}


def _weight(entry: TransactionFacts, portions: Mapping[int, Decimal]) -> Decimal:
    """Return which part of a transaction is the order's.

    :param portions: {document id: part of it that is the order's}
    """
    if not entry.parts:
        return WHOLE
    return min(sum((part * portions.get(invoice_id, WHOLE) for invoice_id, part in entry.parts.items()), ZERO), WHOLE)


def _paid_out(bill: InvoiceFacts) -> Decimal:
    return bill.total if bill.payment_state in PAID and not bill.money else bill.money


def _state(facts: OrderFacts, billed: bool, paid: Decimal, due: Decimal, refunded: Decimal) -> str:
    if refunded > 0 and refunded >= paid:
        return "refunded"
    if paid <= 0 and _failed(facts):
        return "failed"
    if billed and due <= 0:
        # What was credited before it was paid is not paid.
        return "paid" if paid > 0 else "none"
    if paid > 0:
        return "paid" if not billed and paid >= facts.total else "partly"
    return "due" if billed else "none"


def _failed(facts: OrderFacts) -> bool:
    payments = [entry for entry in facts.transactions if not entry.refund]
    return bool(payments) and max(payments, key=lambda entry: entry.id).failed


def invoicing_of(facts: OrderFacts) -> str:
    """Return how much of an order is billed, of `canonical.order.INVOICING`. What is credited was billed all the same.

    Odoo's own status asks to bill refunded goods once more.
    """
    lines = [line for line in facts.lines if line.ordered > 0]
    if lines and all(line.invoiced >= line.ordered for line in lines):
        return "full"
    return "partly" if any(line.invoiced > 0 for line in facts.lines) or facts.posted("out_invoice") else "none"
