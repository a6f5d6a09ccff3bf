"""Orders with their lines, shipments and timeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from .base import Amount, Answer, Currency, Id, Masked, Page, Part, Quantity, Reference


class OrderRow(Part):
    """An order in a list.

    ``stage``: what happened last, as the milestones tell it. ``payment``: of what was invoiced and paid.
    """

    id: Id
    number: str
    ordered_at: datetime
    state: Literal["draft", "sent", "sale", "cancel"]
    stage: str = ""
    payment: Literal["nothing_due", "unpaid", "partly_paid", "paid", "refunded"]
    total: Amount
    currency: Currency
    late: bool = False
    holds: tuple[str, ...] = Field((), description="Codes of what stops it: account_block, credit_hold, and others.")
    exceptions: int = Field(0, description="Order exceptions that are open.")


class OrderPage(Page[OrderRow]):
    """Orders of a customer, the newest first."""


class OrderMatches(Answer):
    """Orders that a number means: of several companies, or with one customer reference; at most 20."""

    items: tuple[OrderRow, ...]


class OrderLine(Part):
    """A line. ``open``: still to be delivered. ``unit_price``: before discount, as the order states it."""

    id: Id
    kind: Literal["goods", "kit", "service", "shipping", "reward", "down_payment", "other"]
    sku: str = ""
    name: str
    unit: str = ""
    ordered: Quantity
    delivered: Quantity
    returned: Quantity = "0"
    invoiced: Quantity = "0"
    open: Quantity = "0"
    unit_price: Amount
    discount: str = Field("0", description="In percent.")
    total: Amount


class ShipmentLine(Part):
    """What a shipment holds of an order line."""

    line_id: Id | None
    sku: str = ""
    quantity: Quantity


class Shipment(Part):
    """A transfer to the customer, or straight from a supplier.

    ``delivered_source``: carrier, person, assumed; empty while it is not known.
    """

    id: Id
    number: str
    state: str
    promised_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    delivered_source: str = ""
    late: bool = False
    carrier: str = ""
    tracking: str = ""
    tracking_url: str = ""
    lines: tuple[ShipmentLine, ...] = ()


class TimelineEntry(Part):
    """A milestone. ``at``: when it happened; ``seen_at``: when Odoo knew. Reversals are entries of their own."""

    kind: str
    ordinal: int
    at: datetime
    seen_at: datetime
    text: str
    cause: str = ""
    document: Reference | None = None
    reverses: bool = False


class ReturnLine(Part):
    """Goods that come back. ``result``: of the inspection; empty before it."""

    line_id: Id | None
    sku: str = ""
    quantity: Quantity
    reason: str = ""
    result: str = ""


class Return(Part):
    """A return."""

    id: Id
    number: str
    state: str
    reason: str = ""
    requested_at: datetime | None = None
    received_at: datetime | None = None
    lines: tuple[ReturnLine, ...] = ()
    refund: Amount | None = None
    label_url: str = ""


class Order(Masked):
    """An order, with all that was sent and came back."""

    id: Id
    number: str
    customer_id: Id
    company: str
    brand: str = ""
    reference: str = Field("", description="The customer's own reference, or that of the platform it came from.")
    ordered_at: datetime
    state: Literal["draft", "sent", "sale", "cancel"]
    stage: str = ""
    payment: Literal["nothing_due", "unpaid", "partly_paid", "paid", "refunded"]
    promised_on: date | None = None
    late: bool = False
    locked: bool = False
    holds: tuple[str, ...] = ()
    total: Amount
    untaxed: Amount
    currency: Currency
    paid: Amount | None = None
    refunded: Amount | None = None
    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...] = ()
    returns: tuple[Return, ...] = ()
    exceptions: tuple[str, ...] = Field((), description="Sentences about order exceptions that are open.")
    external_ids: dict[str, str] = Field(default_factory=dict)
    url: str = ""


class OrderAnswer(Answer):
    """One order."""

    order: Order


class Timeline(Answer):
    """The milestones of an order, the oldest first: all of them."""

    order_id: Id
    entries: tuple[TimelineEntry, ...]
