"""What may be done with an order now."""

from __future__ import annotations

from typing import Any

from odoo import fields

from ...api.schemas.actions import Eligibility
from ...domain.control.caller import Caller
from ...domain.rules import Force
from ...domain.service.eligibility import eligibility
from ...domain.service.side_actions import may_adjust_loyalty, may_resend_invoice
from ..look_up.reach import reach_order
from ..policy.store import choose_for
from ..service_facts.read import order_facts
from .documents import aware, verdict_document
from .situation import around_of, for_company

__all__ = ["eligibility_of"]


def eligibility_of(env: Any, caller: Caller, order_id: int, reason: str = "") -> Eligibility:
    """Return the verdicts of all actions on an order, by the decision that a submit takes again.

    :param reason: code; a defect counts by warranty, everything else by the window of returns
    :raises ApiProblem: the order cannot be reached
    """
    order = for_company(env, reach_order(env, caller, order_id), caller.language)
    now = fields.Datetime.now()
    policy = choose_for(order.env, order)[order.id]
    facts = order_facts(order.env, order, {order.id: policy})[order.id]
    around = around_of(caller, policy, order.company_id, now)
    verdicts = [
        *eligibility(facts, around, reason).values(),
        may_adjust_loyalty(facts, around),
        may_resend_invoice(facts, around),
    ]
    currency = facts.money.currency
    return Eligibility(
        as_of=aware(now),
        order_id=order.id,
        currency=currency.code,
        policy=policy.reference if policy else "",
        actions=tuple(
            verdict_document(
                order.env,
                caller,
                verdict,
                bool(verdict.refusals) and all(refused.force is Force.policy for refused in verdict.refusals),
                currency,
            )
            for verdict in verdicts
        ),
    )
