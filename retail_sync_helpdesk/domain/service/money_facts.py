"""The facts of an order's money: what was billed, credited, paid and paid back, in every state.

All amounts are positive, in the currency of the order, taxes included unless a name says otherwise, and as Odoo tells
them. What a document bills for several orders counts with this order's share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ..currency import ZERO, Currency

__all__ = [
    "BilledLine",
    "Credit",
    "CreditLine",
    "Invoice",
    "MoneyFacts",
    "Payment",
    "Refund",
    "Request",
    "credited_by_price",
]

GOODS = frozenset({"goods", "kit"})
SHIPPING = "shipping"
GOODWILL = "goodwill"
# A transaction in one of these states has moved no money, and will move none.
_FAILED = frozenset({"error", "cancel"})


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of a posted invoice.

    :param line_id: of the order; 0: none
    :param kind: goods, kit, service, shipping, reward, down_payment, other
    :param total: negative for rewards, and for down payments that are taken off
    """

    id: int
    invoice_id: int
    line_id: int = 0
    kind: str = "goods"
    quantity: Decimal = Decimal(1)
    total: Decimal = ZERO
    untaxed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Invoice:
    """A posted invoice.

    :param residual: open amount, which a credit note of it lowers before any money moves
    :param booked: open amount of the whole document in the books, which Odoo clears with a credit note; None: the same
    :param shared: whether it bills other orders too
    """

    id: int
    name: str = ""
    total: Decimal = ZERO
    residual: Decimal = ZERO
    booked: Decimal | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What a credit note gives back of a billed line. By price: ``quantity`` 0, since all of it stays invoiced.

    :param kept: the fee that was kept back of this line, which does not come back later
    """

    billed_id: int
    quantity: Decimal = ZERO
    total: Decimal = ZERO
    kept: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit note.

    :param state: draft, posted or cancel
    :param invoice_id: the invoice that it reverses; 0: none, so that it is cleared by money only
    :param offset: of a posted one, what it cleared of debts; no money moved for it
    :param goodwill: the part that stands for no line
    :param request: uuid of our own request that made it
    """

    id: int
    state: str = "posted"
    invoice_id: int = 0
    total: Decimal = ZERO
    offset: Decimal = ZERO
    goodwill: Decimal = ZERO
    lines: tuple[CreditLine, ...] = ()
    request: str = ""

    @property
    def counts(self) -> bool:
        """Return whether the note gives something back, or will."""
        return self.state != "cancel"


@dataclass(frozen=True, slots=True)
class Request:
    """A request of ours. It counts from its approval until its credit note is there.

    :param state: waiting, approved, refused, withdrawn or done
    :param credits: the notes that it will make, with the id 0
    """

    uuid: str
    state: str = "approved"
    credits: tuple[Credit, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in.

    :param transaction: whether it is a transaction of a provider; else a payment of the bank or till
    :param state: draft, pending, authorized, done, cancel or error
    :param transaction_id: of a payment that Odoo made of a transaction when it was post-processed
    """

    id: int
    amount: Decimal = ZERO
    state: str = "done"
    transaction: bool = True
    transaction_id: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """A transaction that pays back, post-processed or not. ``credit_id``: the credit note that it pays; 0: unknown."""

    id: int
    amount: Decimal = ZERO
    state: str = "done"
    post_processed: bool = False
    credit_id: int = 0

    @property
    def counts(self) -> bool:
        """Return whether money went back, or may go: a draft is sent any moment."""
        return self.state not in _FAILED


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """Everything that decides how much may go back.

    :param total: of the order
    :param version: counter that every effect on the order's money raises
    :param unused: what came in by transactions and no document of the books has used; None: no limit is known
    """

    currency: Currency
    total: Decimal = ZERO
    version: int = 0
    invoices: tuple[Invoice, ...] = ()
    billed: tuple[BilledLine, ...] = ()
    credits: tuple[Credit, ...] = ()
    requests: tuple[Request, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = field(default=())
    unused: Decimal | None = None

    def committed(self) -> Iterator[Credit]:
        """Yield the credit notes that count, and those that approved requests will make, by id."""
        yield from sorted((credit for credit in self.credits if credit.counts), key=lambda credit: credit.id)
        made = {credit.request for credit in self.credits if credit.counts and credit.request}
        for request in sorted(self.requests, key=lambda found: found.uuid):
            if request.state == "approved" and request.uuid not in made:
                yield from request.credits


def credited_by_price(facts: MoneyFacts, line_id: int) -> Decimal:
    """Return what was credited of an order line's price, while its goods stayed billed."""
    billed = {line.id for line in facts.billed if line.line_id == line_id}
    return sum(
        (
            part.total
            for note in facts.committed()
            for part in note.lines
            if part.billed_id in billed and not part.quantity
        ),
        ZERO,
    )
