"""What is left of a verdict when the rules of a policy are set aside: by an approval, or by an override with a reason.

A rule of a policy lowers what is possible, and may hide a fact that lowers it further: goods that are not back, of a
line that is credited already. So a request is judged a second time as if the policy promised everything; what still
says no is a fact or a missing right, and no person can agree to it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from .eligibility import NO_POLICY, ActionRequest, Surroundings, judge
from .order_facts import LineFacts, OrderFacts
from .policy import Policy, ShippingRefund
from .verdicts import Verdict

__all__ = ["judge_without_policy"]

_ALWAYS = 36_500
_ALL = Decimal(100)


def judge_without_policy(request: ActionRequest, order: OrderFacts, around: Surroundings) -> Verdict:
    """Return the verdict of a request by facts and rights alone.

    Rights that a policy gives, to machines and by verification, stay as they are, and so does the restocking fee.
    """
    lifted = replace(around, policy=_lifted(around.policy or NO_POLICY, request.reason))
    facts = replace(order, holds=(), lines=tuple(_dated(line, around) for line in order.lines))
    # Taxes and countries of addresses are compared by policies only; a carrier goes there or does not.
    address = replace(order.address, carrier=request.address.carrier) if request.address else None
    claim = replace(request.claim, waiver_agreed=True)
    return judge(replace(request, address=address, claim=claim), facts, lifted)


def _lifted(policy: Policy, reason: str) -> Policy:
    return replace(
        policy,
        return_days=_ALWAYS,
        category_return_days={},
        warranty_days=_ALWAYS,
        category_warranty_days={},
        no_return=frozenset(),
        refund_at_once=policy.refund_at_once | {reason},
        shipping_refund=ShippingRefund.always,
        shipping_percent=_ALL,
        shipping_most=None,
        goodwill_percent=_ALL,
        goodwill_most=None,
        customer_refunds=None,
        customer_amount=None,
        refuse_printed=False,
        refuse_picked=False,
        replace_lowered=True,
    )


def _dated(line: LineFacts, around: Surroundings) -> LineFacts:
    """Return a line whose goods were all handed over today: a day that is not known forbids nothing then."""
    return replace(line, deliveries=((around.today, line.delivered),)) if line.delivered > 0 else line
