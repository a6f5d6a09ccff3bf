"""What can be done before the goods leave: cancel the order or its rest, send it to another address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from ..currency import ZERO
from ..rules import Refusal, refusal
from .amounts import offer
from .balance import balance_of
from .claims import LineClaim, Offer, RefundClaim
from .money_facts import SHIPPING
from .order_facts import Address, OrderFacts
from .policy import Policy, ShippingRefund
from .prepaid import DOWN_PAYMENT, surplus_of, with_prepaid
from .verdicts import LineVerdict, Verdict, verdict_of_lines

__all__ = [
    "CANCEL_ORDER",
    "CANCEL_REST",
    "CHANGE_ADDRESS",
    "leaves_nothing",
    "may_cancel",
    "may_cancel_rest",
    "may_change_address",
]

_ALL = Decimal(100)
# What stands in the books otherwise than facts say: crediting would move other money than the preview shows.
_OPEN_IN_BOOKS = frozenset({"payment_not_booked", "shared_invoice_open"})
CANCEL_ORDER = "cancel_order"
CANCEL_REST = "cancel_rest"
CHANGE_ADDRESS = "change_address"


def may_cancel(order: OrderFacts, policy: Policy) -> Verdict:
    """Return whether a whole order may be cancelled: nothing has moved, nothing was billed.

    Odoo cancels more than that: done transfers and posted invoices then stay behind with an order that is cancelled.

    ``offer``: what was paid already, which goes back.
    """
    found = _unchangeable(order)
    found += [refusal("goods_left", shipment=moved.name) for moved in order.shipments if moved.state == "done"]
    if not found and any(line.delivered > 0 for line in order.lines):
        found.append(refusal("goods_left", shipment=""))
    found += [refusal("invoice_posted", invoice=invoice.name) for invoice in order.money.invoices]
    found += _on_its_way(order, policy)
    paid = with_prepaid(order.money, ZERO)
    return _paying(Verdict(CANCEL_ORDER, tuple(found), notices=_notices(order)), order, paid)


def may_cancel_rest(order: OrderFacts, policy: Policy, chosen: Mapping[int, Decimal] | None = None) -> Verdict:
    """Return what of an order may be given up: by line what is ordered and has not left.

    ``offer``: what is credited of it, since it was billed before it was delivered, and what was paid and will not be
    billed any more.

    :param chosen: {order line id: quantity} that is given up; none: all that is open
    """
    found = _unchangeable(order)
    if not order.confirmed and not found:
        found.append(refusal("order_not_confirmed", state=order.state))
    lines = [LineVerdict(line.id, line.open) for line in order.lines if line.is_goods]
    if not any(line.most > 0 for line in lines):
        found.append(refusal("nothing_open"))
    found += _on_its_way(order, policy)
    verdict = verdict_of_lines(CANCEL_REST, lines, found, _notices(order))
    chosen = chosen or {}
    try:
        credited = _undelivered(order, policy, chosen)
    except _NotCredited as error:
        return replace(verdict, refusals=tuple(dict.fromkeys((*verdict.refusals, *error.refusals))))
    return _paying(verdict, order, with_prepaid(order.money, order.to_bill, credited))


def may_change_address(order: OrderFacts, policy: Policy, address: Address | None = None) -> Verdict:
    """Return whether the open part of an order may go to another address.

    :param address: the new one; None: which is not known yet, so that taxes are not compared
    """
    found = _unchangeable(order)
    goods = [line for line in order.lines if line.is_goods and line.ordered > 0]
    if not any(line.open > 0 for line in goods):
        found.append(refusal("goods_all_left") if goods else refusal("nothing_open"))
    found += _on_its_way(order, policy)
    if address and address.tax_zone != order.address.tax_zone:
        # Odoo changes the fiscal position of the order, and leaves the taxes of its lines as they are.
        found.append(refusal("tax_changes", before=order.address.tax_zone, after=address.tax_zone))
    if address and address.carrier:
        found.append(refusal("address_not_served", carrier=address.carrier))
    if address and address.country != order.address.country:
        found.append(refusal("country_changes", before=order.address.country, after=address.country))
    gone = [moved.name for moved in order.shipments if moved.state == "done"]
    notices = (refusal("sent_before", shipments=", ".join(gone)),) if gone else ()
    return Verdict(CHANGE_ADDRESS, tuple(found), notices=notices)


def _unchangeable(order: OrderFacts) -> list[Refusal]:
    found = []
    if order.state == "cancel":
        found.append(refusal("order_cancelled"))
    if order.locked:
        found.append(refusal("order_locked"))
    return found


def _on_its_way(order: OrderFacts, policy: Policy) -> list[Refusal]:
    found = []
    for moved in order.shipments:
        if not moved.open:
            continue
        if moved.tracking:
            found.append(refusal("label_made", shipment=moved.name, tracking=moved.tracking))
        elif moved.picked and policy.refuse_picked:
            found.append(refusal("order_picked", shipment=moved.name))
        elif moved.printed and policy.refuse_printed:
            found.append(refusal("order_printed", shipment=moved.name))
    return found


def _notices(order: OrderFacts) -> tuple[Refusal, ...]:
    found = []
    if order.purchases:
        found.append(refusal("purchase_orders_stay", purchases=", ".join(order.purchases)))
    if order.reserved > 0:
        # Money that is reserved is released; there is nothing to pay back.
        found.append(refusal("payment_released", amount=order.reserved))
    return tuple(found)


def _paying(verdict: Verdict, order: OrderFacts, found: Offer | None) -> Verdict:
    """Return a verdict with what is given back by it."""
    if not verdict.allowed:
        return verdict
    notices = list(verdict.notices)
    over = surplus_of(order.money, order.to_bill, found) - (found.prepaid if found else ZERO)
    if over > 0 and any(line.kind == DOWN_PAYMENT for line in order.money.billed):
        notices.append(refusal("down_payment_stays", amount=over))
    if found is None:
        return replace(verdict, notices=tuple(notices))
    if found.paid_back and order.refund_in_doubt:
        return replace(verdict, refusals=(refusal("refund_in_doubt", refund=order.refund_in_doubt),))
    if found.parts:
        notices.append(refusal("undelivered_credited", amount=found.credit))
    if found.prepaid:
        notices.append(refusal("prepaid_back", amount=found.prepaid))
    if not found.paid_back:
        notices.append(refusal("no_money_moves", debt=found.debt))
    return replace(verdict, notices=tuple(notices), amount=found.given_back, offer=found)


class _NotCredited(Exception):
    """What was billed and will not be delivered cannot be credited now."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(refusals)
        self.refusals = refusals


