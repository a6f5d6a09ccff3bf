"""Bring the journals of orders up to date: facts, compared with what was said, and the next look that time needs."""

import uuid
from collections.abc import Collection

from odoo.api import Environment

from ...domain.commerce.entries import Entry, MilestoneRules, NewEntry
from ...domain.commerce.facts import OrderFacts
from ...domain.commerce.milestones import due_entries
from ...domain.commerce.stage import late_since, next_look
from ...runtime.transactions import clock
from . import fact_reader, looks, settings, store


def rules_of(env: Environment) -> MilestoneRules:
    """Return what is decided about milestones."""
    return MilestoneRules(assume_days=settings.assume_days(env))


def evaluate(env: Environment, order_ids: Collection[int]) -> dict[int, int]:
    """Add to the journals of orders what the facts say and they do not; return {order id: number of new entries}.

    Two transactions that evaluate the same order do so one after the other. The second sees what the first has said if
    it reads what is committed meanwhile (`read_committed`); else the unique index refuses it.

    :raises LostRaceError: another transaction was quicker
    """
    ids = sorted(set(order_ids))
    if not ids:
        return {}
    env = env(su=True)
    env.flush_all()
    store.lock(env, ids)
    facts = fact_reader.read(env, ids)
    standing = store.entries(env, facts)
    looked_at = looks.times(env, ids)
    now = clock(env).replace(microsecond=0)
    rules = rules_of(env)
    due: dict[int, list[NewEntry]] = {}
    times = {}
    late: list[int] = []
    for order_id, found in facts.items():
        new = due_entries(found, standing.get(order_id, []), now, rules)
        if new:
            due[order_id] = new
        # Ids only put entries in order here: these are the latest.
        last = max((entry.id for entry in standing.get(order_id, [])), default=0)
        journal: list[Entry] = [
            *standing.get(order_id, []),
            *(entry.written(last + number) for number, entry in enumerate(new, 1)),
        ]
        times[order_id] = next_look(found, journal, now, rules)
        late += late_since(found, looked_at.get(order_id), now)
    counts = store.add(env, due, facts, uuid.uuid4().hex)
    if counts:
        # What follows from new entries, such as the state of a return, is routed once they are committed.
        env["retail.sync.change"]._schedule_routing()
    # Orders that are gone need no look.
    looks.set_times(env, {order_id: times.get(order_id) for order_id in ids})
    if late:
        env["retail.sync.milestone.keeper"]._note_late(late)
    return counts


def journal_of(env: Environment, order_ids: Collection[int]) -> dict[int, list[Entry]]:
    """Return {order id: its entries, in the order in which they were written}."""
    return store.entries(env, order_ids)


def read_facts(env: Environment, order_ids: Collection[int]) -> dict[int, OrderFacts]:
    """Return {order id: facts}; see `fact_reader.read`."""
    return fact_reader.read(env, order_ids)
