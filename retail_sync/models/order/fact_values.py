"""The values of orders that follow from their facts and from the journal of their milestones."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.commerce import order_money, stage
from ...domain.commerce.entries import Entry, in_force
from ...domain.commerce.facts import OrderFacts
from . import texts
from .document_values import joined, moment, money


def of_facts(
    env: Environment, facts: OrderFacts, entries: Iterable[Entry], shares: Mapping[int, Decimal]
) -> dict[str, Any]:
    """Return the canonical values of an order that no column holds.

    :param shares: {document id: part that is this order's} of documents that bill several orders
    """
    entries = list(entries)
    at = Moments(entries)
    hold = stage.hold_of(facts, entries) if not facts.cancelled else None
    delay = stage.delay_of(facts, fields.Datetime.now())
    amounts = order_money.money_of(facts, shares)
    found_stage = stage.stage_of(facts, entries)
    return {
        "stage": found_stage,
        "hold": bool(hold),
        "hold_reason": texts.hold_text(env, hold),
        "delayed": bool(delay),
        "delay_reason": texts.delay_text(env, delay[1]) if delay else None,
        "cancel_reason": facts.cancel_reason or None,
        "promised_at": moment(facts.due_at),
        "expected_at": moment(facts.expected_at),
        "invoicing": order_money.invoicing_of(facts),
        "payment": amounts.state,
        "invoiced": money(amounts.invoiced, facts.currency),
        "paid": money(amounts.paid, facts.currency),
        "due": money(amounts.due, facts.currency),
        "refunded": money(amounts.refunded, facts.currency),
        "carrier": joined(facts.carriers),
        "tracking": joined(facts.tracking),
        "confirmed_at": moment(at.last("confirmed") or (facts.ordered_at if facts.confirmed else None)),
        "allocated_at": moment(at.last("allocated")),
        "shipped_first_at": moment(facts.shipped_first_at),
        "shipped_last_at": moment(facts.shipped_last_at),
        "delivered_at": moment(at.last("delivered")) if found_stage == "delivered" else None,
        "invoiced_at": moment(at.last("invoiced")),
        "paid_at": moment(at.last("paid")) if amounts.state == "paid" else None,
        "cancelled_at": moment(at.last("cancelled")) if facts.cancelled else None,
        "line_count": len(facts.lines),
        "skus": joined([line.sku for line in facts.lines]),
    }


class Moments:
    """Business times of the entries in force."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.times: dict[str, list[datetime]] = {}
        for entry in in_force(entries).values():
            self.times.setdefault(entry.kind, []).append(entry.at)

    def last(self, kind: str) -> datetime | None:
        """Return the latest time of a kind; None where no entry of it is in force."""
        return max(self.times.get(kind, ()), default=None)


def shares_of(env: Environment, order_ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """Return {order id: {document id: part that is the order's, 0 to 1}} of documents that bill several orders.

    By the totals of their lines; a down payment counts for the order of its line. One query.
    """
    rows = env.execute_query(
        SQL(
            "WITH billed AS (SELECT DISTINCT sold.order_id, item.id, item.move_id, item.price_total"
            " FROM sale_order_line sold JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sold.id"
            " JOIN account_move_line item ON item.id = rel.invoice_line_id WHERE item.move_id IN ("
            " SELECT other.move_id FROM sale_order_line own"
            " JOIN sale_order_line_invoice_rel link ON link.order_line_id = own.id"
            " JOIN account_move_line other ON other.id = link.invoice_line_id WHERE own.order_id = ANY(%s)))"
            " SELECT order_id, move_id, sum(price_total), sum(sum(price_total)) OVER (PARTITION BY move_id)"
            " FROM billed WHERE move_id IN ("
            " SELECT move_id FROM billed GROUP BY move_id HAVING count(DISTINCT order_id) > 1)"
            " GROUP BY order_id, move_id",
            list(order_ids),
        )
    )
    found: dict[int, dict[int, Decimal]] = {}
    for order_id, move_id, part, whole in rows:
        found.setdefault(order_id, {})[move_id] = Decimal(part or 0) / Decimal(whole) if whole else Decimal(0)
    return found
