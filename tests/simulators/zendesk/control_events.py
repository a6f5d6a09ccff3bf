"""Control calls that watch: journal, mails, calls, counters, webhooks."""

from __future__ import annotations

import json
from typing import Any

from .account import Account
from .messages import Request
from .table import Row
from .webhook_sender import Sender


def _body(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.body or b"{}")
    return found


def _journal(account: Account, request: Request) -> list[Row]:
    query = request.query
    names = ("object", "id", "op", "user", "origin", "call", "request_id", "correlation", "channel")
    wanted = {name: query[name].split(",") if query.get(name) else None for name in names}
    return list(account.journal.select(int(query.get("since") or 0), int(query.get("limit") or 0), **wanted))


def _mails(account: Account, request: Request) -> list[Row]:
    """Mails after a number; ``ticket``, ``user``, ``email`` and ``reason`` choose."""
    query = request.query
    names = {"ticket": "ticket_id", "user": "user_id", "email": "email", "reason": "reason"}
    return [
        mail
        for mail in account.mails[int(query.get("since") or 0) :]
        if all(str(mail[name]) == query[key] for key, name in names.items() if query.get(key))
    ]


def _calls(account: Account, request: Request) -> list[Row]:
    return account.calls[int(request.query.get("since") or 0) :]


def _counters(account: Account, request: Request) -> dict[str, Any]:
    found = {**account.counters.state(), "limits": account.limits.state()}
    if request.method == "DELETE":
        account.counters.clear()
    return found


# -- webhooks
def _sender(account: Account, body: dict[str, Any]) -> Sender:
    return account.hub.senders[body["id"]]


def _create_webhook(account: Account, request: Request) -> dict[str, Any]:
    row = account.hub.create(_body(request), account.users["admin"])
    return {"id": row["id"], "secret": row["secret"]}


def _webhooks(account: Account, request: Request) -> list[Row]:
    return [sender.state() for sender in account.hub.senders.values()]


def _set_webhook(account: Account, request: Request) -> Row:
    """Hold, reorder or double deliveries, or have the next ones be flawed (``flaws``)."""
    body = _body(request)
    sender = _sender(account, body)
    for name in ("hold", "reorder", "duplicate_rate"):
        if name in body:
            setattr(sender, name, body[name])
    if body.get("flaws"):
        unknown = set(body["flaws"]) - {"wrong_signature", "stale_timestamp"}
        if unknown:
            raise ValueError(f"unknown flaws: {', '.join(sorted(unknown))}")
        sender.flaws += body["flaws"]
    sender.wake()
    return sender.state()


def _release(account: Account, request: Request) -> Row:
    body = _body(request)
    return {"waiting": _sender(account, body).release(bool(body.get("shuffle")), body.get("duplicate_rate", 0.0))}


def _replay(account: Account, request: Request) -> Row:
    body = _body(request)
    return {"sent": _sender(account, body).replay(int(body.get("count", 1)))}


def _deliveries(account: Account, request: Request) -> list[Row]:
    return [
        {
            "id": each.id, "event_id": each.event_id, "status": each.status, "attempts": each.attempts,
            "headers": each.headers, "body": each.body.decode("utf-8", "replace"),
        }
        for each in account.hub.senders[request.query["id"]].history()
    ]  # fmt: skip


ACTIONS = {
    ("GET", "journal"): _journal, ("GET", "mails"): _mails, ("GET", "calls"): _calls, ("GET", "counters"): _counters,
    ("DELETE", "counters"): _counters, ("GET", "webhooks"): _webhooks, ("POST", "webhooks"): _create_webhook,
    ("PATCH", "webhooks"): _set_webhook, ("POST", "webhooks/release"): _release,
    ("POST", "webhooks/replay"): _replay, ("GET", "webhooks/deliveries"): _deliveries,
}  # fmt: skip
