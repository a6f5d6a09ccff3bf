"""Look-ups of customers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from ..answers import looked_up
from ..guard import admit, documented
from ..schemas.customer import CustomerAnswer, CustomerMatches, Overview
from ..schemas.order import OrderPage
from ..schemas.ticket import TicketPage
from ..service import LookUp, Service
from .parameters import CustomerId, PageParameters, Value

router = APIRouter(prefix="/customers", tags=["Customers"])


@router.get("", response_model=CustomerMatches, summary="Who is meant", **documented("find_customers"))
async def find_customers(
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("find_customers"))],
    email: Annotated[Value | None, Query(description="E-mail address.")] = None,
    phone: Annotated[Value | None, Query(description="Phone number, however it is written.")] = None,
    order_number: Annotated[Value | None, Query(description="Number of an order.")] = None,
    external_id: Annotated[Value | None, Query(description="Id at a platform or at the desk.")] = None,
) -> Response:
    """Find customers by what is known of them, the surest first. Who gives nothing finds nothing.

    The quality says that a record is meant, not that the person who asks is this customer.
    """
    return looked_up(request, response, service.find_customers(LookUp(email, phone, order_number, external_id)))


@router.get("/{customer_id}", response_model=CustomerAnswer, summary="One customer", **documented("get_customer"))
async def get_customer(
    customer_id: CustomerId,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_customer"))],
) -> Response:
    return looked_up(request, response, service.customer(customer_id))


@router.get("/{customer_id}/360", response_model=Overview, summary="Everything at once", **documented("get_overview"))
async def get_overview(
    customer_id: CustomerId,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_overview"))],
) -> Response:
    """The customer with its latest orders and tickets, as far as the scopes of the key reach."""
    return looked_up(request, response, service.overview(customer_id))


@router.get(
    "/{customer_id}/orders",
    response_model=OrderPage,
    summary="Orders of a customer",
    **documented("list_customer_orders"),
)
async def list_customer_orders(
    customer_id: CustomerId,
    page: PageParameters,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("list_customer_orders"))],
) -> Response:
    return looked_up(request, response, service.orders_of(customer_id, page))


@router.get(
    "/{customer_id}/tickets",
    response_model=TicketPage,
    summary="Tickets of a customer",
    **documented("list_customer_tickets"),
)
async def list_customer_tickets(
    customer_id: CustomerId,
    page: PageParameters,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("list_customer_tickets"))],
    only_open: Annotated[bool, Query(description="Leave closed tickets out.")] = True,
) -> Response:
    return looked_up(request, response, service.tickets_of(customer_id, only_open, page))
