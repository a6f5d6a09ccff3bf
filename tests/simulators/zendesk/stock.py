"""What a new account has: its people, group, brand, form, ticket fields, statuses and triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import stock_triggers
from .journal import Actor
from .table import Row

if TYPE_CHECKING:
    from .account import Account

INTEGRATION = "integration@acme.example"
_PEOPLE = (
    ("admin", "admin@acme.example", "Account Owner", "admin"),
    ("integration", INTEGRATION, "Odoo Integration", "admin"),
    ("agent", "agent@acme.example", "Agent One", "agent"),
    ("agent2", "agent2@acme.example", "Agent Two", "agent"),
)
_SYSTEM_FIELDS = (
    ("subject", "Subject"), ("description", "Description"), ("status", "Status"), ("tickettype", "Type"),
    ("priority", "Priority"), ("group", "Group"), ("assignee", "Assignee"), ("custom_status", "Ticket status"),
)  # fmt: skip
_STATUSES = (
    ("new", "New"), ("open", "Open"), ("pending", "Pending"), ("hold", "On-hold"), ("solved", "Solved"),
)  # fmt: skip
SYSTEM = Actor(-1, "system", "system")


def install(account: Account) -> None:
    """Put everything in its place; ``account.users`` holds the ids of the people by key."""
    stamp = account.stamp()
    dates = {"created_at": stamp, "updated_at": stamp}

    def save(kind: str, **values: Any) -> int:
        row = {"id": account.ids.number(), **values, **dates}
        account.save(kind, row, SYSTEM, "system")
        return int(row["id"])

    brand = save("brand", name="Acme", subdomain=account.config.subdomain, active=True, default=True,
                 brand_url=account.base_url,
                 has_help_center=False, is_deleted=False, signature_template="")  # fmt: skip
    for category, label in _STATUSES:
        save("custom_status", status_category=category, agent_label=label, raw_agent_label=label,
             end_user_label=label, raw_end_user_label=label, description="", raw_description="",
             end_user_description="", active=category != "hold" or account.config.hold_status,
             default=True)  # fmt: skip
    for position, (kind, title) in enumerate(_SYSTEM_FIELDS, 1):
        save("ticket_field", **ticket_field({"type": kind, "title": title, "position": position}, removable=False))
    save("ticket_form", name="Default Ticket Form", raw_name="Default Ticket Form", display_name="Default Ticket Form",
         raw_display_name="Default Ticket Form", end_user_visible=True, position=1, active=True, default=True,
         ticket_field_ids=list(account.records.ticket_fields.ids), in_all_brands=True,
         restricted_brand_ids=[brand])  # fmt: skip
    group = save("group", name="Support", description="", default=True, is_public=True, deleted=False)
    for key, email, name, role in _PEOPLE:
        number = save("user", **user_row(name=name, email=email, role=role, verified=True))
        account.users[key] = number
        save("identity", user_id=number, type="email", value=email, verified=True, primary=True,
             undeliverable_count=0, deliverable_state="deliverable")  # fmt: skip
        if key != "integration":
            save("group_membership", user_id=number, group_id=group, default=True)
            account.records.users.rows[number]["default_group_id"] = group
    for position, trigger in enumerate(stock_triggers.TRIGGERS, 1):
        save("trigger", **trigger, position=position, active=trigger.get("active", True), default=False,
             category_id="1", description=None, raw_title=trigger["title"])  # fmt: skip


def user_row(**values: Any) -> Row:
    """A user without id and dates."""
    return {
        "name": "", "email": None, "role": "end-user", "external_id": None, "phone": None, "organization_id": None,
        "user_fields": {}, "tags": [], "active": True, "suspended": False, "verified": False, "shared": False,
        "shared_agent": False, "shared_phone_number": None, "locale": "en-US", "locale_id": 1, "time_zone": "Rome",
        "iana_time_zone": "Europe/Rome", "alias": "", "details": "", "notes": "", "signature": None,
        "default_group_id": None, "custom_role_id": None, "role_type": None, "moderator": False,
        "ticket_restriction": "requested" if values.get("role", "end-user") == "end-user" else None,
        "only_private_comments": False, "restricted_agent": False, "last_login_at": None, "photo": None,
        "two_factor_auth_enabled": False, "report_csv": False, "permanently_deleted": False, **values,
    }  # fmt: skip


def ticket_field(values: Row, removable: bool = True) -> Row:
    """A ticket field without id and dates, from what a call sends."""
    title = values.get("title") or ""
    return {
        "type": values.get("type"), "title": title, "raw_title": title, "description": values.get("description") or "",
        "raw_description": values.get("description") or "", "position": values.get("position") or 9999,
        "active": values.get("active", True), "required": bool(values.get("required")), "collapsed_for_agents": False,
        "regexp_for_validation": values.get("regexp_for_validation"), "title_in_portal": title,
        "raw_title_in_portal": title, "visible_in_portal": bool(values.get("visible_in_portal")),
        "editable_in_portal": bool(values.get("editable_in_portal")), "required_in_portal": False,
        "tag": values.get("tag"), "removable": removable, "agent_description": None,
        "custom_field_options": choices(values.get("custom_field_options")),
    }  # fmt: skip


def choices(options: Any) -> list[Row]:
    """The options of a drop-down or multi-select field."""
    return [
        {
            "id": option.get("id") or 1000 + position, "name": option.get("name") or option["value"],
            "raw_name": option.get("name") or option["value"], "value": str(option["value"]).lower(),
            "default": bool(option.get("default")),
        }
        for position, option in enumerate(options or ())
    ]  # fmt: skip


def keyed_field(values: Row) -> Row:
    """A field of users or organizations without id and dates."""
    return {
        "key": values["key"], "type": values.get("type") or "text", "title": values.get("title") or values["key"],
        "raw_title": values.get("title") or values["key"], "description": values.get("description") or "",
        "position": values.get("position") or 9999, "active": values.get("active", True), "system": False,
        "regexp_for_validation": values.get("regexp_for_validation"), "tag": values.get("tag"),
        "custom_field_options": choices(values.get("custom_field_options")),
    }  # fmt: skip
