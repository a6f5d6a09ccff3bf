"""What an agent asks to be paid back, and what is offered: credit notes, what lowers a debt, what is money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..currency import ZERO
from ..rules import Refusal

__all__ = ["LineClaim", "Offer", "Part", "RefundClaim"]


@dataclass(frozen=True, slots=True)
class LineClaim:
    """A line of the order, by quantity or by price.

    :param quantity: None: by price
    :param amount: taxes included; None: by quantity
    :raises ValueError: both are given, or neither
    """

    line_id: int
    quantity: Decimal | None = None
    amount: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("A line is claimed by quantity or by price.")


@dataclass(frozen=True, slots=True)
class RefundClaim:
    """What is to be paid back.

    :param full: everything that is left of the order
    :param shipping: amount of shipping costs, taxes included
    :param goodwill: amount that stands for no goods
    :param restocking: whether the fee of the policy is kept of all goods that are claimed by quantity
    :param fees: (order line id, quantity) of goods that came back and cost the fee of the policy in any case
    :param waive_fee: whether that fee is not kept, against the policy
    :param waiver_agreed: whether a person with the right has agreed to that
    :param net: whether amounts of lines are without the discounts of the order, so that none is taken off them
    """

    full: bool = False
    lines: tuple[LineClaim, ...] = ()
    shipping: Decimal = ZERO
    goodwill: Decimal = ZERO
    restocking: bool = False
    fees: tuple[tuple[int, Decimal], ...] = ()
    waive_fee: bool = False
    waiver_agreed: bool = False
    net: bool = False

    @property
    def by_amount(self) -> bool:
        """Return whether the claim names an amount, which is then offered as it is or refused."""
        return bool(self.shipping or self.goodwill) or any(line.amount is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a credit note to be made.

    :param kind: line, shipping, rounding (what the total of a document has beyond its lines) or goodwill
    :param quantity: 0 where it is credited by price: the line stays invoiced
    :param total: taxes included, as it is credited, without the fee
    :param kept: the restocking fee
    """

    invoice_id: int
    kind: str
    total: Decimal
    billed_id: int = 0
    line_id: int = 0
    quantity: Decimal = ZERO
    untaxed: Decimal = ZERO
    kept: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be done; nothing where a rule says no.

    :param parts: lines of the credit notes, one note for each invoice
    :param debt: the part that lowers what the customer owes: no money moves for it
    :param money: the part that is paid back
    :param prepaid: what is paid back besides, since it was paid and will not be billed: no credit note stands for it
    """

    parts: tuple[Part, ...] = ()
    debt: Decimal = ZERO
    money: Decimal = ZERO
    refusals: tuple[Refusal, ...] = ()
    prepaid: Decimal = ZERO

    @property
    def credit(self) -> Decimal:
        """Return the total of the credit notes."""
        return sum((part.total for part in self.parts), ZERO)

    @property
    def paid_back(self) -> Decimal:
        """Return all the money that goes back."""
        return self.money + self.prepaid

    @property
    def given_back(self) -> Decimal:
        """Return what the customer gets in all: credited, or paid back without a credit note."""
        return self.credit + self.prepaid

    @property
    def kept(self) -> Decimal:
        """Return the fee in all."""
        return sum((part.kept for part in self.parts), ZERO)

    def of_kind(self, kind: str) -> Decimal:
        """Return the total of the parts of a kind."""
        return sum((part.total for part in self.parts if part.kind == kind), ZERO)

    @property
    def quantities(self) -> dict[int, Decimal]:
        """Return {order line id: quantity} that is credited."""
        found: dict[int, Decimal] = {}
        for part in self.parts:
            if part.quantity and part.line_id:
                found[part.line_id] = found.get(part.line_id, ZERO) + part.quantity
        return found
