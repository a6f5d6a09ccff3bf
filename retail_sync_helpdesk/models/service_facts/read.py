"""The facts of orders, from their documents: what decides what may be done, and how much may go back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...domain.service.money_facts import MoneyFacts
from ...domain.service.order_facts import Address, OrderFacts
from ...domain.service.policy import Policy
from . import around, goods, money, to_bill

__all__ = ["money_facts", "order_facts"]

# Holds of the customer, by which nothing is sent to it; others are about one order or its payment.
_CUSTOMER_HOLDS = ("account_block", "credit_hold")


def order_facts(env: Any, orders: Any, policies: Mapping[int, Policy | None]) -> dict[int, OrderFacts]:
    """Return {order id: facts}. The number of queries does not depend on the number of orders.

    :param policies: {order id: policy that decides}: it says within which days refunds of the customer count
    """
    orders = orders.with_env(env).sudo()
    engine = {order_id: facts for order_id, (facts, _journal) in orders._retail_sync_facts().items()}
    moneys = money.read(env, orders, engine)
    lines = goods.lines(env, orders, engine, moneys)
    shipments = goods.shipments(env, engine)
    purchases = around.purchases(env, orders)
    refunds = around.refunds_of_customers(env, orders, policies)
    bills = {order.id: to_bill.of_rest(order, lines[order.id], moneys[order.id]) for order in orders}
    doubts = around.refunds_in_doubt(env, orders)
    found = {}
    for order in orders:
        known = engine[order.id]
        count, amount = refunds[order.id]
        found[order.id] = OrderFacts(
            id=order.id,
            name=order.name or "",
            state=order.state,
            locked=order.locked,
            company_id=order.company_id.id,
            address=Address(order.partner_shipping_id.country_id.code or "", order.fiscal_position_id.name or ""),
            lines=lines[order.id],
            shipments=shipments[order.id],
            money=moneys[order.id],
            holds=tuple(hold.key for hold in known.holds if hold.key in _CUSTOMER_HOLDS),
            purchases=purchases.get(order.id, ()),
            reserved=money.reserved(known),
            customer_refunds=count,
            customer_refunded=amount,
            to_bill=bills[order.id],
            refund_in_doubt=doubts.get(order.id, ""),
        )
    return found


def money_facts(env: Any, orders: Any) -> dict[int, MoneyFacts]:
    """Return {order id: facts of its money}."""
    orders = orders.with_env(env).sudo()
    engine = {order_id: facts for order_id, (facts, _journal) in orders._retail_sync_facts().items()}
    return money.read(env, orders, engine)
