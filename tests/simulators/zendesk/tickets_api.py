"""Calls on single tickets and lists of tickets."""

from __future__ import annotations

from . import audits_api, paging, shapes, ticket_bulk, ticket_import, ticket_rules
from .errors import ApiError
from .messages import Call, Response, answer
from .rate_limits import Limit
from .routes import ADMIN, Route
from .table import Row
from .ticket_writer import TicketWriter

SORTS = ("created_at", "updated_at", "subject", "status", "priority", "requester_id", "assignee_id")
TEN_MINUTES = 600


def update_limits(call: Call) -> list[Limit]:
    key = f"{call.user['id']}/{call.args['id']}"
    return [
        Limit("tickets-update", "rate_limit_ticket_update"),
        Limit("tickets-update-per-ticket", "rate_limit_ticket_update_per_ticket", TEN_MINUTES, key),
    ]


def _delete_limits(call: Call) -> list[Limit]:
    return [Limit("tickets-destroy", "rate_limit_ticket_delete")]


def warn(call: Call, values: Row, known: frozenset[str]) -> None:
    """Note unknown parameters; they are ignored."""
    unknown = sorted(set(values) - known)
    if unknown:
        names = ", ".join(f":{name}" for name in unknown)
        call.warnings.append(f"Removed restricted keys [{names}] from parameters according to whitelist")


def _visible(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["status"] != "deleted"]


def _list(call: Call, rows: list[Row], key: str = "tickets") -> Response:
    account = call.account
    include = call.query.get("include", "")
    return paging.listing(
        call, key, rows, lambda row: shapes.ticket(account, row), SORTS,
        (lambda found: shapes.sideloads(account, found, include)) if include else None,
    )  # fmt: skip


def index(call: Call) -> Response:
    records = call.account.records
    if "external_id" in call.query:
        return _list(call, _visible(records.tickets.find("external_id", call.query["external_id"])))
    return _list(call, _visible(list(records.tickets)))


def requested(call: Call) -> Response:
    return _list(call, _visible(call.account.records.tickets.find("requester", call.number())))


def assigned(call: Call) -> Response:
    return _list(call, _visible(call.account.records.tickets.find("assignee", call.number())))


def of_organization(call: Call) -> Response:
    return _list(call, _visible(call.account.records.tickets.find("organization", call.number())))


def count(call: Call) -> Response:
    total = len(_visible(list(call.account.records.tickets)))
    return answer(200, {"count": {"value": total, "refreshed_at": call.account.stamp()}})


def show_many(call: Call) -> Response:
    records = call.account.records.tickets
    rows = [records.get(int(text)) for text in call.listed() if text.isdigit()]
    rows += [row for text in call.listed("external_ids") for row in records.find("external_id", text)]
    return _list(call, _visible([row for row in rows if row is not None]))


def show(call: Call) -> Response:
    row = call.account.ticket(call.number())
    body = {"ticket": shapes.ticket(call.account, row)}
    if call.query.get("include"):
        body |= shapes.sideloads(call.account, [row], call.query["include"])  # type: ignore[arg-type]
    return answer(200, body)


def create(call: Call) -> Response:
    if call.query.get("async") == "true":
        return ticket_bulk.create_later(call)
    return call.account.keys.answer(call, lambda: _create(call))


def _create(call: Call) -> Response:
    values = call.record("ticket")
    warn(call, values, ticket_rules.KNOWN)
    row, audit = TicketWriter(call.account, call.actor).create(values)
    headers = {"Location": call.account.url(f"tickets/{row['id']}")}
    return answer(201, {"ticket": shapes.ticket(call.account, row), "audit": audits_api.shape(audit)}, headers)


def update(call: Call) -> Response:
    values = call.record("ticket")
    warn(call, values, ticket_rules.KNOWN)
    row, audit = TicketWriter(call.account, call.actor).update(call.number(), values)
    return answer(200, {"ticket": shapes.ticket(call.account, row), "audit": audits_api.shape(audit)})


def delete(call: Call) -> Response:
    TicketWriter(call.account, call.actor).delete(call.number())
    return answer(204)


def tags(call: Call) -> Response:
    method = call.request.method
    if method == "GET":
        return answer(200, {"tags": call.account.ticket(call.number())["tags"]})
    values = call.payload()
    if not isinstance(values.get("tags"), (list, str)):
        raise ApiError(400, "Unprocessable Entity", "Parameter tags is required")
    how = {"PUT": "set", "POST": "add", "DELETE": "remove"}[method]
    row = TicketWriter(call.account, call.actor).tags(call.number(), values, how)
    return answer(201 if method == "POST" else 200, {"tags": row["tags"]})


def deleted(call: Call) -> Response:
    def shape(row: Row) -> Row:
        return {
            "id": row["id"], "subject": row["subject"], "description": row["description"],
            "previous_state": row["previous_status"], "deleted_at": row["updated_at"], "actor": None,
        }  # fmt: skip

    return paging.listing(call, "deleted_tickets", call.account.records.tickets.find("deleted", True), shape)


def restore(call: Call) -> Response:
    TicketWriter(call.account, call.actor).restore(call.number())
    return answer(200, {})


def imported(call: Call) -> Response:
    row = ticket_import.create(call.account, call.actor, call.record("ticket"))
    return answer(
        201, {"ticket": shapes.ticket(call.account, row)}, {"Location": call.account.url(f"tickets/{row['id']}")}
    )


ROUTES = [
    Route("GET", "tickets", index, "tickets"),
    Route("POST", "tickets", create, "tickets"),
    Route("GET", "tickets/count", count, "tickets"),
    Route("GET", "tickets/show_many", show_many, "tickets"),
    Route("GET", "tickets/{id}", show, "tickets"),
    Route("PUT", "tickets/{id}", update, "tickets", limits=update_limits),
    Route("DELETE", "tickets/{id}", delete, "tickets", limits=_delete_limits),
    *(
        Route(method, "tickets/{id}/tags", tags, "tickets", limits=None if method == "GET" else update_limits)
        for method in ("GET", "PUT", "POST", "DELETE")
    ),
    Route("GET", "users/{id}/tickets/requested", requested, "tickets"),
    Route("GET", "users/{id}/tickets/assigned", assigned, "tickets"),
    Route("GET", "organizations/{id}/tickets", of_organization, "tickets"),
    Route("GET", "deleted_tickets", deleted, "tickets"),
    Route("PUT", "deleted_tickets/{id}/restore", restore, "tickets"),
    Route("POST", "imports/tickets", imported, "tickets", ADMIN),
    *ticket_bulk.ROUTES,
    *audits_api.ROUTES,
]
