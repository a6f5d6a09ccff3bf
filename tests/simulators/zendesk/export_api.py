"""Incremental exports: by cursor, and the older ones by time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import comments, paging, shapes, times
from .errors import ApiError, bad_page
from .messages import Call, Response, answer
from .rate_limits import Limit
from .routes import ADMIN, Handler, Route
from .table import Row


def _limits(call: Call) -> list[Limit]:
    return [Limit("incremental-exports", "rate_limit_incremental")]


def _shape(call: Call, kind: str) -> Callable[[Row], Row]:
    if kind == "ticket":
        return lambda row: shapes.ticket(call.account, row, exported=True)
    return lambda row: shapes.record(call.account, kind, row)


def _start(call: Call) -> int:
    """``start_time`` in epoch seconds. Raises 422 when it is missing or less than a minute ago."""
    text = call.query.get("start_time", "")
    if not text.isdigit():
        raise ApiError(422, "InvalidValue", "Invalid start_time: it must be a number of seconds since 1970")
    if int(text) > _until(call):
        raise ApiError(422, "InvalidValue", "Too recent start_time. Use a start_time older than 60 seconds")
    return int(text)


def _until(call: Call) -> int:
    """The youngest second that is exported."""
    return int(call.account.clock.now() - call.account.config.export_delay_seconds)


def _size(call: Call) -> int:
    text = call.query.get("per_page", "")
    limit = call.account.config.export_page_rows
    return min(int(text), limit) if text.isdigit() and int(text) > 0 else limit


def _rows(call: Call, kind: str, numbers: list[int]) -> list[Row]:
    records = call.account.records.table(kind)
    rows = [row for number in numbers if (row := records.get(number)) is not None]
    if call.query.get("exclude_deleted") == "true" or (kind == "ticket" and not call.account.config.export_deleted):
        rows = [row for row in rows if row.get("status") != "deleted" and row.get("active", True)]
    return rows


def by_cursor(kind: str) -> Handler:
    def handler(call: Call) -> Response:
        account, key = call.account, f"{kind}s"
        if call.query.get("cursor"):
            try:
                second, serial = paging.decode(call.query["cursor"])
                position = (int(second), int(serial))
            except (ValueError, TypeError):
                raise bad_page("cursor is not valid") from None
        else:
            position = (_start(call), -1)
        numbers, last, ended = account.records.logs[kind].page(position, _until(call), _size(call))
        cursor: str | None = paging.encode(list(last))
        if not numbers and not call.query.get("cursor") and account.config.null_cursor_when_empty:
            cursor = None
        rows, shape = _rows(call, kind, numbers), _shape(call, kind)
        extra = shapes.sideloads(account, rows, call.query.get("include", "")) if kind == "ticket" else {}
        body: dict[str, Any] = {
            key: [shape(row) for row in rows], **extra, "after_cursor": cursor,
            "after_url": f"{account.base_url}{call.path}.json?cursor={cursor}" if cursor else None,
            "before_cursor": None, "before_url": None, "end_of_stream": ended,
        }  # fmt: skip
        return answer(200, body)

    return handler


def by_time(kind: str, key: str) -> Handler:
    """The export that repeats the rows of the last second on the next page."""

    def handler(call: Call) -> Response:
        account, start = call.account, _start(call)
        numbers, last, ended = account.records.logs[kind].since(start, _until(call), _size(call))
        # A page that holds one second only would lead to itself for ever.
        end = last + 1 if numbers and last == start and not ended else last
        shape = _event_shape(call) if kind == "audit" else _shape(call, kind)
        rows = [shape(row) for row in _rows(call, kind, numbers)]
        query = f"start_time={end}" + (f"&include={call.query['include']}" if call.query.get("include") else "")
        body = {
            key: rows, "count": len(rows), "end_time": end, "end_of_stream": ended,
            "next_page": f"{account.base_url}{call.path}.json?{query}",
        }  # fmt: skip
        return answer(200, body)

    return handler


def _event_shape(call: Call) -> Callable[[Row], Row]:
    """An audit as a ticket event with its child events; comments are whole only when asked for."""
    with_comments = "comment_events" in call.query.get("include", "")

    def child(event: Row) -> Row:
        head = {"id": event["id"], "via": "Web service", "via_reference_id": None, "event_type": event["type"]}
        if event["type"] in ("Create", "Change"):
            changed = {event["field_name"]: event["value"]}
            if event["type"] == "Change":
                changed["previous_value"] = event["previous_value"]
            return {**head, **changed}
        if event["type"] == "Comment":
            head |= {"comment_present": True, "comment_public": event["public"]}
            stored = call.account.records.comments.get(event["id"])
            if with_comments and stored is not None:
                shown = comments.shape(call.account, stored)
                return {**shown, **head, "type": "Comment"}
            return head
        return {**head, **{name: value for name, value in event.items() if name not in ("id", "type", "via")}}

    def shape(row: Row) -> Row:
        return {
            "id": row["id"], "ticket_id": row["ticket_id"], "timestamp": int(times.epoch_of(row["created_at"])),
            "created_at": row["created_at"], "updater_id": row["author_id"], "via": row["via"]["channel"],
            "system": row["metadata"]["system"], "metadata": row["metadata"], "event_type": "Audit",
            "child_events": [child(event) for event in row["events"]],
        }  # fmt: skip

    return shape


ROUTES = [
    Route("GET", "incremental/tickets/cursor", by_cursor("ticket"), "tickets", ADMIN, _limits),
    Route("GET", "incremental/users/cursor", by_cursor("user"), "users", ADMIN, _limits),
    Route("GET", "incremental/tickets", by_time("ticket", "tickets"), "tickets", ADMIN, _limits),
    Route("GET", "incremental/users", by_time("user", "users"), "users", ADMIN, _limits),
    Route("GET", "incremental/organizations", by_time("organization", "organizations"), "organizations", ADMIN,
          _limits),
    Route("GET", "incremental/ticket_events", by_time("audit", "ticket_events"), "tickets", ADMIN, _limits),
]  # fmt: skip
