"""Conditions of orders that are exceptions in themselves: each says since when, and about which document."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from .expectations import (
    INVOICE,
    ORDER,
    TRANSFER,
    Reached,
    Rule,
    Surroundings,
    Watch,
    start_of,
    to_ship,
    watches_of_expectation,
)
from .facts import BACKWARD, OrderFacts, TransactionFacts
from .working_time import after

__all__ = ["CONDITIONS", "watches_of"]

# (document, since, detail) of a cause that has arisen.
_Cause = tuple[tuple[str, int], datetime, str]
_SUCCESS = frozenset(("pending", "authorized", "done"))


def watches_of(rule: Rule, facts: OrderFacts, reached: Iterable[Reached], around: Surroundings) -> list[Watch]:
    """Return what a rule expects of an order or has found in it; a function of its arguments alone.

    Raises KeyError for a condition that does not exist.
    """
    found = list(reached)
    if rule.kind == "expectation":
        return watches_of_expectation(rule, facts, found, around)
    days = around.days if rule.working_days else None
    return [
        Watch(document, since, after(since, rule.within, days), detail=detail)
        for document, since, detail in CONDITIONS[rule.condition](facts, found, around)
    ]


def _moment(facts: OrderFacts, *times: datetime | None) -> datetime:
    """Return the first time that is known. The order's own times stand in: the same facts give the same time."""
    known = (*times, facts.ordered_at, facts.created_at, facts.changed_at)
    return next((moment for moment in known if moment), datetime(1970, 1, 1))


def _backorder(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    if not facts.confirmed:
        return []
    return [
        ((TRANSFER, transfer.id), _moment(facts, transfer.created_at), transfer.name)
        for transfer in facts.transfers
        if transfer.open and transfer.backorder_of and transfer.role not in BACKWARD
    ]


def _delivery_exception(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    since = {entry.document: entry.at for entry in found if entry.kind == "delivery_exception"}
    return [
        (
            (TRANSFER, transfer.id),
            _moment(facts, since.get((TRANSFER, transfer.id)), transfer.changed_at, transfer.done_at),
            transfer.name,
        )
        for transfer in facts.outgoing
        if transfer.delivery == "incident"
    ]


def _contradiction(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    causes: list[_Cause] = []
    names = {transfer.id: transfer for transfer in facts.transfers}
    for transfer_id in around.half_done:
        transfer = names.get(transfer_id)
        if transfer:
            causes.append(((TRANSFER, transfer_id), _moment(facts, transfer.done_at), transfer.name))
    if facts.confirmed and facts.shipped_all and facts.fulfilled_at:
        back = _asked_back(facts)
        for transfer in facts.outgoing:
            # For goods that come back, others may be on their way.
            wanted = any(quantity > 0 for line_id, quantity in transfer.demand.items() if line_id not in back)
            if transfer.open and transfer.role in ("out", "dropship") and wanted:
                since = max(facts.fulfilled_at, transfer.created_at or facts.fulfilled_at)
                causes.append(((TRANSFER, transfer.id), since, transfer.name))
    causes += [(ORDER, since, name) for name, since in sorted(around.stages_there.items())]
    return causes


def _asked_back(facts: OrderFacts) -> set[int]:
    """Return the ids of lines whose goods came back, or are to."""
    returns = [transfer for transfer in facts.transfers if transfer.role == "return" and transfer.state != "cancel"]
    asked = {line_id for transfer in returns for line_id in (*transfer.quantities, *transfer.demand)}
    return asked | {line.id for line in facts.lines if line.returned > 0}


def _payment_failed(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    if facts.state not in ("sent", "sale", "done") or _is_paid(facts):
        return []
    return _failed(facts, [transaction for transaction in facts.transactions if not transaction.refund])


def _is_paid(facts: OrderFacts) -> bool:
    invoices = facts.posted("out_invoice")
    return bool(invoices) and all(invoice.paid for invoice in invoices)


def _failed(facts: OrderFacts, transactions: list[TransactionFacts]) -> list[_Cause]:
    """Return the last of the transactions, if it failed and none was successful since."""
    failed = [transaction for transaction in transactions if transaction.failed]
    if not failed:
        return []
    last = max(failed, key=lambda transaction: (_moment(facts, transaction.changed_at), transaction.id))
    at = _moment(facts, last.changed_at)
    for other in transactions:
        if other.state in _SUCCESS and (_moment(facts, other.changed_at), other.id) > (at, last.id):
            return []
    return [(ORDER, at, last.reference)]


def _refund_stuck(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    causes: list[_Cause] = [
        ((INVOICE, credit.id), start_of(credit.invoiced_on) if credit.invoiced_on else _moment(facts), credit.name)
        for credit in facts.posted("out_refund")
        if credit.open > 0
    ]
    return causes + _failed(facts, [transaction for transaction in facts.transactions if transaction.refund])


def _hold(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    if not facts.confirmed or not facts.holds or (facts.goods and not to_ship(facts)):
        return []
    held_at = max((entry.at for entry in found if entry.kind == "held"), default=None)
    hold = min(facts.holds, key=lambda found_hold: (_moment(facts, found_hold.since, held_at), found_hold.key))
    return [(ORDER, _moment(facts, hold.since, held_at), hold.reason or hold.key)]


def _address(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    if not facts.confirmed or not around.address_gaps or not to_ship(facts):
        return []
    return [(ORDER, _moment(facts), ", ".join(around.address_gaps))]


def _invoice_overdue(facts: OrderFacts, found: list[Reached], around: Surroundings) -> list[_Cause]:
    return [
        ((INVOICE, invoice.id), start_of(invoice.due_on) + timedelta(days=1), invoice.name)
        for invoice in facts.posted("out_invoice")
        if invoice.due_on and invoice.open > 0
    ]


CONDITIONS: Mapping[str, Callable[[OrderFacts, list[Reached], Surroundings], list[_Cause]]] = {
    "backorder": _backorder,
    "delivery_exception": _delivery_exception,
    "contradiction": _contradiction,
    "payment_failed": _payment_failed,
    "refund_stuck": _refund_stuck,
    "hold": _hold,
    "address": _address,
    "invoice_overdue": _invoice_overdue,
}
