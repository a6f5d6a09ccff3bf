"""What will still be billed of an order once something of it is given up, as Odoo will calculate it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ...domain.currency import ZERO
from ...domain.service.balance import balance_of
from ...domain.service.money_facts import MoneyFacts
from ...domain.service.order_facts import LineFacts
from ...domain.service.prepaid import down_payments_left

__all__ = ["can_be_left_over", "of_rest", "still_to_bill"]


def can_be_left_over(money: MoneyFacts) -> bool:
    """Return whether more was paid than is billed: else nothing can be paid back without a credit note."""
    balance = balance_of(money)
    return balance.to_pay_back > balance.to_credit - down_payments_left(money)


def of_rest(order: Any, lines: Iterable[LineFacts], money: MoneyFacts) -> Decimal:
    """Return what will still be billed when all that is open is given up; 0 where no money can be left over anyway."""
    if not can_be_left_over(money):
        return ZERO
    found = list(lines)
    return still_to_bill(order, found, money, {line.id: line.open for line in found if line.is_goods})


def still_to_bill(
    order: Any, lines: Iterable[LineFacts], money: MoneyFacts, given_up: Mapping[int, Decimal]
) -> Decimal:
    """Return the total of the lines that are neither billed nor given up, taxes included.

    Where no goods are delivered, then or ever, shipping costs and discounts are given up with them. What was credited
    on purpose is not billed again.

    :param given_up: {order line id: quantity}
    """
    left = balance_of(money).lines
    found = list(lines)
    kept = {line.id: line.ordered - min(given_up.get(line.id, ZERO), line.open) for line in found}
    goods = [line for line in found if line.is_goods]
    nothing = bool(goods) and not any(kept[line.id] > 0 for line in goods)
    quantities: dict[int, float] = {}
    for line in found:
        if nothing and line.kind in ("shipping", "reward"):
            continue
        billed = sum((left[entry.id].quantity for entry in money.billed if entry.line_id == line.id), ZERO)
        quantities[line.id] = float(max(kept[line.id] - billed, ZERO))
    return _total(order, quantities, money)


def _total(order: Any, quantities: Mapping[int, float], money: MoneyFacts) -> Decimal:
    taxes = order.env["account.tax"]
    bases = []
    for line in order.order_line:
        quantity = max(quantities.get(line.id, 0.0) - line.sync_credited_open, 0.0)
        if quantity:
            bases.append(line._prepare_base_line_for_taxes_computation(quantity=quantity))
    if not bases:
        return ZERO
    taxes._add_tax_details_in_base_lines(bases, order.company_id)
    taxes._round_base_lines_tax_details(bases, order.company_id)
    totals = taxes._get_tax_totals_summary(bases, order.currency_id, order.company_id)
    return max(money.currency.round(Decimal(str(totals["total_amount_currency"]))), ZERO)
