"""The control actions around events: subscriptions, the change feed, the journal, and the counters."""

from __future__ import annotations

from typing import Any

from . import journal
from .errors import ApiError
from .ids import to18
from .messages import Request
from .org import Org
from .outbox import Outbox

JOURNAL_FILTERS = ("object", "id", "op", "user", "client", "kind", "call", "correlation")


def _body(request: Request) -> dict[str, Any]:
    return request.json_object() if request.body.strip() else {}


def _shown(outbox: Outbox) -> dict[str, Any]:
    return {**outbox.subscription.as_dict(), **outbox.state()}


# -- subscriptions
def _subscribe(org: Org, request: Request) -> dict[str, Any]:
    return _shown(org.hub.subscribe(_body(request)))


def _change(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    [outbox] = org.hub.chosen(body.pop("id"))
    outbox.subscription.apply(body)
    outbox.wake()
    return _shown(outbox)


def _subscriptions(org: Org, request: Request) -> list[dict[str, Any]]:
    return [_shown(outbox) for outbox in org.hub.chosen(request.query.get("id"))]


def _unsubscribe(org: Org, request: Request) -> dict[str, Any]:
    org.hub.remove(request.query.get("id"))
    return {"status": "ok"}


def _release(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    chosen = org.hub.chosen(body.get("id"))
    queued = [outbox.release(bool(body.get("shuffle")), float(body.get("duplicate_rate") or 0)) for outbox in chosen]
    return {"queued": sum(queued)}


def _notify(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    ids = [to18(record_id) or record_id for record_id in body["records"]]
    return {"queued": org.hub.resend(int(body["id"]), ids, int(body.get("times") or 1))}


def _sends(org: Org, request: Request) -> list[dict[str, Any]]:
    return [send for outbox in org.hub.chosen(request.query.get("id")) for send in outbox.history()]


# -- change feed
def _emit(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    return {"replay_id": org.hub.change_events.emit(body["object"], body["change_type"], body.get("ids") or ())}


def _gap(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    name = org.schema.get(body["object"]).name
    org.hub.change_events.gaps[name] = int(body.get("times", 1))
    return {"object": name, "times": org.hub.change_events.gaps[name]}


def _expire(org: Org, request: Request) -> dict[str, Any]:
    return {"expired": org.hub.feed.expire()}


# -- journal and counters
def _journal(org: Org, request: Request) -> list[dict[str, Any]]:
    query = request.query
    wanted: dict[str, Any] = {name: query[name] for name in JOURNAL_FILTERS if query.get(name)}
    if "user" in wanted:
        wanted["user"] = org.user_id(wanted["user"])
    if "id" in wanted:
        wanted["id"] = {to18(part) for part in wanted["id"].split(",")}
    if "call" in wanted:
        wanted["call"] = int(wanted["call"])
    since, limit = int(query.get("since") or 0), int(query.get("limit") or 0)
    if since < 0 or limit < 0:
        raise ApiError("INVALID_CONTROL_CALL", "since and limit are not negative")
    return [change.as_dict() for change in journal.select(org.store.journal, since, limit, **wanted)]


def _counters(org: Org, request: Request) -> dict[str, Any]:
    return org.hub.counts(reset=request.method == "DELETE")


ACTIONS = {
    ("GET", "subscriptions"): _subscriptions, ("POST", "subscriptions"): _subscribe,
    ("PATCH", "subscriptions"): _change, ("DELETE", "subscriptions"): _unsubscribe,
    ("POST", "subscriptions/release"): _release, ("POST", "subscriptions/notify"): _notify,
    ("GET", "subscriptions/sends"): _sends, ("POST", "feed/emit"): _emit, ("POST", "feed/gap"): _gap,
    ("POST", "feed/expire"): _expire, ("GET", "journal"): _journal, ("GET", "counters"): _counters,
    ("DELETE", "counters"): _counters,
}  # fmt: skip
