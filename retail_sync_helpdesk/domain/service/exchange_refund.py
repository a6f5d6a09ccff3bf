"""The difference of an exchange that goes back to the customer: judged like any refund of these goods' price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from ..currency import ZERO
from .claims import LineClaim, RefundClaim
from .eligibility import ActionRequest, Surroundings, judge
from .order_facts import OrderFacts
from .refunding import REFUND_LINES
from .verdicts import Verdict

__all__ = ["judge_difference"]


def judge_difference(
    order: OrderFacts,
    around: Surroundings,
    reason: str,
    difference: Mapping[int, Decimal],
    exchanged: Mapping[int, Decimal],
) -> Verdict:
    """Return whether the difference may be paid back at once, with its offer.

    It may where a refund of the lines may: by scope, verification and limits of the actor; before the goods are back
    only for the reasons for which the policy says so.

    :param difference: {order line id: part of the difference}
    :param exchanged: {order line id: quantity that is exchanged now}
    """
    lines = tuple(
        replace(
            line,
            owed_back=line.owed_back + difference.get(line.id, ZERO),
            replaced=line.replaced + exchanged.get(line.id, ZERO),
        )
        for line in order.lines
    )
    claims = tuple(LineClaim(line_id, amount=amount) for line_id, amount in sorted(difference.items()))
    return judge(
        ActionRequest(REFUND_LINES, reason, claim=RefundClaim(lines=claims)), replace(order, lines=lines), around
    )