def leaves_nothing(order: OrderFacts, chosen: Mapping[int, Decimal]) -> bool:
    """Return whether no goods of the order were delivered, or ever will be, once a choice of them is given up.

    :param chosen: {order line id: quantity}; none: all that is open
    """
    goods = [line for line in order.lines if line.is_goods]
    kept = (line.open - min(chosen.get(line.id, ZERO), line.open) if chosen else ZERO for line in goods)
    return bool(goods) and all(line.delivered <= 0 for line in goods) and not any(kept)


def _undelivered(order: OrderFacts, policy: Policy, chosen: Mapping[int, Decimal]) -> Offer | None:
    """Return the credit of what was billed and will not be delivered; None where there is none.

    Where nothing of the order is delivered, shipping costs and down payments go back with it.

    :raises _NotCredited: a rule says no to the credit
    """
    left = balance_of(order.money).lines
    claims = []
    for line in order.lines:
        billed = [entry for entry in order.money.billed if entry.line_id == line.id]
        uncredited = sum((left[entry.id].quantity for entry in billed), ZERO)
        given_up = min(chosen.get(line.id, ZERO), line.open) if chosen else line.open
        # What is still to be delivered stays billed, as what the customer has.
        kept: Decimal = max(line.delivered - line.returned, ZERO) + line.open - given_up
        quantity = min(max(uncredited - kept, ZERO), given_up)
        if line.is_goods and quantity > 0:
            claims.append(LineClaim(line.id, quantity=quantity))
    shipping = ZERO
    if leaves_nothing(order, chosen):
        policy = replace(policy, shipping_refund=ShippingRefund.always, shipping_percent=_ALL, shipping_most=None)
        shipping = sum((left[entry.id].total for entry in order.money.billed if entry.kind == SHIPPING), ZERO)
        down: dict[int, Decimal] = {}
        for entry in order.money.billed:
            if entry.kind == DOWN_PAYMENT and entry.line_id and left[entry.id].total > 0:
                down[entry.line_id] = down.get(entry.line_id, ZERO) + left[entry.id].quantity
        claims += [LineClaim(line_id, quantity=quantity) for line_id, quantity in down.items()]
    if not claims and not shipping:
        return None
    found = offer(order.money, RefundClaim(lines=tuple(claims), shipping=shipping), policy)
    if found.refusals and claims and shipping:
        # A claim of an amount is not cut to what is left of the order; goods are.
        found = offer(order.money, RefundClaim(lines=tuple(claims)), policy)
    if any(refused.code in _OPEN_IN_BOOKS for refused in found.refusals):
        raise _NotCredited(found.refusals)
    return found if not found.refusals else None
