"""Customers: who is meant, what stops them, what they are worth."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from .base import Amount, Answer, Country, Currency, Id, Masked, Part
from .order import OrderRow
from .ticket import TicketRow


class CustomerMatch(Masked):
    """A customer that a look-up may mean. The quality is about the record, not about the person who asks."""

    id: Id
    name: str | None
    quality: Literal["certain", "strong", "weak"]
    agree: tuple[str, ...] = Field(description="The values of the look-up that are this customer's.")
    shared: tuple[str, ...] = Field((), description="Those that other customers have too.")
    disagree: tuple[str, ...] = Field((), description="Those that are another one here.")
    account_blocked: bool = False
    credit_state: Literal["ok", "near_limit", "hold"] = "ok"


class CustomerMatches(Answer):
    """The customers that a look-up may mean, the surest first; at most 20."""

    items: tuple[CustomerMatch, ...]
    more: bool = Field(False, description="Whether there are others: the values are too common to tell.")


class Address(Part):
    """A postal address."""

    id: Id | None = None
    kind: Literal["main", "invoice", "delivery", "other"] = "main"
    name: str = ""
    street: str = ""
    street2: str = ""
    zip: str = ""
    city: str = ""
    state: str = ""
    country: Country | None = None


class Preferences(Part):
    """How the customer wants to be talked to."""

    language: str = ""
    no_bulk_mail: bool = False
    do_not_call: bool = False


class TaxProfile(Part):
    """How the customer is taxed."""

    tax_id: str = ""
    tax_id_state: str = ""
    tax_class: str = ""


class LoyaltyCard(Part):
    """A card, coupon or gift card. ``points``: in the unit of its program, which ``unit`` names."""

    id: Id
    program: str
    code: str = Field(description="The last four characters; the code itself spends the card.")
    points: Amount
    unit: str
    expires_on: date | None = None


class Customer(Masked):
    """A customer. Values of the company count for its contacts."""

    id: Id
    name: str | None
    company: str = ""
    is_company: bool = False
    email: str | None = None
    phone: str | None = None
    external_ids: dict[str, str] = Field(default_factory=dict, description="{name of the connection: external id}")
    account_blocked: bool = False
    block_reason: str | None = None
    credit_state: Literal["ok", "near_limit", "hold"] = "ok"
    currency: Currency
    amount_due: Amount | None = None
    overdue_amount: Amount | None = None
    lifetime_value: Amount | None = None
    open_orders: int = 0
    returns_rate: str | None = Field(None, description="Share of goods that came back in 12 months, in percent.")
    customer_since: date | None = None
    preferences: Preferences = Field(default_factory=Preferences)
    tax_profile: TaxProfile | None = None
    addresses: tuple[Address, ...] | None = ()
    loyalty: tuple[LoyaltyCard, ...] = ()
    url: str = Field("", description="The record in Odoo, for staff.")


class CustomerAnswer(Answer):
    """One customer."""

    customer: Customer


class Overview(Answer):
    """Everything about a customer in one call, the newest first: at most 20 orders and 20 tickets."""

    customer: Customer
    orders: tuple[OrderRow, ...]
    more_orders: bool
    tickets: tuple[TicketRow, ...]
    more_tickets: bool
