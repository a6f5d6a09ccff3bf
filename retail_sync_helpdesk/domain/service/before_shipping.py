"""What can be done before the goods leave: cancel the order or its rest, send it to another address."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..currency import ZERO
from ..rules import Refusal, refusal
from .amounts import offer
from .balance import balance_of
from .claims import LineClaim, Offer, RefundClaim
from .order_facts import Address, OrderFacts
from .policy import Policy
from .verdicts import LineVerdict, Verdict, verdict_of_lines

__all__ = ["CANCEL_ORDER", "CANCEL_REST", "CHANGE_ADDRESS", "may_cancel", "may_cancel_rest", "may_change_address"]

CANCEL_ORDER = "cancel_order"
CANCEL_REST = "cancel_rest"
CHANGE_ADDRESS = "change_address"


def may_cancel(order: OrderFacts, policy: Policy) -> Verdict:
    """Return whether a whole order may be cancelled: nothing has moved, nothing was billed.

    Odoo cancels more than that: done transfers and posted invoices then stay behind with an order that is cancelled.
    """
    found = _unchangeable(order)
    found += [refusal("goods_left", shipment=moved.name) for moved in order.shipments if moved.state == "done"]
    if not found and any(line.delivered > 0 for line in order.lines):
        found.append(refusal("goods_left", shipment=""))
    found += [refusal("invoice_posted", invoice=invoice.name) for invoice in order.money.invoices]
    found += _on_its_way(order, policy)
    return Verdict(CANCEL_ORDER, tuple(found), notices=_notices(order))


def may_cancel_rest(order: OrderFacts, policy: Policy, chosen: Mapping[int, Decimal] | None = None) -> Verdict:
    """Return what of an order may be given up: by line what is ordered and has not left.

    ``offer``: what is credited of it, since it was billed before it was delivered.

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
    credited = _undelivered(order, policy, chosen or {})
    if credited is None or not verdict.allowed:
        return verdict
    notices = (*verdict.notices, refusal("undelivered_credited", amount=credited.credit))
    if not credited.money:
        notices += (refusal("no_money_moves", debt=credited.debt),)
    return Verdict(CANCEL_REST, (), verdict.lines, notices, credited.credit, credited)


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


def _undelivered(order: OrderFacts, policy: Policy, chosen: Mapping[int, Decimal]) -> Offer | None:
    """Return the credit of what was billed and will not be delivered; None where there is none."""
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
    found = offer(order.money, RefundClaim(lines=tuple(claims)), policy) if claims else None
    return found if found and not found.refusals else None
