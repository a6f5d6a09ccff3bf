"""Read the facts of orders from their documents, many orders at once."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.api import Environment

from ...domain.commerce.facts import BACKWARD, InvoiceFacts, LineFacts, OrderFacts, TransactionFacts
from ...domain.commerce.money_facts import ZERO
from . import fact_holds, fact_sql
from .fact_moves import day, line_facts, roles, transfers, when, with_exchanges
from .line_moves import Row, number

# Online, a payment confirms the order a little later.
PAID_BEFORE = timedelta(days=1)


def read(env: Environment, order_ids: Iterable[int]) -> dict[int, OrderFacts]:
    """Return {order id: facts} of the orders that exist.

    Read from documents and their quantities, never from a status that Odoo derives. The number of queries does not
    depend on the number of orders.
    """
    parts: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for part, order_id, text in fact_sql.rows(env, order_ids):
        parts[part][order_id].append(json.loads(text, parse_float=Decimal))
    today = fields.Date.context_today(env["sale.order"])
    found = {
        order_id: _facts(rows[0], {name: of_orders[order_id] for name, of_orders in parts.items()}, today)
        for order_id, rows in list(parts["orders"].items())
    }
    return fact_holds.added(env, found)


def _facts(order: Row, parts: dict[str, list[Row]], today: date) -> OrderFacts:
    """Return the facts of one order."""
    lines = {row["id"]: row for row in sorted(parts.get("lines", ()), key=lambda row: row["id"])}
    pickings = {row["id"]: row for row in parts.get("pickings", ())}
    moves = parts.get("moves", [])
    _place_loose(moves, lines)
    moved = roles(moves, pickings)
    found = transfers(moved, lines, pickings, today)
    of_line: dict[int, list[Any]] = defaultdict(list)
    for item in with_exchanges(moved, found):
        of_line[item.row["line"]].append(item)
    invoices = tuple(_invoices(parts.get("invoices", []), parts.get("reconciled", []), parts.get("waiting", []), lines))
    transactions = tuple(_transactions(parts.get("transactions", [])))
    ordered_at = when(order["date_order"])
    return OrderFacts(
        id=order["id"],
        name=order["name"] or "",
        state=order["state"],
        company_id=order["company_id"] or 0,
        currency=order["currency"] or "",
        total=Decimal(order["amount_total"] or 0),
        created_at=when(order["create_date"]),
        ordered_at=ordered_at,
        promised_at=when(order["commitment_date"]),
        changed_at=when(order["write_date"]),
        user_id=order["user_id"] or 0,
        changed_by=order["write_uid"] or 0,
        confirmed_by=_confirmed_by(transactions, ordered_at),
        cancel_reason=order["cancel_reason"] or "",
        lines=tuple(_lines(lines, of_line, invoices, today)),
        transfers=found,
        invoices=invoices,
        transactions=transactions,
    )


def _place_loose(moves: list[Row], lines: dict[int, Row]) -> None:
    """Give moves that name no line the line that ordered their product."""
    of_product = {row["product"]: line_id for line_id, row in reversed(lines.items())}
    for row in moves:
        if row["line"] is None:
            row["line"] = of_product.get(row["product"], 0)


def _lines(
    lines: dict[int, Row], of_line: dict[int, list[Any]], invoices: tuple[InvoiceFacts, ...], today: date
) -> Iterable[LineFacts]:
    billed: dict[str, dict[int, Decimal]] = {"out_invoice": defaultdict(Decimal), "out_refund": defaultdict(Decimal)}
    for invoice in invoices:
        if invoice.posted:
            for line_id, quantity in invoice.quantities.items():
                billed[invoice.kind][line_id] += quantity
    for line_id, row in lines.items():
        moves = of_line[line_id]
        forward = [moved for moved in moves if moved.row["state"] != "cancel" and moved.role not in BACKWARD]
        ordered = [moved for moved in forward if not moved.replaces]
        dropship = bool(ordered) and all(moved.role == "dropship" for moved in ordered)
        # Before the purchase order is confirmed there is no move.
        facts = line_facts(row, moves, today, dropship or (not forward and row["bought"]))
        invoiced, credited = billed["out_invoice"][line_id], billed["out_refund"][line_id]
        yield replace(facts, invoiced=invoiced, credited=credited)


def _invoices(
    rows: list[Row], reconciled: list[Row], waiting: list[Row], lines: dict[int, Row]
) -> Iterable[InvoiceFacts]:
    of_invoice: dict[int, list[Row]] = defaultdict(list)
    for row in reconciled:
        of_invoice[row["invoice"]].append(row)
    waiting_of: dict[int, list[Row]] = defaultdict(list)
    for row in waiting:
        # Once the bank has paid a part of a document, a payment that is done is in that part.
        if row["state"] == "in_process" or row["invoice"] not in of_invoice:
            waiting_of[row["invoice"]].append(row)
    for row in sorted(rows, key=lambda row: row["id"]):
        quantities: dict[int, Decimal] = defaultdict(Decimal)
        for line_id, quantity in row["lines"]:
            if line_id in lines:
                quantities[line_id] += number(quantity)
        yield InvoiceFacts(
            id=row["id"],
            name=row["name"] or "",
            kind=row["move_type"],
            state=row["state"],
            payment_state=row["payment_state"] or "not_paid",
            invoiced_on=day(row["invoice_date"]),
            due_on=day(row["invoice_date_due"]),
            created_at=when(row["create_date"]),
            changed_at=when(row["write_date"]),
            currency=row["currency"],
            total=Decimal(row["amount_total"] or 0),
            residual=Decimal(row["amount_residual"] or 0),
            total_company=Decimal(row["amount_total_signed"] or 0),
            reason=row["ref"] or "",
            reversed_id=row["reversed_entry_id"] or 0,
            unlinked=not row["lines"],
            quantities={line_id: quantity for line_id, quantity in quantities.items() if quantity},
            user_id=row["user_id"] or 0,
            **(_reconciled(of_invoice[row["id"]]) | _waiting(waiting_of[row["id"]])),
        )


def _reconciled(rows: list[Row]) -> dict[str, Any]:
    """Return what paid an invoice: when, by what, and how much of it was money."""
    if not rows:
        return {}
    # Documents of the customer pay each other without money.
    money = [row for row in rows if row["other_type"] not in ("out_invoice", "out_refund")]
    last = max(money or rows, key=lambda row: (row["max_date"] or "", row["id"]))
    on, written = day(last["max_date"]), when(last["create_date"])
    at = datetime.combine(on, time()) if on else None
    by = (
        ("account.payment", last["payment"], last["payment_name"])
        if last["payment"]
        else ("account.move", last["other"], last["other_name"])
    )
    return {
        "reconciled_on": on,
        "reconciled_at": max(filter(None, (at, written)), default=None),
        "paid_out": sum((Decimal(row["amount"] or 0) for row in money), ZERO),
        "refund_id": next((row["transaction"] for row in money if row["transaction"]), 0),
        "reconciled_by": (by[0], by[1], by[2] or ""),
    }


def _waiting(rows: list[Row]) -> dict[str, Any]:
    """Return what pays an invoice without a journal entry: how much, when, and by what."""
    if not rows:
        return {}
    last = max(rows, key=lambda row: (row["date"] or "", row["id"]))
    on, written = day(last["date"]), when(last["create_date"])
    at = datetime.combine(on, time()) if on else None
    found: dict[str, Any] = {
        "waiting": sum((Decimal(row["amount"] or 0) for row in rows), ZERO),
        "reconciled_on": on,
        "reconciled_at": max(filter(None, (at, written)), default=None),
        "reconciled_by": ("account.payment", last["id"], last["name"] or ""),
    }
    if transaction := next((row["transaction"] for row in rows if row["transaction"]), 0):
        found["refund_id"] = transaction
    return found


def _transactions(rows: list[Row]) -> Iterable[TransactionFacts]:
    by_id: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_id[row["id"]].append(row)
    for row_id, reached in sorted(by_id.items()):
        row = reached[0]
        # What was made for the order itself is for no invoice, though one may name it, too.
        by_order = any(found["invoice"] is None for found in reached)
        yield TransactionFacts(
            id=row_id,
            reference=row["reference"] or "",
            state=row["state"],
            message=row["state_message"] or "",
            changed_at=when(row["last_state_change"]),
            amount=Decimal(row["amount"] or 0),
            currency=row["currency"] or "",
            refund=row["operation"] == "refund",
            source_id=row["source_transaction_id"] or 0,
            provider_reference=row["provider_reference"] or "",
            parts={} if by_order else {found["invoice"]: Decimal(found["part"]) for found in reached},
        )


def _confirmed_by(transactions: tuple[TransactionFacts, ...], ordered_at: datetime | None) -> tuple[str, int, str]:
    """Return the payment that came right before the confirmation: Odoo confirms what is paid online."""
    for item in transactions:
        if item.state not in ("done", "authorized") or item.refund or not (item.changed_at and ordered_at):
            continue
        if timedelta(0) <= ordered_at - item.changed_at < PAID_BEFORE:
            return "payment.transaction", item.id, item.reference
    return "", 0, ""
