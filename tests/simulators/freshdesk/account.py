"""The state of the account: records, clock, switches, and the calls of the current minute."""

from __future__ import annotations

import itertools
import secrets
import threading
from datetime import datetime, timezone
from typing import Any

from ..common import faults
from ..common.clock import Clock
from .messages import Row, Upload, invalid

KEY_FIELD = "cf_odoo_key"
COMPANY_FIELD = "odoo_key"
TYPES = ["Question", "Incident", "Problem"]
DEFAULTS: dict[str, Any] = {"rate_limit": 0, "search_lag_seconds": 0, "page_rows": 100, "products": True}
#: Statuses 6 and above are an account's own.
STATUSES = {
    "2": ["Open", "Being Processed"],
    "3": ["Pending", "Awaiting your Reply"],
    "4": ["Resolved"],
    "5": ["Closed"],
}


class FaultBook(faults.FaultBook):
    """Faults of single calls; ``path`` of a match is a pattern of the path."""

    kinds = frozenset(("status", "html", "drop", "truncate", "drop_after_commit", "rate_limit", "slow"))
    match_keys = ("method", "path")


class Account:
    """One account with an integration agent and another agent. All access holds ``lock``."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.faults = FaultBook(self.clock)
        self.api_key = secrets.token_urlsafe(15)
        self.base_url = ""
        self.reset()

    def reset(self) -> None:
        self.faults.clear()
        self.config = dict(DEFAULTS)
        self.calls: list[Row] = []
        self.minute = (0, 0)
        self._ids = itertools.count(43_000_000_001)
        self.tickets: dict[int, Row] = {}
        self.conversations: dict[int, Row] = {}
        self.contacts: dict[int, Row] = {}
        self.companies: dict[int, Row] = {}
        self.files: dict[int, Upload] = {}
        self.integration = self.agent("Integration", "sync@acme.example")
        self.other = self.agent("Agent", "agent@acme.example")
        self.fields = [
            _field("subject", "default_subject", "Subject"),
            _field("status", "default_status", "Status", choices=STATUSES),
            _field("priority", "default_priority", "Priority", choices={"Low": 1, "Medium": 2, "High": 3, "Urgent": 4}),
            _field("ticket_type", "default_ticket_type", "Type", choices=TYPES),
            _field(KEY_FIELD, "custom_text", "Odoo key"),
            _field("cf_order", "custom_text", "Order"),
        ]

    def number(self) -> int:
        return next(self._ids)

    def stamp(self) -> str:
        """The platform's time, in whole seconds."""
        return datetime.fromtimestamp(int(self.clock.now()), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def agent(self, name: str, email: str) -> Row:
        return {"id": self.number(), "type": "support_agent", "contact": {"name": name, "email": email}}

    def contact_of(self, values: Row) -> int:
        """The customer that a new ticket names, made if there is none. Raises :class:`ApiError`."""
        if values.get("requester_id"):
            return int(values["requester_id"])
        email = values.get("email")
        if not email:
            raise invalid("requester_id", "missing_field", "One of these must be filled: requester_id, email")
        known = next((row["id"] for row in self.contacts.values() if row["email"] == email), None)
        return known or self.add(self.contacts, {"email": email, "name": values.get("name") or email})["id"]

    def add(self, table: dict[int, Row], values: Row) -> Row:
        """A new record with its id and times."""
        now = self.stamp()
        row = {"custom_fields": {}, "tags": [], "email": None, **values, "id": self.number()}
        row.update(created_at=now, updated_at=values.get("updated_at") or now)
        table[row["id"]] = row
        return row

    def comment(self, ticket: int, author: int, body: str, private: bool, files: list[Upload]) -> Row:
        """A conversation of a ticket, which changes with it."""
        attached = [self.attach(file) for file in files]
        row = self.add(self.conversations, {
            "ticket_id": ticket, "user_id": author, "body": body, "private": private, "incoming": False,
            "body_text": plain(body), "source": 2 if private else 0, "attachments": attached,
        })  # fmt: skip
        self.tickets[ticket]["updated_at"] = self.stamp()
        return row

    def attach(self, file: Upload) -> Row:
        number = self.number()
        self.files[number] = file
        return {
            "id": number, "name": file.name, "content_type": file.content_type, "size": len(file.content),
            "attachment_url": f"{self.base_url}/files/{number}",
        }  # fmt: skip


def plain(html: str) -> str:
    """The text of the HTML that clients send."""
    text = html.replace("<br>", "\n")
    for sign, name in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        text = text.replace(name, sign)
    return text


def _field(name: str, kind: str, label: str, choices: Any = None) -> Row:
    found: Row = {"name": name, "type": kind, "label": label, "default": kind.startswith("default_")}
    return found if choices is None else {**found, "choices": choices}
