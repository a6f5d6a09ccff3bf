"""The one statement that reads a customer as people see it: who it is, ids on platforms, addresses, loyalty cards.

Each row is (part, values as JSON). What the caller may not see is not read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from odoo.tools import SQL

from .looking import Looking
from .order_parts import external_ids
from .reach import customer_sql, order_sql

__all__ = ["Row", "read"]

Row = dict[str, Any]
_MOST_ADDRESSES = 50
_MOST_CARDS = 50


def read(look: Looking, customer_id: int) -> dict[str, list[Row]]:
    """Return {part: rows} of a customer that the caller may see, empty for another one.

    The parts: head (one row), external_ids, addresses, loyalty.
    """
    parts = {
        "head": SQL("SELECT * FROM head"),
        "external_ids": external_ids(look, "res.partner", SQL("SELECT id FROM head")),
    }
    if look.sees("contact.read"):
        parts["addresses"] = _addresses()
    if look.sees("loyalty.read"):
        parts["loyalty"] = _loyalty(look)
    statement = SQL(
        "WITH head AS (%s) %s",
        _head(look, customer_id),
        SQL(" UNION ALL ").join(
            SQL("SELECT %s AS part, to_jsonb(rows)::text FROM (%s) rows", part, query) for part, query in parts.items()
        ),
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for part, values in look.env.execute_query(statement):
        found[part].append(json.loads(values, parse_float=Decimal))
    return found


def _head(look: Looking, customer_id: int) -> SQL:
    contact = SQL("NULL AS email, NULL AS phone")
    if look.sees("contact.read"):
        contact = SQL("partner.email, partner.phone")
    return SQL(
        "SELECT partner.id, partner.name, partner.is_company, partner.commercial_partner_id AS head_id,"
        " partner.company_id, partner.lang, partner.email_opt_out, partner.phone_opt_out,"
        " CASE WHEN head.id <> partner.id THEN head.name END AS company, %s,"
        # Orders may be older than the record: they were loaded from another system.
        " LEAST(partner.create_date, (SELECT min(sale.date_order) FROM res_partner buyer"
        " JOIN sale_order sale ON sale.partner_id = buyer.id WHERE buyer.commercial_partner_id = head.id"
        " AND sale.state = 'sale' AND %s))::date AS since"
        " FROM res_partner partner JOIN res_partner head ON head.id = partner.commercial_partner_id"
        " WHERE partner.id = %s AND %s",
        contact,
        order_sql(look.caller, "sale"),
        customer_id,
        customer_sql(look.caller, "partner"),
    )


def _addresses() -> SQL:
    return SQL(
        "SELECT place.id, CASE WHEN place.id = head.id THEN 'main' ELSE place.type END AS kind, place.name,"
        " place.street, place.street2, place.zip, place.city, state.name AS state, land.code AS country"
        " FROM head JOIN res_partner place ON place.id = head.id OR place.active"
        " AND place.parent_id IN (head.id, head.head_id) AND place.type IN ('invoice', 'delivery', 'other')"
        " LEFT JOIN res_country_state state ON state.id = place.state_id"
        " LEFT JOIN res_country land ON land.id = place.country_id"
        " ORDER BY place.id <> head.id, place.id LIMIT %s",
        _MOST_ADDRESSES,
    )


def _loyalty(look: Looking) -> SQL:
    """Return the query of loyalty cards: the code of a card spends it, so that only its end is read."""
    return SQL(
        "SELECT card.id, COALESCE(program.name ->> %(lang)s, program.name ->> 'en_US') AS program,"
        " right(card.code, 4) AS code, card.points, card.expiration_date AS expires_on,"
        " COALESCE(program.portal_point_name ->> %(lang)s, program.portal_point_name ->> 'en_US', '') AS unit"
        " FROM head JOIN res_partner holder ON holder.commercial_partner_id = head.head_id"
        " JOIN loyalty_card card ON card.partner_id = holder.id AND card.active"
        " JOIN loyalty_program program ON program.id = card.program_id"
        " AND (program.company_id IS NULL OR program.company_id = ANY(%(companies)s))"
        " ORDER BY card.id DESC LIMIT %(most)s",
        lang=look.lang,
        companies=list(look.companies),
        most=_MOST_CARDS,
    )
