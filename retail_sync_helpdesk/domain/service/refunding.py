"""What may be paid back now: everything, by line, shipping costs, goodwill."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ..currency import ZERO
from ..rules import Refusal, refusal
from .after_delivery import refunded_quantities
from .amounts import goodwill_most, offer, shipping_most
from .balance import balance_of
from .claims import LineClaim, Offer, RefundClaim
from .order_facts import LineFacts, OrderFacts
from .policy import Policy
from .prepaid import with_prepaid
from .restocking import fees_of
from .verdicts import LineVerdict, Verdict, verdict_of_lines

__all__ = ["REFUND_FULL", "REFUND_GOODWILL", "REFUND_LINES", "REFUND_SHIPPING", "may_refund", "with_claim"]

REFUND_FULL = "refund_full"
REFUND_LINES = "refund_lines"
REFUND_SHIPPING = "refund_shipping"
REFUND_GOODWILL = "refund_goodwill"
_AMOUNT_OF_CUSTOMER = "refund_amount_of_customer"
_NOTHING = frozenset({"nothing_invoiced", "nothing_left_to_credit", "nothing_left_to_pay_back"})


def may_refund(order: OrderFacts, policy: Policy, action: str, reason: str = "") -> Verdict:
    """Return what a kind of refund may give back at most, with ``amount``.

    :raises KeyError: the action is no refund
    """
    found = {
        REFUND_FULL: _full,
        REFUND_LINES: _lines,
        REFUND_SHIPPING: lambda *_arguments: _single(order, policy, REFUND_SHIPPING),
        REFUND_GOODWILL: lambda *_arguments: _single(order, policy, REFUND_GOODWILL),
    }[action](order, policy, reason)
    credit = found.offer.credit if found.offer else ZERO
    refusals = (*_of_order(order, policy, credit), *found.refusals)
    return replace(found, refusals=tuple(dict.fromkeys(refusals)))


def with_claim(verdict: Verdict, order: OrderFacts, policy: Policy, claim: RefundClaim, reason: str = "") -> Verdict:
    """Return the verdict of a claim: what it gives back, or the rules that say no to it.

    :param reason: a defect costs the customer no restocking fee
    """
    claim = replace(claim, fees=fees_of(order, policy, reason))
    waived = _waived(order, policy, claim)
    if verdict.action == REFUND_FULL:
        if not claim.waive_fee:
            return verdict
        more = _of_full(replace(verdict, refusals=(*verdict.refusals, *waived)), order, policy, claim)
        if any(refused.code == _AMOUNT_OF_CUSTOMER for refused in more.refusals):
            return more
        return replace(more, refusals=(*more.refusals, *_amount_of_customer(order, policy, more.amount)))
    owed = _owed_back(order, claim)
    if owed and len(owed) == len(claim.lines):
        claim = replace(claim, net=True)
    most = {line.line_id: line.most for line in verdict.lines}
    found = offer(order.money, claim, policy, most)
    # What says no to the whole kind of refund says no to this one; a line that is not claimed does not.
    whole = [refused for refused in verdict.refusals if not dict(refused.facts).get("line")]
    if not any(refused.code == _AMOUNT_OF_CUSTOMER for refused in whole):
        whole += _amount_of_customer(order, policy, found.credit)
    claimed = {line.line_id: line for line in claim.lines}
    by_line: list[Refusal] = []
    for line in verdict.lines:
        asked = claimed.get(line.line_id)
        if line.line_id in owed:
            if owed[line.line_id].returned < owed[line.line_id].replaced and reason not in policy.refund_at_once:
                by_line.append(refusal("goods_not_back", line=line.line_id, most=ZERO))
        elif asked and _is_beyond(asked, line, order, policy):
            by_line += line.refusals
    refusals = _without_echo([*whole, *by_line, *waived, *found.refusals], bool(by_line))
    return replace(verdict, refusals=refusals, offer=found, amount=found.credit, notices=_notices(order, policy, found))


def _owed_back(order: OrderFacts, claim: RefundClaim) -> dict[int, LineFacts]:
    """Return {line id: facts} of lines of which an amount is claimed that an exchange has left to be paid back."""
    asked = {line.line_id: line.amount for line in claim.lines if line.amount is not None}
    return {line.id: line for line in order.lines if line.id in asked and ZERO < asked[line.id] <= line.owed_back}


def _is_beyond(asked: LineClaim, line: LineVerdict, order: OrderFacts, policy: Policy) -> bool:
    """Return whether a claim goes beyond a line's verdict; a price is compared with that of the quantity it allows."""
    if asked.amount is None:
        return asked.quantity is not None and asked.quantity > line.most
    if line.most <= 0:
        return True
    whole = offer(order.money, RefundClaim(lines=(LineClaim(line.line_id, quantity=line.most),)), policy)
    return asked.amount > sum((part.total for part in whole.parts if part.line_id == line.line_id), ZERO)


