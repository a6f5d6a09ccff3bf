"""The look-ups of the agent API: what a caller reads of Odoo, live, with the right of the system and within its reach.

It answers the reading half of ``api.service.Service``. Screens ask it as routers do, with a user in the place of a key.
"""

from __future__ import annotations

from collections.abc import Sequence

from odoo.api import Environment

from ...api.schemas.caller import Me
from ...api.schemas.customer import CustomerAnswer, CustomerMatches, Overview
from ...api.schemas.finance import Money
from ...api.schemas.order import OrderAnswer, OrderMatches, OrderPage, Timeline
from ...api.schemas.stock import Stock
from ...api.schemas.ticket import TicketPage
from ...api.service import LookUp, PageAsked
from ...domain.control.caller import Caller
from . import customers, finding, me, money, order, orders, overview, stock, tickets, timeline
from .looking import Looking, looking

__all__ = ["LookUps"]


class LookUps:
    """Looks up for one caller.

    :raises ApiProblem: of every method: not_found for what is missing or out of reach
    """

    def __init__(self, env: Environment, caller: Caller) -> None:
        """Keep who asks; ``env`` has the right of the system."""
        self.env = env
        self.caller = caller

    def _looking(self) -> Looking:
        return looking(self.env, self.caller)

    def me(self) -> Me:
        """Return what the caller may do, without its limits, which the admission knows."""
        return me.of_caller(self._looking())

    def find_customers(self, known: LookUp) -> CustomerMatches:
        """Return the customers that a look-up may mean, the surest first."""
        return finding.customers(self._looking(), known)

    def customer(self, customer_id: int) -> CustomerAnswer:
        """Return one customer."""
        return customers.answer(self._looking(), customer_id)

    def overview(self, customer_id: int) -> Overview:
        """Return a customer with its latest orders and tickets, as far as the scopes reach."""
        return overview.answer(self._looking(), customer_id)

    def orders_of(self, customer_id: int, page: PageAsked) -> OrderPage:
        """Return a page of the orders of a customer and its company, the newest first."""
        return orders.page_of(self._looking(), customer_id, page)

    def tickets_of(self, customer_id: int, only_open: bool, page: PageAsked) -> TicketPage:
        """Return a page of the tickets of a customer and its company, the newest first."""
        return tickets.page_of(self._looking(), customer_id, only_open, page)

    def find_orders(self, by: str, value: str) -> OrderMatches:
        """Return the orders that a number means.

        :param by: number, reference, external_id or tracking
        """
        return orders.find(self._looking(), by, value)

    def order(self, order_id: int) -> OrderAnswer:
        """Return one order with all that was sent and came back."""
        return order.answer(self._looking(), order_id)

    def timeline(self, order_id: int) -> Timeline:
        """Return the milestones of an order, the oldest first."""
        return timeline.answer(self._looking(), order_id)

    def money(self, order_id: int) -> Money:
        """Return what was billed, credited, paid and paid back.

        :raises ApiProblem: verification_required where the policy of the order demands a verified customer
        """
        return money.answer(self._looking(), order_id)

    def stock(self, skus: Sequence[str], alternatives: bool) -> Stock:
        """Return the stock of products in the warehouses of the caller's companies."""
        return stock.answer(self._looking(), skus, alternatives)
