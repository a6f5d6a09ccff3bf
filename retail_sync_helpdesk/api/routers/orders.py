"""Look-ups of orders."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import StringConstraints

from ..answers import looked_up
from ..guard import admit, documented
from ..schemas.actions import Eligibility
from ..schemas.finance import Money
from ..schemas.order import OrderAnswer, OrderMatches, Timeline
from ..service import Service
from .parameters import OrderId, Value

router = APIRouter(prefix="/orders", tags=["Orders"])


@router.get("", response_model=OrderMatches, summary="Which order is meant", **documented("find_orders"))
async def find_orders(
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("find_orders"))],
    by: Annotated[Literal["number", "reference", "external_id", "tracking"], Query(description="What is known.")],
    value: Annotated[Value, Query(description="Its value.")],
) -> Response:
    """Find orders by their number, the customer's reference, an id at a platform, or a parcel's number."""
    return looked_up(request, response, service.find_orders(by, value))


@router.get("/{order_id}", response_model=OrderAnswer, summary="One order", **documented("get_order"))
async def get_order(
    order_id: OrderId,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_order"))],
) -> Response:
    """The order with lines, shipments, returns, and order exceptions that are open."""
    return looked_up(request, response, service.order(order_id))


@router.get("/{order_id}/timeline", response_model=Timeline, summary="What happened when", **documented("get_timeline"))
async def get_timeline(
    order_id: OrderId,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_timeline"))],
) -> Response:
    return looked_up(request, response, service.timeline(order_id))


@router.get("/{order_id}/money", response_model=Money, summary="Invoices and payments", **documented("get_money"))
async def get_money(
    order_id: OrderId,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_money"))],
) -> Response:
    """Invoices, credit notes, payments and refunds. A policy may demand that the customer is verified."""
    return looked_up(request, response, service.money(order_id))


@router.get(
    "/{order_id}/eligibility",
    response_model=Eligibility,
    summary="What may be done now",
    **documented("get_eligibility"),
)
async def get_eligibility(
    order_id: OrderId,
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_eligibility"))],
    reason: Annotated[
        str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$"), Query(description="Code of a reason.")
    ] = "other",
) -> Response:
    """Each action with what is possible at most, per line, and the rules that say no."""
    return looked_up(request, response, service.eligibility(order_id, reason))
