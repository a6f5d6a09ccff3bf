"""Records of a desk as plain rows, which the mapping of a connection names fields of; and what changed rows write.

A row holds values that JSON carries, under the names that all desks share. The account's own fields are
`custom_<key>`, and of tickets together in `custom` as well, those that are filled.
"""

from collections.abc import Mapping
from typing import Any

from . import times
from .records import WRITABLE, NewComment, Organization, Person, Ticket, TicketChange

Row = dict[str, Any]

CUSTOM = "custom_"
#: Fields that only a creation writes.
AT_CREATION = frozenset(("description", "created_at", "channel"))
_PERSON = ("external_key", "name", "email", "phone", "organization")
_ORGANIZATION = ("external_key", "name")
#: Of a new ticket's description, where there is none: the desk asks for one.
NO_TEXT = "-"


def ticket_row(ticket: Ticket, address: str = "") -> Row:
    """The row of a ticket. address: where people see it."""
    row: Row = {
        "id": ticket.key,
        "external_key": ticket.external_key or None,
        "subject": ticket.subject or None,
        "status": str(ticket.status) if ticket.status else None,
        "priority": str(ticket.priority) if ticket.priority else None,
        "type": ticket.type or None,
        "requester": ticket.requester or None,
        "organization": ticket.organization or None,
        "assignee": ticket.assignee or None,
        "group": ticket.group or None,
        "brand": ticket.brand or None,
        "form": ticket.form or None,
        "channel": ticket.channel or None,
        "public": ticket.public,
        "tags": sorted(set(ticket.tags)),
        "created_at": ticket.created_at or None,
        "updated_at": ticket.updated_at,
        "url": address or None,
        "custom": {key: value for key, value in sorted(ticket.custom.items()) if value not in (None, "", [], False)},
        **_custom(ticket.custom),
    }
    # a list may leave it out; it is never empty
    return {**row, "description": ticket.description} if ticket.description else row


def person_row(person: Person) -> Row:
    """The row of a person."""
    return {
        "id": person.key,
        "external_key": person.external_key or None,
        "name": person.name or None,
        "email": person.email or None,
        "phone": person.phone or None,
        "organization": person.organization or None,
        "role": person.role or None,
        "active": person.active,
        "suspended": person.suspended,
        "tags": sorted(person.tags),
        "language": _text(person.raw.get("locale")) or _text(person.raw.get("language")),
        "updated_at": person.updated_at,
        **_custom(person.custom),
    }


def organization_row(organization: Organization) -> Row:
    """The row of an organisation."""
    return {
        "id": organization.key,
        "external_key": organization.external_key or None,
        "name": organization.name or None,
        "domains": " ".join(sorted(organization.domains)) or None,
        "tags": sorted(organization.tags),
        "updated_at": organization.updated_at,
        **_custom(organization.custom),
    }


def version_of(row: Mapping[str, Any]) -> int:
    """When a row's record changed, in ms since 1970; 0 where the desk does not say."""
    try:
        return int(times.parse(str(row.get("updated_at") or "")) * 1000)
    except ValueError:
        return 0


def ticket_change(
    fields: Mapping[str, Any], version: str = "", marker: str = "", creating: bool = False
) -> TicketChange:
    """What fields of a ticket's row write. version: that was read, '' for none. marker: of a new ticket's text."""
    values = {name: value for name, value in fields.items() if name in WRITABLE}
    custom = {name[len(CUSTOM) :]: value for name, value in fields.items() if name.startswith(CUSTOM)}
    tags = tuple(fields["tags"] or ()) if "tags" in fields else None
    comment = None
    if creating:
        values = {name: value for name, value in values.items() if value is not None}
        text = str(fields.get("description") or NO_TEXT)
        comment = NewComment(text=text, public=True, marker=marker)
    return TicketChange(values, custom, tags, comment=comment, version=version)


def person_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What fields of a person's row write."""
    return _written(fields, _PERSON)


def organization_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What fields of an organisation's row write."""
    values = _written(fields, _ORGANIZATION)
    if "domains" in fields:
        values["domains"] = tuple(str(fields["domains"] or "").split())
    return values


def _written(fields: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {name: fields[name] for name in names if name in fields}
    if "tags" in fields:
        values["tags"] = tuple(fields["tags"] or ())
    custom = {name[len(CUSTOM) :]: value for name, value in fields.items() if name.startswith(CUSTOM)}
    return {**values, "custom": custom} if custom else values


def _custom(custom: Mapping[str, Any]) -> Row:
    return {f"{CUSTOM}{key}": value for key, value in custom.items()}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
