"""Lists in pages: by cursor where ``page[size]`` is asked for, else by page number."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from .errors import bad_page
from .messages import Call, Response, answer
from .table import Row

PAGE = 100
Shape = Callable[[Row], Row]
Extra = Callable[[Sequence[Row]], dict[str, Any]]


def listing(
    call: Call, key: str, rows: Sequence[Row], shape: Shape, sorts: Sequence[str] = (), extra: Extra | None = None
) -> Response:
    """A page of ``rows``, which come by id. ``sorts`` are the fields that a call may sort by; ``extra`` adds to the
    body what belongs to the rows of the page."""
    if "page[size]" in call.query or "page[after]" in call.query or "page[before]" in call.query:
        found, body = _by_cursor(call, rows, sorts)
    else:
        found, body = _by_number(call, _sorted(call, rows, sorts))
    return answer(200, {key: [shape(row) for row in found], **(extra(found) if extra else {}), **body})


def size_of(call: Call, name: str) -> int:
    """The page size that a call asks for. Raises 400 for no number, and for a cursor page past the limit."""
    text = call.query.get(name)
    if text is None:
        return PAGE
    if not text.isdigit() or int(text) < 1:
        raise bad_page(f"{name} must be a number from 1 to {PAGE}")
    if int(text) > PAGE and name == "page[size]" and call.account.config.page_size_over_max == "refuse":
        raise bad_page(f"{name} must be a number from 1 to {PAGE}")
    return min(int(text), PAGE)


def link(call: Call, **parameters: Any) -> str:
    """The address of another page of this list."""
    query = {name: value for name, value in call.query.items() if name not in ("page", "page[after]", "page[before]")}
    return f"{call.account.base_url}{call.path}.json?{urlencode({**query, **parameters}, safe='[]')}"


def encode(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(text: str) -> Any:
    """What :func:`encode` made. Raises ``ValueError``."""
    try:
        return json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error


def _sorted(call: Call, rows: Sequence[Row], sorts: Sequence[str]) -> Sequence[Row]:
    name = call.query.get("sort_by") or call.query.get("sort", "").lstrip("-")
    down = call.query.get("sort", "").startswith("-") or call.query.get("sort_order") == "desc"
    if name and name != "id" and name in sorts:
        return sorted(rows, key=lambda row: (str(row[name] or ""), row["id"]), reverse=down)
    return rows[::-1] if down else rows


def _by_id(row: Row) -> list[Any]:
    return [row["id"]]


def _by_field(name: str) -> Callable[[Row], list[Any]]:
    return lambda row: [str(row[name] or ""), row["id"]]


def _by_cursor(call: Call, rows: Sequence[Row], sorts: Sequence[str]) -> tuple[Sequence[Row], dict[str, Any]]:
    size = size_of(call, "page[size]")
    name, down = call.query.get("sort", "").lstrip("-"), call.query.get("sort", "").startswith("-")
    if name and name != "id" and name not in sorts:
        raise bad_page(f"sort is not valid: {name}")
    if name in ("", "id"):
        key_of: Callable[[Row], list[Any]] = _by_id
    else:
        key_of = _by_field(name)
        rows = sorted(rows, key=key_of)
    after, before, total = call.query.get("page[after]"), call.query.get("page[before]"), len(rows)
    start, stop = 0, min(size, total)
    try:
        if after:
            key = decode(after)
            start = total - bisect_left(rows, key, key=key_of) if down else bisect_right(rows, key, key=key_of)
            stop = min(start + size, total)
        elif before:
            key = decode(before)
            stop = total - bisect_right(rows, key, key=key_of) if down else bisect_left(rows, key, key=key_of)
            start = max(0, stop - size)
    except (ValueError, TypeError):
        raise bad_page("page[after] or page[before] is not a valid cursor") from None
    if down:
        rows = rows[::-1]
    found = rows[start:stop]
    more = start > 0 if before else stop < total
    first, last = (encode(key_of(found[0])), encode(key_of(found[-1]))) if found else (None, None)
    links = {
        "prev": link(call, **{"page[before]": first}) if found and start > 0 else None,
        "next": link(call, **{"page[after]": last}) if found and stop < total else None,
    }
    return found, {"meta": {"has_more": more, "after_cursor": last, "before_cursor": first}, "links": links}


def _by_number(call: Call, rows: Sequence[Row]) -> tuple[Sequence[Row], dict[str, Any]]:
    size = size_of(call, "per_page")
    text = call.query.get("page", "1")
    if not text.isdigit() or int(text) < 1:
        raise bad_page("page must be a number from 1")
    page = int(text)
    limit = call.account.config.max_offset_rows
    if page > PAGE or page * size > limit:
        raise bad_page(f"Offset paging ends at page {PAGE} and at {limit} rows; use cursor paging")
    found = rows[(page - 1) * size : page * size]
    more = page * size < len(rows)
    body = {
        "next_page": link(call, page=page + 1) if more else None,
        "previous_page": link(call, page=page - 1) if page > 1 else None, "count": len(rows),
    }  # fmt: skip
    return found, body
