"""Where an order stands, why it waits, and when time alone will make something true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from .claims_goods import delay_of, may_assume
from .entries import NOTHING_ASSUMED, Entry, MilestoneRules, Topic, in_force
from .facts import BACKWARD, HoldFacts, OrderFacts

__all__ = ["delay_of", "hold_of", "late_since", "next_look", "stage_of"]


def stage_of(facts: OrderFacts, entries: Iterable[Entry]) -> str:
    """Return where the order stands: the last stage that applies, of `canonical.order.STAGES`.

    :param entries: the journal of the order
    """
    standing = in_force(entries)
    if facts.cancelled:
        return "cancelled"
    if not facts.confirmed:
        return "sent" if facts.state == "sent" else "quoted"
    goods = [line for line in facts.goods if line.shipped > 0 or line.ordered > 0]
    shipped = [line for line in goods if line.shipped > 0]
    # What replaces returned goods takes nothing back of what was shipped.
    if shipped and not any(transfer.open and transfer.fulfils for transfer in facts.transfers):
        # What is neither shipped nor to be shipped was given up.
        if all(line.returned >= line.shipped for line in shipped):
            return "returned"
        all_shipped = all(line.open <= 0 for line in goods) or any(
            t.state == "cancel" and t.fulfils for t in facts.transfers
        )
        handed_over = [transfer for transfer in facts.outgoing if transfer.done]
        if any(topic.group == "delivery_exception" for topic in standing):
            return "delivery_exception"
        if all_shipped and handed_over and all(_delivered(transfer.id, standing) for transfer in handed_over):
            return "delivered"
        if all_shipped:
            return "shipped"
    if any(topic.group == "delivery_exception" for topic in standing):
        return "delivery_exception"
    if shipped:
        return "partly_shipped"
    for role, stage in (("pack", "packed"), ("pick", "picked")):
        if any(transfer.done and transfer.role == role for transfer in facts.transfers):
            return stage
    if any(entry.kind == "allocated" for entry in standing.values()):
        return "allocated"
    if any(entry.kind == "backordered" for entry in standing.values()):
        return "backordered"
    return "held" if any(topic.group == "held" for topic in standing) else "confirmed"


def _delivered(transfer_id: int, standing: dict[Topic, Entry]) -> bool:
    return Topic("delivered", "stock.picking", transfer_id) in standing


def hold_of(facts: OrderFacts, entries: Iterable[Entry]) -> HoldFacts | None:
    """Return the hold in force that came first, None where nothing holds the order."""
    causes = {entry.cause: entry.at for topic, entry in in_force(entries).items() if topic.group == "held"}
    holds = [hold for hold in facts.holds if hold.key in causes]
    return min(holds, key=lambda hold: causes[hold.key], default=None)


def next_look(
    facts: OrderFacts, entries: Iterable[Entry], now: datetime, rules: MilestoneRules = NOTHING_ASSUMED
) -> datetime | None:
    """Return when time alone will make something true that no write tells: None if nothing will.

    A promise passes, of the order or of a shipment; a shipment counts as delivered; the day comes on which a move is to
    be reserved.

    :param entries: the journal, with what was due now
    """
    standing = in_force(entries)
    times = []
    if facts.confirmed:
        order = Topic("delayed", "sale.order", facts.id)
        open_forward = [transfer for transfer in facts.transfers if transfer.open and transfer.role not in BACKWARD]
        to_fulfil = any(transfer.fulfils for transfer in open_forward) or any(line.dropship for line in facts.goods)
        if facts.due_at and order not in standing and to_fulfil:
            times.append(facts.due_at)
        times += [datetime.combine(transfer.reserve_on, time()) for transfer in open_forward if transfer.reserve_on]
    for transfer in facts.outgoing:
        assumed_at = may_assume(transfer, rules)
        if assumed_at and not _delivered(transfer.id, standing):
            times.append(assumed_at)
        due = facts.transfer_due_at(transfer)
        if transfer.open and due:
            times.append(due)
    return min((at for at in times if at >= now), default=None)


def late_since(facts: OrderFacts, looked_at: datetime | None, now: datetime) -> tuple[int, ...]:
    """Return the ids of open shipments that became late by time alone: their promise passed after looked_at.

    :param looked_at: the time that `next_look` returned last; None: no look was due, so no promise could pass
    """
    if looked_at is None:
        return ()
    return tuple(
        transfer.id
        for transfer in facts.outgoing
        if transfer.open and (due := facts.transfer_due_at(transfer)) and looked_at <= due < now
    )
