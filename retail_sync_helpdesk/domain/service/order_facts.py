"""The facts of an order that decide what an agent may do with it. Quantities are in the unit of the order line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from ..currency import ZERO, Currency
from .money_facts import GOODS, MoneyFacts

__all__ = ["Actor", "Address", "LineFacts", "OrderFacts", "Shipment"]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of an order.

    :param kind: goods, kit, service, shipping, reward, other
    :param categories: of the product, the nearest first
    :param delivered: handed over in all; a return does not lower it
    :param deliveries: (day in the time zone of the company, quantity) of each hand-over; their sum is ``delivered``,
        or less where the day of a part is not known
    :param returned: received back
    :param expected_back: in returns that are open
    :param replaced: delivered again, or to be, without a charge, by orders of ours that are not cancelled
    :param owed_back: what exchanges have left to be paid back of the line, by price; what was credited so is taken off
    :param back_reasons: reasons of its returns
    :param available: free stock for another delivery; None: not kept in stock, or not known
    """

    id: int
    kind: str = "goods"
    categories: tuple[int, ...] = ()
    ordered: Decimal = ZERO
    delivered: Decimal = ZERO
    deliveries: tuple[tuple[date, Decimal], ...] = ()
    returned: Decimal = ZERO
    expected_back: Decimal = ZERO
    replaced: Decimal = ZERO
    available: Decimal | None = None
    owed_back: Decimal = ZERO
    back_reasons: frozenset[str] = frozenset()

    @property
    def is_goods(self) -> bool:
        """Return whether transfers deliver the line."""
        return self.kind in GOODS

    @property
    def open(self) -> Decimal:
        """Return what is still to be delivered."""
        return max(self.ordered - self.delivered, ZERO)


@dataclass(frozen=True, slots=True)
class Shipment:
    """A transfer on the way to the customer, whichever step of several it is.

    :param state: done, cancel, or whatever says that it is open
    :param tracking: number of the label; empty while there is none
    """

    name: str
    state: str = "assigned"
    printed: bool = False
    picked: bool = False
    tracking: str = ""

    @property
    def open(self) -> bool:
        """Return whether it is still to be done."""
        return self.state not in ("done", "cancel")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address changes.

    :param country: ISO code
    :param tax_zone: the fiscal position that it leads to
    :param carrier: name of the delivery method that does not serve it; empty: it does, or there is none
    """

    country: str = ""
    tax_zone: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything that decides what may be done with an order now.

    :param state: draft, sent, sale or cancel
    :param holds: codes of what holds the customer or the order: account_block, credit_hold
    :param purchases: names of open purchase orders that were made for it
    :param reserved: money that a provider has reserved and not taken
    :param customer_refunds, customer_refunded: of the customer, within the days that the policy names
    :param to_bill: what will still be billed, once what is asked for is given up; without down payments that are taken
        off
    :param refund_in_doubt: name of a refund of which it is not known whether it was paid
    """

    id: int
    name: str = ""
    state: str = "sale"
    locked: bool = False
    company_id: int = 0
    address: Address = field(default_factory=Address)
    lines: tuple[LineFacts, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    money: MoneyFacts = field(default_factory=lambda: MoneyFacts(Currency("EUR")))
    holds: tuple[str, ...] = ()
    purchases: tuple[str, ...] = ()
    reserved: Decimal = ZERO
    customer_refunds: int = 0
    customer_refunded: Decimal = ZERO
    refund_in_doubt: str = ""
    to_bill: Decimal = ZERO

    @property
    def confirmed(self) -> bool:
        """Return whether the order is confirmed."""
        return self.state in ("sale", "done")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    :param key: "kind/id" of the API key or user, as previews and audits keep it
    :param machine: whether no person presses the button
    :param scopes: actions and look-ups that the key allows
    :param companies: ids; empty: none
    :param verified_by: method by which the customer was verified; empty: not at all
    :param verified_at: naive UTC
    """

    key: str
    machine: bool = False
    scopes: frozenset[str] = frozenset()
    companies: frozenset[int] = frozenset()
    read_only: bool = False
    verified_by: str = ""
    verified_at: datetime | None = None
