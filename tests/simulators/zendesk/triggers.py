"""Triggers: who is mailed and called about a write of a ticket, and what it changes in the ticket."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from . import templates, times
from .errors import ApiError
from .journal import Actor
from .table import Row

if TYPE_CHECKING:
    from .account import Account
    from .ticket_writer import TicketChange

_SETTERS = {
    "status": "status", "priority": "priority", "type": "type", "group_id": "group_id", "assignee_id": "assignee_id",
    "set_tags": "tags", "current_tags": "additional_tags", "remove_tags": "remove_tags",
}  # fmt: skip


def run(account: Account, change: TicketChange) -> None:
    """Run the active triggers in their order. What a trigger itself writes runs none."""
    if change.actor.origin == "trigger":
        return
    changes: Row = {}
    for trigger in sorted(account.records.triggers, key=lambda row: row["position"]):
        if not trigger["active"] or not _meets(account, trigger["conditions"], change):
            continue
        for action in trigger["actions"]:
            _act(account, trigger, action, change, changes)
    if changes:
        from .ticket_writer import TicketWriter  # a trigger writes with what runs triggers

        actor = Actor(-1, "trigger", "rule", change.actor.call, change.actor.request_id)
        # What a trigger cannot write is no fault of the call that started it.
        with suppress(ApiError):
            TicketWriter(account, actor).update(change.after["id"], changes)


def _meets(account: Account, conditions: dict[str, Any], change: TicketChange) -> bool:
    all_of, any_of = conditions.get("all") or (), conditions.get("any") or ()
    return all(_holds(account, each, change) for each in all_of) and (
        not any_of or any(_holds(account, each, change) for each in any_of)
    )


def _holds(account: Account, condition: Row, change: TicketChange) -> bool:
    field, operator, value = condition["field"], condition.get("operator", "is"), condition.get("value")
    before, after, comment = change.before, change.after, change.comment
    if field == "update_type":
        return (before is None) == (value == "Create")
    if field == "comment_is_public":
        return comment is not None and (value == "not_relevant" or comment["public"] == (value in (True, "true")))
    if field == "ticket_is_public":
        return bool(after["is_public"]) == (value == "public")
    if field == "role":
        user = account.user(change.actor.user_id)
        return (user is None or user["role"] == "end-user") == (value == "end_user")
    if field == "current_tags":
        wanted = set(str(value).split())
        return bool(wanted & set(after["tags"])) == (operator != "not_includes")
    if field.startswith("custom_fields_"):
        new = after["custom_fields"].get(int(field.removeprefix("custom_fields_")))
        old = (before or {"custom_fields": {}})["custom_fields"].get(int(field.removeprefix("custom_fields_")))
    else:
        new, old = after.get(field), (before or {}).get(field)
    if value == "current_user":
        value = change.actor.user_id
    if operator == "changed":
        return bool(new != old)
    if operator == "changed_from":
        return new != old and _same(old, value)
    if operator in ("changed_to", "value"):
        return new != old and _same(new, value)
    return _same(new, value) == (operator != "is_not")


def _same(stored: Any, value: Any) -> bool:
    return str(stored if stored is not None else "") == str(value if value is not None else "")


def _act(account: Account, trigger: Row, action: Row, change: TicketChange, changes: Row) -> None:
    field, value = action["field"], action["value"]
    if field == "notification_user":
        _mail(account, trigger, change, _recipients(account, value[0], change), value[1], value[2])
    elif field == "notification_group":
        number = change.after["group_id"] if value[0] == "group_id" else int(value[0])
        members = [row["user_id"] for row in account.records.group_memberships.find("group", number)]
        _mail(account, trigger, change, members, value[1], value[2])
    elif field == "notification_webhook":
        account.hub.trigger_call(str(value[0]), _body(account, value, change), change)
    elif field in _SETTERS:
        changes[_SETTERS[field]] = value


def _body(account: Account, value: list[Any], change: TicketChange) -> str:
    """The body of a call, or "" when the admin gave none."""
    return templates.fill(account, str(value[1]), change) if len(value) > 1 and value[1] else ""


def _recipients(account: Account, name: Any, change: TicketChange) -> list[int]:
    after = change.after
    if name == "requester_and_ccs":
        return [after["requester_id"], *after["email_cc_ids"]]
    if name == "all_agents":
        return [row["id"] for role in ("agent", "admin") for row in account.records.users.find("role", role)]
    if name == "current_user":
        return [change.actor.user_id]
    if name in ("requester_id", "assignee_id"):
        return [after[name]] if after[name] is not None else []
    return [int(name)]


def _mail(account: Account, trigger: Row, change: TicketChange, recipients: list[int], subject: str, body: str) -> None:
    """Mail each recipient once, but a person never about what they wrote themselves."""
    author = change.comment["author_id"] if change.comment else change.actor.user_id
    for number in dict.fromkeys(recipients):
        user = account.user(number)
        if user is None or not user["email"] or user["suspended"] or number in (author, change.actor.user_id):
            continue
        send(
            account, user, trigger["title"], templates.fill(account, subject, change),
            templates.fill(account, body, change), ticket_id=change.after["id"], trigger_id=trigger["id"],
            audit_id=change.audit["id"], comment_id=change.comment["id"] if change.comment else None,
        )  # fmt: skip
        event = {
            "id": account.ids.number(), "type": "Notification", "subject": subject, "body": body,
            "recipients": [number],
            "via": {"channel": "rule", "source": {"from": {"id": trigger["id"], "title": trigger["title"]}, "to": {},
                    "rel": "trigger"}},
        }  # fmt: skip
        stored = account.records.audits.rows[change.audit["id"]]
        account.records.audits.put({**stored, "events": [*stored["events"], event]})


def send(account: Account, user: Row, reason: str, subject: str, body: str, **facts: Any) -> None:
    """Note a mail. ``reason`` is the title of the trigger, or ``welcome`` for the verification of an address."""
    account.mails.append(
        {
            "seq": len(account.mails) + 1, "time": times.stamp(account.clock.now()), "reason": reason,
            "user_id": user["id"], "email": user["email"], "role": user["role"], "subject": subject, "body": body,
            "ticket_id": None, "trigger_id": None, "audit_id": None, "comment_id": None, **facts,
        }
    )  # fmt: skip
