"""Orders that a rule may find something in, or has found something in, without a change of theirs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

# So many orders a preview looks at; and in one go.
PREVIEWED = 2000
PAGE = 200
# How long an order is looked at whose goods are out, or which has no goods to send.
RECENT = timedelta(days=60)
# The fields that decide. What is not written yet is not found.
_READ = (
    ("sale.order", ["state", "company_id", "invoice_status", "date_order"]),
    ("sale.order.line", ["order_id", "qty_delivered", "qty_delivered_method", "product_uom_qty", "invoice_lines"]),
    ("stock.picking", ["sale_id", "state", "date_done"]),
    ("account.move", ["state", "amount_residual"]),
    ("payment.transaction", ["state", "sale_order_ids"]),
    ("retail.sync.order.exception", ["order_id", "state"]),
    ("retail.sync.expectation", ["order_id", "state"]),
)


def recent(env: Environment, company_ids: Sequence[int], also: Sequence[int] = ()) -> tuple[list[int], bool]:
    """Return (ids of the newest orders in progress of companies and of those named, whether there are more)."""
    ids = after(env, None, PREVIEWED + 1, company_ids)
    return list(dict.fromkeys([*ids[:PREVIEWED], *also])), len(ids) > PREVIEWED


def after(env: Environment, below: int | None, limit: int, company_ids: Sequence[int] | None = None) -> list[int]:
    """Return the ids of orders in progress, the newest first, beneath an id; of these companies, or of all.

    In progress: confirmed with goods or money still on their way, or sent with a transaction; a cancelled order with an
    open document too. And every order of which a rule expects something or has found something, however old it is: a
    rule that changes may see it otherwise.
    """
    for model, names in _READ:
        env[model].flush_model(names)
    return [order_id for (order_id,) in env.execute_query(query(below, limit, fields.Datetime.now(), company_ids))]


def query(below: int | None, limit: int, now: datetime, company_ids: Sequence[int] | None = None) -> SQL:
    """Return the query for orders in progress: one scan from the newest order on, with look-ups by index for each.

    OFFSET 0 keeps it so: PostgreSQL would else read whole tables of documents into memory, for each page again.
    """
    return SQL(
        """
        SELECT sale.id
          FROM sale_order sale
         WHERE (%(below)s::int IS NULL OR sale.id < %(below)s)
           AND (%(companies)s::int[] IS NULL OR sale.company_id = ANY(%(companies)s::int[]))
           AND (
               (sale.state = 'sale' AND sale.invoice_status = 'to invoice')
               OR EXISTS (
                   SELECT FROM stock_picking picking
                    WHERE picking.sale_id = sale.id
                      AND (picking.state NOT IN ('done', 'cancel')
                           OR (picking.state = 'done' AND picking.date_done > %(recent)s))
                   OFFSET 0
               )
               -- Services, and goods that a supplier sends whose purchase order is a draft.
               OR (sale.state = 'sale'
                   AND NOT EXISTS (
                       SELECT FROM stock_picking picking
                        WHERE picking.sale_id = sale.id AND picking.state <> 'cancel'
                       OFFSET 0
                   )
                   AND (sale.invoice_status IS DISTINCT FROM 'invoiced'
                        OR sale.date_order > %(recent)s
                        OR EXISTS (
                            SELECT FROM sale_order_line line
                             WHERE line.order_id = sale.id AND line.qty_delivered_method = 'stock_move'
                               AND line.qty_delivered < line.product_uom_qty
                            OFFSET 0
                        )))
               OR EXISTS (
                   SELECT FROM retail_sync_order_exception exception
                    WHERE exception.order_id = sale.id AND exception.state IN ('open', 'ignored')
                   OFFSET 0
               )
               OR EXISTS (
                   SELECT FROM retail_sync_expectation expectation
                    WHERE expectation.order_id = sale.id AND expectation.state <> 'met'
                   OFFSET 0
               )
               OR EXISTS (
                   SELECT FROM sale_order_line line
                     JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                     JOIN account_move_line item ON item.id = rel.invoice_line_id
                     JOIN account_move move ON move.id = item.move_id
                    WHERE line.order_id = sale.id AND move.state = 'posted' AND move.amount_residual <> 0
                   OFFSET 0
               )
               OR EXISTS (
                   SELECT FROM sale_order_transaction_rel rel
                     JOIN payment_transaction transaction ON transaction.id = rel.transaction_id
                    WHERE rel.sale_order_id = sale.id AND transaction.state IN ('error', 'cancel')
                   OFFSET 0
               )
           )
         ORDER BY sale.id DESC
         LIMIT %(limit)s
        """,
        below=below,
        companies=None if company_ids is None else list(company_ids),
        recent=now - RECENT,
        limit=limit,
    )
