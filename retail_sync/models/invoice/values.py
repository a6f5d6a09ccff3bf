"""The canonical values of invoices and credit notes: amounts as Odoo tells them, never summed."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ..order.document_values import day, joined, link_to, money, named, price, quantity, text

# Odoo's type of a document -> its canonical kind.
KINDS = {"out_invoice": "invoice", "out_refund": "credit_note"}
STATES = {"draft": "draft", "posted": "posted", "cancel": "cancelled"}
PAYMENT_STATES = ("not_paid", "in_payment", "partial", "paid", "reversed", "blocked")


def of_invoices(env: Environment, moves: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
    """Return {document id: canonical values}. Queries do not grow with the number of documents."""
    orders = orders_of(env, moves.ids)
    reconciled = reconciled_on(env, moves.ids)
    return {move.id: _values(env, move, orders.get(move.id, []), reconciled.get(move.id), wanted) for move in moves}


def orders_of(env: Environment, move_ids: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """Return {document id: [(order id, number)] of the orders that it bills or credits, the first one first}.

    The relation of order lines and invoice lines is the only link between the two.
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT line.move_id, sale.id, sale.name FROM account_move_line line"
            " JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id"
            " JOIN sale_order_line sold ON sold.id = rel.order_line_id"
            " JOIN sale_order sale ON sale.id = sold.order_id WHERE line.move_id = ANY(%s)"
            " ORDER BY line.move_id, sale.id",
            list(move_ids),
        )
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for move_id, order_id, name in rows:
        found[move_id].append((order_id, name))
    return dict(found)


def reconciled_on(env: Environment, move_ids: Iterable[int]) -> dict[int, date]:
    """Return {document id: date of its last reconciliation}, by a payment or by another document."""
    rows = env.execute_query(
        SQL(
            "SELECT line.move_id, max(partial.max_date) FROM account_move_line line"
            " JOIN account_partial_reconcile partial"
            " ON partial.debit_move_id = line.id OR partial.credit_move_id = line.id"
            " WHERE line.move_id = ANY(%s) GROUP BY line.move_id",
            list(move_ids),
        )
    )
    return {move_id: found for move_id, found in rows if found}


def _values(
    env: Environment,
    move: models.BaseModel,
    orders: list[tuple[int, str]],
    reconciled: date | None,
    wanted: Collection[str],
) -> dict[str, Any]:
    currency, posted = move.currency_id, move.state == "posted"
    credit_note = move.move_type == "out_refund"
    whole = posted and move.payment_state in ("paid", "in_payment", "reversed")
    reversed_move = move.reversed_entry_id.filtered(lambda found: found.move_type in KINDS)
    found = {
        "number": text(move.name) if move.name != "/" else None,
        "kind": KINDS.get(move.move_type),
        "order": f"odoo/{orders[0][0]}" if orders else None,
        "orders": joined([name for _order_id, name in orders]),
        "customer": named(move.commercial_partner_id),
        "reverses": named(reversed_move) if credit_note else None,
        "state": STATES.get(move.state),
        "payment_state": move.payment_state if posted and move.payment_state in PAYMENT_STATES else None,
        "invoiced_on": day(move.invoice_date),
        "due_on": day(move.invoice_date_due),
        "paid_on": day(reconciled) if whole else None,
        "reason": text(move.ref) if credit_note else None,
        "payment_reference": text(move.payment_reference),
        "currency": currency.name,
        "untaxed": money(move.amount_untaxed, currency),
        "tax": money(move.amount_tax, currency),
        "total": money(move.amount_total, currency),
        "total_company": money(move.amount_total_signed, move.company_currency_id),
        # What is not posted is not owed.
        "due": money(move.amount_residual if posted else 0.0, currency),
        "paid": money(_paid(move) if posted else 0.0, currency),
        "url": link_to(env, move),
    }
    if "lines" in wanted:
        found["lines"] = [
            _line(line, currency) for line in move.invoice_line_ids if line.display_type == "product"
        ] or None
    return found


def _paid(move: models.BaseModel) -> float:
    """Return what is paid of a document, as Odoo prints it: the total less what is open."""
    return move.currency_id.round(move.amount_total - move.amount_residual)


def _line(line: models.BaseModel, currency: models.BaseModel) -> dict[str, Any]:
    return {
        "key": str(line.id),
        "sku": text(line.product_id.default_code),
        "name": text(line.name),
        "order_line": str(line.sale_line_ids[:1].id) if line.sale_line_ids else None,
        "quantity": quantity(line.quantity, line.product_uom_id.name),
        "unit_price": price(line.price_unit, currency),
        "subtotal": money(line.price_subtotal, currency),
        "total": money(line.price_total, currency),
        "down_payment": bool(line.is_downpayment),
    }
