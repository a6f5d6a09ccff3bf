"""Calls on webhooks."""

from __future__ import annotations

from . import webhook_hub
from .errors import not_found
from .messages import Call, Response, answer
from .routes import ADMIN, Route
from .table import Row
from .webhook_sender import Delivery, Sender

# Signs the test calls for a webhook that does not exist yet.
TEST_SECRET = "simulated-public-test-secret"


def _sender(call: Call) -> Sender:
    sender = call.account.hub.senders.get(call.args["id"])
    if sender is None:
        raise not_found()
    return sender


def _shape(row: Row) -> Row:
    shown = {name: value for name, value in row.items() if name != "secret"}
    if row["authentication"]:
        shown["authentication"] = {name: value for name, value in row["authentication"].items() if name != "data"}
    return shown


def _signing(secret: str) -> dict[str, Row]:
    return {"signing_secret": {"algorithm": "SHA256", "secret": secret}}


def index(call: Call) -> Response:
    text = call.query.get("filter[name_contains]", "").lower()
    rows = [sender.webhook for sender in call.account.hub.senders.values() if text in sender.webhook["name"].lower()]
    meta = {"has_more": False, "after_cursor": None, "before_cursor": None}
    return answer(200, {"webhooks": [_shape(row) for row in rows], "meta": meta, "links": {"next": None, "prev": None}})


def create(call: Call) -> Response:
    return answer(201, {"webhook": _shape(call.account.hub.create(call.record("webhook"), call.user["id"]))})


def show(call: Call) -> Response:
    return answer(200, {"webhook": _shape(_sender(call).webhook)})


def update(call: Call) -> Response:
    _sender(call)
    call.account.hub.update(call.args["id"], call.record("webhook"), call.request.method == "PUT")
    return answer(204)


def delete(call: Call) -> Response:
    _sender(call)
    call.account.hub.delete(call.args["id"])
    return answer(204)


def secret(call: Call) -> Response:
    return answer(200, _signing(_sender(call).webhook["secret"]))


def rotate(call: Call) -> Response:
    _sender(call)
    return answer(201, _signing(call.account.hub.rotate(call.args["id"])))


def test(call: Call) -> Response:
    """Call an endpoint once: that of a webhook, or one that is only described."""
    values, account = call.payload(), call.account
    number = call.query.get("webhook_id")
    if number is not None:
        known = account.hub.senders.get(number)
        if known is None:
            raise not_found()
        row = {**known.webhook, **(values.get("request") or {})}
    else:
        described = {**(values.get("request") or {}), "secret": TEST_SECRET, "name": "test"}
        row = account.hub.create(described, call.user["id"])
        account.hub.delete(row["id"])
    body = (values.get("request") or {}).get("payload")
    payload = body.encode() if isinstance(body, str) else webhook_hub.encode(body or {})
    sender = Sender(account, row)
    delivery = Delivery(account.ids.sortable(account.clock.now()), "", payload)

    def late() -> bytes:
        # Made when the answer is written, outside the account's lock: an endpoint may take its time.
        status, _, error = sender.attempt(delivery)
        return webhook_hub.encode({"response": {"status": status, "payload": error, "headers": []}})

    return answer(200, late)


def _invocation(call: Call, delivery: Delivery) -> Row:
    return {
        "id": delivery.id, "event_id": delivery.event_id, "status": delivery.status, "created_at": delivery.created,
        "latest_completed_at": delivery.attempts[-1]["completed_at"] if delivery.attempts else None,
        "status_code": delivery.attempts[-1]["status_code"] if delivery.attempts else None,
    }  # fmt: skip


def invocations(call: Call) -> Response:
    found = [_invocation(call, delivery) for delivery in reversed(_sender(call).history())]
    meta = {"has_more": False, "after_cursor": None, "before_cursor": None}
    return answer(200, {"invocations": found[:100], "meta": meta, "links": {"next": None, "prev": None}})


def attempts(call: Call) -> Response:
    for delivery in _sender(call).history():
        if delivery.id == call.args["invocation"]:
            return answer(200, {"attempts": list(delivery.attempts)})
    raise not_found()


ROUTES = [
    Route("GET", "webhooks", index, "webhooks", ADMIN),
    Route("POST", "webhooks", create, "webhooks", ADMIN),
    Route("POST", "webhooks/test", test, "webhooks", ADMIN),
    Route("GET", "webhooks/{id}", show, "webhooks", ADMIN),
    Route("PUT", "webhooks/{id}", update, "webhooks", ADMIN),
    Route("PATCH", "webhooks/{id}", update, "webhooks", ADMIN),
    Route("DELETE", "webhooks/{id}", delete, "webhooks", ADMIN),
    Route("GET", "webhooks/{id}/signing_secret", secret, "webhooks", ADMIN),
    Route("POST", "webhooks/{id}/signing_secret", rotate, "webhooks", ADMIN),
    Route("GET", "webhooks/{id}/invocations", invocations, "webhooks", ADMIN),
    Route("GET", "webhooks/{id}/invocations/{invocation}/attempts", attempts, "webhooks", ADMIN),
]
