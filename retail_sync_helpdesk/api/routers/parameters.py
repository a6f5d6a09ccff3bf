"""Parameters that several operations have."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import StringConstraints

from ...domain.api.paging import DEFAULT_LIMIT, MOST
from ..service import PageAsked

CustomerId = Annotated[int, Path(ge=1, le=2_147_483_647, description="Odoo's id of the customer.")]
OrderId = Annotated[int, Path(ge=1, le=2_147_483_647, description="Odoo's id of the order.")]
Value = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]


async def _page(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Rows of a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None,
        Query(min_length=1, max_length=2048, pattern=r"^[A-Za-z0-9_.-]+$", description="From the page before."),
    ] = None,
) -> PageAsked:
    return PageAsked(limit, cursor)


PageParameters = Annotated[PageAsked, Depends(_page)]
