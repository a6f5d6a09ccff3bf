"""The payments and refunds of an order: of providers, of the bank or till, and those that are on their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from odoo.tools import SQL

from ...api.schemas.finance import Payment
from ...domain.currency import ZERO, Currency
from ..service_facts.prepaid import Online
from .looking import Looking, aware, currency_of, money, text

__all__ = ["of_order"]

_OF_TRANSACTION = {"cancel": "cancelled", "error": "failed"}
_OF_PAYMENT = {"draft": "draft", "in_process": "done", "paid": "done", "canceled": "cancelled", "rejected": "failed"}
_OF_REFUND = {"paid": "done", "failed": "failed"}
_WHOLE = Decimal(1)


def of_order(
    look: Looking, order_id: int, facts: Any, portions: Mapping[int, Decimal], currency: Currency, online: Online
) -> tuple[Payment, ...]:
    """Return what was paid and paid back, or will be, by time. Money of a transaction is listed once: with it.

    The id is that of the transaction, payment, or refund: two of them may have the same, and the key says which it is.

    :param facts: the engine's, of the order
    :param portions: {document id: part of it that is this order's}
    """
    found = [
        *_transactions(look, order_id, facts, portions, currency, online),
        *_payments(look, facts, portions, currency),
        *_refunds(look, order_id, facts),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.at is None, entry.at or look.at, entry.id)))


def _transactions(
    look: Looking, order_id: int, facts: Any, portions: Mapping[int, Decimal], currency: Currency, online: Online
) -> Iterable[Payment]:
    rows = facts.transactions
    if not rows:
        return
    methods = _methods(look, [row.id for row in rows])
    # Captured in parts: each part is a transaction of its own.
    captured = {row.source_id for row in rows if not row.refund and row.state in ("done", "cancel")}
    for row in rows:
        if row.id in captured:
            continue
        amount = abs(row.amount)
        of_order = online.part_of(order_id, facts, row, amount, currency)
        if of_order is None:
            share = sum((part * portions.get(bill, _WHOLE) for bill, part in row.parts.items()), ZERO)
            of_order = amount * min(share, _WHOLE)
        yield Payment(
            id=row.id,
            key=f"transaction/{row.id}",
            kind="refund" if row.refund else "payment",
            state=_OF_TRANSACTION.get(row.state, row.state),
            method=methods.get(row.id, ""),
            at=aware(row.changed_at),
            amount=money(amount, currency),
            currency=row.currency,
            of_this_order=money(of_order, currency),
        )


def _methods(look: Looking, ids: list[int]) -> dict[int, str]:
    """Return {transaction id: name of its provider and method}."""
    rows = look.env.execute_query(
        SQL(
            "SELECT entry.id, COALESCE(provider.name ->> %(lang)s, provider.name ->> 'en_US'),"
            " COALESCE(method.name ->> %(lang)s, method.name ->> 'en_US')"
            " FROM payment_transaction entry JOIN payment_provider provider ON provider.id = entry.provider_id"
            " LEFT JOIN payment_method method ON method.id = entry.payment_method_id WHERE entry.id = ANY(%(ids)s)",
            lang=look.lang,
            ids=ids,
        )
    )
    return {row_id: text(", ".join(dict.fromkeys(filter(None, names)))) for row_id, *names in rows}


def _payments(look: Looking, facts: Any, portions: Mapping[int, Decimal], currency: Currency) -> Iterable[Payment]:
    """Yield what cleared the order's documents and is no document of the customer, and payments that wait for the bank.

    Their amounts are in the currency of what they paid.
    """
    bills = {bill.id: bill for bill in facts.invoices if bill.posted}
    if not bills:
        return
    transactions = {row.id for row in facts.transactions}
    by_money: dict[tuple[bool, int], list[Mapping[str, Any]]] = defaultdict(list)
    for row in _rows(look, list(bills)):
        if row["transaction"] not in transactions:
            by_money[row["payment"] is not None, row["payment"] or row["move"]].append(row)
    for (is_payment, record_id), rows in by_money.items():
        first = rows[0]
        share = sum((Decimal(str(row["amount"])) * portions[row["bill"]] for row in rows), ZERO)
        cleared = sum((Decimal(str(row["amount"])) for row in rows), ZERO)
        of_currency = bills[first["bill"]].currency
        same = first["currency"] == of_currency and first["whole"] is not None
        yield Payment(
            id=record_id,
            key=f"{'payment' if is_payment else 'entry'}/{record_id}",
            kind="refund" if bills[first["bill"]].kind == "out_refund" else "payment",
            state=_OF_PAYMENT.get(first["state"], "done"),
            method=text(first["method"]),
            at=_moment(first["day"]),
            amount=money(Decimal(str(first["whole"])) if same else cleared, currency),
            currency=of_currency,
            of_this_order=money(share, currency),
        )


def _rows(look: Looking, bill_ids: list[int]) -> list[dict[str, Any]]:
    """Return one row for each document and what paid a part of it; one query."""
    return look.env.execute_query_dict(
        SQL(
            "WITH cleared AS ("
            " SELECT item.move_id AS bill, other.move_id AS move, partial.max_date AS day,"
            "  CASE WHEN partial.debit_move_id = item.id THEN partial.debit_amount_currency"
            "  ELSE partial.credit_amount_currency END AS amount"
            " FROM account_move_line item"
            " JOIN account_partial_reconcile partial ON item.id IN (partial.debit_move_id, partial.credit_move_id)"
            " JOIN account_move_line other ON other.id = CASE WHEN partial.debit_move_id = item.id"
            "  THEN partial.credit_move_id ELSE partial.debit_move_id END"
            " WHERE item.move_id = ANY(%(bills)s))"
            " SELECT cleared.bill, cleared.move, cleared.amount, COALESCE(payment.date, cleared.day) AS day,"
            "  payment.id AS payment, payment.state, payment.amount AS whole, currency.name AS currency,"
            "  payment.payment_transaction_id AS transaction, journal.name ->> 'en_US' AS method"
            " FROM cleared JOIN account_move move ON move.id = cleared.move"
            "  AND move.move_type NOT IN ('out_invoice', 'out_refund')"
            " LEFT JOIN account_payment payment ON payment.move_id = move.id"
            " LEFT JOIN res_currency currency ON currency.id = payment.currency_id"
            " JOIN account_journal journal ON journal.id = move.journal_id"
            # Payments without a journal entry wait for the bank: one for several documents pays each by its open part.
            " UNION ALL SELECT link.invoice_id, NULL, payment.amount * abs(bill.amount_residual_signed) / NULLIF(("
            "  SELECT sum(abs(paid.amount_residual_signed)) FROM account_move__account_payment every"
            "  JOIN account_move paid ON paid.id = every.invoice_id AND paid.state = 'posted'"
            "  WHERE every.payment_id = payment.id), 0), payment.date, payment.id, payment.state, payment.amount,"
            "  currency.name, payment.payment_transaction_id, journal.name ->> 'en_US'"
            " FROM account_move__account_payment link JOIN account_payment payment ON payment.id = link.payment_id"
            "  AND payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')"
            " JOIN account_move bill ON bill.id = link.invoice_id AND bill.amount_residual > 0"
            " JOIN res_currency currency ON currency.id = payment.currency_id"
            " JOIN account_journal journal ON journal.id = payment.journal_id WHERE link.invoice_id = ANY(%(bills)s)",
            bills=bill_ids,
        )
    )


def _refunds(look: Looking, order_id: int, facts: Any) -> Iterable[Payment]:
    """Yield refunds of ours that no transaction and no payment stands for yet."""
    transactions = [row.id for row in facts.transactions]
    rows = look.env.execute_query_dict(
        SQL(
            "SELECT refund.id, refund.state, refund.method, refund.amount, refund.create_date,"
            " currency.name AS currency, currency.rounding FROM retail_sync_refund refund JOIN res_currency currency"
            " ON currency.id = refund.currency_id WHERE refund.order_id = %s"
            # Without a credit note, no document of the order names the payment.
            " AND (refund.payment_id IS NULL OR refund.note_id IS NULL)"
            " AND (refund.child_transaction_id IS NULL OR refund.child_transaction_id <> ALL(%s::int[]))"
            " ORDER BY refund.id",
            order_id,
            transactions,
        )
    )
    for row in rows:
        of_refund = currency_of(row["currency"], row["rounding"])
        yield Payment(
            id=row["id"],
            key=f"refund/{row['id']}",
            kind="refund",
            state=_OF_REFUND.get(row["state"], "pending"),
            method=text(row["method"]),
            at=aware(row["create_date"].replace(microsecond=0)),
            amount=money(row["amount"], of_refund),
            currency=of_refund.code,
            of_this_order=money(row["amount"], of_refund),
        )


def _moment(day: date | None) -> Any:
    return aware(datetime.combine(day, time())) if day else None
