"""What an account offers: fields of tickets, forms, groups and brands (the lists of section 4)."""

from collections.abc import Mapping
from typing import Any

from ..answers import key_of, text
from ..records import Description, FieldInfo, NamedItem, Status
from .paging import each
from .session import ZendeskSession

#: Fields of the API that each ticket has, whatever the account defines.
_KINDS = {
    "text": "text",
    "subject": "text",
    "description": "text",
    "textarea": "text",
    "regexp": "text",
    "partialcreditcard": "text",
    "integer": "number",
    "decimal": "decimal",
    "date": "date",
    "checkbox": "bool",
    "tagger": "enum",
    "status": "enum",
    "priority": "enum",
    "tickettype": "enum",
    "basic_priority": "enum",
    "custom_status": "enum",
    "multiselect": "list",
    "assignee": "ref",
    "group": "ref",
    "lookup": "ref",
}
_SYSTEM = frozenset(
    (
        "subject",
        "description",
        "status",
        "priority",
        "basic_priority",
        "tickettype",
        "custom_status",
        "assignee",
        "group",
    )
)


def fields(session: ZendeskSession) -> list[FieldInfo]:
    """The fields of tickets, in the order of the account."""
    return [_field(row) for row in each(session, "/ticket_fields", "ticket_fields")]


def forms(session: ZendeskSession) -> list[NamedItem]:
    """The forms of tickets; none in a plan that has only one."""
    return [_item(row) for row in each(session, "/ticket_forms", "ticket_forms")]


def groups(session: ZendeskSession) -> list[NamedItem]:
    """The groups of agents."""
    return [_item(row) for row in each(session, "/groups", "groups") if row.get("deleted") is not True]


def brands(session: ZendeskSession) -> list[NamedItem]:
    """The brands."""
    return [_item(row) for row in each(session, "/brands", "brands") if row.get("is_deleted") is not True]


def describe(session: ZendeskSession) -> Description:
    """All of it, in four calls. The statuses are those that the account's own field of status offers."""
    found = fields(session)
    offered = next((row.options for row in found if row.system and row.kind == "enum" and "solved" in row.options), {})
    statuses = [status for status in Status if status.value in offered]
    if not statuses:
        statuses = [status for status in Status if status not in (Status.hold, Status.deleted)]
    return Description(
        tuple(found), tuple(forms(session)), tuple(groups(session)), tuple(brands(session)), tuple(statuses)
    )


def _field(row: Mapping[str, Any]) -> FieldInfo:
    kind = text(row.get("type"))
    return FieldInfo(
        key=key_of(row.get("id")),
        title=text(row.get("title") or row.get("raw_title")),
        kind=_KINDS.get(kind, "other"),
        options=_options(row),
        required=row.get("required") is True,
        active=row.get("active") is not False,
        system=kind in _SYSTEM,
    )


def _options(row: Mapping[str, Any]) -> dict[str, str]:
    """{value: label}: of the account's own fields, or of those that each account has."""
    found = {}
    for name in ("custom_field_options", "system_field_options"):
        listed = row.get(name)
        for option in listed if isinstance(listed, list) else ():
            if isinstance(option, dict) and isinstance(option.get("value"), str):
                found[option["value"]] = text(option.get("name"))
    return found


def _item(row: Mapping[str, Any]) -> NamedItem:
    listed = row.get("ticket_field_ids")
    return NamedItem(
        key=key_of(row.get("id")),
        name=text(row.get("name")),
        active=row.get("active") is not False,
        default=row.get("default") is True,
        fields=tuple(key_of(value) for value in listed) if isinstance(listed, list) else (),
    )
