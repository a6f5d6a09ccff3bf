"""Calls on organizations."""

from __future__ import annotations

from . import organization_writer, paging, shapes
from .errors import ApiError, not_found
from .jobs import Failed, Step
from .messages import Call, Response, answer
from .organization_writer import OrganizationWriter, by_external_id
from .routes import Route
from .table import Row
from .ticket_bulk import reply
from .tickets_api import warn


def _list(call: Call, rows: list[Row]) -> Response:
    return paging.listing(
        call, "organizations", rows, lambda row: shapes.organization(call.account, row), ("name", "updated_at")
    )


def _body(call: Call, row: Row) -> dict[str, Row]:
    return {"organization": shapes.organization(call.account, row)}


def index(call: Call) -> Response:
    return _list(call, list(call.account.records.organizations))


def count(call: Call) -> Response:
    total = len(call.account.records.organizations)
    return answer(200, {"count": {"value": total, "refreshed_at": call.account.stamp()}})


def show(call: Call) -> Response:
    row = call.account.records.organizations.get(call.number())
    if row is None:
        raise not_found()
    return answer(200, _body(call, row))


def show_many(call: Call) -> Response:
    records = call.account.records.organizations
    rows = [records.get(int(text)) for text in call.listed() if text.isdigit()]
    rows += [row for text in call.listed("external_ids") for row in by_external_id(call.account, text)]
    return _list(call, [row for row in rows if row is not None])


def search(call: Call) -> Response:
    if "external_id" in call.query:
        return _list(call, by_external_id(call.account, call.query["external_id"]))
    return _list(call, call.account.records.organizations.find("name", call.query.get("name", "").lower()))


def create(call: Call) -> Response:
    values = call.record("organization")
    warn(call, values, organization_writer.KNOWN)
    row = OrganizationWriter(call.account, call.actor).create(values)
    return answer(201, _body(call, row), {"Location": call.account.url(f"organizations/{row['id']}")})


def update(call: Call) -> Response:
    values = call.record("organization")
    warn(call, values, organization_writer.KNOWN)
    return answer(200, _body(call, OrganizationWriter(call.account, call.actor).update(call.number(), values)))


def create_or_update(call: Call) -> Response:
    values = call.record("organization")
    warn(call, values, organization_writer.KNOWN)
    row, new = OrganizationWriter(call.account, call.actor).create_or_update(values)
    return answer(201 if new else 200, _body(call, row))


def delete(call: Call) -> Response:
    OrganizationWriter(call.account, call.actor).delete(call.number())
    return answer(204)


def _failed(values: list[Row]) -> Failed:
    def result(index: int, error: ApiError) -> Row:
        keys = {key: values[index][key] for key in ("id", "external_id", "name") if values[index].get(key)}
        return {**keys, "index": index, "error": error.error, "details": error.text(), "status": "Failed",
                "success": False}  # fmt: skip

    return result


def _many(call: Call, new: bool) -> Response:
    writer, values = OrganizationWriter(call.account, call.job_actor), call.records("organizations")

    def step(index: int, each: Row) -> Step:
        def result() -> Row:
            number = each.get("id")
            row = writer.create(each) if new else writer.update(number if isinstance(number, int) else -1, each)
            return {"id": row["id"], "index": index, "status": "Created" if new else "Updated", "success": True,
                    "external_id": row["external_id"]}  # fmt: skip

        return result

    kind = "Bulk Create Organization" if new else "Bulk Update Organization"
    steps = [step(i, each) for i, each in enumerate(values)]
    return reply(call, call.account.jobs.add(kind, steps, _failed(values)))


ROUTES = [
    Route("GET", "organizations", index, "organizations"),
    Route("POST", "organizations", create, "organizations"),
    Route("GET", "organizations/count", count, "organizations"),
    Route("GET", "organizations/search", search, "organizations"),
    Route("GET", "organizations/show_many", show_many, "organizations"),
    Route("POST", "organizations/create_or_update", create_or_update, "organizations"),
    Route("POST", "organizations/create_many", lambda call: _many(call, True), "organizations"),
    Route("PUT", "organizations/update_many", lambda call: _many(call, False), "organizations"),
    Route("GET", "organizations/{id}", show, "organizations"),
    Route("PUT", "organizations/{id}", update, "organizations"),
    Route("DELETE", "organizations/{id}", delete, "organizations"),
]
