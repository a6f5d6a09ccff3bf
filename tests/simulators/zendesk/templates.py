"""Placeholders of triggers: ``{{ticket.id}}`` and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .table import Row

if TYPE_CHECKING:
    from .account import Account
    from .ticket_writer import TicketChange

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def fill(account: Account, text: str, change: TicketChange) -> str:
    """The text with its placeholders replaced; unknown ones become empty, as on the platform."""
    return _PLACEHOLDER.sub(lambda found: _value(account, found[1], change), text)


def _value(account: Account, name: str, change: TicketChange) -> str:
    ticket, comment = change.after, change.comment
    subject, _, rest = name.partition(".")
    if subject == "current_user":
        return _of_user(account.user(change.actor.user_id), rest)
    if subject != "ticket":
        return ""
    person, _, part = rest.partition(".")
    if person in ("requester", "assignee"):
        return _of_user(account.user(ticket[f"{person}_id"]), part)
    if rest.startswith("ticket_field_"):
        return _text(ticket["custom_fields"].get(int(rest.removeprefix("ticket_field_"))))
    found: dict[str, Any] = {
        "title": ticket["subject"], "link": f"{account.base_url}/agent/tickets/{ticket['id']}",
        "url": f"{account.base_url}/agent/tickets/{ticket['id']}", "tags": " ".join(ticket["tags"]),
        "latest_comment": comment["plain_body"] if comment else "",
        "latest_public_comment": comment["plain_body"] if comment and comment["public"] else "",
        "comments_formatted": comment["plain_body"] if comment else ticket["description"],
    }  # fmt: skip
    return _text(found.get(rest, ticket.get(rest)))


def _of_user(user: Row | None, part: str) -> str:
    if user is None:
        return ""
    if part == "first_name":
        return str(user["name"]).split(" ")[0]
    return _text(user.get(part or "name"))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
