"""Records as calls read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import comments
from .table import Row

if TYPE_CHECKING:
    from .account import Account

_PATHS = {
    "user": "users", "organization": "organizations", "group": "groups", "brand": "brands",
    "ticket_field": "ticket_fields", "ticket_form": "ticket_forms", "custom_status": "custom_statuses",
    "trigger": "triggers", "group_membership": "group_memberships", "user_field": "user_fields",
    "organization_field": "organization_fields",
}  # fmt: skip
_HIDDEN = frozenset({"solved_at", "previous_status", "generated_timestamp"})


def ticket(account: Account, row: Row, exported: bool = False) -> Row:
    """A ticket; ``exported`` adds ``generated_timestamp``."""
    shown = {name: value for name, value in row.items() if name not in _HIDDEN}
    values = [
        {"id": definition["id"], "value": row["custom_fields"].get(definition["id"])}
        for definition in account.records.custom_ticket_fields()
    ]
    shown |= {
        "url": account.url(f"tickets/{row['id']}"), "raw_subject": row["subject"], "custom_fields": values,
        "fields": values, "forum_topic_id": None, "has_incidents": account.records.tickets.has("problem", row["id"]),
        "satisfaction_rating": None, "sharing_agreement_ids": [], "allow_channelback": False,
        "allow_attachments": True, "from_messaging_channel": False,
    }  # fmt: skip
    if exported:
        shown["generated_timestamp"] = row["generated_timestamp"]
    return shown


def user(account: Account, row: Row) -> Row:
    defined = {field["key"]: None for field in account.records.user_fields}
    fields = {**defined, **row["user_fields"]}
    return {**row, "url": account.url(f"users/{row['id']}"), "user_fields": fields}


def organization(account: Account, row: Row) -> Row:
    defined = {field["key"]: None for field in account.records.organization_fields}
    fields = {**defined, **row["organization_fields"]}
    return {**row, "url": account.url(f"organizations/{row['id']}"), "organization_fields": fields}


def identity(account: Account, row: Row) -> Row:
    return {**row, "url": account.url(f"users/{row['user_id']}/identities/{row['id']}")}


def record(account: Account, kind: str, row: Row) -> Row:
    """Any record by the singular name of its kind."""
    shape: Any = {
        "ticket": ticket, "user": user, "organization": organization, "identity": identity,
        "comment": comments.shape,
    }.get(kind)  # fmt: skip
    if shape is not None:
        shaped: Row = shape(account, row)
        return shaped
    path = _PATHS.get(kind)
    shown = {**row, "url": account.url(f"{path}/{row['id']}")} if path else dict(row)
    if kind == "ticket_field" and row["type"] not in ("tagger", "multiselect"):
        del shown["custom_field_options"]
    return shown


def sideloads(account: Account, rows: Sequence[Row], include: str) -> dict[str, list[Row]]:
    """The records that ``include`` of a list of tickets names."""
    found: dict[str, list[Row]] = {}
    names = {part.strip() for part in include.split(",")}
    if "users" in names:
        people = {
            number
            for row in rows
            for number in (row["requester_id"], row["submitter_id"], row["assignee_id"], *row["collaborator_ids"])
        }
        found["users"] = [user(account, account.records.users.rows[n]) for n in sorted(people - {None, -1})]
    for name, table in (("groups", account.records.groups), ("organizations", account.records.organizations)):
        if name in names:
            numbers = {row[name.removesuffix("s") + "_id"] for row in rows} - {None}
            found[name] = [record(account, name[:-1], table.rows[n]) for n in sorted(numbers) if n in table.rows]
    return found
