"""Take goods back and send others: a return and a new order, in one action.

Where the wanted goods cost more, the new order charges the difference. Where they cost less, they are sent without a
charge, and the difference is paid back as a part of the price of the goods that come back, with their taxes: at once
where a refund may go before the goods are back, else as a refund of the line once they are.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from odoo import Command

from ...api.errors import ApiProblem
from ...domain.service.after_delivery import EXCHANGE
from ...domain.service.amounts import offer
from ...domain.service.claims import LineClaim, Offer, RefundClaim
from ...domain.service.eligibility import Surroundings
from ...domain.service.exchange_refund import judge_difference
from ...domain.service.exchanging import Exchange, difference_by_line, exchange_of
from ...domain.service.money_facts import credited_by_price
from ...domain.service.policy import Policy
from .refunds import amounts_of, effects_of_offer, method_of, pay_back
from .return_goods import asked_lines, effects_of_return, goods_text, make_return, shown_lines
from .saying import effect, in_words, quantity_text, references_of
from .second_order import make_order, priced, total_of
from .work import Done, Executor, Shown, Work

__all__ = ["EXCHANGE_GOODS", "price_of"]

_CREDIT = "retail_sync_helpdesk.product_exchange"


def _wanted(work: Work) -> list[tuple[Any, Decimal]]:
    """Return [(product, quantity)] that the customer wants.

    :raises ApiProblem: a SKU means no product, or several, or there is not enough of it
    """
    order = work.order
    companies = (False, order.company_id.id)
    found = []
    for number, asked in enumerate(work.request.wanted):
        products = work.env["product.product"].search(
            [("default_code", "=", asked.sku), ("sale_ok", "=", True), ("company_id", "in", companies)]
        )
        if not products:
            raise _invalid(number, "sku", "No product has this SKU.")
        if len(products) > 1:
            raise _invalid(number, "sku", "Several products have this SKU.")
        quantity = Decimal(asked.quantity)
        if quantity <= 0:
            raise _invalid(number, "quantity", "A quantity is positive.")
        found.append((products, quantity))
    _check_stock(order, found)
    return found


def _invalid(number: int, name: str, detail: str) -> ApiProblem:
    pointer = f"/body/request/wanted/{number}/{name}"
    return ApiProblem("invalid_values", errors=[{"pointer": pointer, "detail": detail}])


def _check_stock(order: Any, wanted: list[tuple[Any, Decimal]]) -> None:
    warehouse = order.warehouse_id
    for product, quantity in wanted:
        free = product.with_context(warehouse_id=warehouse.id).free_qty
        if product.is_storable and product.uom_id.compare(free, float(quantity)) < 0:
            values = {"product": product.display_name, "free": f"{max(free, 0):g}", "warehouse": warehouse.name}
            raise ApiProblem(
                "not_eligible",
                order.env._("Only %(free)s of %(product)s are free in %(warehouse)s.", **values),
            )


def _back(work: Work) -> dict[int, Decimal]:
    """Return {order line id: what a refund of its goods would give now}, without what was paid back before."""
    policy = work.policy or Policy(0)
    found = {}
    for line_id, quantity in asked_lines(work).items():
        claim = RefundClaim(lines=(LineClaim(line_id, quantity=quantity),))
        offered = offer(work.facts.money, claim, policy)
        found[line_id] = offered.credit if not offered.refusals else price_of(work, line_id, quantity)
    return found


def price_of(work: Work, line_id: int, quantity: Decimal) -> Decimal:
    """Return the price of goods that are not billed yet; nothing of those whose bill is all credited."""
    if any(billed.line_id == line_id for billed in work.facts.money.billed):
        return Decimal()
    line = work.env["sale.order.line"].browse(line_id)
    if not line.product_uom_qty:
        # Delivered beyond what was ordered: the line has no total to take a share of.
        price, partner = line.price_unit * (1 - line.discount / 100), line.order_id.partner_shipping_id
        taxed = line.tax_ids.compute_all(price, line.currency_id, float(quantity), line.product_id, partner)
        return work.facts.money.currency.round(Decimal(str(taxed["total_included"])))
    share = Decimal(str(line.price_total)) * quantity / Decimal(str(line.product_uom_qty))
    return work.facts.money.currency.round(share)


def _amounts(work: Work) -> tuple[list[dict[str, Any]], dict[int, Decimal], Exchange]:
    lines = [priced(work.order, product, quantity, work.now) for product, quantity in _wanted(work)]
    back = _back(work)
    wanted = sum((total_of(work.order, values) for values in lines), Decimal())
    return lines, back, exchange_of(wanted, sum(back.values(), Decimal()))


def _order_lines(work: Work) -> list[dict[str, Any]]:
    """Return values of the new order's lines: the wanted goods, and what comes back for them as a line of its own."""
    lines, back, exchange = _amounts(work)
    charged = exchange.charge > 0
    if not charged:
        for values in lines:
            values["discount"] = 100.0
    asked = asked_lines(work)
    left = difference_by_line(exchange, back)
    for line in work.order.order_line.filtered(lambda line: line.id in asked):
        amount = back[line.id] if charged else Decimal()
        values = _credit_line(work, line, asked[line.id], amount)
        values["sync_exchange_left"] = float(left.get(line.id, Decimal()))
        values["sync_credited_before"] = float(credited_by_price(work.facts.money, line.id))
        lines.append(values)
    return lines


