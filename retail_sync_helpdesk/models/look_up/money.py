"""The money of an order: documents and payments as Odoo tells them, and what they add up to for this order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from odoo.tools import SQL

from ...api.schemas.finance import Invoice, Money
from ...domain.currency import ZERO, Currency
from ...domain.service.balance import Balance, balance_of
from ..service_facts import money as service_money
from ..service_facts import prepaid
from . import payments
from .looking import Looking, currency_of, money, text
from .order_rows import Standing, standings
from .reach import reach_order
from .verified import check_verified

__all__ = ["answer"]

_KINDS = {"out_invoice": "invoice", "out_refund": "credit_note"}


def answer(look: Looking, order_id: int) -> Money:
    """Return what was billed, credited, paid and paid back of an order.

    The sums count this order's share of documents that bill several. Pending is what will still go back: refunds that
    are not done, and what credit notes owe, drafts included; no action may give it back once more.

    :raises ApiProblem: not_found, or verification_required where the policy demands a verified customer
    """
    order = reach_order(look.env, look.caller, order_id)
    check_verified(look, order)
    standing = standings(look, [order_id])[order_id]
    facts = standing.facts
    currencies = _currencies(look, [facts.currency, *(bill.currency for bill in facts.invoices)])
    currency = currencies[facts.currency]
    portions = _portions(facts, order._retail_sync_shares().get(order_id, {}))
    online = prepaid.read(look.env, order.with_env(look.env), {order_id: facts})
    listed = payments.of_order(look, order_id, facts, portions, currency, online)
    balance = _balance(look, order, standing, online)
    refunded = standing.money.refunded + prepaid.paid_by_hand(online, order_id)
    return Money(
        as_of=look.at,
        order_id=order_id,
        currency=currency.code,
        ordered=money(facts.total, currency),
        invoiced=money(_sum(facts, "out_invoice", portions), currency),
        credited=money(_sum(facts, "out_refund", portions), currency),
        # What a payment of several orders pays of this one; the engine counts it whole for each.
        paid=money(balance.paid if online.is_shared else standing.money.paid, currency),
        refunded=money(refunded, currency),
        pending=money(max(balance.returned - refunded, ZERO), currency),
        invoices=tuple(_invoice(bill, portions, currencies[bill.currency]) for bill in facts.invoices),
        payments=listed,
    )


def _portions(facts: Any, shares: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return {document id: part of it that is this order's}."""
    return {
        document.id: shares.get(document.reversed_id if document.unlinked else document.id, Decimal(1))
        for document in facts.invoices
    }


def _sum(facts: Any, kind: str, portions: Mapping[int, Decimal]) -> Decimal:
    """Return what the posted documents of a kind add up to. Those in another currency are in the list alone."""
    documents = [document for document in facts.posted(kind) if document.currency == facts.currency]
    return sum((document.total * portions[document.id] for document in documents), ZERO)


def _balance(look: Looking, order: Any, standing: Standing, online: prepaid.Online) -> Balance:
    """Return what decisions count of the order's money."""
    order = order.with_env(look.env)
    return balance_of(service_money.read(look.env, order, {order.id: standing.facts}, online)[order.id])


def _invoice(bill: Any, portions: Mapping[int, Decimal], currency: Currency) -> Invoice:
    return Invoice(
        id=bill.id,
        number=text(bill.name),
        kind=_KINDS[bill.kind],
        state=bill.state,
        issued_on=bill.invoiced_on,
        due_on=bill.due_on,
        total=money(bill.total, currency),
        residual=money(bill.residual, currency),
        currency=currency.code,
        of_this_order=money(bill.total * portions[bill.id], currency),
        reverses=bill.reversed_id or None,
    )


def _currencies(look: Looking, codes: Iterable[str]) -> dict[str, Currency]:
    """Return {code: currency as it rounds}."""
    rows = look.env.execute_query(
        SQL("SELECT name, rounding FROM res_currency WHERE name = ANY(%s)", sorted(set(codes)))
    )
    return {code: currency_of(code, rounding) for code, rounding in rows}