def _without_echo(refusals: list[Refusal], explained: bool) -> tuple[Refusal, ...]:
    """Leave out "too large" where the rules that make it too large are named."""
    kept = [refused for refused in refusals if not (explained and refused.code == "quantity_too_large")]
    return tuple(dict.fromkeys(kept))


def _full(order: OrderFacts, policy: Policy, reason: str) -> Verdict:
    lines = _lines(order, policy, reason).lines
    waiting = [
        refused for line in lines for refused in line.refusals if refused.code in ("goods_not_back", "all_replaced")
    ]
    claim = RefundClaim(full=True, fees=fees_of(order, policy, reason))
    return _of_full(Verdict(REFUND_FULL, tuple(waiting), lines), order, policy, claim)


def _of_full(verdict: Verdict, order: OrderFacts, policy: Policy, claim: RefundClaim) -> Verdict:
    """Return the verdict of a claim of all that is left; of a cancelled order, what was paid and never billed too."""
    found = offer(order.money, claim, policy)
    nothing = all(refused.code in _NOTHING for refused in found.refusals)
    if order.state == "cancel" and nothing:
        found = with_prepaid(order.money, order.to_bill, None if found.refusals else found) or found
    notices = _notices(order, policy, found)
    if found.prepaid:
        notices += (refusal("prepaid_back", amount=found.prepaid),)
    refusals = tuple(dict.fromkeys((*found.refusals, *verdict.refusals)))
    return replace(verdict, refusals=refusals, notices=notices, amount=found.given_back, offer=found)


def _waived(order: OrderFacts, policy: Policy, claim: RefundClaim) -> tuple[Refusal, ...]:
    """Return the rule against keeping no fee, where there would be one, until a person has agreed."""
    if not claim.waive_fee or claim.waiver_agreed:
        return ()
    fee = offer(order.money, replace(claim, waive_fee=False), policy).kept
    return (refusal("fee_waived", amount=fee),) if fee else ()


def _lines(order: OrderFacts, policy: Policy, reason: str) -> Verdict:
    at_once = reason in policy.refund_at_once
    left = balance_of(order.money).lines
    refunded = refunded_quantities(order)
    fees = fees_of(order, policy, reason)
    lines = []
    amount = ZERO
    for line in order.lines:
        billed = [entry for entry in order.money.billed if entry.line_id == line.id and entry.kind != "shipping"]
        if not billed:
            lines.append(LineVerdict(line.id, ZERO, (refusal("line_not_invoiced", line=line.id),)))
            continue
        quantity = sum((left[entry.id].quantity for entry in billed), ZERO)
        verdict = _line(line, quantity, refunded.get(line.id, ZERO), at_once)
        if line.owed_back > 0 and (at_once or line.returned >= line.replaced):
            verdict = replace(verdict, owed=line.owed_back)
        lines.append(verdict)
        if verdict.most > 0:
            claim = RefundClaim(lines=(LineClaim(line.id, quantity=verdict.most),), fees=fees)
            amount += offer(order.money, claim, policy).credit
        elif verdict.owed > 0:
            claim = RefundClaim(lines=(LineClaim(line.id, amount=line.owed_back),))
            amount += offer(order.money, claim, policy).credit
    found = verdict_of_lines(REFUND_LINES, lines)
    return replace(found, amount=min(amount, balance_of(order.money).to_credit))


