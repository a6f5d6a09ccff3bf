"""The application of the agent API: one for the process, whatever the database, the path and the number of requests."""

from __future__ import annotations

from functools import lru_cache

from fastapi import FastAPI

from ...api.app import make_app
from .admission import OdooAdmission

__all__ = ["application"]


@lru_cache(maxsize=1)
def application() -> FastAPI:
    """Return the application. It holds nothing of a request or of a database, so all requests share it.

    Built anew for each path, as OCA's dispatcher does, 100,000 orders would fill the memory of a worker; built anew
    whenever Odoo's caches are cleared, requests would wait for it.
    """
    app = make_app(OdooAdmission())
    app.router.redirect_slashes = False
    return app
