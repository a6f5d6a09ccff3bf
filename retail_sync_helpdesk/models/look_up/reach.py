"""What a caller may see: orders and customers of its companies, brands and regions.

What is out of reach does not exist for the caller: the answer is ``not_found`` whether the record is missing, of
another company, or of another brand, so that ids cannot be tried out.
"""

from __future__ import annotations

from collections.abc import Iterable

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from ...api.errors import ApiProblem
from ...domain.control.caller import Caller

__all__ = [
    "customer_domain",
    "customer_sql",
    "order_domain",
    "order_sql",
    "orders_in_reach",
    "reach_customer",
    "reach_order",
]

# Employees, and the companies that Odoo itself runs: no customers, whatever was ordered for them.
_INTERNAL = """
    EXISTS (SELECT FROM res_users member WHERE member.partner_id IN (%(partner)s.id, %(partner)s.commercial_partner_id)
               AND (member.share IS NOT TRUE OR EXISTS (
                   SELECT FROM res_groups_users_rel held JOIN ir_model_data name ON name.res_id = held.gid
                    WHERE held.uid = member.id AND name.module = 'base' AND name.name = 'group_public'
                      AND name.model = 'res.groups')))
    OR EXISTS (SELECT FROM res_company house
                WHERE house.partner_id IN (%(partner)s.id, %(partner)s.commercial_partner_id))
"""


def order_domain(caller: Caller) -> Domain:
    """Return the domain of the orders that a caller may see. It searches; it does not filter records in memory."""
    return Domain.custom(to_sql=lambda _model, table, _query: order_sql(caller, table))


def customer_domain(caller: Caller) -> Domain:
    """Return the domain of the customers that a caller may see. It searches; it does not filter records in memory."""
    return Domain.custom(to_sql=lambda _model, table, _query: customer_sql(caller, table))


def order_sql(caller: Caller, table: str) -> SQL:
    """Return the condition of a row of ``sale_order`` that a caller may see."""
    order = SQL.identifier(table)
    conditions = [SQL("%s.company_id = ANY(%s)", order, sorted(caller.companies))]
    if caller.regions:
        conditions.append(
            SQL(
                "EXISTS (SELECT FROM res_partner place JOIN res_country land ON land.id = place.country_id"
                " WHERE place.id = %s.partner_shipping_id AND land.code = ANY(%s))",
                order,
                sorted(caller.regions),
            )
        )
    if caller.brands:
        conditions.append(
            SQL(
                "EXISTS (SELECT FROM crm_team team WHERE team.id = %s.team_id AND team.name ->> 'en_US' = ANY(%s))",
                order,
                sorted(caller.brands),
            )
        )
    return SQL("(%s)", SQL(" AND ").join(conditions))


def customer_sql(caller: Caller, table: str) -> SQL:
    """Return the condition of a row of ``res_partner`` that a caller may see.

    A customer of no company is one of every company. A caller with brands sees whoever has an order of them that it
    may see; one with regions sees these too, and the customers whose own address lies there.
    """
    partner = SQL.identifier(table)
    companies = sorted(caller.companies)
    conditions = [
        SQL("(%s.company_id IS NULL AND %s OR %s.company_id = ANY(%s))", partner, bool(companies), partner, companies),
        SQL("NOT (%s)", SQL(_INTERNAL, partner=partner)),
    ]
    if caller.brands or caller.regions:
        ways = [
            SQL(
                "EXISTS (SELECT FROM res_partner buyer JOIN sale_order bought ON bought.partner_id = buyer.id"
                " WHERE buyer.commercial_partner_id = %s.commercial_partner_id AND %s)",
                partner,
                order_sql(caller, "bought"),
            )
        ]
        if not caller.brands:
            ways.append(
                SQL(
                    "EXISTS (SELECT FROM res_country home WHERE home.id = %s.country_id AND home.code = ANY(%s))",
                    partner,
                    sorted(caller.regions),
                )
            )
        conditions.append(SQL("(%s)", SQL(" OR ").join(ways)))
    return SQL("(%s)", SQL(" AND ").join(conditions))


def orders_in_reach(env: Environment, caller: Caller, order_ids: Iterable[int]) -> set[int]:
    """Return those of the orders that a caller may see; one query."""
    env["sale.order"].flush_model(["company_id", "partner_shipping_id", "team_id"])
    rows = env.execute_query(
        SQL(
            "SELECT sale.id FROM sale_order sale WHERE sale.id = ANY(%s) AND %s",
            list(order_ids),
            order_sql(caller, "sale"),
        )
    )
    return {order_id for (order_id,) in rows}


def reach_order(env: Environment, caller: Caller, order_id: int) -> models.BaseModel:
    """Return an order that a caller may see, with the right of the system; one query.

    :raises ApiProblem: not_found
    """
    if not orders_in_reach(env, caller, [order_id]):
        raise ApiProblem("not_found")
    return env["sale.order"].sudo().browse(order_id)


def reach_customer(env: Environment, caller: Caller, customer_id: int) -> models.BaseModel:
    """Return a customer that a caller may see, with the right of the system; one query.

    :raises ApiProblem: not_found
    """
    env["res.partner"].flush_model(["company_id", "commercial_partner_id", "country_id"])
    rows = env.execute_query(
        SQL(
            "SELECT partner.id FROM res_partner partner WHERE partner.id = %s AND %s",
            customer_id,
            customer_sql(caller, "partner"),
        )
    )
    if not rows:
        raise ApiProblem("not_found")
    return env["res.partner"].sudo().browse(customer_id)
