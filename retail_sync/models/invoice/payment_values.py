"""The canonical values of payments."""

from collections import defaultdict
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ..order.document_values import day, joined, link_to, money, named, text
from . import values

KINDS = {"inbound": "payment", "outbound": "refund"}
STATES = {
    "draft": "draft",
    "in_process": "in_process",
    "paid": "paid",
    "canceled": "cancelled",
    "rejected": "rejected",
}


def of_payments(env: Environment, payments: models.BaseModel) -> dict[int, dict[str, Any]]:
    """Return {payment id: canonical values}. Queries do not grow with the number of payments."""
    invoices = invoices_of(env, payments)
    orders = values.orders_of(env, {move_id for found in invoices.values() for move_id, _name in found})
    return {payment.id: _values(env, payment, invoices.get(payment.id, []), orders) for payment in payments}


def invoices_of(env: Environment, payments: models.BaseModel) -> dict[int, list[tuple[int, str]]]:
    """Return {payment id: [(document id, number)] that it pays}, the first one first.

    One without a journal entry pays what it was made for; of one with an entry, that may be undone: only the
    reconciliation counts.
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            "SELECT payment.id, document.id, document.name FROM account_payment payment"
            " JOIN account_move_line line ON line.move_id = payment.move_id"
            " JOIN account_partial_reconcile partial"
            " ON partial.debit_move_id = line.id OR partial.credit_move_id = line.id"
            " JOIN account_move_line other ON other.id IN (partial.debit_move_id, partial.credit_move_id)"
            " AND other.id <> line.id JOIN account_move document ON document.id = other.move_id"
            " WHERE payment.id = ANY(%(ids)s) AND document.move_type = ANY(%(kinds)s)"
            " UNION SELECT payment.id, document.id, document.name FROM account_payment payment"
            " JOIN %(meant)s meant ON meant.payment_id = payment.id"
            " JOIN account_move document ON document.id = meant.invoice_id"
            " WHERE payment.id = ANY(%(ids)s) AND payment.move_id IS NULL AND document.move_type = ANY(%(kinds)s)"
            " ORDER BY 1, 2",
            ids=payments.ids,
            kinds=list(values.KINDS),
            meant=SQL.identifier(payments._fields["invoice_ids"].relation),
        )
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for payment_id, move_id, name in rows:
        found[payment_id].append((move_id, name))
    return dict(found)


def _values(
    env: Environment,
    payment: models.BaseModel,
    invoices: list[tuple[int, str]],
    orders: dict[int, list[tuple[int, str]]],
) -> dict[str, Any]:
    transaction = payment.payment_transaction_id
    return {
        "number": text(payment.name),
        "kind": KINDS[payment.payment_type],
        "customer": named(payment.partner_id.commercial_partner_id),
        "invoices": joined([name for _move_id, name in invoices]),
        "order": _order(transaction, [order for move_id, _name in invoices for order in orders.get(move_id, [])]),
        "state": STATES.get(payment.state),
        "paid_on": day(payment.date),
        "method": text(payment.payment_method_line_id.name),
        "provider_reference": text(transaction.provider_reference),
        "currency": payment.currency_id.name,
        "amount": money(payment.amount, payment.currency_id),
        "amount_company": money(payment.amount_company_currency_signed, payment.company_currency_id),
        "url": link_to(env, payment),
    }


def _order(transaction: models.BaseModel, orders: list[tuple[int, str]]) -> str | None:
    """Return the order for which money came: that of the transaction, else the first one that the invoices bill."""
    of_transaction = transaction.sale_order_ids[:1]
    if of_transaction:
        return named(of_transaction)
    return f"odoo/{orders[0][0]}" if orders else None
