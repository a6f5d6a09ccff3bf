"""The control API under a prefix that is no platform path: the account as a whole, its clock, its records."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import control_events, control_writes, times
from .account import Account
from .errors import ApiError
from .messages import Request, Response, answer

if TYPE_CHECKING:
    from .gateway import Gateway

PREFIX = "/__sim__"
Action = Callable[[Account, Request], Any]


def handle(account: Account, gateway: Gateway, request: Request) -> Response:
    path = request.path[len(PREFIX) :].strip("/")
    action = _ACTIONS.get((request.method, path))
    try:
        if action is None:
            raise ApiError(404, "NoSuchControlCall", f"{request.method} {path}")
        with account.lock:
            account.run_due()
            found = action(account, request)
            if path == "stats":
                found["in_flight"] = gateway.in_flight
            # Made here: rows are shown as they are while the lock is held.
            return answer(200, json.dumps(found, ensure_ascii=False).encode())
    except ApiError as error:
        return answer(error.status, error.body())
    except (KeyError, TypeError, ValueError) as error:
        return answer(400, {"error": "InvalidControlCall", "description": f"{type(error).__name__}: {error}"})


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a control call; empty without a body."""
    if not request.body.strip():
        return {}
    found = json.loads(request.body)
    if not isinstance(found, dict):
        raise ValueError("the body is no JSON object")
    return found


# -- account
def _health(account: Account, request: Request) -> dict[str, Any]:
    return {"status": "ok", "pid": os.getpid(), "time": account.stamp()}


def _config(account: Account, request: Request) -> dict[str, Any]:
    if request.method == "PATCH":
        changes = body_of(request)
        account.config.update(changes)
        if "hold_status" in changes:
            for row in list(account.records.custom_statuses):
                if row["status_category"] == "hold":
                    account.records.custom_statuses.put({**row, "active": account.config.hold_status})
        for sender in account.hub.senders.values():
            sender.wake()
    return account.config.as_dict()


def _reset(account: Account, request: Request) -> dict[str, Any]:
    account.reset()
    return {"users": account.users}


def _stats(account: Account, request: Request) -> dict[str, Any]:
    kinds = ("user", "organization", "ticket", "comment", "audit", "attachment")
    return {
        "calls_total": len(account.calls), "writes": account.journal.seq, "mails": len(account.mails),
        "records": {kind: len(account.records.table(kind)) for kind in kinds},
        "deleted_tickets": len(account.records.tickets.find("deleted", True)),
        "tokens": len(account.authority.tokens), "limits": account.limits.state(), "users": account.users,
        "logins": sum(1 for call in account.calls if call["path"] == "/oauth/tokens" and call["status"] < 300),
        "jobs": len(account.jobs.jobs), "webhooks": [each.state() for each in account.hub.senders.values()],
    }  # fmt: skip


def _clock(account: Account, request: Request) -> dict[str, Any]:
    body = body_of(request)
    if "freeze" in body:
        account.clock.freeze(times.epoch_of(body["freeze"]) if body["freeze"] else None)
    if body.get("advance_seconds"):
        account.clock.advance(float(body["advance_seconds"]))
    account.run_due()
    for sender in account.hub.senders.values():
        sender.wake()
    return {"now": account.stamp(), "frozen": account.clock.frozen}


# -- signing in
def _client(account: Account, request: Request) -> dict[str, Any]:
    body = body_of(request)
    uris = tuple(body.get("redirect_uris") or ())
    user = account.user_id(body.get("user", "integration"))
    account.authority.add_client(body["client_id"], body["client_secret"], user, uris)
    return {"client_id": body["client_id"]}


def _consent(account: Account, request: Request) -> dict[str, Any]:
    body = body_of(request)
    user = account.user_id(body.get("user", "admin"))
    return {
        "code": account.authority.consent(
            body["client_id"], user, body.get("scope", "read"), body.get("redirect_uri", "")
        )
    }


def _revoke(account: Account, request: Request) -> dict[str, Any]:
    return {"revoked": account.authority.revoke_all()}


# -- faults
def _add_fault(account: Account, request: Request) -> dict[str, Any]:
    return {"id": account.faults.add(body_of(request)).id}


def _list_faults(account: Account, request: Request) -> list[dict[str, Any]]:
    return [fault.as_dict() for fault in account.faults.faults]


def _clear_faults(account: Account, request: Request) -> dict[str, Any]:
    number = request.query.get("id")
    account.faults.remove(int(number)) if number else account.faults.clear()
    return {"status": "ok"}


_ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "health"): _health, ("GET", "config"): _config, ("PATCH", "config"): _config, ("POST", "reset"): _reset,
    ("GET", "stats"): _stats, ("GET", "clock"): _clock, ("POST", "clock"): _clock, ("POST", "clients"): _client,
    ("POST", "consent"): _consent, ("POST", "tokens/revoke"): _revoke, ("POST", "faults"): _add_fault,
    ("GET", "faults"): _list_faults, ("DELETE", "faults"): _clear_faults,
    **control_writes.ACTIONS, **control_events.ACTIONS,
}  # fmt: skip
