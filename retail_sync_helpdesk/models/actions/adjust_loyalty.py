"""Give or take points of a loyalty card, with an entry in its history."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...api.errors import ApiProblem
from ...domain.currency import ZERO
from ...domain.service.side_actions import ADJUST_LOYALTY
from .saying import effect, references_of
from .work import Done, Executor, Shown, Work

__all__ = ["ADJUST", "card_of"]

_MONEY_PROGRAMS = ("gift_card", "ewallet")


def card_of(order: Any, request: Any) -> Any:
    """Return the card of a request.

    :raises ApiProblem: the customer of the order has no such card
    """
    card = order.env["loyalty.card"].browse(request.card).exists()
    customer = order.partner_id.commercial_partner_id
    company = card.company_id
    if not card or card.partner_id.commercial_partner_id != customer or (company and company != order.company_id):
        detail = "The customer of the order has no such card."
        raise ApiProblem("invalid_values", errors=[{"pointer": "/body/request/card", "detail": detail}])
    return card


def _show(work: Work) -> Shown:
    env, card = work.env, card_of(work.order, work.request)
    points = Decimal(work.request.points)
    values = {
        "points": card._format_points(float(abs(points))).strip(),
        "card": card.program_id.name,
        "balance": card._format_points(card.points + float(points)).strip(),
    }
    if points > 0:
        text = env._("%(points)s are added to %(card)s. The new balance is %(balance)s.", **values)
    else:
        text = env._("%(points)s are taken from %(card)s. The new balance is %(balance)s.", **values)
    value = _value(work.order, card, points)
    return Shown(
        amounts={"value": value},
        given_away=value,
        effects=(effect("points_changed", text, card),),
        options={"card": card.id, "points": points, "balance": Decimal(str(round(card.points, 6)))},
    )


def _carry_out(work: Work) -> Done:
    order, card = work.order, card_of(work.order, work.request)
    points = Decimal(work.request.points)
    # A change of points would mail the customer when it reaches a threshold: agents correct, they do not reward.
    card.with_context(loyalty_no_mail=True).points = card.points + float(points)
    order.env["loyalty.history"].create(
        {
            "card_id": card.id,
            "description": work.env._("Adjusted by the service desk: %s", work.request.reason),
            "issued": float(max(points, ZERO)),
            "used": float(max(-points, ZERO)),
            "order_model": order._name,
            "order_id": order.id,
        }
    )
    return Done(references_of([card]), {"value": _value(order, card, points)})


def _value(order: Any, card: Any, points: Decimal) -> Decimal:
    """Return what given points are worth at most, in the currency of the order: what caps and thresholds compare."""
    if points <= 0:
        return ZERO
    program = card.program_id
    if program.program_type in _MONEY_PROGRAMS:
        worth = 1.0
    else:
        worth = max((_worth(order, reward) for reward in program.reward_ids if reward.required_points), default=0.0)
    currency = program.currency_id or order.company_id.currency_id
    found = currency._convert(float(points) * worth, order.currency_id, order.company_id, order.date_order)
    return Decimal(f"{found:.{order.currency_id.decimal_places}f}")


def _worth(order: Any, reward: Any) -> float:
    """Return what one point of a card is worth at most by a reward, in the currency of its programme."""
    if reward.reward_type == "product":
        prices = reward.reward_product_ids.mapped("lst_price")
        return float(max(prices, default=0.0) * reward.reward_product_qty / reward.required_points)
    if reward.reward_type != "discount":
        return 0.0
    if reward.discount_mode == "per_point":
        return float(reward.discount)
    if reward.discount_mode == "per_order":
        return float(reward.discount / reward.required_points)
    # A share of an order that is not known yet: it may be like this one.
    most = order.amount_total * reward.discount / 100
    return float(
        (min(most, reward.discount_max_amount) if reward.discount_max_amount else most) / reward.required_points
    )


ADJUST = Executor(ADJUST_LOYALTY, _show, _carry_out)
