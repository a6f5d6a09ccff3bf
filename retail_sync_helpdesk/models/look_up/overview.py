"""Everything about a customer in one call."""

from __future__ import annotations

from ...api.schemas.customer import Overview
from ...api.service import PageAsked
from . import customers, orders, tickets
from .lists import Rows
from .looking import Looking
from .order_rows import rows_of

__all__ = ["answer"]

_MOST = 20
_NONE = Rows([], None)


def answer(look: Looking, customer_id: int) -> Overview:
    """Return a customer with its latest orders and tickets; parts beyond the scopes are empty.

    :raises ApiProblem: not_found
    """
    customer = customers.customer_of(look, customer_id)
    page = PageAsked(_MOST)
    found_orders = orders.ids_of_page(look, customer_id, page) if look.sees("orders.read") else _NONE
    found_tickets = tickets.ids_of_page(look, customer_id, False, page) if look.sees("tickets.read") else _NONE
    return Overview(
        as_of=look.at,
        customer=customer,
        orders=rows_of(look, found_orders.ids),
        more_orders=found_orders.next_cursor is not None,
        tickets=tickets.rows_of(look, found_tickets.ids),
        more_tickets=found_tickets.next_cursor is not None,
    )
