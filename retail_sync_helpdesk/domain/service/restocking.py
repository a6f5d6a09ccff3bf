"""The restocking fee of a policy: of goods that came back without a defect, and of no others."""

from __future__ import annotations

from decimal import Decimal

from ..currency import ZERO
from .balance import balance_of
from .order_facts import LineFacts, OrderFacts
from .policy import Policy

__all__ = ["fees_of"]


def fees_of(order: OrderFacts, policy: Policy, reason: str) -> tuple[tuple[int, Decimal], ...]:
    """Return (order line id, quantity) of goods that came back, are not paid back yet, and cost the fee.

    Goods that never left, or never came back, cost none.

    :param reason: of the refund; where it, or the reason of a return of the line, is a defect, there is no fee
    """
    if policy.restocking_percent <= 0 or policy.is_defect(reason):
        return ()
    left = balance_of(order.money).lines
    found = []
    for line in order.lines:
        if not line.is_goods or line.returned <= 0 or any(policy.is_defect(code) for code in line.back_reasons):
            continue
        billed = sum((left[entry.id].quantity for entry in order.money.billed if entry.line_id == line.id), ZERO)
        back = _unpaid(line, billed)
        if back > 0:
            found.append((line.id, back))
    return tuple(found)


def _unpaid(line: LineFacts, billed: Decimal) -> Decimal:
    """Return what came back and is still billed: what the customer has, and what is to be delivered, is not."""
    with_customer = max(line.delivered - line.returned, ZERO)
    back = max(line.returned - line.replaced, ZERO)
    return min(back, max(billed - with_customer - line.open, ZERO))
