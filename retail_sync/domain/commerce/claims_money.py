"""What the facts say now about the invoices, payments and refunds of an order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from .entries import Claim, Document, Parts
from .facts import OrderFacts
from .money_facts import PAID, InvoiceFacts, TransactionFacts

__all__ = ["claims", "invoiced_at"]

SUCCEEDED = frozenset({"done", "authorized"})


def claims(facts: OrderFacts) -> Iterator[Claim]:
    """Yield what is true of invoices, payments and refunds."""
    for invoice in facts.invoices:
        if invoice.posted:
            yield from _invoice(invoice, facts)
    for transaction in facts.transactions:
        yield from _transaction(transaction, facts)
    for approval in facts.approvals:
        document = Document(approval.model, approval.id, approval.name)
        yield Claim(
            "refund_approved",
            document,
            approval.at,
            amount=approval.amount,
            currency=approval.currency,
            user_id=approval.user_id,
        )


def invoiced_at(invoice: InvoiceFacts) -> datetime | None:
    """Return when an invoice was issued: it has a date, and no time; it was not issued before it was made."""
    if invoice.invoiced_on is None:
        return invoice.created_at
    midnight = datetime.combine(invoice.invoiced_on, time())
    return max(midnight, invoice.created_at) if invoice.created_at else midnight


def _invoice(invoice: InvoiceFacts, facts: OrderFacts) -> Iterator[Claim]:
    document = Document("account.move", invoice.id, invoice.name)
    credit = invoice.kind == "out_refund"
    ordered = {line.id: line.ordered for line in facts.lines}
    parts: Parts = {
        line_id: (quantity, ordered[line_id])
        for line_id, quantity in invoice.quantities.items()
        if quantity and line_id in ordered
    }
    yield Claim(
        "refund_issued" if credit else "invoiced",
        document,
        invoiced_at(invoice),
        cause="credit_note" if credit else "",
        signature=f"{invoice.total:f} {invoice.currency}",
        quantities=parts,
        amount=invoice.total,
        currency=invoice.currency,
        user_id=invoice.user_id,
    )
    at = invoice.reconciled_at
    if credit:
        # What a transaction paid out is said of the transaction.
        if not invoice.open and invoice.money > 0 and not invoice.refund_id:
            yield Claim(
                "refund_paid",
                document,
                at,
                cause="payment",
                signature=f"{invoice.money:f}",
                amount=invoice.money,
                currency=invoice.currency,
            )
    elif invoice.payment_state in PAID and invoice.paid:
        amount = invoice.money or invoice.total
        yield Claim("paid", document, at, cause=invoice.payment_state, amount=amount, currency=invoice.currency)
    elif invoice.payment_state in (*PAID, "partial") and invoice.money > 0:
        yield Claim(
            "partly_paid",
            document,
            at,
            cause="payment",
            signature=f"{invoice.money:f}",
            amount=invoice.money,
            currency=invoice.currency,
        )


def _transaction(transaction: TransactionFacts, facts: OrderFacts) -> Iterator[Claim]:
    document = Document("payment.transaction", transaction.id, transaction.reference)
    amount, currency = abs(transaction.amount), transaction.currency
    if transaction.refund and transaction.state == "done":
        yield Claim(
            "refund_paid",
            document,
            transaction.changed_at,
            cause="transaction",
            signature=f"{amount:f}",
            amount=amount,
            currency=currency,
        )
    elif transaction.failed and not any(
        other.refund == transaction.refund and other.id > transaction.id and other.state in SUCCEEDED
        for other in facts.transactions
    ):
        kind = "refund_failed" if transaction.refund else "payment_failed"
        yield Claim(kind, document, transaction.changed_at, cause=transaction.state, amount=amount, currency=currency)
