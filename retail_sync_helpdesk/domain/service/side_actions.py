"""What can be done beside the goods and the money of an order: loyalty points, and a document that is sent again."""

from __future__ import annotations

from decimal import Decimal

from ..currency import ZERO
from ..rules import Refusal, refusal
from .actors import refusals_of_actor
from .eligibility import NO_POLICY, Surroundings
from .order_facts import OrderFacts
from .verdicts import Verdict

__all__ = ["ADJUST_LOYALTY", "RESEND_INVOICE", "SIDE_ACTIONS", "may_adjust_loyalty", "may_resend_invoice"]

ADJUST_LOYALTY = "adjust_loyalty"
RESEND_INVOICE = "resend_invoice"
SIDE_ACTIONS = (ADJUST_LOYALTY, RESEND_INVOICE)


def may_adjust_loyalty(
    order: OrderFacts, around: Surroundings, points: Decimal | None = None, balance: Decimal = ZERO
) -> Verdict:
    """Return whether points of a card may be given or taken.

    :param points: negative where they are taken; None: not known yet
    :param balance: of the card
    """
    found = _of_actor(ADJUST_LOYALTY, order, around)
    if points is not None and not points:
        found.append(refusal("amount_not_positive"))
    elif points is not None and balance + points < 0:
        found.append(refusal("points_too_few", balance=balance, points=points))
    return Verdict(ADJUST_LOYALTY, tuple(found))


def may_resend_invoice(order: OrderFacts, around: Surroundings) -> Verdict:
    """Return whether an invoice of the order may be mailed again."""
    found = _of_actor(RESEND_INVOICE, order, around)
    if not order.money.invoices:
        found.append(refusal("nothing_invoiced"))
    return Verdict(RESEND_INVOICE, tuple(found))


def _of_actor(action: str, order: OrderFacts, around: Surroundings) -> list[Refusal]:
    return refusals_of_actor(around.actor, action, order, around.policy or NO_POLICY, around.now)
