"""Whether this actor may do such a thing at all: scope, company, verification of the customer, machines."""

from __future__ import annotations

from datetime import datetime

from ..rules import Refusal, refusal
from .order_facts import Actor, OrderFacts
from .policy import Demand, Policy

__all__ = ["refusals_of_actor", "refusals_of_demand"]


def refusals_of_actor(actor: Actor, action: str, order: OrderFacts, policy: Policy, now: datetime) -> list[Refusal]:
    """Return why an actor may not do an action. What is refused here is refused whatever the order is like.

    :param now: naive UTC
    """
    found = []
    if order.company_id not in actor.companies:
        found.append(refusal("company_not_allowed", company=order.company_id))
    if action not in actor.scopes:
        found.append(refusal("scope_missing", scope=action))
    if actor.read_only:
        found.append(refusal("read_only"))
    if actor.machine and action not in policy.machine_actions:
        found.append(refusal("machine_not_allowed", action=action))
    demand = policy.demands.get(action)
    return [*found, *refusals_of_demand(actor, demand, now)] if demand else found


def refusals_of_demand(actor: Actor, demand: Demand, now: datetime) -> list[Refusal]:
    """Return why a customer does not count as verified, as a policy demands it.

    :param now: naive UTC
    """
    if actor.verified_by not in demand.methods or actor.verified_at is None:
        return [refusal("verification_missing", methods=", ".join(sorted(demand.methods)))]
    if not now - demand.within <= actor.verified_at <= now:
        return [refusal("verification_too_old", minutes=int(demand.within.total_seconds() // 60))]
    return []