def _paid_now(work: Work, back: dict[int, Decimal], exchange: Exchange) -> Offer | None:
    """Return what of the difference is paid back with the exchange; None: nothing before the goods are back."""
    if not exchange.left:
        return None
    around = Surroundings(work.caller.actor, work.policy, work.now, work.now.date())
    difference = difference_by_line(exchange, back)
    verdict = judge_difference(work.facts, around, work.request.reason, difference, asked_lines(work))
    return verdict.offer if verdict.allowed else None


def _amounts_shown(exchange: Exchange, paid: Offer | None) -> dict[str, Decimal]:
    amounts = {"value": exchange.advanced, "charge": exchange.charge, "left": exchange.left}
    return {**amounts, **amounts_of(paid)} if paid else amounts


def _credit_line(work: Work, line: Any, quantity: Decimal, amount: Decimal) -> dict[str, Any]:
    """Return values of the line that counts goods that come back against the wanted ones.

    :param amount: taxes included, for the whole quantity
    """
    values = {
        "product_id": work.env.ref(_CREDIT).id,
        "name": work.env._("In exchange for: %s", line.name),
        "product_uom_id": line.product_uom_id.id,
        "product_uom_qty": float(quantity),
        "price_unit": line.price_unit * (1 - line.discount / 100),
        "discount": 0.0,
        "tax_ids": [Command.set(line.tax_ids.ids)],
        "sync_replaces_line_id": line.id,
    }
    full = total_of(work.order, values)
    values["price_unit"] = -values["price_unit"] * float(amount / full) if full else 0.0
    return values


def _show(work: Work) -> Shown:
    env, order = work.env, work.order
    _lines, back, exchange = _amounts(work)
    paid = _paid_now(work, back, exchange)
    goods = ", ".join(f"{quantity_text(quantity)} × {product.display_name}" for product, quantity in _wanted(work))
    effects = effects_of_return(work)
    text = env._("A new order sends %(goods)s to %(address)s. The goods are reserved now.", **_sent(order, goods))
    effects.append(effect("order_made", text, order))
    if exchange.charge:
        amount = in_words(env, exchange.charge, order.currency_id)
        effects.append(effect("difference_charged", env._("The new order charges the difference of %s.", amount)))
    if exchange.left:
        amount = in_words(env, exchange.left, order.currency_id)
        if paid:
            text = env._("The goods that come back are worth %s more, which is credited now.", amount)
        else:
            text = env._(
                "The goods that come back are worth %s more. Once they have arrived, refund that amount of their line.",
                amount,
            )
        effects.append(effect("difference_left", text))
    if paid:
        effects += effects_of_offer(work, paid)
    return Shown(
        amounts=_amounts_shown(exchange, paid),
        given_away=exchange.advanced + (paid.credit if paid else Decimal()),
        lines=shown_lines(work, back),
        effects=tuple(effects),
        method=method_of(work, paid) if paid else "",
        options={
            "warehouse": order.warehouse_id.id,
            "address": order.partner_shipping_id.id,
            "wanted": {str(product.id): quantity for product, quantity in _wanted(work)},
        },
    )


def _sent(order: Any, goods: str) -> dict[str, str]:
    return {"goods": goods, "address": order.partner_shipping_id.display_name}


def _carry_out(work: Work) -> Done:
    _lines, back, exchange = _amounts(work)
    paid = _paid_now(work, back, exchange)
    header = make_return(work)
    made = make_order(work, _order_lines(work))
    receipts = header.rma_ids.reception_move_id.picking_id
    note = work.env._(
        "Order %(order)s sends other goods. The customer sends %(goods)s with the number %(number)s.",
        order=made.name,
        goods=goods_text(work),
        number=header.name,
    )
    notes, refunds = pay_back(work, paid, cut_ordered=False) if paid else ((), None)
    documents = references_of([header, made, *receipts, *notes])
    return Done(documents, _amounts_shown(exchange, paid), refunds, note)


EXCHANGE_GOODS = Executor(EXCHANGE, _show, _carry_out, moves_money=True)
