"""Payloads of event subscriptions. Ids are texts in them; each event of one write shares a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import times
from .table import Row

if TYPE_CHECKING:
    from .account import Account
    from .ticket_writer import TicketChange

VERSION = "2022-11-06"
PREFIX = "zen:event-type:"
_TICKET = {
    "status": "status_changed", "custom_status_id": "custom_status_changed", "priority": "priority_changed",
    "type": "type_changed", "assignee_id": "agent_assignment_changed", "group_id": "group_assignment_changed",
    "requester_id": "requester_changed", "organization_id": "organization_changed", "subject": "subject_changed",
    "external_id": "external_id_changed", "brand_id": "brand_changed", "ticket_form_id": "form_changed",
    "problem_id": "problem_link_changed", "due_at": "task_due_at_changed",
}  # fmt: skip
_USER = {
    "name": "name_changed", "external_id": "external_id_changed", "role": "role_changed", "details": "details_changed",
    "notes": "notes_changed", "alias": "alias_changed", "active": "active_changed",
    "default_group_id": "default_group_changed", "suspended": "suspended_changed",
}  # fmt: skip
_ORGANIZATION = {"name": "name_changed", "external_id": "external_id_changed"}
_UPPER = ("status", "priority", "type")


def of_ticket(account: Account, change: TicketChange) -> list[Row]:
    """The events of one write of a ticket."""
    found: list[tuple[str, Row]] = []
    before, after = change.before, change.after
    if change.op:
        found.append((change.op, {}))
    if change.op in ("", "created") and change.comment is not None:
        found.append(("comment_added", {"comment": _comment(account, change.comment)}))
    if not change.op and before is not None:
        for name, event in _TICKET.items():
            if before[name] != after[name]:
                current, previous = _text(account, name, after[name]), _text(account, name, before[name])
                found.append((event, {"current": current, "previous": previous}))
        if before["tags"] != after["tags"]:
            found.append(("tags_changed", _tags(before["tags"], after["tags"])))
        found += _fields(account, before["custom_fields"], after["custom_fields"])
    subject = f"zen:ticket:{after['id']}"
    return _events(account, "ticket", subject, _ticket_detail(account, change), found)


def of_user(account: Account, event: str, before: Row | None, after: Row) -> list[Row]:
    """The events of one write of a user. ``event``: created, updated, deleted or merged."""
    found: list[tuple[str, Row]] = [] if event == "updated" else [(event, {})]
    if before is not None and event == "updated":
        found = _changes(_USER, before, after)
        if before["organization_id"] != after["organization_id"]:
            added, removed = after["organization_id"], before["organization_id"]
            found += [("organization_membership_created", {"organization": {"id": str(added)}})] if added else []
            found += [("organization_membership_deleted", {"organization": {"id": str(removed)}})] if removed else []
    detail = {
        "id": str(after["id"]), "email": after["email"] or "", "external_id": after["external_id"] or "",
        "default_group_id": str(after["default_group_id"] or 0), "organization_id": str(after["organization_id"] or 0),
        "role": after["role"], "created_at": after["created_at"], "updated_at": after["updated_at"],
    }  # fmt: skip
    return _events(account, "user", f"zen:user:{after['id']}", detail, found)


def of_organization(account: Account, event: str, before: Row | None, after: Row) -> list[Row]:
    """The events of one write of an organization. ``event``: created, updated or deleted."""
    found: list[tuple[str, Row]] = [] if event == "updated" else [(event, {})]
    if before is not None and event == "updated":
        found = _changes(_ORGANIZATION, before, after)
    detail = {
        "id": str(after["id"]), "external_id": after["external_id"] or "", "name": after["name"],
        "group_id": str(after["group_id"] or 0), "shared_tickets": after["shared_tickets"],
        "shared_comments": after["shared_comments"], "created_at": after["created_at"],
        "updated_at": after["updated_at"],
    }  # fmt: skip
    return _events(account, "organization", f"zen:organization:{after['id']}", detail, found)


def _changes(names: dict[str, str], before: Row, after: Row) -> list[tuple[str, Row]]:
    found: list[tuple[str, Row]] = [
        (event, {"current": after[name], "previous": before[name]})
        for name, event in names.items()
        if before[name] != after[name]
    ]
    if before["tags"] != after["tags"]:
        found.append(("tags_changed", _tags(before["tags"], after["tags"])))
    key = "user_fields" if "user_fields" in after else "organization_fields"
    for name in {**before[key], **after[key]}:
        old, new = before[key].get(name), after[key].get(name)
        if old != new:
            found.append(("custom_field_changed", {"field": {"key": name}, "current": new, "previous": old}))
    return found


def _events(account: Account, kind: str, subject: str, detail: Row, found: list[tuple[str, Row]]) -> list[Row]:
    now = account.clock.now()
    sequence = account.ids.sortable(now)
    return [
        {
            "type": f"{PREFIX}{kind}.{name}", "account_id": account.config.account_id,
            "id": account.ids.sortable(now), "time": times.milliseconds(now), "zendesk_event_version": VERSION,
            "subject": subject, "detail": detail,
            "event": {**event, "meta": {"sequence": {"id": sequence, "position": position}}},
        }
        for position, (name, event) in enumerate(found, 1)
    ]  # fmt: skip


def _ticket_detail(account: Account, change: TicketChange) -> Row:
    row = change.after

    def number(value: Any) -> str | None:
        return None if value is None else str(value)

    return {
        "id": str(row["id"]), "external_id": row["external_id"], "subject": row["subject"],
        "description": row["description"], "status": _text(account, "status", row["status"]),
        "priority": _text(account, "priority", row["priority"]), "type": _text(account, "type", row["type"]),
        "requester_id": number(row["requester_id"]), "submitter_id": number(row["submitter_id"]),
        "assignee_id": number(row["assignee_id"]), "organization_id": number(row["organization_id"]),
        "group_id": number(row["group_id"]), "brand_id": number(row["brand_id"]),
        "form_id": number(row["ticket_form_id"]), "custom_status": number(row["custom_status_id"]),
        "actor_id": str(change.actor.user_id), "is_public": row["is_public"], "tags": row["tags"],
        "via": {"channel": {"api": "web_service", "web": "web_form"}.get(change.actor.channel, change.actor.channel)},
        "created_at": row["created_at"], "updated_at": row["updated_at"],
    }  # fmt: skip


def _text(account: Account, name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _UPPER:
        return str(value).upper() if account.config.webhook_upper_case else str(value)
    return str(value)


def _tags(before: list[str], after: list[str]) -> Row:
    return {"tags_added": sorted(set(after) - set(before)), "tags_removed": sorted(set(before) - set(after))}


def _fields(account: Account, before: Row, after: Row) -> list[tuple[str, Row]]:
    found: list[tuple[str, Row]] = []
    for definition in account.records.custom_ticket_fields():
        old, new = before.get(definition["id"]), after.get(definition["id"])
        if old != new:
            field = {"id": str(definition["id"]), "title": definition["title"], "type": definition["type"],
                     "is_personally_identifiable_information": False}  # fmt: skip
            found.append(("custom_field_changed", {"field": field, "current": new, "previous": old}))
    return found


def _comment(account: Account, row: Row) -> Row:
    author = account.records.users.get(row["author_id"])
    return {
        "id": str(row["id"]), "body": row["body"], "is_public": row["public"],
        "author": {
            "id": str(row["author_id"]), "name": author["name"] if author else "",
            "is_staff": bool(author and author["role"] != "end-user"),
        },
    }  # fmt: skip
