"""Search, as the index shows it: results in pages to a limit, and an export without one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import paging, search_query, shapes
from .errors import ApiError
from .messages import Call, Response, answer
from .routes import Route
from .search_query import Query
from .table import Row

if TYPE_CHECKING:
    from .account import Account

# Keys under which the index finds rows without looking at all of them.
_KEYS = {"external_id": ("ticket", "user", "organization"), "email": ("user",)}


def found(account: Account, text: str, caller: int) -> tuple[list[str], list[Row]]:
    """The kind and the row of each answer, in the order that the query asks for."""
    query = search_query.parse(text)
    answers: list[tuple[str, Row]] = []
    for kind in query.kinds:
        for row in _candidates(account, query, kind):
            if search_query.holds(account, query, kind, row, caller):
                answers.append((kind, row))
    order = {"created": "created_at", "updated": "updated_at"}.get(query.order, query.order)
    if order:
        answers.sort(key=lambda pair: (str(pair[1].get(order) or ""), pair[1]["id"]), reverse=query.down)
    return [kind for kind, _ in answers], [row for _, row in answers]


def _candidates(account: Account, query: Query, kind: str) -> Iterable[Row]:
    table = account.index.table(kind)
    for term in query.terms:
        if term.operator == ":" and not term.negative and kind in _KEYS.get(term.key, ()) and "*" not in term.value:
            same = [each for each in query.terms if each.key == term.key and not each.negative]
            values = {each.value.lower() if term.key == "email" else each.value for each in same}
            return [row for value in values for row in table.find(term.key, value)]
    return table


def _results(call: Call, kinds: list[str], rows: list[Row]) -> list[Row]:
    return [
        {**shapes.record(call.account, kind, row), "result_type": kind} for kind, row in zip(kinds, rows, strict=True)
    ]


def _text(call: Call) -> str:
    text = call.query.get("query", "")
    for name, word in (("sort_by", "order_by"), ("sort_order", "sort")):
        if call.query.get(name) and call.query[name] != "relevance":
            text += f" {word}:{call.query[name]}"
    if not text.strip():
        raise ApiError(422, "invalid", "Invalid search: query is required")
    return text


def search(call: Call) -> Response:
    kinds, rows = found(call.account, _text(call), call.user["id"])
    size = paging.size_of(call, "per_page")
    page = int(call.query["page"]) if call.query.get("page", "").isdigit() else 1
    limit = call.account.config.search_max_results
    if page * size > limit:
        text = "Invalid search: Requested response size was greater than Search Response Limits"
        raise ApiError(422, "invalid", text)
    window = slice((page - 1) * size, page * size)
    more = page * size < len(rows)
    return answer(
        200,
        {
            "results": _results(call, kinds[window], rows[window]), "facets": None, "count": len(rows),
            "next_page": paging.link(call, page=page + 1) if more else None,
            "previous_page": paging.link(call, page=page - 1) if page > 1 else None,
        },
    )  # fmt: skip


def count(call: Call) -> Response:
    return answer(200, {"count": len(found(call.account, _text(call), call.user["id"])[1])})


def export(call: Call) -> Response:
    """All answers of one type by cursor, in the order of their ids."""
    kind = call.query.get("filter[type]")
    if kind not in ("ticket", "user", "organization", "group"):
        raise ApiError(422, "invalid", "filter[type] is required")
    _, rows = found(call.account, f"{call.query.get('query', '')} type:{kind}", call.user["id"])
    call.query.setdefault("page[size]", str(paging.PAGE))
    rows.sort(key=lambda row: int(row["id"]))
    return paging.listing(
        call, "results", rows, lambda row: {**shapes.record(call.account, kind, row), "result_type": kind}
    )


ROUTES = [
    Route("GET", "search", search, "search"),
    Route("GET", "search/count", count, "search"),
    Route("GET", "search/export", export, "search"),
]
