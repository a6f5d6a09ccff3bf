"""The facts of an order: its documents and what they add up to, without the states that Odoo derives from them.

Whoever reads them from Odoo leaves out what is no promise: sections, notes, the head of a combo (its parts are lines of
their own) and down payments among the lines; moves that were cancelled before anything was done with them.

Quantities are Decimals in the unit of the order line; times are naive UTC; a missing time is None, a missing id 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from .money_facts import ZERO, ApprovalFacts, InvoiceFacts, Quantities, TransactionFacts
from .promise import due_at

__all__ = [
    "BACKWARD",
    "GOODS",
    "OUTGOING",
    "REPLACING",
    "ApprovalFacts",
    "HoldFacts",
    "InvoiceFacts",
    "LineFacts",
    "OrderFacts",
    "TransactionFacts",
    "TransferFacts",
]

# Roles of transfers that hand goods over to the customer.
OUTGOING = frozenset({"out", "dropship", "exchange", "replacement"})
# Those of them that bring goods in the place of returned ones: they fulfil nothing that was ordered.
REPLACING = frozenset({"exchange", "replacement"})
# Roles of transfers on the way back.
BACKWARD = frozenset({"return", "inspection"})
# Kinds of order lines that are delivered by transfers.
GOODS = frozenset({"goods", "kit"})


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What happened to one line of an order so far.

    :param unit: unit of the line, in which all its quantities are; the name in Odoo's source language
    :param kind: goods, kit, service, delivery or reward
    :param ordered: as the line says now
    :param demand: what open moves will still bring of what was ordered, whichever step they are in
    :param reserved: for that, of the moves that are next to be done, in whichever step
    :param short: what should be reserved by now, and is not
    :param picked: done in the first step of several, or shipped where there is one step only
    :param packed: done in the packing step, or shipped where there is none
    :param shipped: handed over, replacements for returned goods (exchanges) included; a service: delivered
    :param replaced: the part of `shipped` that replaced returned goods
    :param returned: received back
    :param invoiced: on posted invoices
    :param credited: on posted credit notes
    :param dropship: whether the supplier ships it; such lines are never reserved
    """

    id: int
    product_id: int = 0
    sku: str = ""
    name: str = ""
    unit: str = ""
    kind: str = "goods"
    ordered: Decimal = ZERO
    demand: Decimal = ZERO
    reserved: Decimal = ZERO
    short: Decimal = ZERO
    picked: Decimal = ZERO
    packed: Decimal = ZERO
    shipped: Decimal = ZERO
    replaced: Decimal = ZERO
    returned: Decimal = ZERO
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    dropship: bool = False

    @property
    def fulfilled(self) -> Decimal:
        """Return what was shipped of what was ordered: what replaces returned goods counts as nothing new."""
        return self.shipped - self.replaced

    @property
    def open(self) -> Decimal:
        """Return what is still to be shipped."""
        return max(self.ordered - self.fulfilled, ZERO)


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """One transfer (picking) of an order.

    :param role: out, dropship, exchange, replacement (hand-over); pick, pack (earlier steps); return; inspection
        (the way of returned goods out of the place where they were received)
    :param state: as Odoo stores it: draft, waiting, confirmed, assigned, done, cancel
    :param quantities: {order line id: done, or reserved while it is open}; of kits the sets that it completes
    :param demand: {order line id: demand}; of kits the sets that it will complete
    :param backorder_of: id of the transfer that was split; 0: none
    :param return_of: ids of the transfers whose goods come back (return), or that were received (inspection)
    :param reserve_on: the next day on which more of it is to be reserved; None: no such day
    :param alert_at: when a late predecessor says that the goods come; None: no alert
    :param delivery: "", delivered or incident, as the carrier reports
    :param result: of an inspection: stock, scrap or supplier
    :param again: whether it replaces returned goods, or is an earlier step of what does
    """

    id: int
    name: str = ""
    role: str = "out"
    state: str = "confirmed"
    created_at: datetime | None = None
    done_at: datetime | None = None
    planned_at: datetime | None = None
    promised_at: datetime | None = None
    alert_at: datetime | None = None
    reserve_on: date | None = None
    changed_at: datetime | None = None
    carrier: str = ""
    tracking: str = ""
    backorder_of: int = 0
    return_of: tuple[int, ...] = ()
    quantities: Quantities = field(default_factory=dict)
    demand: Quantities = field(default_factory=dict)
    user_id: int = 0
    delivery: str = ""
    delivered_at: datetime | None = None
    result: str = ""
    again: bool = False

    @property
    def done(self) -> bool:
        """Return whether the transfer is done."""
        return self.state == "done"

    @property
    def open(self) -> bool:
        """Return whether the transfer is still to be done."""
        return self.state not in ("done", "cancel")

    @property
    def outgoing(self) -> bool:
        """Return whether the transfer hands goods over to the customer."""
        return self.role in OUTGOING

    @property
    def replaces(self) -> bool:
        """Return whether the transfer, or a later step of it, replaces returned goods."""
        return self.again or self.role in REPLACING

    @property
    def fulfils(self) -> bool:
        """Return whether the transfer brings what was ordered, or prepares that."""
        return self.role not in BACKWARD and not self.replaces


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A reason why an order is not to be shipped or confirmed.

    :param key: of the reason; one per rule, e.g. account_block, credit_hold, payment_pending, sale_exception
    :param reason: text of the rule, without values of the customer
    """

    key: str
    reason: str = ""
    document_model: str = ""
    document_id: int = 0
    document_name: str = ""
    since: datetime | None = None
    user_id: int = 0


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything that milestones, the stage and the values of an order are made of.

    :param state: draft, sent, sale or cancel
    :param ordered_at: date_order; from confirmation on the time of confirmation
    :param promised_at: as agreed with the customer (commitment_date)
    :param changed_at: last write to the order
    :param changed_by: user of that write
    :param confirmed_by: (model, id, name) of what confirmed it where that is no user: a transaction
    :param cancel_reason: as recorded, "" where no addon records it
    """

    id: int
    name: str = ""
    state: str = "draft"
    company_id: int = 0
    currency: str = ""
    total: Decimal = ZERO
    created_at: datetime | None = None
    ordered_at: datetime | None = None
    promised_at: datetime | None = None
    changed_at: datetime | None = None
    user_id: int = 0
    changed_by: int = 0
    confirmed_by: tuple[str, int, str] = ("", 0, "")
    cancel_reason: str = ""
    lines: tuple[LineFacts, ...] = ()
    transfers: tuple[TransferFacts, ...] = ()
    invoices: tuple[InvoiceFacts, ...] = ()
    transactions: tuple[TransactionFacts, ...] = ()
    holds: tuple[HoldFacts, ...] = ()
    approvals: tuple[ApprovalFacts, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Return whether the order is confirmed now."""
        return self.state in ("sale", "done")

    @property
    def cancelled(self) -> bool:
        """Return whether the order is cancelled now."""
        return self.state == "cancel"

    @property
    def goods(self) -> tuple[LineFacts, ...]:
        """Return the lines that transfers deliver."""
        return tuple(line for line in self.lines if line.kind in GOODS)

    @property
    def outgoing(self) -> tuple[TransferFacts, ...]:
        """Return the transfers that hand goods over, by time."""
        return tuple(transfer for transfer in self.transfers if transfer.outgoing)

    @property
    def shipped_all(self) -> bool:
        """Return whether there are goods and all that was ordered of them was handed over."""
        goods = [line for line in self.goods if line.ordered > 0]
        return bool(goods) and all(line.fulfilled >= line.ordered for line in goods)

    @property
    def shipped_first_at(self) -> datetime | None:
        """Return when goods were first handed over."""
        return min(self._shipped_at(), default=None)

    @property
    def shipped_last_at(self) -> datetime | None:
        """Return when goods were last handed over."""
        return max(self._shipped_at(), default=None)

    @property
    def fulfilled_at(self) -> datetime | None:
        """Return when goods that were ordered were last handed over; what replaces returned goods comes after that."""
        times = [transfer.done_at for transfer in self.outgoing if transfer.done and transfer.fulfils]
        return max(filter(None, times), default=None)

    def _shipped_at(self) -> list[datetime]:
        return [transfer.done_at for transfer in self.outgoing if transfer.done and transfer.done_at]

    @property
    def expected_at(self) -> datetime | None:
        """Return when the last open transfer of what was ordered is planned, or when the last one was done."""
        planned = [
            max(filter(None, (transfer.planned_at, transfer.alert_at)), default=None)
            for transfer in self.transfers
            if transfer.open and transfer.fulfils
        ]
        return max(filter(None, planned), default=None) or self.fulfilled_at

    @property
    def due_at(self) -> datetime | None:
        """Return when the order is late: see `promise.due_at`.

        Without a promise, the deadline of the earliest open transfer counts, else that of the earliest one.
        """
        if self.promised_at:
            return self.promised_at
        forward = [t for t in self.transfers if t.fulfils and t.promised_at and t.state != "cancel"]
        times = [t.promised_at for t in forward if t.open] or [t.promised_at for t in forward if t.outgoing]
        return due_at(min(filter(None, times), default=None), agreed=False)

    def transfer_due_at(self, transfer: TransferFacts) -> datetime | None:
        """Return when a transfer of the order is late: see `promise.due_at`."""
        return due_at(transfer.promised_at, agreed=self.promised_at is not None)

    @property
    def tracking(self) -> tuple[str, ...]:
        """Return the tracking numbers of all shipments, each once, by time of shipment."""
        numbers = (number.strip() for t in self.outgoing for number in t.tracking.split(","))
        return tuple(dict.fromkeys(filter(None, numbers)))

    @property
    def carriers(self) -> tuple[str, ...]:
        """Return the names of all carriers, each once."""
        return tuple(dict.fromkeys(t.carrier for t in self.outgoing if t.carrier and t.state != "cancel"))

    def posted(self, kind: str) -> tuple[InvoiceFacts, ...]:
        """Return the posted invoices (kind out_invoice) or credit notes (out_refund)."""
        return tuple(invoice for invoice in self.invoices if invoice.posted and invoice.kind == kind)

    def line(self, line_id: int) -> LineFacts | None:
        """Return the line with this id, None where it is no delivery promise."""
        return next((line for line in self.lines if line.id == line_id), None)


def added(quantities: Iterable[Quantities]) -> dict[int, Decimal]:
    """Return the sum of quantities by order line, without lines whose sum is zero."""
    total: dict[int, Decimal] = {}
    for quantities_of_one in quantities:
        for line_id, quantity in quantities_of_one.items():
            total[line_id] = total.get(line_id, ZERO) + quantity
    return {line_id: quantity for line_id, quantity in total.items() if quantity}
