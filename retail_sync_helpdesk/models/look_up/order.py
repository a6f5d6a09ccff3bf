"""One order with its lines, shipments and returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from ...api.errors import ApiProblem
from ...api.schemas.order import Order, OrderAnswer, OrderLine
from ...domain.currency import Currency
from . import order_parts, returned, shipments
from .looking import Looking, aware, currency_of, money, number, text
from .order_rows import Standing, standings
from .verified import as_verified

__all__ = ["answer"]

# The engine's word for a kind of line -> ours, where it is another one.
_KINDS = {"delivery": "shipping"}


def answer(look: Looking, order_id: int) -> OrderAnswer:
    """Return one order.

    :raises ApiProblem: not_found
    """
    look = as_verified(look, order_id)
    parts = order_parts.read(look, order_id)
    if not parts["head"]:
        raise ApiProblem("not_found")
    return OrderAnswer(as_of=look.at, order=_order(look, parts, standings(look, [order_id])[order_id]))


def _order(look: Looking, parts: Mapping[str, list[order_parts.Row]], standing: Standing) -> Order:
    head = parts["head"][0]
    currency = currency_of(head["currency"], head["rounding"])
    finance = look.sees("finance.read")
    found_returns = returned.of_order(look, parts, standing, currency)
    return Order(
        id=head["id"],
        number=head["name"],
        customer_id=head["partner_id"],
        company=head["company"],
        brand=head["brand"] or "",
        reference=text(head["client_order_ref"] or head["origin"]),
        ordered_at=aware(datetime.fromisoformat(head["date_order"])),
        state=head["state"],
        stage=standing.stage,
        payment=standing.payment,
        promised_on=_promised_on(look, head["company_id"], standing.facts),
        late=standing.late,
        locked=bool(head["locked"]),
        holds=standing.holds,
        total=money(head["amount_total"], currency),
        untaxed=money(head["amount_untaxed"], currency),
        currency=currency.code,
        paid=money(standing.money.paid, currency) if finance else None,
        refunded=money(standing.money.refunded, currency) if finance else None,
        lines=tuple(_lines(parts["lines"], standing.facts, currency)),
        shipments=shipments.of_order(look, standing),
        returns=found_returns,
        exceptions=_exceptions(look, [row["id"] for row in parts["exceptions"]]),
        external_ids={text(row["name"]): row["external_id"] for row in parts["external_ids"]},
        url=look.url("sale.order", head["id"]),
        masked=() if finance else ("paid", "refunded", *(("returns.refund",) if found_returns else ())),
    )


def _promised_on(look: Looking, company_id: int, facts: Any) -> date | None:
    """Return the day that was agreed, else that of the earliest deadline of what is sent."""
    forward = [transfer for transfer in facts.transfers if transfer.fulfils and transfer.state != "cancel"]
    deadlines = [transfer.promised_at for transfer in forward if transfer.promised_at]
    promised = facts.promised_at or min(deadlines, default=None)
    if promised is None:
        return None
    return aware(promised).astimezone(look.zone(company_id)).date()


def _lines(rows: Iterable[order_parts.Row], facts: Any, currency: Currency) -> Iterable[OrderLine]:
    known = {line.id: line for line in facts.lines}
    for row in rows:
        line = known.get(row["id"])
        delivered = line.fulfilled if line else row["delivered"]
        yield OrderLine(
            id=row["id"],
            kind=_kind(row, line),
            sku=text(row["sku"]),
            name=row["name"] or "",
            unit=text(row["unit"]),
            ordered=number(row["ordered"]),
            delivered=number(delivered),
            returned=number(line.returned if line else None),
            invoiced=number(row["invoiced"]),
            open=number(line.open if line and facts.confirmed else None),
            unit_price=number(row["price_unit"]),
            discount=number(row["discount"]),
            total=money(row["price_total"], currency),
        )


def _kind(row: order_parts.Row, line: Any) -> Any:
    if row["is_downpayment"]:
        return "down_payment"
    return _KINDS.get(line.kind, line.kind) if line else "other"


def _exceptions(look: Looking, ids: list[int]) -> tuple[str, ...]:
    if not ids:
        return ()
    found = look.env["retail.sync.order.exception"].browse(ids)
    found.fetch(["rule_id", "detail", "due_at"])
    return tuple(text(why) for why in found.mapped("why"))
