"""The query and queryAll resources and their cursors."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from .errors import ApiError
from .messages import Request, Response
from .org import Org
from .soql_exec import ChildPager, Result

MIN_BATCH, MAX_BATCH = 200, 2000


@dataclass(slots=True)
class Cursor:
    """A result being paged. ``opened`` is the org's time."""

    result: Result
    user_id: str
    opened: float
    size: int
    version: str


def page_size(org: Org, request: Request) -> int:
    size = MAX_BATCH
    for part in request.headers.get("sforce-query-options", "").split(","):
        name, _, value = part.partition("=")
        if name.strip().lower() == "batchsize":
            if not value.strip().isdigit() or not MIN_BATCH <= int(value) <= MAX_BATCH:
                message = f"batchSize must be between {MIN_BATCH} and {MAX_BATCH}"
                raise ApiError("INVALID_QUERY_OPTIONS", message)
            size = int(value)
    return max(1, min(size, org.config.page_size_cap))


def run_query(org: Org, request: Request, deleted: bool = False) -> Response:
    text = request.query.get("q")
    if text is None or not text.strip():
        raise ApiError("MALFORMED_QUERY", "A query string has to be specified")
    size = page_size(org, request)
    context = request.context
    executor = org.executor(context, deleted)

    def keep(result: Result) -> str:
        """Store a cursor and return the URL of its second page."""
        key = "0r8" + secrets.token_hex(8)[:15]
        org.cursors[key] = Cursor(result, context.user_id, org.clock.now(), size, context.version)
        return _url(key, org.cursors[key], size)

    executor.pager = ChildPager(size, keep)
    result = executor.run(text)
    if result.counts_only:
        return Response(200, {"totalSize": result.total, "done": True, "records": []})
    more = keep(result) if len(result.rows) > size else None
    return Response(200, _page(result, 0, size, more))


def next_page(org: Org, request: Request, locator: str) -> Response:
    """A page by its locator. Raises ``INVALID_QUERY_LOCATOR``."""
    key, _, start = locator.rpartition("-")
    cursor = org.cursors.get(key)
    if (
        cursor is None
        or not start.isdigit()
        or not 0 < int(start) < cursor.result.total
        or cursor.user_id != request.context.user_id
        or org.clock.now() - cursor.opened >= org.config.locator_ttl_seconds
    ):
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    end = int(start) + cursor.size
    more = _url(key, cursor, end) if end < cursor.result.total else None
    return Response(200, _page(cursor.result, int(start), cursor.size, more))


def _url(key: str, cursor: Cursor, start: int) -> str:
    return f"/services/data/v{cursor.version}/query/{key}-{start}"


def _page(result: Result, start: int, size: int, more: str | None) -> dict[str, Any]:
    body: dict[str, Any] = {"totalSize": result.total, "done": more is None}
    if more is not None:
        body["nextRecordsUrl"] = more
    shape = result.shape
    body["records"] = [shape(row) for row in result.rows[start : start + size]]
    return body
