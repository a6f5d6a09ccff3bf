"""The webhooks of an account: what they listen to, and what is sent to each."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import webhook_events
from .errors import ApiError, one_problem
from .journal import Actor
from .table import Row
from .webhook_sender import Delivery, Sender

if TYPE_CHECKING:
    from .account import Account
    from .ticket_writer import TicketChange

FORMATS = ("json", "xml", "form_encoded")
CONDITIONAL = "conditional_ticket_events"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class WebhookHub:
    """Webhooks by id, each with its sender. Everything but a sender's own queue is under the account's lock."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.senders: dict[str, Sender] = {}

    def reset(self) -> None:
        for sender in self.senders.values():
            sender.stop()
        self.senders.clear()

    # -- set up
    def create(self, values: Row, user_id: int) -> Row:
        """The new webhook. Raises ``RecordInvalid``."""
        account = self.account
        if 0 < account.config.webhook_max <= len(self.senders):
            raise ApiError(403, "Forbidden", f"The account may have {account.config.webhook_max} webhooks")
        stamp = account.stamp()
        row: Row = {
            "id": account.ids.sortable(account.clock.now()), "name": "", "description": "", "status": "active",
            "endpoint": "", "http_method": "POST", "request_format": "json", "subscriptions": [],
            "authentication": None, "custom_headers": None, "created_at": stamp, "created_by": str(user_id),
            "updated_at": stamp, "updated_by": str(user_id),
            "secret": values.get("secret") or secrets.token_urlsafe(32),
        }  # fmt: skip
        row = _changed(row, values)
        self.senders[row["id"]] = Sender(account, row)
        return row

    def update(self, number: str, values: Row, whole: bool) -> Row:
        """Change a webhook; ``whole`` sets what is not given to its default."""
        sender = self.senders[number]
        base = dict(sender.webhook)
        if whole:
            base |= {"authentication": None, "custom_headers": None, "description": ""}
        sender.webhook = {**_changed(base, values), "updated_at": self.account.stamp()}
        sender.wake()
        return sender.webhook

    def delete(self, number: str) -> None:
        self.senders.pop(number).stop()

    def rotate(self, number: str) -> str:
        """A new signing secret."""
        sender = self.senders[number]
        sender.webhook = {**sender.webhook, "secret": secrets.token_urlsafe(32)}
        return str(sender.webhook["secret"])

    # -- news
    def ticket_changed(self, change: TicketChange) -> None:
        if self._listening("ticket."):
            self._emit(webhook_events.of_ticket(self.account, change))

    def user_changed(self, event: str, before: Row | None, after: Row, actor: Actor) -> None:
        if self._listening("user."):
            self._emit(webhook_events.of_user(self.account, event, before, after))

    def organization_changed(self, event: str, before: Row | None, after: Row, actor: Actor) -> None:
        if self._listening("organization."):
            self._emit(webhook_events.of_organization(self.account, event, before, after))

    def trigger_call(self, number: str, body: str, change: TicketChange) -> None:
        """A call that a trigger makes; a webhook that is gone or inactive is passed over."""
        sender = self.senders.get(number)
        if sender is None or sender.webhook["status"] != "active" or CONDITIONAL not in sender.webhook["subscriptions"]:
            return
        payload = b"" if sender.webhook["http_method"] in ("GET", "DELETE") else body.encode()
        query = f"?{body}" if not payload and body and "=" in body else ""
        sender.put([self.delivery(payload, "", quote(query, safe="?=&%"))])

    def delivery(self, body: bytes, event_id: str, query: str = "") -> Delivery:
        return Delivery(self.account.ids.sortable(self.account.clock.now()), event_id, body, query=query)

    def _listening(self, kind: str) -> bool:
        prefix = webhook_events.PREFIX + kind
        return any(
            name.startswith(prefix) for sender in self.senders.values() for name in sender.webhook["subscriptions"]
        )

    def _emit(self, events: list[Row]) -> None:
        for sender in self.senders.values():
            wanted = set(sender.webhook["subscriptions"])
            if sender.webhook["status"] != "active":
                continue
            due = [event for event in events if event["type"] in wanted]
            if due:
                sender.put([self.delivery(encode(event), event["id"]) for event in due])


def encode(event: Row) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _changed(row: Row, values: Row) -> Row:
    names = ("name", "description", "status", "endpoint", "http_method", "request_format", "subscriptions",
             "authentication", "custom_headers")  # fmt: skip
    row = {**row, **{name: values[name] for name in names if name in values}}
    subscriptions: Any = row["subscriptions"]
    row["subscriptions"] = [subscriptions] if isinstance(subscriptions, str) else list(subscriptions or ())
    for name, good, text in (
        ("name", bool(row["name"]), "cannot be blank"),
        ("endpoint", str(row["endpoint"]).startswith(("https://", "http://")), "is not a valid URL"),
        ("status", row["status"] in ("active", "inactive"), "is not valid"),
        ("http_method", row["http_method"] in METHODS, "is not valid"),
        ("request_format", row["request_format"] in FORMATS, "is not valid"),
    ):
        if not good:
            raise one_problem(name, f"{name}: {text}", "InvalidValue")
    events = [each for each in row["subscriptions"] if each != CONDITIONAL]
    if events and (CONDITIONAL in row["subscriptions"] or row["http_method"] != "POST"):
        raise one_problem("subscriptions", "subscriptions: events are sent as JSON by POST only", "InvalidValue")
    if any(not str(each).startswith(webhook_events.PREFIX) for each in events):
        raise one_problem("subscriptions", "subscriptions: unknown event type", "InvalidValue")
    return row
