"""Control calls that write records: seeds, and people at their screens."""

from __future__ import annotations

import json
from typing import Any

from . import settings_rows, times
from .account import Account
from .errors import ApiError
from .journal import Actor
from .messages import Request
from .organization_writer import OrganizationWriter
from .people import UserWriter
from .seed import seed
from .table import Row
from .ticket_writer import TicketWriter


def _body(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.body or b"{}")
    return found


def _actor(account: Account, body: dict[str, Any]) -> Actor:
    return Actor(account.user_id(body.get("user", "agent")), "control", body.get("channel", "web"))


def _seed(account: Account, request: Request) -> dict[str, Any]:
    return {"ids": seed(account, _body(request))}


def _records(account: Account, request: Request) -> list[Row]:
    """Stored rows; ``ids`` and ``ticket`` (for comments and audits) choose."""
    query = request.query
    table = account.records.table(query["object"])
    if query.get("ids"):
        return [table.rows[int(part)] for part in query["ids"].split(",") if int(part) in table.rows]
    if query.get("ticket"):
        return table.find("ticket", int(query["ticket"]))
    return list(table)


def _create(account: Account, request: Request) -> dict[str, Any]:
    """One record in the name of ``user`` through the API's checks, with all that follows from it."""
    body = _body(request)
    actor, kind, values = _actor(account, body), body["object"], body["fields"]
    with account.clock.at(_moment(body)):
        if kind == "ticket":
            return {"id": TicketWriter(account, actor).create(values)[0]["id"]}
        if kind == "user":
            return {"id": UserWriter(account, actor).create(values)["id"]}
        if kind == "organization":
            return {"id": OrganizationWriter(account, actor).create(values)["id"]}
        return {"id": settings_rows.create(account, actor, kind, values)}


def _edit(account: Account, request: Request) -> dict[str, Any]:
    body = _body(request)
    with account.clock.at(_moment(body)):
        return {"id": _edit_one(account, _actor(account, body), body["object"], body["id"], body["fields"])}


def _edit_one(account: Account, actor: Actor, kind: str, number: int, values: Row) -> int:
    if kind == "ticket":
        return int(TicketWriter(account, actor).update(number, values)[0]["id"])
    if kind == "user":
        return int(UserWriter(account, actor).update(number, values)["id"])
    if kind == "organization":
        return int(OrganizationWriter(account, actor).update(number, values)["id"])
    return settings_rows.update(account, actor, kind, number, values)


def _edit_many(account: Account, request: Request) -> dict[str, Any]:
    """Many updates, each a write of its own; refusals are reported at the end."""
    body = _body(request)
    actor, refused = _actor(account, body), []
    for number, values in body["records"]:
        try:
            _edit_one(account, actor, body["object"], number, values)
        except ApiError as error:
            refused.append({"id": number, **error.body()})
    return {"written": len(body["records"]) - len(refused), "refused": refused}


def _delete(account: Account, request: Request) -> dict[str, Any]:
    body = _body(request)
    actor, kind, number = _actor(account, body), body["object"], body["id"]
    if kind == "ticket":
        TicketWriter(account, actor).delete(number)
    elif kind == "user":
        UserWriter(account, actor).delete(number)
    elif kind == "organization":
        OrganizationWriter(account, actor).delete(number)
    else:
        account.remove(kind, number, actor)
    return {"id": number}


def _destroy(account: Account, request: Request) -> dict[str, Any]:
    """Delete a deleted ticket for good."""
    body = _body(request)
    TicketWriter(account, _actor(account, body)).destroy(body["id"])
    return {"id": body["id"]}


def _touch(account: Account, request: Request) -> dict[str, Any]:
    """System updates: exports show the tickets again, ``updated_at`` stays."""
    ids = _body(request)["ids"]
    writer = TicketWriter(account, Actor(-1, "system", "system"))
    for number in ids:
        writer.system_update(number)
    return {"touched": len(ids)}


def _automations(account: Account, request: Request) -> dict[str, Any]:
    return {"closed": account.automations.run()}


def _refresh(account: Account, request: Request) -> dict[str, Any]:
    return {"indexed": account.index.refresh()}


def _kill(account: Account, request: Request) -> dict[str, Any]:
    """End a running job."""
    job = account.jobs.jobs[_body(request)["id"]]
    if job.running:
        job.status, job.message = "killed", "The job was killed"
    return {"status": job.status}


def _moment(body: dict[str, Any]) -> float | None:
    return times.epoch_of(body["at"]) if body.get("at") else None


ACTIONS = {
    ("POST", "seed"): _seed, ("GET", "records"): _records, ("POST", "create"): _create, ("POST", "edit"): _edit,
    ("POST", "edit_many"): _edit_many, ("POST", "delete"): _delete, ("POST", "destroy"): _destroy,
    ("POST", "touch"): _touch, ("POST", "automations/run"): _automations, ("POST", "index/refresh"): _refresh,
    ("POST", "jobs/kill"): _kill,
}  # fmt: skip
