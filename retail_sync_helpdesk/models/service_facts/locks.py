"""Locks on an order and its money. A lock alone lets two transactions pass that began together: it is written, too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from odoo.exceptions import MissingError
from odoo.tools import SQL

__all__ = ["bump", "lock_order", "orders_of_documents", "orders_of_transactions"]

_INVOICES = """
    SELECT item.move_id FROM sale_order_line line
      JOIN sale_order_line_invoice_rel link ON link.order_line_id = line.id
      JOIN account_move_line item ON item.id = link.invoice_line_id
     WHERE line.order_id = %s
"""


def lock_order(env: Any, order_id: int) -> int:
    """Lock an order, its invoices and its transactions, each by id, and raise the version of its money; return that.

    A transaction that began before another one committed its own version loses the race, and Odoo repeats it.

    :raises MissingError: there is no such order
    """
    env.flush_all()
    if not env.execute_query(SQL("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", order_id)):
        raise MissingError(env._("The order does not exist any more."))
    env.execute_query(
        SQL(
            "SELECT id FROM account_move WHERE id IN (%s) ORDER BY id FOR UPDATE",
            SQL(_INVOICES, order_id),
        )
    )
    env.execute_query(
        SQL(
            "SELECT id FROM payment_transaction WHERE id IN ("
            " SELECT transaction_id FROM sale_order_transaction_rel WHERE sale_order_id = %s"
            " UNION SELECT transaction_id FROM account_invoice_transaction_rel WHERE invoice_id IN (%s))"
            " ORDER BY id FOR UPDATE",
            order_id,
            SQL(_INVOICES, order_id),
        )
    )
    bump(env, [order_id])
    [(version,)] = env.execute_query(SQL("SELECT sync_money_version FROM sale_order WHERE id = %s", order_id))
    # What was read before the lock may be older than it.
    env.invalidate_all()
    return int(version)


def bump(env: Any, order_ids: Iterable[int]) -> None:
    """Raise the version of the money of orders, in the order of their ids."""
    ids = sorted(set(order_ids))
    if not ids:
        return
    orders = env["sale.order"].browse(ids)
    # A value that waits to be written would be written over the raised one.
    orders.flush_recordset(["sync_money_version"])
    env.execute_query(SQL("SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE", ids))
    env.cr.execute(
        SQL("UPDATE sale_order SET sync_money_version = COALESCE(sync_money_version, 0) + 1 WHERE id = ANY(%s)", ids)
    )
    orders.invalidate_recordset(["sync_money_version"])


def orders_of_documents(env: Any, move_ids: Iterable[int]) -> list[int]:
    """Return the ids of the orders that invoices and credit notes bill or credit, by line or by what they reverse."""
    ids = list(move_ids)
    if not ids:
        return []
    env["account.move.line"].flush_model(["move_id", "sale_line_ids"])
    env["account.move"].flush_model(["reversed_entry_id"])
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT line.order_id FROM account_move move"
            " JOIN account_move_line item ON item.move_id IN (move.id, move.reversed_entry_id)"
            " JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id"
            " JOIN sale_order_line line ON line.id = link.order_line_id WHERE move.id = ANY(%s)",
            ids,
        )
    )
    return [order_id for (order_id,) in rows]


def orders_of_transactions(env: Any, transaction_ids: Iterable[int]) -> list[int]:
    """Return the ids of the orders that transactions pay, themselves, by their source or by their invoices."""
    ids = list(transaction_ids)
    if not ids:
        return []
    env["payment.transaction"].flush_model(["source_transaction_id", "sale_order_ids", "invoice_ids"])
    rows = env.execute_query(
        SQL(
            "WITH own AS (SELECT id, source_transaction_id AS source FROM payment_transaction WHERE id = ANY(%s)),"
            " both_ids AS (SELECT id FROM own UNION SELECT source FROM own WHERE source IS NOT NULL)"
            " SELECT link.sale_order_id FROM sale_order_transaction_rel link"
            " JOIN both_ids ON both_ids.id = link.transaction_id"
            " UNION SELECT line.order_id FROM account_invoice_transaction_rel paid"
            " JOIN both_ids ON both_ids.id = paid.transaction_id"
            " JOIN account_move_line item ON item.move_id = paid.invoice_id"
            " JOIN sale_order_line_invoice_rel billed ON billed.invoice_line_id = item.id"
            " JOIN sale_order_line line ON line.id = billed.order_line_id",
            ids,
        )
    )
    return [order_id for (order_id,) in rows]
