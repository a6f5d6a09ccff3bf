"""What an account offers: fields of tickets, groups and products."""

from collections.abc import Mapping
from typing import Any

from ..answers import key_of, text
from ..errors import ClientError
from ..records import Description, FieldInfo, NamedItem
from .session import FreshdeskSession
from .ticket_form import STATUSES

_KINDS = {
    "custom_text": "text",
    "custom_paragraph": "text",
    "custom_number": "number",
    "custom_decimal": "decimal",
    "custom_date": "date",
    "custom_checkbox": "bool",
    "custom_dropdown": "enum",
    "nested_field": "enum",
    "default_subject": "text",
    "default_description": "html",
    "default_status": "enum",
    "default_priority": "enum",
    "default_ticket_type": "enum",
    "default_source": "enum",
    "default_requester": "ref",
    "default_company": "ref",
    "default_group": "ref",
    "default_agent": "ref",
    "default_product": "ref",
}


def describe(session: FreshdeskSession) -> Description:
    """All of it, in three calls. Products stand for brands; the account has no forms. The statuses are always the same:
    those that an account defines beside them have no word here."""
    return Description(
        fields=tuple(_field(row) for row in session.each("/ticket_fields")),
        groups=tuple(_item(row) for row in session.each("/groups")),
        brands=_brands(session),
        statuses=tuple(STATUSES.values()),
    )


def _brands(session: FreshdeskSession) -> tuple[NamedItem, ...]:
    try:
        return tuple(_item(row) for row in session.each("/products"))
    except ClientError as error:
        if error.code == "require_feature":  # the plan has a single product
            return ()
        raise


def _field(row: Mapping[str, Any]) -> FieldInfo:
    kind = text(row.get("type"))
    return FieldInfo(
        key=text(row.get("name")),
        title=text(row.get("label")),
        kind=_KINDS.get(kind, "other"),
        options=_options(row.get("choices")),
        required=row.get("required_for_closure") is True,
        system=row.get("default") is True,
    )


def _options(choices: Any) -> dict[str, str]:
    """{value: label} of a list, of {label: number} as priorities have it, or of {number: [label, …]} as statuses do."""
    if isinstance(choices, list):
        return {choice: choice for choice in choices if isinstance(choice, str)}
    found = {}
    for key, value in choices.items() if isinstance(choices, dict) else ():
        if isinstance(value, list) and value and key.isdecimal():
            found[key] = text(value[0])
        elif isinstance(value, int):
            found[str(value)] = key
        else:
            found[key] = key
    return found


def _item(row: Mapping[str, Any]) -> NamedItem:
    return NamedItem(key=key_of(row.get("id")), name=text(row.get("name")), default=row.get("default") is True)
