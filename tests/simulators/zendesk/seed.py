"""Puts an account's past into it: no mails, no events, no triggers, and dates as given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import settings_rows, times
from .journal import Actor
from .organization_writer import OrganizationWriter
from .people import UserWriter
from .table import Row
from .ticket_writer import TicketWriter

if TYPE_CHECKING:
    from .account import Account

_DATES = ("created_at", "updated_at", "solved_at")


def seed(account: Account, spec: dict[str, Any]) -> list[int]:
    """Load records of one kind and return their ids in order.

    ``_ref`` names a record for later ``"@name"`` values. Tickets take ``comments``, of which the first is the
    description, and ``status`` closed; every kind takes ``id``, ``created_at``, ``updated_at`` and, for exports,
    ``generated_timestamp``.
    """
    kind = spec["object"]
    actor = Actor(account.user_id(spec.get("user", "agent")), "seed", spec.get("channel", "web"))
    ids: list[int] = []
    for record in spec.get("records") or ():
        values = {key: _referred(account, value) for key, value in record.items() if key != "_ref"}
        number = _place(account, actor, kind, values)
        ids.append(number)
        if record.get("_ref"):
            account.references[str(record["_ref"])] = number
    return ids


def _place(account: Account, actor: Actor, kind: str, values: Row) -> int:
    if kind == "ticket":
        number = _ticket(account, actor, values)
    elif kind == "user":
        number = UserWriter(account, actor, quiet=True).create(values)["id"]
    elif kind == "organization":
        number = OrganizationWriter(account, actor, quiet=True).create(values)["id"]
    else:
        return settings_rows.create(account, actor, kind, values)
    row = dict(account.records.table(kind).rows[number])
    dates = {name: times.normal(values[name]) for name in _DATES if values.get(name)}
    if dates or "generated_timestamp" in values:
        row |= dates
        moment = values.get("generated_timestamp") or times.epoch_of(row["updated_at"])
        account.save(kind, row, actor, "update", moment=float(moment))
    return int(number)


def _ticket(account: Account, actor: Actor, values: Row) -> int:
    comments = [each if isinstance(each, dict) else {"body": each} for each in values.pop("comments", ())]
    first = values.pop("comment", None) or (comments.pop(0) if comments else values.get("description") or "Seeded")
    status = values.pop("status", None)
    wanted = values.get("id")
    if wanted is not None:
        account.ids.pass_by(int(wanted), ticket=True)
    # Solving and closing come last: closed tickets take no comments.
    now = {} if status in (None, "solved", "closed") else {"status": status}
    writer = TicketWriter(account, actor, quiet=True)
    row, _ = writer.create({**values, **now, "comment": first}, wanted)
    for comment in comments:
        writer.update(row["id"], {"comment": comment, "status": account.records.tickets.rows[row["id"]]["status"]})
    if status in ("solved", "closed"):
        writer.update(row["id"], {"status": status})
    return int(row["id"])


def _referred(account: Account, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("@") and value[1:] in account.references:
        return account.references[value[1:]]
    if isinstance(value, list):
        return [_referred(account, each) for each in value]
    if isinstance(value, dict):
        return {key: _referred(account, each) for key, each in value.items()}
    return value
