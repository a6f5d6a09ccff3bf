"""The paths of the API. Each asks the service one thing."""

from __future__ import annotations

from fastapi import APIRouter

from . import actions, caller, customers, orders, stock

__all__ = ["routers"]


def routers() -> list[APIRouter]:
    """Return the routers of version 1, in the order of the documentation."""
    return [caller.router, customers.router, orders.router, stock.router, actions.router]
