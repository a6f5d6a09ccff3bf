"""What the milestone journal of an order still has to say: the facts compared with what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from . import claims_goods, claims_money
from .entries import KINDS, NOTHING_ASSUMED, Claim, Entry, MilestoneRules, NewEntry, Topic, extent, in_force
from .facts import OrderFacts

__all__ = ["claims_of", "due_entries"]


def claims_of(facts: OrderFacts, standing: dict[Topic, Entry], now: datetime, rules: MilestoneRules) -> list[Claim]:
    """Return everything that the facts say now. said: the entries in force."""
    return [*claims_goods.claims(facts, standing, now, rules), *claims_money.claims(facts)]


def due_entries(
    facts: OrderFacts, journal: Iterable[Entry], now: datetime, rules: MilestoneRules = NOTHING_ASSUMED
) -> list[NewEntry]:
    """Return the entries that the journal of an order lacks, in order of business time, then rank.

    Called again with these entries in the journal, it returns none. A fact that becomes known late is an entry of its
    own, at its own time; it says no other entry again.

    :param journal: all entries of the order
    :param now: naive UTC; the business time of what keeps no time of its own
    """
    journal = list(journal)
    standing = in_force(journal)
    ordinals: dict[tuple[str, str, int], int] = {}
    for entry in journal:
        place = (entry.kind, entry.document.model, entry.document.id)
        ordinals[place] = max(ordinals.get(place, 0), entry.ordinal)
    found: list[NewEntry] = []
    taken_back = _taken_back(journal)
    claimed = set()
    for claim in claims_of(facts, standing, now, rules):
        claimed.add(claim.topic)
        found += _compared(_after(claim, taken_back), standing.get(claim.topic), ordinals, now)
    claimed.update(claims_goods.kept(facts, standing, rules))
    for topic, entry in standing.items():
        if topic not in claimed and KINDS[entry.kind].reversible:
            found.append(_reversal(entry, max(now, entry.at)))
    return sorted(found, key=NewEntry.sort_key)


def _taken_back(journal: Iterable[Entry]) -> dict[Topic, datetime]:
    """Return {topic: when an entry of it was last taken back}."""
    times: dict[Topic, datetime] = {}
    for entry in journal:
        if entry.reversal:
            times[entry.topic] = max(times.get(entry.topic, entry.at), entry.at)
    return times


def _after(claim: Claim, taken_back: dict[Topic, datetime]) -> Claim:
    """Return a claim whose time is not before its topic was last taken back.

    An invoice that is posted again keeps its date. At that date, its entry would come before the one that takes it
    back, and the last word by time would be untrue.
    """
    back_at = taken_back.get(claim.topic)
    return replace(claim, at=back_at) if claim.at and back_at and claim.at < back_at else claim


def _compared(
    claim: Claim, entry: Entry | None, ordinals: dict[tuple[str, str, int], int], now: datetime
) -> Iterator[NewEntry]:
    """Yield what a claim adds to the entry in force of its topic."""
    if entry is None:
        yield _stated(claim, ordinals, now)
        return
    if entry.kind == claim.kind:
        change = KINDS[claim.kind].change
        if change == "ignore" or entry.signature == claim.signature:
            return
        shrunk = change == "replace" or (change == "grow" and extent(claim) < extent(entry))
    else:
        shrunk = extent(claim) < extent(entry)
    stated = _stated(claim, ordinals, now)
    if shrunk:
        # Taken back before it is said anew.
        back_at = stated.at if entry.at <= stated.at <= now else max(now, entry.at)
        yield _reversal(entry, back_at)
        stated = replace(stated, at=max(stated.at, back_at))
    yield stated


def _stated(claim: Claim, ordinals: dict[tuple[str, str, int], int], now: datetime) -> NewEntry:
    place = (claim.kind, claim.document.model, claim.document.id)
    ordinals[place] = ordinals.get(place, 0) + 1
    return NewEntry(
        claim.kind,
        claim.document,
        ordinals[place],
        claim.at or now,
        cause=claim.cause,
        signature=claim.signature,
        quantities=claim.quantities,
        amount=claim.amount,
        currency=claim.currency,
        assumed=claim.assumed,
        user_id=claim.user_id,
    )


def _reversal(entry: Entry, at: datetime) -> NewEntry:
    return NewEntry(
        entry.kind,
        entry.document,
        entry.ordinal,
        at,
        reversal=True,
        reverses=entry.id,
        cause=entry.cause,
        quantities=entry.quantities,
        amount=entry.amount,
        assumed=entry.assumed,
    )
