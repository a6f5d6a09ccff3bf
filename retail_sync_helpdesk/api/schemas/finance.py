"""The money of an order: what was billed, credited, paid and paid back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from .base import Amount, Answer, Currency, Id, Part


class Invoice(Part):
    """An invoice or a credit note. Amounts of credit notes are positive."""

    id: Id
    number: str
    kind: Literal["invoice", "credit_note"]
    state: Literal["draft", "posted", "cancel"]
    issued_on: date | None = None
    due_on: date | None = None
    total: Amount
    residual: Amount
    currency: Currency
    of_this_order: Amount
    reverses: Id | None = None


class Payment(Part):
    """Money that came in or went back, or will. ``of_this_order``: its share, where it pays several orders.

    ``id`` is that of the transaction, payment, entry or refund, so two of them may have the same; ``key`` is unique.
    """

    id: Id
    key: str = Field("", description='Where the money stands, and its id there: "transaction/12".')
    kind: Literal["payment", "refund"]
    state: Literal["draft", "pending", "authorized", "done", "failed", "cancelled"]
    method: str = ""
    at: datetime | None = None
    amount: Amount
    currency: Currency
    of_this_order: Amount


class Money(Answer):
    """Documents and money of an order, as Odoo tells them: the sums are not calculated anew from lines."""

    order_id: Id
    currency: Currency
    ordered: Amount
    invoiced: Amount
    credited: Amount
    paid: Amount
    refunded: Amount
    pending: Amount
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
