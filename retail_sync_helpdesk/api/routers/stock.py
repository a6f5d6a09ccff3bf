"""Look-ups of stock."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from ..answers import looked_up
from ..guard import admit, documented
from ..schemas.stock import Stock
from ..service import Service
from .parameters import Value

router = APIRouter(tags=["Stock"])


@router.get("/stock", response_model=Stock, summary="Stock and alternatives", **documented("get_stock"))
async def get_stock(
    request: Request,
    response: Response,
    service: Annotated[Service, Depends(admit("get_stock"))],
    sku: Annotated[list[Value], Query(min_length=1, max_length=50, description="SKUs, 50 at most.")],
    alternatives: Annotated[bool, Query(description="Add products that may do instead.")] = False,
) -> Response:
    return looked_up(request, response, service.stock(sku, alternatives))
