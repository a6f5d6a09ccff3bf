"""The facts of an order's invoices, payments and refunds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

__all__ = ["PAID", "ZERO", "ApprovalFacts", "InvoiceFacts", "Quantities", "TransactionFacts"]

ZERO = Decimal(0)
PAID = frozenset({"paid", "in_payment"})
FAILED = frozenset({"error", "cancel"})

# {order line id: quantity}
Quantities = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice or a credit note of an order.

    :param kind: out_invoice or out_refund
    :param state: draft, posted or cancel
    :param invoiced_on: date on the document; None while it is a draft that has none
    :param total: in the currency of the document, positive for either kind
    :param residual: open amount, positive for either kind
    :param total_company: signed, in the currency of the company; negative for a credit note
    :param reason: why it was credited, as typed
    :param reversed_id: of a credit note: the invoice that it reverses
    :param unlinked: whether it names no line of any order, and belongs to those of the invoice that it reverses
    :param reconciled_on: date of the latest partial reconciliation; None: none
    :param reconciled_at: when that was written, or the beginning of that day, whichever is later
    :param paid_out: what payments paid, and not other documents of the customer
    :param waiting: what payments without a journal entry pay of it: the open amount stays until the bank confirms them
    :param refund_id: of a credit note: the transaction by which the provider paid it out
    :param reconciled_by: (model, id, name) of the document that paid it last
    :param quantities: {order line id: quantity on this document}, positive for either kind
    """

    id: int
    name: str = ""
    kind: str = "out_invoice"
    state: str = "draft"
    payment_state: str = "not_paid"
    invoiced_on: date | None = None
    due_on: date | None = None
    created_at: datetime | None = None
    changed_at: datetime | None = None
    currency: str = ""
    total: Decimal = ZERO
    residual: Decimal = ZERO
    total_company: Decimal = ZERO
    reason: str = ""
    reversed_id: int = 0
    unlinked: bool = False
    reconciled_on: date | None = None
    reconciled_at: datetime | None = None
    refund_id: int = 0
    paid_out: Decimal = ZERO
    waiting: Decimal = ZERO
    reconciled_by: tuple[str, int, str] = ("", 0, "")
    quantities: Quantities = field(default_factory=dict)
    user_id: int = 0

    @property
    def posted(self) -> bool:
        """Return whether the document counts."""
        return self.state == "posted"

    @property
    def paid(self) -> bool:
        """Return whether nothing is open, by payment or by another document."""
        return self.posted and self.payment_state in (*PAID, "reversed") and self.open <= 0

    @property
    def money(self) -> Decimal:
        """Return what money paid, payments that wait for the bank included."""
        return self.paid_out + self._awaited

    @property
    def open(self) -> Decimal:
        """Return what no payment covers, positive for either kind."""
        return self.residual - self._awaited

    @property
    def _awaited(self) -> Decimal:
        """Return what of the open amount is paid by payments that wait for the bank.

        Odoo calls a document paid for any such payment, whatever its amount. Where none is known, its word counts.
        """
        if self.payment_state not in PAID:
            return ZERO
        return min(self.waiting or self.residual, self.residual)

    @property
    def reconciled(self) -> Decimal:
        """Return the amount that is no longer open."""
        return self.total - self.residual if self.posted else ZERO


@dataclass(frozen=True, slots=True)
class TransactionFacts:
    """A transaction of a payment provider.

    :param state: draft, pending, authorized, done, cancel or error
    :param refund: whether money goes back; its amount is negative
    :param source_id: of a refund: the transaction whose money goes back; of a partial capture: the one that it captures
    :param parts: {invoice id: part of the amount that is for it, 0 to 1}, where it was made for invoices and for no
        order; empty: all of it is for the order
    """

    id: int
    reference: str = ""
    state: str = "draft"
    message: str = ""
    changed_at: datetime | None = None
    amount: Decimal = ZERO
    currency: str = ""
    refund: bool = False
    source_id: int = 0
    provider_reference: str = ""
    parts: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Return whether no money moved and none will. The voided rest of a partial capture is no failure."""
        voided = self.state == "cancel" and bool(self.source_id) and not self.refund
        return self.state in FAILED and not voided


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """The approval of a refund, in a record of its own."""

    model: str
    id: int
    name: str = ""
    at: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    user_id: int = 0
