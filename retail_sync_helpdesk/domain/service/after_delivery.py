"""What can be done with goods that the customer has: take them back, replace them, exchange them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from ..currency import ZERO
from ..rules import Refusal, refusal
from .balance import Left, balance_of
from .money_facts import BilledLine
from .order_facts import LineFacts, OrderFacts
from .policy import Policy
from .verdicts import LineVerdict, Verdict, verdict_of_lines

__all__ = ["EXCHANGE", "REPLACE", "RETURN", "may_exchange", "may_replace", "may_return", "refunded_quantities"]

RETURN = "return"
REPLACE = "replace"
EXCHANGE = "exchange"


def may_return(order: OrderFacts, policy: Policy, today: date, reason: str = "") -> Verdict:
    """Return what may come back, by line.

    :param today: in the time zone of the company
    :param reason: a defect counts by warranty, everything else by the window of returns
    """
    lines = [_return_of(line, policy, today, policy.is_defect(reason)) for line in order.lines]
    return verdict_of_lines(RETURN, lines, _not_delivering(order))


def may_replace(order: OrderFacts, policy: Policy, today: date) -> Verdict:
    """Return what may be delivered once more without a charge, by line. What was paid back is not replaced too."""
    refunded = refunded_quantities(order)
    lowered = {} if policy.replace_lowered else _lowered_prices(order)
    lines = []
    for line in order.lines:
        found = _replacement_of(line, policy, today, refunded.get(line.id, ZERO))
        if found.most > 0 and line.id in lowered:
            # The customer would have a part of the price, and the goods for the whole of it.
            refused = refusal("price_lowered", line=line.id, amount=lowered[line.id])
            found = LineVerdict(line.id, ZERO, (*found.refusals, refused))
        lines.append(found)
    return verdict_of_lines(REPLACE, lines, [*_not_delivering(order), *_held(order)])


def may_exchange(order: OrderFacts, policy: Policy, today: date, reason: str = "") -> Verdict:
    """Return what may be exchanged for something else, by line: it may come back, and was not made good before."""
    refunded = refunded_quantities(order)
    lines = []
    for line in order.lines:
        back = _return_of(line, policy, today, policy.is_defect(reason))
        given = line.replaced + refunded.get(line.id, ZERO)
        most = min(back.most, max(line.delivered - given, ZERO))
        reasons = back.refusals or ((_made_good(line),) if most < back.most else ())
        lines.append(LineVerdict(line.id, most, reasons))
    return verdict_of_lines(EXCHANGE, lines, [*_not_delivering(order), *_held(order)])


def refunded_quantities(order: OrderFacts) -> dict[int, Decimal]:
    """Return {order line id: quantity} that was credited, or will be, of each line: by quantity, or its whole price."""
    left = balance_of(order.money).lines
    found: dict[int, Decimal] = {}
    for billed in order.money.billed:
        credited = billed.quantity - left[billed.id].quantity
        if billed.total > 0 >= left[billed.id].total:
            credited = billed.quantity
        found[billed.line_id] = found.get(billed.line_id, ZERO) + credited
    return found


def _lowered_prices(order: OrderFacts) -> dict[int, Decimal]:
    """Return {order line id: amount} that went back of goods which the customer has, and which count as paid."""
    left = balance_of(order.money).lines
    found: dict[int, Decimal] = {}
    for billed in order.money.billed:
        amount = _lowered(billed, left[billed.id])
        # What rounding leaves is no lower price.
        if billed.line_id and left[billed.id].total > 0 and amount > 2 * order.money.currency.unit:
            found[billed.line_id] = found.get(billed.line_id, ZERO) + order.money.currency.round(amount)
    return found


def _lowered(billed: BilledLine, left: Left) -> Decimal:
    return billed.total * left.quantity / billed.quantity - left.total if billed.quantity > 0 else ZERO


def _return_of(line: LineFacts, policy: Policy, today: date, defect: bool) -> LineVerdict:
    if not line.is_goods:
        return LineVerdict(line.id, ZERO, (refusal("not_goods", line=line.id),))
    if line.delivered <= 0:
        return LineVerdict(line.id, ZERO, (refusal("not_delivered", line=line.id),))
    left = line.delivered - line.returned - line.expected_back
    if left <= 0:
        if line.expected_back > 0:
            return LineVerdict(line.id, ZERO, (refusal("return_expected", line=line.id, quantity=line.expected_back),))
        return LineVerdict(line.id, ZERO, (refusal("all_returned", line=line.id),))
    if defect:
        return _in_time(line, left, policy.days_of_warranty(line.categories), today, "warranty_over")
    days = policy.days_to_return(line.categories)
    closed = next((category for category in line.categories if category in policy.no_return), None)
    if days is None or closed is not None:
        category = closed if closed is not None else next(iter(line.categories), 0)
        return LineVerdict(line.id, ZERO, (refusal("category_not_returnable", line=line.id, category=category),))
    return _in_time(line, left, days, today, "window_over")


def _replacement_of(line: LineFacts, policy: Policy, today: date, refunded: Decimal) -> LineVerdict:
    if not line.is_goods:
        return LineVerdict(line.id, ZERO, (refusal("not_goods", line=line.id),))
    if line.delivered <= 0:
        return LineVerdict(line.id, ZERO, (refusal("not_delivered", line=line.id),))
    left = line.delivered - line.replaced - refunded
    if left <= 0:
        return LineVerdict(line.id, ZERO, (_made_good(line),))
    found = _in_time(line, left, policy.days_of_warranty(line.categories), today, "warranty_over")
    if line.available is not None and line.available < found.most:
        short = refusal("out_of_stock", line=line.id, available=max(line.available, ZERO))
        return LineVerdict(line.id, max(line.available, ZERO), (*found.refusals, short))
    return found


def _made_good(line: LineFacts) -> Refusal:
    return refusal("all_replaced" if line.replaced > 0 else "already_refunded", line=line.id)


def _in_time(line: LineFacts, left: Decimal, days: int, today: date, code: str) -> LineVerdict:
    """Return the quantity that was handed over so many days ago at most; the last day counts.

    What came back is of the hand-overs that are over first, so that the customer loses nothing by it.
    """
    known = sum((quantity for _day, quantity in line.deliveries), ZERO)
    first = today - timedelta(days=days)
    inside = sum((quantity for day, quantity in line.deliveries if day >= first), ZERO)
    most = min(left, inside)
    if most >= left:
        return LineVerdict(line.id, most)
    reasons = []
    if known < line.delivered:
        reasons.append(refusal("delivery_date_unknown", line=line.id))
    over = [day for day, _quantity in line.deliveries if day < first]
    if over:
        reasons.append(refusal(code, line=line.id, days=days, ended=max(over) + timedelta(days=days)))
    return LineVerdict(line.id, most, tuple(reasons))


def _not_delivering(order: OrderFacts) -> list[Refusal]:
    # A cancelled order may have been delivered in part, and those goods may come back.
    if order.confirmed or (order.state == "cancel" and any(line.delivered > 0 for line in order.lines)):
        return []
    return [refusal("order_not_confirmed", state=order.state)]


def _held(order: OrderFacts) -> list[Refusal]:
    return [refusal("customer_held", hold=hold) for hold in order.holds]
