"""What a customer's orders, goods and invoices come to: roll-ups, for many customers at once."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from .constants import GOODS_NAMES, INVOICE_NAMES, LOYALTY_NAMES, ORDER_NAMES, RETURNS_MONTHS, ROLLUP_NAMES

INVOICE_TYPES = ("out_invoice", "out_refund", "out_receipt")
Values = dict[int, dict[str, Any]]


def values(env: Environment, partners: models.BaseModel, names: Collection[str]) -> Values:
    """Return {partner id: roll-ups of its commercial entity} in the current company, branches included.

    Each group of values costs one query, whatever the number of partners; only those of ``names`` are asked for.
    The keys: open_orders (int), last_order_at (text in UTC, or None), returns_rate (percent), lifetime_value (in the
    company's currency, without tax), loyalty_points (0 where loyalty programs are not installed).
    """
    partners = partners.sudo().with_context(active_test=False)
    heads = partners.commercial_partner_id.ids
    wanted, found = set(names), {}
    empty = {"open_orders": 0, "last_order_at": None, "returns_rate": 0.0, "lifetime_value": 0.0, "loyalty_points": 0.0}
    env["res.partner"].flush_model(["commercial_partner_id"])
    for group, compute in (
        (ORDER_NAMES, _orders),
        (GOODS_NAMES, _returns_rate),
        (INVOICE_NAMES, _lifetime_value),
        (LOYALTY_NAMES, _loyalty_points),
    ):
        if heads and wanted & set(group):
            for head, what in compute(env, heads).items():
                found.setdefault(head, {}).update(what)
    shown = wanted & ROLLUP_NAMES
    return {
        partner.id: {name: found.get(partner.commercial_partner_id.id, {}).get(name, empty[name]) for name in shown}
        for partner in partners
    }


def _root(env: Environment) -> str:
    return f"{env.company.root_id.id}/%"


def _orders(env: Environment, heads: list[int]) -> Values:
    """Return open_orders and last_order_at: of confirmed orders, open while goods of them still have to leave.

    By moves, since the states that Odoo stores tell something else: goods are still to leave while a line is not fully
    delivered and has a transfer that is neither done nor cancelled nor a return, or no transfer at all yet.
    """
    env["sale.order"].flush_model(["partner_id", "state", "date_order", "company_id"])
    env["sale.order.line"].flush_model(
        ["order_id", "display_type", "product_id", "product_uom_qty", "qty_delivered", "qty_delivered_method"]
    )
    env["stock.move"].flush_model(["sale_line_id", "state", "origin_returned_move_id"])
    rows = env.execute_query(
        SQL(
            """
            SELECT buyer.commercial_partner_id,
                   MAX(sale.date_order),
                   COUNT(*) FILTER (WHERE EXISTS (
                       SELECT
                         FROM sale_order_line line
                         JOIN product_product product ON product.id = line.product_id
                         JOIN product_template template ON template.id = product.product_tmpl_id
                        WHERE line.order_id = sale.id
                          AND line.display_type IS NULL
                          AND line.qty_delivered_method = 'stock_move'
                          AND template.type = 'consu'
                          AND line.product_uom_qty > COALESCE(line.qty_delivered, 0)
                          AND (
                              NOT EXISTS (SELECT FROM stock_move move WHERE move.sale_line_id = line.id)
                              OR EXISTS (
                                  SELECT
                                    FROM stock_move move
                                   WHERE move.sale_line_id = line.id
                                     AND move.state NOT IN ('done', 'cancel')
                                     AND move.origin_returned_move_id IS NULL
                              )
                          )
                   ))
              FROM res_partner buyer
              JOIN sale_order sale ON sale.partner_id = buyer.id
              JOIN res_company company ON company.id = sale.company_id
             WHERE buyer.commercial_partner_id = ANY(%(heads)s)
               AND sale.state = 'sale'
               AND company.parent_path LIKE %(root)s
          GROUP BY buyer.commercial_partner_id
            """,
            heads=heads,
            root=_root(env),
        )
    )
    # In the form that the kind datetime has: Odoo keeps moments in UTC.
    return {head: {"last_order_at": f"{last:%Y-%m-%dT%H:%M:%SZ}", "open_orders": count} for head, last, count in rows}


def _returns_rate(env: Environment, heads: list[int]) -> Values:
    """Return returns_rate: pieces that came back of a hundred that were shipped, both in the last twelve months."""
    env["sale.order"].flush_model(["partner_id", "company_id"])
    env["sale.order.line"].flush_model(["order_id"])
    env["stock.move"].flush_model(["sale_line_id", "state", "date", "quantity", "location_id", "location_dest_id"])
    rows = env.execute_query(
        SQL(
            """
            SELECT buyer.commercial_partner_id,
                   SUM(move.quantity) FILTER (WHERE source.usage <> 'customer' AND target.usage = 'customer'),
                   SUM(move.quantity) FILTER (WHERE source.usage = 'customer' AND target.usage <> 'customer')
              FROM res_partner buyer
              JOIN sale_order sale ON sale.partner_id = buyer.id
              JOIN res_company company ON company.id = sale.company_id
              JOIN sale_order_line line ON line.order_id = sale.id
              JOIN stock_move move ON move.sale_line_id = line.id
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
             WHERE buyer.commercial_partner_id = ANY(%(heads)s)
               AND company.parent_path LIKE %(root)s
               AND move.state = 'done'
               AND move.date >= %(since)s
          GROUP BY buyer.commercial_partner_id
            """,
            heads=heads,
            root=_root(env),
            since=returns_since(env),
        )
    )
    return {head: {"returns_rate": _rate(shipped or 0, returned or 0)} for head, shipped, returned in rows}


def _rate(shipped: float, returned: float) -> float:
    """Return a percentage with one decimal; goods that were shipped long ago may come back: never above 100."""
    if returned <= 0:
        return 0.0
    return min(100.0, round(100 * returned / shipped, 1)) if shipped > 0 else 100.0


def returns_since(env: Environment) -> Any:
    """Return the day from which shipments and returns count, in the company's time zone."""
    return env.company._retail_sync_today() - relativedelta(months=RETURNS_MONTHS)


def _lifetime_value(env: Environment, heads: list[int]) -> Values:
    """Return lifetime_value: posted invoices less posted credit notes, without tax, in the company's currency."""
    env["account.move"].flush_model(["partner_id", "state", "move_type", "amount_untaxed_signed", "company_id"])
    rows = env.execute_query(
        SQL(
            """
            SELECT partner.commercial_partner_id, SUM(move.amount_untaxed_signed)
              FROM res_partner partner
              JOIN account_move move ON move.partner_id = partner.id
              JOIN res_company company ON company.id = move.company_id
             WHERE partner.commercial_partner_id = ANY(%(heads)s)
               AND move.state = 'posted'
               AND move.move_type = ANY(%(types)s)
               AND company.parent_path LIKE %(root)s
          GROUP BY partner.commercial_partner_id
            """,
            heads=heads,
            types=list(INVOICE_TYPES),
            root=_root(env),
        )
    )
    rounded = env.company.currency_id.round
    return {head: {"lifetime_value": rounded(float(total or 0))} for head, total in rows}


def _loyalty_points(env: Environment, heads: list[int]) -> Values:
    """Return loyalty_points: of all cards of loyalty programs that have not expired; vouchers and wallets are money."""
    if "loyalty.card" not in env:
        return {}
    env["loyalty.card"].flush_model(["partner_id", "program_id", "points", "expiration_date", "active"])
    env["loyalty.program"].flush_model(["program_type"])
    rows = env.execute_query(
        SQL(
            """
            SELECT partner.commercial_partner_id, SUM(card.points)
              FROM res_partner partner
              JOIN loyalty_card card ON card.partner_id = partner.id
              JOIN loyalty_program program ON program.id = card.program_id
             WHERE partner.commercial_partner_id = ANY(%(heads)s)
               AND program.program_type = 'loyalty'
               AND card.active
               AND (card.expiration_date IS NULL OR card.expiration_date >= %(today)s)
          GROUP BY partner.commercial_partner_id
            """,
            heads=heads,
            today=env.company._retail_sync_today(),
        )
    )
    return {head: {"loyalty_points": round(float(total or 0), 2)} for head, total in rows}


def left_by_time(env: Environment, since: Any, until: Any) -> list[int]:
    """Return ids of partners whose returns rate a new day changes: goods left the twelve months between two days.

    :param since: the day of the last look, or None
    :param until: today
    """
    back = relativedelta(months=RETURNS_MONTHS)
    env["stock.move"].flush_model(["sale_line_id", "state", "date", "location_id"])
    rows = env.execute_query(
        SQL(
            """
            SELECT sale.partner_id, buyer.commercial_partner_id, BOOL_OR(source.usage = 'customer')
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN sale_order_line line ON line.id = move.sale_line_id
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN res_partner buyer ON buyer.id = sale.partner_id
             WHERE move.state = 'done'
               AND move.date >= %(first)s
               AND move.date < %(last)s
               AND sale.company_id = %(company)s
          GROUP BY sale.partner_id, buyer.commercial_partner_id
            """,
            first=fields.Datetime.to_datetime((since or until - timedelta(days=1)) - back),
            last=fields.Datetime.to_datetime(until - back),
            company=env.company.id,
        )
    )
    # Whose goods never came back has a rate of 0 before and after.
    rates = _returns_rate(env, sorted({head for _partner_id, head, returned in rows if not returned}))
    return [partner_id for partner_id, head, returned in rows if returned or rates.get(head, {}).get("returns_rate")]
