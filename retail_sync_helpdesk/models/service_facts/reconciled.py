"""What paid invoices and credit notes, payment by payment: transactions are read beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from odoo.tools import SQL

# A misc entry that clears an invoice writes it off: no money came in.
_RECONCILED = """
    SELECT item.move_id, payment.id, other.move_id, payment.payment_transaction_id,
           sum(CASE WHEN partial.debit_move_id = item.id THEN partial.debit_amount_currency
                    ELSE partial.credit_amount_currency END),
           min(payment.amount) FILTER (WHERE payment.currency_id = bill.currency_id)
      FROM account_move_line item
      JOIN account_move bill ON bill.id = item.move_id
      JOIN account_partial_reconcile partial ON item.id IN (partial.debit_move_id, partial.credit_move_id)
      JOIN account_move_line other
        ON other.id = CASE WHEN partial.debit_move_id = item.id THEN partial.credit_move_id
                           ELSE partial.debit_move_id END
      JOIN account_move entry ON entry.id = other.move_id AND entry.move_type = 'entry'
      JOIN account_journal journal ON journal.id = entry.journal_id
      LEFT JOIN account_payment payment ON payment.move_id = entry.id
     WHERE item.move_id = ANY(%s) AND (payment.id IS NOT NULL OR journal.type IN ('bank', 'cash', 'credit'))
     GROUP BY item.move_id, payment.id, other.move_id
"""
# Payments without a journal entry, which wait for the bank. One for several documents pays each by its open amount.
_WAITING = """
    SELECT bill.id, payment.id, NULL::int, payment.payment_transaction_id,
           payment.amount * abs(bill.amount_residual_signed) / NULLIF((
               SELECT sum(abs(paid.amount_residual_signed)) FROM account_move__account_payment other
                 JOIN account_move paid ON paid.id = other.invoice_id AND paid.state = 'posted'
                WHERE other.payment_id = payment.id), 0),
           payment.amount
      FROM account_move bill
      JOIN account_move__account_payment link ON link.invoice_id = bill.id
      JOIN account_payment payment ON payment.id = link.payment_id AND payment.move_id IS NULL
       AND payment.currency_id = bill.currency_id
       AND payment.payment_type = CASE bill.move_type WHEN 'out_refund' THEN 'outbound' ELSE 'inbound' END
     WHERE bill.id = ANY(%s) AND bill.state = 'posted'
       AND (payment.state = 'in_process' OR payment.state = 'paid' AND NOT EXISTS (
            SELECT FROM account_move_line item
              JOIN account_partial_reconcile partial ON item.id IN (partial.debit_move_id, partial.credit_move_id)
             WHERE item.move_id = bill.id))
"""


class Paid(NamedTuple):
    """What one payment paid of one document.

    :param id: of the payment; negative: of the entry of the bank or till that no payment stands for
    :param transaction: id of the transaction that the payment was made of; 0: none
    :param amount: in the currency of the document; a write-off is no part of it
    """

    document: int
    id: int
    transaction: int
    amount: Decimal


def read(env: Any, document_ids: Iterable[int]) -> dict[int, list[Paid]]:
    """Return {document id: what paid it}. Two queries."""
    ids = list(document_ids)
    found: dict[int, list[Paid]] = defaultdict(list)
    if not ids:
        return found
    for statement in (_RECONCILED, _WAITING):
        for document, payment, entry, transaction, amount, whole in env.execute_query(SQL(statement, ids)):
            number = Decimal(str(amount or 0))
            if whole is not None:
                number = min(number, Decimal(str(whole)))
            if number > 0:
                found[document].append(Paid(document, payment or -entry, transaction or 0, number))
    return found
