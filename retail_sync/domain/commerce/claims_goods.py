"""What the facts say now about an order, its promise and its goods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from .entries import Claim, Document, Entry, MilestoneRules, Parts, Topic
from .facts import LineFacts, OrderFacts, TransferFacts
from .money_facts import ZERO

__all__ = ["claims", "delay_of", "kept", "may_assume", "order_document", "transfer_document"]


def order_document(facts: OrderFacts) -> Document:
    """Return the order itself as a document."""
    return Document("sale.order", facts.id, facts.name)


def transfer_document(transfer: TransferFacts) -> Document:
    """Return a transfer as a document."""
    return Document("stock.picking", transfer.id, transfer.name)


def claims(facts: OrderFacts, standing: dict[Topic, Entry], now: datetime, rules: MilestoneRules) -> Iterator[Claim]:
    """Yield what is true of the order, its promise and its goods.

    :param said: the entries in force: whether a promise is a new one follows from what was said
    """
    yield from _order(facts, standing)
    if facts.confirmed:
        yield from _allocation(facts)
        yield from _cuts(facts, standing)
        if delay := delay_of(facts, now):
            yield Claim("delayed", order_document(facts), delay[0], cause=delay[1])
    for transfer in facts.transfers:
        yield from _transfer(facts, transfer, now, rules)


def kept(facts: OrderFacts, standing: dict[Topic, Entry], rules: MilestoneRules) -> Iterator[Topic]:
    """Yield the topics whose entry stays although nothing claims it any more: what it said has run its course."""
    document = order_document(facts)
    if facts.cancelled:
        # What was cut before is not restored: nothing of the order is left.
        for group in ("confirmed", "delayed", "partly_cancelled"):
            yield Topic(group, document.model, document.id)
    last, due = facts.fulfilled_at, facts.due_at
    if not _to_fulfil(facts) and last and due and last > due:
        yield Topic("delayed", document.model, document.id)
    allocation = Topic("allocation", document.model, document.id)
    entry = standing.get(allocation)
    if entry and _consumed(facts, entry):
        yield allocation
    for transfer in facts.outgoing:
        topic = Topic("delivered", "stock.picking", transfer.id)
        entry = standing.get(topic)
        # The rules may be another one by now: what was assumed under the former one was said in good order.
        if entry and entry.assumed and transfer.delivery != "incident":
            yield topic


def _order(facts: OrderFacts, standing: dict[Topic, Entry]) -> Iterator[Claim]:
    document = order_document(facts)
    yield Claim("quoted", document, facts.created_at, user_id=facts.user_id)
    if facts.state == "sent":
        yield Claim("sent", document, facts.changed_at, user_id=facts.changed_by)
    promise = facts.promised_at.isoformat() if facts.promised_at else ""
    if facts.confirmed:
        # Only a later time is another confirmation: the date of an order can be corrected.
        before = standing.get(Topic("confirmed", document.model, document.id))
        again = _again(facts, before)
        at = facts.ordered_at if again or not before else before.at
        yield Claim(
            "confirmed",
            document,
            at,
            cause="transaction" if facts.confirmed_by[1] else "",
            signature=before.signature if before and not again else f"{at.isoformat() if at else ''} {promise}",
            quantities={line.id: (line.ordered, line.ordered) for line in facts.lines if line.ordered},
            amount=facts.total,
            currency=facts.currency,
            user_id=facts.changed_by,
        )
        if not again and promise and before:
            latest = standing.get(Topic("repromised", document.model, document.id))
            if promise != _promise_of(latest if latest and latest.id > before.id else before):
                # Of another confirmation, the same promise is another one.
                signature = f"{before.ordinal} {promise}"
                yield Claim("repromised", document, signature=signature, user_id=facts.changed_by)
    if facts.cancelled:
        yield Claim(
            "cancelled",
            document,
            facts.changed_at,
            quantities={line.id: (line.open, line.ordered) for line in facts.goods if line.open},
            user_id=facts.changed_by,
        )
    elif not facts.confirmed or _open(facts) or not facts.goods:
        for hold in facts.holds:
            held = Document(hold.document_model, hold.document_id, hold.document_name)
            # A hold of the customer may be older than the order.
            at = max(hold.since, facts.created_at) if hold.since and facts.created_at else hold.since
            yield Claim("held", held, at, cause=hold.key, user_id=hold.user_id)


def _again(facts: OrderFacts, before: Entry | None) -> bool:
    """Return whether a confirmed order was confirmed after the confirmation in force, if there is one."""
    return not before or bool(facts.ordered_at and facts.ordered_at > before.at)


def _promise_of(entry: Entry) -> str:
    """Return the promise that a confirmation, or a new promise, was given with."""
    return entry.signature.partition(" ")[2]


def _allocated(lines: Iterable[LineFacts]) -> Parts:
    """Return {line: (shipped or reserved, ordered)}, without what replaces returned goods."""
    return {
        line.id: (min(line.fulfilled + line.reserved, line.ordered), line.ordered) for line in lines if line.ordered
    }


def _reservable(facts: OrderFacts) -> list[LineFacts]:
    return [line for line in facts.goods if not line.dropship and line.ordered > 0]


def _allocation(facts: OrderFacts) -> Iterator[Claim]:
    document = order_document(facts)
    lines = _reservable(facts)
    parts = _allocated(lines)
    if any(line.reserved > 0 for line in lines):
        full = all(part >= of for part, of in parts.values())
        yield Claim("allocated" if full else "partly_allocated", document, quantities=parts, signature=_sum_text(parts))
    short = {line.id: (line.short, line.ordered) for line in lines if line.short > 0}
    if short:
        yield Claim("backordered", document, cause="short", quantities=short, signature=_sum_text(short))


def _consumed(facts: OrderFacts, entry: Entry) -> bool:
    """Return whether what an entry says was allocated is shipped, or still reserved."""
    now = _allocated(_reservable(facts))
    return all(
        now.get(line_id, (part, part))[0] >= min(part, now.get(line_id, (part, part))[1])
        for line_id, (part, _of) in entry.quantities.items()
    )


def _sum_text(parts: Parts) -> str:
    return ";".join(f"{line_id}:{part:f}/{of:f}" for line_id, (part, of) in sorted(parts.items()))


def _cuts(facts: OrderFacts, standing: dict[Topic, Entry]) -> Iterator[Claim]:
    """Yield what was given up since the confirmation: quantities that were cut, rests that were cancelled."""
    document = order_document(facts)
    confirmed = standing.get(Topic("confirmed", document.model, document.id))
    if _again(facts, confirmed):
        confirmed = None  # what was cut before it was confirmed anew is part of the new agreement
    dropped = any(transfer.state == "cancel" and transfer.fulfils for transfer in facts.transfers)
    cut = {}
    for line in facts.lines:
        agreed = confirmed.quantities.get(line.id, (line.ordered, line.ordered))[0] if confirmed else line.ordered
        rest = max(line.open - line.demand, ZERO) if dropped and line in facts.goods and not line.dropship else ZERO
        gone = max(agreed - line.ordered, ZERO) + rest
        if gone > 0:
            cut[line.id] = (gone, max(agreed, line.ordered))
    if cut:
        yield Claim("partly_cancelled", document, quantities=cut, signature=_sum_text(cut), user_id=facts.changed_by)


def _open(facts: OrderFacts) -> bool:
    """Return whether goods of a confirmed order are still to be shipped, be it in the place of returned ones."""
    replacing = any(transfer.open and transfer.replaces for transfer in facts.transfers)
    return _to_fulfil(facts) or (facts.confirmed and replacing)


def _to_fulfil(facts: OrderFacts) -> bool:
    """Return whether goods that a confirmed order promised are still to be shipped."""
    if not facts.confirmed:
        return False
    if any(transfer.open and transfer.fulfils for transfer in facts.transfers):
        return True
    return any(line.dropship and line.open > 0 for line in facts.goods)


def delay_of(facts: OrderFacts, now: datetime) -> tuple[datetime | None, str] | None:
    """Return (since when, cause) of the delay of an open order; None if it is not late. Time None: seen now."""
    due = facts.due_at
    if not due or not _to_fulfil(facts):
        return None
    if now > due:
        return max(due, facts.ordered_at or due), "promise_passed"
    planned = facts.expected_at
    if planned and planned > due:
        return None, "planned_late"
    return None


def may_assume(transfer: TransferFacts, rules: MilestoneRules) -> datetime | None:
    """Return when a transfer counts as delivered unless the carrier reports; None: never."""
    if not (rules.assume_days and transfer.outgoing and transfer.done and transfer.done_at) or transfer.delivery:
        return None
    return transfer.done_at + timedelta(days=rules.assume_days)


def _parts(transfer: TransferFacts, facts: OrderFacts) -> Parts:
    ordered = {line.id: line.ordered for line in facts.lines}
    return {
        line_id: (quantity, max(ordered.get(line_id, quantity), Decimal()))
        for line_id, quantity in transfer.quantities.items()
        if quantity
    }


def _transfer(facts: OrderFacts, transfer: TransferFacts, now: datetime, rules: MilestoneRules) -> Iterator[Claim]:
    document = transfer_document(transfer)
    parts = _parts(transfer, facts)
    user = transfer.user_id
    done = {"pick": "picked", "pack": "packed", "return": "return_received", "inspection": "inspected"}
    if transfer.done:
        kind = "shipped" if transfer.outgoing else done[transfer.role]
        cause = transfer.result or transfer.role
        yield Claim(kind, document, transfer.done_at, cause=cause, quantities=parts, user_id=user)
    if transfer.role == "return" and transfer.state != "cancel" and not transfer.backorder_of:
        yield Claim(
            "return_requested", document, transfer.created_at, quantities=_demand(transfer, facts), user_id=user
        )
    if not transfer.outgoing:
        return
    if transfer.backorder_of and transfer.state != "cancel":
        demand = _demand(transfer, facts)
        yield Claim("backordered", document, transfer.created_at, cause="split", quantities=demand, user_id=user)
    if transfer.tracking and transfer.state != "cancel":
        yield Claim("tracking", document, transfer.changed_at, cause="carrier", signature=transfer.tracking)
    if transfer.delivery == "incident":
        yield Claim("delivery_exception", document, cause="carrier")
    assumed_at = may_assume(transfer, rules)
    if transfer.delivery == "delivered":
        yield Claim(
            "delivered", document, transfer.delivered_at, cause="carrier", signature="carrier", quantities=parts
        )
    elif assumed_at and assumed_at <= now:
        yield Claim(
            "delivered", document, assumed_at, cause="assumed", signature="assumed", quantities=parts, assumed=True
        )


def _demand(transfer: TransferFacts, facts: OrderFacts) -> Parts:
    ordered = {line.id: line.ordered for line in facts.lines}
    wanted = transfer.demand or transfer.quantities
    return {line_id: (quantity, ordered.get(line_id, quantity)) for line_id, quantity in wanted.items() if quantity}