def _line(line: LineFacts, left: Decimal, refunded: Decimal, at_once: bool) -> LineVerdict:
    """Return what of a line may be paid back: not what was replaced, nor, but for some reasons, what is not back."""
    if left <= 0:
        return LineVerdict(line.id, ZERO, (refusal("line_all_credited", line=line.id),))
    most = left
    reasons = []
    if line.replaced > 0:
        most = min(most, max(line.delivered - line.replaced - refunded, ZERO) + line.open)
        if most < left:
            reasons.append(refusal("all_replaced", line=line.id))
    if line.is_goods and not at_once:
        with_customer = max(line.delivered - line.returned, ZERO)
        # What came back was made good first: an exchanged piece is not paid back too.
        back = max(left - with_customer - min(line.replaced, line.returned), ZERO)
        if back < most:
            most = back
            reasons.append(refusal("goods_not_back", line=line.id, most=back))
    return LineVerdict(line.id, most, tuple(reasons))


def _single(order: OrderFacts, policy: Policy, action: str) -> Verdict:
    """Return the verdict of an amount that belongs to no goods, with the most that is possible."""
    shipping = action == REFUND_SHIPPING
    most = (shipping_most if shipping else goodwill_most)(order.money, policy)
    smallest = max(most, order.money.currency.unit)
    claim = RefundClaim(shipping=smallest) if shipping else RefundClaim(goodwill=smallest)
    found = offer(order.money, claim, policy)
    if not found.refusals:
        return Verdict(action, amount=most)
    rest = balance_of(order.money)
    most = min(most, rest.to_pay_back + sum(rest.debts.values(), ZERO))
    claim = RefundClaim(shipping=most) if shipping else RefundClaim(goodwill=most)
    if most > 0 and not offer(order.money, claim, policy).refusals:
        return Verdict(action, amount=most)
    return Verdict(action, found.refusals)


def _of_order(order: OrderFacts, policy: Policy, credit: Decimal) -> list[Refusal]:
    found = []
    if order.refund_in_doubt:
        found.append(refusal("refund_in_doubt", refund=order.refund_in_doubt))
    days = policy.customer_days
    if policy.customer_refunds is not None and order.customer_refunds >= policy.customer_refunds:
        count = order.customer_refunds
        found.append(refusal("refunds_of_customer", count=count, most=policy.customer_refunds, days=days))
    return found + _amount_of_customer(order, policy, credit)


def _amount_of_customer(order: OrderFacts, policy: Policy, credit: Decimal) -> list[Refusal]:
    """Return whether a customer would get more than its policy allows, with what is asked for now."""
    most = policy.customer_amount
    amount = order.customer_refunded + credit
    if most is None or (amount <= most and order.customer_refunded < most):
        return []
    return [refusal(_AMOUNT_OF_CUSTOMER, amount=amount, most=most, days=policy.customer_days)]


def _notices(order: OrderFacts, policy: Policy, found: Offer) -> tuple[Refusal, ...]:
    notices = []
    if found.parts and not found.money:
        notices.append(refusal("no_money_moves", debt=found.debt))
    open_lines = {line.id for line in order.lines if line.open > 0}
    if found.quantities and (not policy.cut_ordered or open_lines & found.quantities.keys()):
        # Odoo counts credited goods as not billed yet: the next invoice would have them again.
        notices.append(refusal("billed_again"))
    return tuple(notices)
