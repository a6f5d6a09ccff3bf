"""What decides about an order and stands elsewhere: purchases for it, refunds of its customer, refunds in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.tools import SQL

from ...domain.currency import ZERO
from ...domain.service.policy import Policy

_DAYS = 30


# Made for a line of the order: what a supplier ships, or what is bought for a service; or for a move of the delivery.
_BY_LINE = """
    SELECT line.order_id, item.order_id AS purchase FROM purchase_order_line item
      JOIN sale_order_line line ON line.id = item.sale_line_id
     WHERE line.order_id = ANY(%(ids)s)
"""


def purchases(env: Any, orders: Any) -> dict[int, tuple[str, ...]]:
    """Return {order id: names of open purchase orders that were made for it}."""
    lines = env.get("purchase.order.line")
    if lines is None:
        return {}
    parts = []
    if "sale_line_id" in lines._fields:
        lines.flush_model(["sale_line_id", "order_id"])
        parts.append(SQL(_BY_LINE, ids=orders.ids))
    created = env["stock.move"]._fields.get("created_purchase_line_ids")
    if created is not None:
        env["stock.move"].flush_model(["created_purchase_line_ids", "sale_line_id"])
        table = SQL.identifier(created.relation)
        parts.append(
            SQL(
                "SELECT line.order_id, item.order_id AS purchase FROM sale_order_line line"
                " JOIN stock_move move ON move.sale_line_id = line.id JOIN %s made ON made.%s = move.id"
                " JOIN purchase_order_line item ON item.id = made.%s WHERE line.order_id = ANY(%s)",
                table,
                SQL.identifier(created.column1),
                SQL.identifier(created.column2),
                orders.ids,
            )
        )
    if not parts:
        return {}
    rows = env.execute_query(
        SQL(
            "SELECT made.order_id, array_agg(DISTINCT bought.name ORDER BY bought.name) FROM (%s) made"
            " JOIN purchase_order bought ON bought.id = made.purchase WHERE bought.state <> 'cancel'"
            " AND EXISTS (SELECT FROM purchase_order_line rest WHERE rest.order_id = bought.id"
            " AND rest.qty_received < rest.product_qty) GROUP BY made.order_id",
            SQL(" UNION ").join(parts),
        )
    )
    return {order_id: tuple(names) for order_id, names in rows}


def refunds_of_customers(
    env: Any, orders: Any, policies: Mapping[int, Policy | None]
) -> dict[int, tuple[int, Decimal]]:
    """Return {order id: (credit notes of its customer, their total)} within the days that the policy names.

    Notes of all companies count, waiting ones too; the total is in the currency of the order.
    """
    today = fields.Date.context_today(orders)
    heads = {order.id: order.partner_id.commercial_partner_id.id for order in orders}
    since = {
        order.id: today - timedelta(days=policy.customer_days if (policy := policies.get(order.id)) else _DAYS)
        for order in orders
    }
    env["account.move"].flush_model(["commercial_partner_id", "move_type", "state", "invoice_date", "create_date"])
    rows = env.execute_query(
        SQL(
            "SELECT commercial_partner_id, COALESCE(invoice_date, create_date::date), currency_id, company_id,"
            " amount_total FROM account_move WHERE move_type = 'out_refund' AND state <> 'cancel'"
            " AND commercial_partner_id = ANY(%s) AND COALESCE(invoice_date, create_date::date) >= %s",
            sorted(set(heads.values())),
            min(since.values(), default=today),
        )
    )
    currencies = env["res.currency"]
    found = {}
    for order in orders:
        count, amount = 0, ZERO
        for head, on, currency_id, _company_id, total in rows:
            if head == heads[order.id] and on >= since[order.id]:
                count += 1
                currency = currencies.browse(currency_id)
                value = total if currency == order.currency_id else _converted(currency, order, total, on)
                amount += Decimal(str(order.currency_id.round(value)))
        found[order.id] = (count, amount)
    return found


def refunds_in_doubt(env: Any, orders: Any) -> dict[int, str]:
    """Return {order id: name of a refund of which it is not known whether it was paid}."""
    rows = (
        env["retail.sync.refund"]
        .sudo()
        .search_fetch([("order_id", "in", orders.ids), ("state", "=", "in_doubt")], ["name", "order_id"])
    )
    return {row.order_id.id: row.name for row in rows}


def _converted(currency: Any, order: Any, total: float, on: Any) -> float:
    return float(currency._convert(total, order.currency_id, order.company_id, on))
