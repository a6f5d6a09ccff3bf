"""The one statement that reads an order as people see it: texts, prices, ids on platforms, open exceptions, returns.

Each row is (part, values as JSON). Amounts and quantities stay exact. What the caller may not see is not read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from odoo.tools import SQL

from odoo.addons.retail_sync.runtime import prepared

from .looking import Looking
from .reach import order_sql

__all__ = ["Row", "read"]

Row = dict[str, Any]


def read(look: Looking, order_id: int) -> dict[str, list[Row]]:
    """Return {part: rows} of an order that the caller may see, empty for another one.

    The parts: head (one row), lines, exceptions, external_ids, returns, return_lines.
    """
    parts = {
        "head": SQL("SELECT * FROM head"),
        "lines": _lines(look),
        "exceptions": SQL(
            "SELECT trouble.id FROM head JOIN retail_sync_order_exception trouble ON trouble.order_id = head.id"
            " AND trouble.state = 'open' ORDER BY trouble.id"
        ),
        "external_ids": external_ids(look, "sale.order", SQL("SELECT id FROM head")),
        "returns": _returns(look),
        "return_lines": _return_lines(),
    }
    statement = SQL(
        "WITH head AS (%s) %s",
        _head(look, order_id),
        SQL(" UNION ALL ").join(
            SQL("SELECT %s AS part, to_jsonb(rows)::text FROM (%s) rows", part, query) for part, query in parts.items()
        ),
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for part, values in prepared.rows(look.env, statement):
        found[part].append(json.loads(values, parse_float=Decimal))
    return found


def _head(look: Looking, order_id: int) -> SQL:
    return SQL(
        "SELECT sale.id, sale.name, sale.partner_id, sale.date_order, sale.state, sale.locked, sale.company_id,"
        " sale.client_order_ref, sale.origin, sale.commitment_date, sale.amount_total, sale.amount_untaxed,"
        " company.name AS company, currency.name AS currency, currency.rounding::text AS rounding,"
        " team.name ->> 'en_US' AS brand"
        " FROM sale_order sale JOIN res_company company ON company.id = sale.company_id"
        " JOIN res_currency currency ON currency.id = sale.currency_id"
        " LEFT JOIN crm_team team ON team.id = sale.team_id"
        " WHERE sale.id = %s AND %s",
        order_id,
        order_sql(look.caller, "sale"),
    )


def _lines(look: Looking) -> SQL:
    return SQL(
        "SELECT line.id, line.sequence, line.name, line.product_uom_qty AS ordered, line.qty_delivered AS delivered,"
        " line.qty_invoiced AS invoiced, line.price_unit, line.discount, line.price_total, line.is_downpayment,"
        " product.default_code AS sku, COALESCE(unit.name ->> %s, unit.name ->> 'en_US') AS unit"
        " FROM head JOIN sale_order_line line ON line.order_id = head.id"
        " LEFT JOIN product_product product ON product.id = line.product_id"
        " LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id"
        # Sections and notes are no lines that anything is done with.
        " WHERE line.display_type IS NULL ORDER BY line.sequence, line.id",
        look.lang,
    )


def external_ids(look: Looking, model: str, ids: SQL) -> SQL:
    """Return the query of (name of the connection, external id) of records, the primary ids last.

    :param ids: a query of one column
    """
    return SQL(
        "SELECT connection.name, link.external_id FROM retail_sync_link link"
        " JOIN retail_sync_connection connection ON connection.id = link.connection_id"
        " WHERE link.res_model = %s AND link.res_id IN (%s) AND link.part = 'main'"
        " AND (connection.company_id IS NULL OR connection.company_id = ANY(%s))"
        # A reader keeps the last one of a connection.
        " ORDER BY link.is_primary, link.id DESC",
        model,
        ids,
        list(look.companies),
    )


def _returns(look: Looking) -> SQL:
    refund = SQL("NULL::numeric")
    if look.sees("finance.read"):
        refund = SQL(
            # Of a kit, all components are paid for with one line.
            "(SELECT sum(item.price_total) FROM account_move_line item WHERE item.parent_state = 'posted'"
            " AND item.id IN (SELECT part.refund_line_id FROM rma part WHERE part.sync_return_id = back.id))"
        )
    return SQL(
        "SELECT back.id, back.name, back.state, back.reason, back.requested_at, back.received_at, back.label_id,"
        " %s AS refund, ARRAY(SELECT DISTINCT move.picking_id FROM rma part"
        " JOIN stock_move move ON move.id = part.reception_move_id WHERE part.sync_return_id = back.id) AS pickings"
        " FROM head JOIN retail_sync_return back ON back.order_id = head.id ORDER BY back.id",
        refund,
    )


def _return_lines() -> SQL:
    return SQL(
        "SELECT item.return_id, item.order_line_id, item.quantity, COALESCE(item.reason, back.reason) AS reason,"
        " ARRAY(SELECT DISTINCT look.result FROM retail_sync_return_inspection look WHERE look.line_id = item.id)"
        " AS results"
        " FROM head JOIN retail_sync_return back ON back.order_id = head.id"
        " JOIN retail_sync_return_line item ON item.return_id = back.id ORDER BY item.id"
    )
