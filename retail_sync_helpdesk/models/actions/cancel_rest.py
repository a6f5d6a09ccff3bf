"""Cancel what of an order is still to be delivered, and credit what was billed of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...api.schemas.actions import PreviewLine
from ...domain.currency import ZERO
from ...domain.service.before_shipping import CANCEL_REST, leaves_nothing
from ..money.billed_again import lower
from .cancel_order import open_transfers, release_reserved, reserved_of
from .refunds import amounts_of, effects_of_offer, lines_of, method_of, pay_back
from .saying import effect, in_words, quantity_text, references_of
from .work import Done, Executor, Shown, Work

__all__ = ["REST"]


def _given_up(work: Work) -> dict[int, Decimal]:
    """Return {order line id: quantity} that will not be delivered."""
    asked = {line.line_id: Decimal(line.quantity) for line in work.request.lines}
    return asked or {line.id: line.open for line in work.facts.lines if line.is_goods and line.open > 0}


def _leaves_nothing(work: Work) -> bool:
    """Return whether nothing is delivered of the order, then or ever: what is reserved of its payment is not needed."""
    return leaves_nothing(work.facts, _given_up(work))


def _show(work: Work) -> Shown:
    env, order, offer = work.env, work.order, work.verdict.offer
    given_up = _given_up(work)
    lines = env["sale.order.line"].browse(sorted(given_up))
    effects = []
    for line in lines:
        text = env._(
            "%(quantity)s of %(product)s will not be delivered.",
            quantity=quantity_text(given_up[line.id]),
            product=line.product_id.display_name,
        )
        effects.append(effect("line_cancelled", text))
    pickings = open_transfers(order)
    for picking in pickings:
        effects.append(effect("shipment_lowered", env._("Transfer %s is lowered by it.", picking.name), picking))
    if offer:
        effects += effects_of_offer(work, offer)
    if reserved_of(order) and _leaves_nothing(work):
        amount = in_words(env, work.facts.reserved, order.currency_id)
        text = env._("The payment provider is asked to release the reserved payment of %s.", amount)
        effects.append(effect("payment_released", text, reserved_of(order)[0]))
    credited = {line.line_id: line for line in lines_of(work, offer)} if offer else {}
    shown = [
        PreviewLine(
            line_id=line.id,
            quantity=quantity_text(given_up[line.id]),
            amount=credited[line.id].amount if line.id in credited else None,
        )
        for line in lines
    ]
    return Shown(
        amounts=amounts_of(offer) if offer else {},
        given_away=offer.given_back if offer else ZERO,
        lines=tuple(shown),
        effects=tuple(effects),
        method=method_of(work, offer) if offer else "",
        options={"shipments": sorted(pickings.ids)},
    )


def _carry_out(work: Work) -> Done:
    order, offer = work.order, work.verdict.offer
    pickings = open_transfers(order)
    release = _leaves_nothing(work)
    _lower(work)
    notes: Any = ()
    refunds = None
    if offer:
        # The ordered quantity is lowered already.
        notes, refunds = pay_back(work, offer, cut_ordered=False)
    if release:
        release_reserved(order)
    documents = references_of([order, *pickings, *notes])
    return Done(documents, amounts_of(offer) if offer else {}, refunds)


def _lower(work: Work) -> None:
    """Lower what is ordered by what is given up; open transfers follow."""
    given_up = _given_up(work)
    work.order._sync_keep_total()
    if _leaves_nothing(work):
        # What was not billed of shipping costs and discounts goes with the goods.
        kinds = {line.id: line for line in work.facts.lines if line.kind in ("shipping", "reward")}
        given_up |= {
            line.id: Decimal(str(line.product_uom_qty - line.qty_invoiced))
            for line in work.order.order_line
            if line.id in kinds and line.product_uom_qty > line.qty_invoiced
        }
    lines = work.env["sale.order.line"].browse(sorted(given_up))
    context = {"mail_activity_automation_skip": True}
    for line in lines.with_context(**context):
        lower(line, line.product_uom_qty - float(given_up[line.id]))
    lines.flush_recordset()


REST = Executor(CANCEL_REST, _show, _carry_out, moves_money=True)
