"""What an order is expected to reach, and until when: "after A, B within t", or "B before the promised date".

Pure: the facts of an order and its standing milestones go in, watches come out. A watch that is due and was not met is
the cause of an order exception; who evaluates when, and in which order, makes no difference.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .entries import Entry, in_force
from .facts import InvoiceFacts, OrderFacts, TransferFacts
from .working_time import WorkingDays, after

__all__ = [
    "Document",
    "ORDER",
    "Reached",
    "Rule",
    "Surroundings",
    "Watch",
    "overdue",
    "reached_of",
    "start_of",
    "to_ship",
    "watches_of_expectation",
]

# The model and id of the document that a watch is about; ("", 0) is the order as a whole.
Document = tuple[str, int]
ORDER: Document = ("", 0)
TRANSFER, INVOICE = "stock.picking", "account.move"

# Milestones of one document: where A and B are of one of these, B is expected of the same document.
_OF_ONE_DOCUMENT = (
    frozenset(("shipped", "tracking", "delivered", "delivery_exception")),
    frozenset(("invoiced", "paid")),
    frozenset(("refund_issued", "refund_paid", "refund_failed")),
    frozenset(("return_requested", "return_received")),
)
# What is still expected once an order is cancelled: money and goods that are on their way back.
_AFTER_CANCELLATION = frozenset(
    ("return_requested", "return_received", "inspected", "refund_approved", "refund_issued", "invoiced")
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is evaluated.

    :param kind: expectation or condition
    :param after: milestone A; "" where the promise alone sets the limit
    :param then: milestone B
    :param condition: name of the condition, see ``conditions``
    :param within: how long after A, or after the cause of a condition arose
    :param working_days: whether the limit counts working days only
    :param until_promise: whether the limit is the promised date, plus ``within``
    """

    id: int
    code: str
    kind: str = "expectation"
    after: str = ""
    then: str = ""
    condition: str = ""
    within: timedelta = timedelta()
    working_days: bool = False
    until_promise: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that stands: it was reached and not taken back since. ``at``: business time, naive UTC."""

    kind: str
    at: datetime
    document: Document = ORDER


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rules look at beside the facts of the order itself.

    :param address_gaps: fields of the delivery address that are missing or impossible
    :param half_done: ids of transfers that are done while a move of theirs is open
    :param stages_there: {name of the connection: since when it shows another stage than Odoo}
    :param days: working days of the order's company
    """

    address_gaps: tuple[str, ...] = ()
    half_done: tuple[int, ...] = ()
    stages_there: Mapping[str, datetime] = field(default_factory=dict)
    days: WorkingDays | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that is expected of an order, or the cause of an exception that has arisen.

    :param since: when the time began to run
    :param due_at: when it becomes an exception; not before ``since`` for a condition
    :param met_at: when it was met; None: it was not
    :param detail: what people read, as a code or the name of a document; never a value of the customer
    """

    document: Document
    since: datetime
    due_at: datetime
    met_at: datetime | None = None
    detail: str = ""

    def overdue(self, now: datetime) -> bool:
        """Return whether the limit has passed and the watch is not met."""
        return self.met_at is None and self.due_at <= now


def overdue(watches: Iterable[Watch], now: datetime) -> list[Watch]:
    """Return the watches that make an exception, the one that was due first in front."""
    return sorted((watch for watch in watches if watch.overdue(now)), key=lambda watch: (watch.due_at, watch.document))


def reached_of(journal: Iterable[Entry]) -> list[Reached]:
    """Return the milestones that stand, by business time. journal: all entries of one order, in any order."""
    found = [
        Reached(entry.kind, entry.at, (entry.document.model, entry.document.id)) for entry in in_force(journal).values()
    ]
    return sorted(found, key=lambda reached: (reached.at, reached.kind, reached.document))


def watches_of_expectation(
    rule: Rule, facts: OrderFacts, reached: Iterable[Reached], around: Surroundings
) -> list[Watch]:
    """Return what a rule of kind expectation expects of an order, met or not."""
    if facts.cancelled and rule.after not in _AFTER_CANCELLATION:
        return []
    found = list(reached)
    days = around.days if rule.working_days else None
    if rule.until_promise:
        return _until_promise(rule, facts, found, days)
    starts = [entry for entry in found if entry.kind == rule.after]
    if not starts:
        return []
    if any({rule.after, rule.then} <= group for group in _OF_ONE_DOCUMENT):
        latest = {entry.document: entry for entry in starts}
        return [_of_document(rule, facts, found, entry, days) for entry in latest.values()]
    start = starts[-1]
    later = [entry.at for entry in found if entry.kind == rule.then and entry.at >= start.at]
    met_at = min(later, default=None)
    if met_at is None and rule.then in _COMPLETE:
        met_at = _complete_at(rule.then, facts, found)
    return [Watch(ORDER, start.at, after(start.at, rule.within, days), met_at)]


def _until_promise(rule: Rule, facts: OrderFacts, found: list[Reached], days: WorkingDays | None) -> list[Watch]:
    promise, since = facts.due_at, _began(rule, facts, found)
    met_at = _complete_at(rule.then, facts, found)
    if promise is None or since is None or (rule.then == "shipped" and not facts.goods):
        return []
    return [Watch(ORDER, since, after(promise, rule.within, days), met_at)]


def _began(rule: Rule, facts: OrderFacts, found: list[Reached]) -> datetime | None:
    """Return since when a promise counts: from A, or from the confirmation."""
    if rule.after and rule.after != "confirmed":
        return max((entry.at for entry in found if entry.kind == rule.after), default=None)
    return facts.ordered_at if facts.confirmed else None


def _of_document(
    rule: Rule, facts: OrderFacts, found: list[Reached], start: Reached, days: WorkingDays | None
) -> Watch:
    times = [entry.at for entry in found if entry.kind == rule.then and entry.document == start.document]
    met_at = max(times, default=None) or _document_at(rule.then, facts, start)
    return Watch(start.document, start.at, after(start.at, rule.within, days), met_at)


def _document_at(kind: str, facts: OrderFacts, start: Reached) -> datetime | None:
    """Return when a document reached a milestone by its facts, whatever the journal says; None: it did not."""
    model, record_id = start.document
    if model == TRANSFER:
        transfer = next((found for found in facts.transfers if found.id == record_id), None)
        return _of_transfer(kind, transfer) if transfer else None
    if model == INVOICE:
        invoice = next((found for found in facts.invoices if found.id == record_id), None)
        return _of_invoice(kind, invoice, start.at) if invoice else None
    return None


def _of_transfer(kind: str, transfer: TransferFacts) -> datetime | None:
    if kind in ("shipped", "return_received"):
        return transfer.done_at if transfer.done else None
    if kind == "delivered":
        return transfer.delivered_at if transfer.delivery == "delivered" or transfer.delivered_at else None
    if kind == "tracking":
        return (transfer.done_at or transfer.changed_at) if transfer.tracking else None
    return None


def _of_invoice(kind: str, invoice: InvoiceFacts, since: datetime) -> datetime | None:
    """Return when a document was paid. One that no longer counts expects nothing: it is met as it began."""
    if not invoice.posted:
        return since
    is_paid = invoice.paid if kind == "paid" else kind == "refund_paid" and invoice.open <= 0
    if not is_paid:
        return None
    return start_of(invoice.reconciled_on) if invoice.reconciled_on else since


def _complete_at(kind: str, facts: OrderFacts, found: list[Reached]) -> datetime | None:
    """Return when an order as a whole has reached a milestone; None: it has not."""
    last = max((entry.at for entry in found if entry.kind == kind), default=None)
    complete = _COMPLETE.get(kind)
    if complete is None:
        return last
    if not complete(facts):
        return None
    return last or facts.shipped_last_at or facts.changed_at or facts.ordered_at


def to_ship(facts: OrderFacts) -> bool:
    """Return whether goods are still to be handed over; what was given up, by cancelling its transfer, is not."""
    return any(line.open and (line.demand > 0 or line.dropship) for line in facts.goods)


def _all_delivered(facts: OrderFacts) -> bool:
    handed_over = [transfer for transfer in facts.outgoing if transfer.done and transfer.fulfils]
    return (
        bool(handed_over)
        and not to_ship(facts)
        and all(transfer.delivery == "delivered" or transfer.delivered_at for transfer in handed_over)
    )


def _all_invoiced(facts: OrderFacts) -> bool:
    lines = [line for line in facts.lines if line.ordered > 0]
    return bool(lines) and all(line.invoiced >= line.ordered for line in lines)


def _all_paid(facts: OrderFacts) -> bool:
    invoices = facts.posted("out_invoice")
    return bool(invoices) and all(invoice.paid for invoice in invoices)


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins, in UTC."""
    return datetime.combine(day, time())


_COMPLETE: Mapping[str, Callable[[OrderFacts], bool]] = {
    "shipped": lambda facts: bool(facts.goods) and not to_ship(facts),
    "delivered": _all_delivered,
    "invoiced": _all_invoiced,
    "paid": _all_paid,
}
