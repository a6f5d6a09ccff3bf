"""Money that was paid for an order and will never be billed: it goes back without a credit note."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ..currency import ZERO
from .balance import balance_of
from .claims import Offer
from .money_facts import MoneyFacts

__all__ = ["down_payments_left", "surplus_of", "with_prepaid"]

DOWN_PAYMENT = "down_payment"


def down_payments_left(facts: MoneyFacts) -> Decimal:
    """Return what was billed as down payments, and neither taken off by a later invoice nor credited."""
    left = balance_of(facts).lines
    return sum((left[line.id].total for line in facts.billed if line.kind == DOWN_PAYMENT), ZERO)


def surplus_of(facts: MoneyFacts, to_bill: Decimal, offered: Offer | None = None) -> Decimal:
    """Return what the customer has paid beyond what is billed and what will be, after an offer was carried out.

    :param to_bill: what will still be billed of the order, before down payments are taken off
    """
    balance = balance_of(facts)
    credit, money = (offered.credit, offered.money) if offered else (ZERO, ZERO)
    down = down_payments_left(facts)
    for part in offered.parts if offered else ():
        kind = next((line.kind for line in facts.billed if line.id == part.billed_id), "")
        down -= part.total if kind == DOWN_PAYMENT else ZERO
    needed = max(balance.to_credit - credit + to_bill - down, ZERO)
    return max(balance.to_pay_back - money - needed, ZERO)


def with_prepaid(facts: MoneyFacts, to_bill: Decimal, offered: Offer | None = None) -> Offer | None:
    """Return an offer that pays back what will not be billed, too; None where nothing is given back at all.

    Money that documents of the books have used is no longer there to be paid back: an invoice of another order, say.
    """
    surplus = surplus_of(facts, to_bill, offered)
    if facts.unused is not None:
        surplus = min(surplus, max(facts.unused, ZERO))
    surplus = facts.currency.floor(surplus)
    if surplus <= 0:
        return offered
    return replace(offered or Offer(), prepaid=surplus, refusals=())
