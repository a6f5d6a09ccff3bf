"""What may be done with an order now, and whether a request may: one and the same decision shows and enforces.

``eligibility`` is the look-up, ``judge`` the submit. A request is judged by the verdict that the look-up gives for its
action and reason, so that nothing is shown that is refused later while the facts stay the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from ..rules import Refusal, refusal
from .actors import refusals_of_actor
from .after_delivery import EXCHANGE, REPLACE, RETURN, may_exchange, may_replace, may_return
from .before_shipping import (
    CANCEL_ORDER,
    CANCEL_REST,
    CHANGE_ADDRESS,
    may_cancel,
    may_cancel_rest,
    may_change_address,
)
from .claims import RefundClaim
from .order_facts import Actor, Address, OrderFacts
from .policy import Policy
from .refunding import REFUND_FULL, REFUND_GOODWILL, REFUND_LINES, REFUND_SHIPPING, may_refund, with_claim
from .verdicts import Verdict

__all__ = ["ACTIONS", "NO_POLICY", "ActionRequest", "Surroundings", "eligibility", "judge"]

_REFUNDS = (REFUND_FULL, REFUND_LINES, REFUND_SHIPPING, REFUND_GOODWILL)
_BY_LINE = frozenset({CANCEL_REST, RETURN, REPLACE, EXCHANGE})
ACTIONS = (CANCEL_ORDER, CANCEL_REST, CHANGE_ADDRESS, RETURN, *_REFUNDS, REPLACE, EXCHANGE)
# Without a policy nothing is promised: what the law of a country gives is a policy too.
NO_POLICY = Policy(0, 0, return_days=None, warranty_days=0, refund_at_once=frozenset())
_NEEDS_POLICY = frozenset({RETURN, *_REFUNDS, REPLACE, EXCHANGE})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Who asks and when. ``now``: naive UTC; ``today``: in the time zone of the company; ``policy``: the one chosen."""

    actor: Actor
    policy: Policy | None
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What is to be done.

    :param lines: {order line id: quantity}, of actions about lines other than refunds
    :param claim: of refunds
    :param address: of a change of address
    """

    action: str
    reason: str = ""
    lines: Mapping[int, Decimal] = field(default_factory=dict)
    claim: RefundClaim = field(default_factory=RefundClaim)
    address: Address | None = None


def eligibility(order: OrderFacts, around: Surroundings, reason: str = "") -> dict[str, Verdict]:
    """Return {action: verdict} of all actions."""
    return {action: _verdict(ActionRequest(action, reason), order, around) for action in ACTIONS}


def judge(request: ActionRequest, order: OrderFacts, around: Surroundings) -> Verdict:
    """Return whether a request may be carried out, by the same decision that ``eligibility`` shows."""
    if request.action not in ACTIONS:
        return Verdict(request.action, (refusal("action_unknown", action=request.action),))
    verdict = _verdict(request, order, around)
    if request.action in _REFUNDS:
        return with_claim(verdict, order, around.policy or NO_POLICY, request.claim, request.reason)
    return _of_lines(verdict, request.lines) if request.action in _BY_LINE else verdict


def _verdict(request: ActionRequest, order: OrderFacts, around: Surroundings) -> Verdict:
    policy = around.policy or NO_POLICY
    action = request.action
    if action in _REFUNDS:
        verdict = may_refund(order, policy, action, request.reason)
    elif action == CANCEL_ORDER:
        verdict = may_cancel(order, policy)
    elif action == CANCEL_REST:
        verdict = may_cancel_rest(order, policy, request.lines)
    elif action == CHANGE_ADDRESS:
        verdict = may_change_address(order, policy, request.address)
    elif action == RETURN:
        verdict = may_return(order, policy, around.today, request.reason)
    elif action == REPLACE:
        verdict = may_replace(order, policy, around.today)
    else:
        verdict = may_exchange(order, policy, around.today, request.reason)
    first = refusals_of_actor(around.actor, action, order, policy, around.now)
    if around.policy is None and action in _NEEDS_POLICY:
        first.append(refusal("no_policy"))
    return replace(verdict, refusals=tuple(dict.fromkeys((*first, *verdict.refusals))))


def _of_lines(verdict: Verdict, asked: Mapping[int, Decimal]) -> Verdict:
    """Return the verdict of a choice of lines. The rest of an order is cancelled whole where no line is chosen."""
    known = {line.line_id: line for line in verdict.lines}
    found = [refused for refused in verdict.refusals if not dict(refused.facts).get("line")]
    if not asked and verdict.action != CANCEL_REST:
        found.append(refusal("nothing_chosen"))
    for line_id in sorted(asked):
        line = known.get(line_id)
        if line is None:
            found.append(refusal("line_unknown", line=line_id))
        elif not asked[line_id] > 0:
            found.append(refusal("quantity_not_positive", line=line_id))
        elif asked[line_id] > line.most:
            found += line.refusals or (_too_large(line_id, asked[line_id], line.most),)
    return replace(verdict, refusals=tuple(dict.fromkeys(found)))


def _too_large(line_id: int, asked: Decimal, most: Decimal) -> Refusal:
    return refusal("quantity_too_large", line=line_id, asked=asked, most=most)
