"""Lists of orders: those of a customer, and those that a number means."""

from __future__ import annotations

from collections.abc import Sequence

from odoo.tools import SQL

from ...api.schemas.order import OrderMatches, OrderPage
from ...api.service import PageAsked
from .lists import Rows, rows_of_page
from .looking import Looking
from .order_rows import rows_of
from .reach import order_sql, reach_customer

__all__ = ["MOST_MATCHES", "find", "ids_of_page", "order_numbers", "page_of"]

MOST_MATCHES = 20
# What a number of another company's orders may hide.
_MOST_HITS = 1000


def page_of(look: Looking, customer_id: int, page: PageAsked) -> OrderPage:
    """Return a page of the orders of a customer's company and all its contacts, the newest first."""
    reach_customer(look.env, look.caller, customer_id)
    found = ids_of_page(look, customer_id, page)
    return OrderPage(as_of=look.at, items=rows_of(look, found.ids), next_cursor=found.next_cursor)


def ids_of_page(look: Looking, customer_id: int, page: PageAsked) -> Rows:
    """Return the ids of a page of a customer's orders that the caller may see."""
    rows = SQL(
        "FROM res_partner customer"
        " JOIN res_partner buyer ON buyer.commercial_partner_id = customer.commercial_partner_id"
        " JOIN sale_order sale ON sale.partner_id = buyer.id"
        " WHERE customer.id = %s AND %s",
        customer_id,
        order_sql(look.caller, "sale"),
    )
    query = {"list": "orders", "customer": customer_id}
    return rows_of_page(look, query, page, rows, SQL("sale.date_order"), SQL("sale.id"))


def find(look: Looking, by: str, value: str) -> OrderMatches:
    """Return the orders that a number means, the newest first; at most 20.

    :param by: number, reference, external_id or tracking
    """
    if not value.strip():
        return OrderMatches(as_of=look.at, items=())
    ways = {"number": _by_number, "reference": _by_reference, "external_id": _by_external_id, "tracking": _by_tracking}
    rows = look.env.execute_query(
        SQL(
            # First what the number means, by its index: in one go, the planner may walk through the orders by date.
            "WITH hit AS MATERIALIZED (%s LIMIT %s) SELECT sale.id FROM sale_order sale"
            " WHERE sale.id IN (SELECT id FROM hit) AND %s ORDER BY sale.date_order DESC, sale.id DESC LIMIT %s",
            ways[by](look, value.strip()),
            _MOST_HITS,
            order_sql(look.caller, "sale"),
            MOST_MATCHES,
        )
    )
    return OrderMatches(as_of=look.at, items=rows_of(look, [order_id for (order_id,) in rows]))


def order_numbers(value: str) -> Sequence[str]:
    """Return how the number of an order may be stored that a person has written."""
    plain = "".join(value.split()).lstrip("#")
    return list(dict.fromkeys((value.strip(), plain, plain.upper())))


def _by_number(_look: Looking, value: str) -> SQL:
    return SQL("SELECT id FROM sale_order WHERE name = ANY(%s)", list(order_numbers(value)))


def _by_reference(_look: Looking, value: str) -> SQL:
    return SQL(
        "SELECT id FROM sale_order WHERE client_order_ref = %s UNION SELECT id FROM sale_order WHERE origin = %s",
        value,
        value,
    )


def _by_external_id(look: Looking, value: str) -> SQL:
    return SQL(
        "SELECT link.res_id AS id FROM retail_sync_link link"
        " JOIN retail_sync_connection connection ON connection.id = link.connection_id"
        " WHERE link.res_model = 'sale.order' AND link.external_id = %s"
        " AND (connection.company_id IS NULL OR connection.company_id = ANY(%s))",
        value,
        list(look.companies),
    )


def _by_tracking(_look: Looking, value: str) -> SQL:
    # Numbers of several parcels stand in one field, separated by commas: the index holds each of them.
    return SQL(
        "SELECT sale_id AS id FROM stock_picking"
        " WHERE string_to_array(replace(carrier_tracking_ref, ' ', ''), ',') @> ARRAY[%s]"
        " AND carrier_tracking_ref IS NOT NULL AND sale_id IS NOT NULL",
        value.replace(" ", ""),
    )
