"""Finds the resource behind a path."""

from __future__ import annotations

import re
from urllib.parse import unquote

from . import (
    batch,
    bulk_ingest,
    bulk_query,
    collections_api,
    composite,
    describe,
    limits,
    platform_events,
    query_api,
    replication,
    rows,
    search,
    tree,
)  # fmt: skip
from .errors import ApiError, not_found
from .messages import Request, Response
from .org import Org

RETIRED_UP_TO = 30.0
NEWEST = 67.0
_VERSIONED = re.compile(r"^/services/data/v(\d+\.\d)(/.*)?$")
_RESOURCES = (
    "sobjects", "query", "queryAll", "search", "limits", "composite", "jobs", "tooling", "analytics", "actions",
)  # fmt: skip


def version_of(path: str) -> tuple[str, str]:
    """(version, rest of the path). Raises ``NOT_FOUND`` or 410 for a version that is gone."""
    found = _VERSIONED.match(path)
    if not found or float(found[1]) > NEWEST:
        raise not_found()
    if float(found[1]) <= RETIRED_UP_TO:
        raise ApiError("UNSUPPORTED_API_VERSION", f"API version v{found[1]} has been retired", status=410)
    return found[1], found[2] or "/"


def versions() -> list[dict[str, str]]:
    """The list of /services/data; v31.0 was Summer '14, and each season adds one."""
    entries = []
    for number in range(int(RETIRED_UP_TO) + 1, int(NEWEST) + 1):
        steps = number - 31
        season = ("Summer", "Winter", "Spring")[steps % 3]
        label = f"{season} '{14 + (steps + 2) // 3}"
        entries.append({"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"})
    return entries


def dispatch(org: Org, request: Request) -> Response:
    """Answer an authenticated data call; refusals come back as answers too."""
    try:
        version, rest = version_of(request.path)
        request.context.version = version
        parts = [unquote(part) for part in rest.strip("/").split("/")] if rest.strip("/") else []
        return _resource(org, request, parts)
    except ApiError as error:
        return Response.of_error(error)


def _resource(org: Org, request: Request, parts: list[str]) -> Response:
    if not parts:
        base = f"/services/data/v{request.context.version}/"
        return Response(200, {name: base + name for name in _RESOURCES[:7]})
    head, tail = parts[0].lower(), parts[1:]
    if head == "query" and not tail:
        _need(request, "GET")
        return query_api.run_query(org, request)
    if head == "query" and len(tail) == 1:
        _need(request, "GET")
        return query_api.next_page(org, request, tail[0])
    if head == "queryall" and not tail:
        _need(request, "GET")
        return query_api.run_query(org, request, deleted=True)
    if head == "sobjects":
        return _sobjects(org, request, tail)
    if head == "limits" and not tail:
        _need(request, "GET")
        return limits.show_limits(org, request)
    if head == "search" and not tail:
        _need(request, "GET")
        return search.run_search(org, request)
    if head == "composite":
        return _composite(org, request, tail)
    if head == "jobs" and tail and not request.inner:
        if tail[0].lower() == "ingest":
            return bulk_ingest.handle(org, request, tail[1:])
        if tail[0].lower() == "query":
            return bulk_query.handle(org, request, tail[1:])
    raise not_found()


def _sobjects(org: Org, request: Request, tail: list[str]) -> Response:
    if not tail:
        _need(request, "GET")
        return describe.describe_global(org, request)
    event = org.platform_events.find(tail[0])
    if event is not None and len(tail) == 1:
        return platform_events.publish(org, request, event)
    defn = org.schema.find(tail[0])
    if defn is None:
        raise not_found()
    if len(tail) == 1:
        if request.method == "POST":
            return rows.create(org, request, defn)
        _need(request, "GET", "HEAD")
        return describe.object_resource(org, request, defn)
    word = tail[1].lower()
    if len(tail) == 2:
        if word == "describe":
            _need(request, "GET", "HEAD")
            return describe.describe_object(org, request, defn)
        if word in ("updated", "deleted"):
            _need(request, "GET")
            return (replication.updated if word == "updated" else replication.deleted)(org, request, defn)
        if word == "id" and request.method == "POST":
            return rows.create(org, request, defn)
        return rows.by_id(org, request, defn, tail[1])
    return rows.by_external_id(org, request, defn, tail[1], "/".join(tail[2:]))


def _composite(org: Org, request: Request, tail: list[str]) -> Response:
    if not tail:
        _need(request, "POST")
        if request.inner:
            raise ApiError("INVALID_SUBREQUEST", "composite calls cannot be nested")
        return composite.run(org, request)
    head = tail[0].lower()
    if head == "sobjects":
        return collections_api.handle(org, request, tail[1:])
    if head == "batch" and len(tail) == 1 and not request.inner:
        _need(request, "POST")
        return batch.run(org, request)
    if head == "tree" and len(tail) == 2:
        _need(request, "POST")
        return tree.create(org, request, tail[1])
    raise not_found()


def _need(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise rows.method_not_allowed(request)
