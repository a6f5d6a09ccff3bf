"""Entries of the milestone journal, and which of them are in force.

A topic is what one statement is about: the allocation of an order, the payment of an invoice, one reason of a hold.
At most one entry of a topic is in force: the latest that no reversal names. A later entry of a topic replaces an
earlier one without a word where it only adds to it (3 of 5 allocated, then all); else a reversal comes between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

__all__ = ["KINDS", "NOTHING_ASSUMED", "Document", "Entry", "Kind", "NewEntry", "MilestoneRules", "Topic", "in_force"]

# {order line id: (quantity, of which it is a part)}
Parts = Mapping[int, tuple[Decimal, Decimal]]


class Document(NamedTuple):
    """The document that an entry is about. The name is for readers; model and id identify it."""

    model: str
    id: int
    name: str = ""


class Topic(NamedTuple):
    """What a statement is about. code: the reason, where a document may have several at once."""

    group: str
    model: str
    id: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """How entries of one kind behave.

    :param rank: order among entries of the same time
    :param group: kinds of one group replace each other; "" is a group of its own
    :param reversible: whether an entry is taken back when it is no longer true; others are events, which stay
    :param change: what another signature does: nothing (ignore), a further entry (restate), a reversal and a further
        entry (replace), or, by the amounts, a further entry if it grew and a reversal before it if it shrank (grow)
    """

    rank: int
    group: str = ""
    reversible: bool = True
    change: str = "ignore"


KINDS: dict[str, Kind] = {
    "quoted": Kind(10, reversible=False),
    "sent": Kind(20, reversible=False),
    "confirmed": Kind(30, change="replace"),
    "held": Kind(40),
    "partly_allocated": Kind(50, "allocation", change="grow"),
    "allocated": Kind(51, "allocation", change="restate"),
    "backordered": Kind(55, change="grow"),
    "picked": Kind(60, reversible=False),
    "packed": Kind(65, reversible=False),
    "tracking": Kind(70, change="restate"),
    "shipped": Kind(75, reversible=False),
    "repromised": Kind(80, reversible=False, change="restate"),
    "delayed": Kind(81),
    "delivery_exception": Kind(85),
    "delivered": Kind(90, change="restate"),
    "payment_failed": Kind(100),
    "invoiced": Kind(105, change="replace"),
    "partly_paid": Kind(110, "payment", change="grow"),
    "paid": Kind(111, "payment"),
    "return_requested": Kind(120),
    "return_received": Kind(125, reversible=False),
    "inspected": Kind(130, reversible=False),
    "refund_approved": Kind(135),
    "refund_issued": Kind(140, change="replace"),
    "refund_failed": Kind(145),
    "refund_paid": Kind(150, change="replace"),
    "partly_cancelled": Kind(160, change="grow"),
    "cancelled": Kind(165),
}


@dataclass(frozen=True, slots=True)
class MilestoneRules:
    """What a company decided about milestones.

    :param assume_days: days after the hand-over when goods count as delivered if no carrier reports; 0: never
    """

    assume_days: int = 0


NOTHING_ASSUMED = MilestoneRules()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the journal.

    :param id: of its row; entries are in force in the order of their ids
    :param at: business time, naive UTC
    :param cause: code; of a hold its reason, and part of the topic
    :param signature: what, if it differs, makes it another statement
    """

    id: int
    kind: str
    document: Document
    ordinal: int
    at: datetime
    reversal: bool = False
    cause: str = ""
    signature: str = ""
    quantities: Parts = field(default_factory=dict)
    amount: Decimal | None = None
    assumed: bool = False

    @property
    def topic(self) -> Topic:
        """Return what the entry is about."""
        return topic_of(self.kind, self.document, self.cause)

    @property
    def key(self) -> tuple[str, str, int, int]:
        """Return what a reversal shares with the entry that it takes back."""
        return self.kind, self.document.model, self.document.id, self.ordinal


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written. See Entry; besides, what only readers need.

    :param reverses: id of the entry that is taken back; 0 unless this is a reversal
    :param user_id: who did it, where one did
    """

    kind: str
    document: Document
    ordinal: int
    at: datetime
    reversal: bool = False
    reverses: int = 0
    cause: str = ""
    signature: str = ""
    quantities: Parts = field(default_factory=dict)
    amount: Decimal | None = None
    currency: str = ""
    assumed: bool = False
    user_id: int = 0

    @property
    def rank(self) -> int:
        """Return the order among entries of the same time."""
        return KINDS[self.kind].rank

    def sort_key(self) -> tuple[datetime, bool, int, str, int, int]:
        """Return the place in time: what is taken back comes before what is said instead."""
        return self.at, not self.reversal, self.rank, self.document.model, self.document.id, self.ordinal

    def written(self, id_: int) -> Entry:
        """Return the entry as the journal has it under this id."""
        return Entry(
            id_,
            self.kind,
            self.document,
            self.ordinal,
            self.at,
            self.reversal,
            self.cause,
            self.signature,
            self.quantities,
            self.amount,
            self.assumed,
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """What the facts say now. See NewEntry. `at` None: the time when it is seen."""

    kind: str
    document: Document
    at: datetime | None = None
    cause: str = ""
    signature: str = ""
    quantities: Parts = field(default_factory=dict)
    amount: Decimal | None = None
    currency: str = ""
    assumed: bool = False
    user_id: int = 0

    @property
    def topic(self) -> Topic:
        """Return what the claim is about."""
        return topic_of(self.kind, self.document, self.cause)


def topic_of(kind: str, document: Document, cause: str) -> Topic:
    """Return the topic of an entry or a claim."""
    return Topic(KINDS[kind].group or kind, document.model, document.id, cause if kind == "held" else "")


def extent(standing: Entry | Claim) -> tuple[int, Decimal]:
    """Return how much an entry or a claim says, to compare two of one topic: rank of the kind, then the amount."""
    amount = (
        standing.amount
        if standing.amount is not None
        else sum((part for part, _of in standing.quantities.values()), Decimal())
    )
    return KINDS[standing.kind].rank, amount


def in_force(entries: Iterable[Entry]) -> dict[Topic, Entry]:
    """Return {topic: entry in force} of the entries of one order."""
    current: dict[Topic, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.id):
        if not entry.reversal:
            current[entry.topic] = entry
        elif (standing := current.get(entry.topic)) and standing.key == entry.key:
            del current[entry.topic]
    return current
