"""Finds the resource behind a path."""

from __future__ import annotations

from . import (
    export_api,
    jobs_api,
    oauth_api,
    organizations_api,
    search_api,
    settings_api,
    tickets_api,
    uploads_api,
    users_api,
    webhooks_api,
)
from .routes import Route

PREFIX = "/api/v2/"
ROUTES: list[Route] = [
    *tickets_api.ROUTES, *users_api.ROUTES, *organizations_api.ROUTES, *search_api.ROUTES, *export_api.ROUTES,
    *uploads_api.ROUTES, *jobs_api.ROUTES, *settings_api.ROUTES, *webhooks_api.ROUTES, *oauth_api.ROUTES,
]  # fmt: skip


def _table() -> dict[tuple[str, int], list[tuple[list[str], Route]]]:
    """Routes by method and number of parts, those with fewer placeholders first."""
    found: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
    for route in sorted(ROUTES, key=lambda route: route.path.count("{")):
        parts = route.path.split("/")
        found.setdefault((route.method, len(parts)), []).append((parts, route))
    return found


_TABLE = _table()


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a path, with or without ``.json``, and the named parts."""
    if not path.startswith(PREFIX):
        return None
    parts = path[len(PREFIX) :].strip("/").removesuffix(".json").split("/")
    for pattern, route in _TABLE.get((method, len(parts)), ()):
        args: dict[str, str] = {}
        for wanted, part in zip(pattern, parts, strict=True):
            if wanted.startswith("{"):
                args[wanted[1:-1]] = part
            elif wanted != part:
                break
        else:
            return route, args
    return None
