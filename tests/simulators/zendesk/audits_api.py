"""Calls on comments and audits of tickets."""

from __future__ import annotations

from collections.abc import Sequence

from . import comments, paging, shapes
from .errors import ApiError, not_found
from .messages import Call, Response, answer
from .routes import Route
from .table import Row


def shape(row: Row) -> Row:
    return dict(row)


def _comment(call: Call) -> Row:
    row = call.account.records.comments.get(call.number("comment"))
    if row is None or row["ticket_id"] != call.number():
        raise not_found()
    return row


def list_comments(call: Call) -> Response:
    account = call.account
    rows = account.records.comments.find("ticket", account.ticket(call.number())["id"])

    def authors(found: Sequence[Row]) -> dict[str, list[Row]]:
        numbers = sorted({row["author_id"] for row in found} - {-1})
        return {"users": [shapes.user(account, account.records.users.rows[number]) for number in numbers]}

    include = authors if "users" in call.query.get("include", "") else None
    return paging.listing(call, "comments", rows, lambda row: comments.shape(account, row), ("created_at",), include)


def count_comments(call: Call) -> Response:
    rows = call.account.records.comments.find("ticket", call.account.ticket(call.number())["id"])
    return answer(200, {"count": {"value": len(rows), "refreshed_at": call.account.stamp()}})


def make_private(call: Call) -> Response:
    call.account.ticket(call.number())
    call.account.save("comment", {**_comment(call), "public": False}, call.actor, "update")
    return answer(200, {})


def redact(call: Call) -> Response:
    call.account.ticket(call.number())
    text = call.payload().get("text")
    row = _comment(call)
    if not isinstance(text, str) or text not in row["body"]:
        raise ApiError(400, "Unprocessable Entity", "Parameter text must be a part of the comment")
    row = call.account.save("comment", comments.redact(row, text), call.actor, "update")
    return answer(200, {"comment": comments.shape(call.account, row)})


def list_audits(call: Call) -> Response:
    rows = call.account.records.audits.find("ticket", call.account.ticket(call.number())["id"])
    return paging.listing(call, "audits", rows, shape, ("created_at",))


def show_audit(call: Call) -> Response:
    row = call.account.records.audits.get(call.number("audit"))
    if row is None or row["ticket_id"] != call.account.ticket(call.number())["id"]:
        raise not_found()
    return answer(200, {"audit": shape(row)})


ROUTES = [
    Route("GET", "tickets/{id}/comments", list_comments, "tickets"),
    Route("GET", "tickets/{id}/comments/count", count_comments, "tickets"),
    Route("PUT", "tickets/{id}/comments/{comment}/make_private", make_private, "tickets"),
    Route("PUT", "tickets/{id}/comments/{comment}/redact", redact, "tickets"),
    Route("GET", "tickets/{id}/audits", list_audits, "tickets"),
    Route("GET", "tickets/{id}/audits/{audit}", show_audit, "tickets"),
]
