"""Tickets and comments from and to the form of the API."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, TypeVar

from .. import errors
from ..answers import key_of, record_id, text, texts
from ..coalesce import apply_tags
from ..errors import ClientError, Remedy
from ..records import Attachment, Comment, NewComment, Priority, Status, Ticket, TicketChange
from . import faults
from .session import KeyFields

#: Key of the comment that a ticket's description is: the service keeps it at the ticket, not among the comments.
DESCRIPTION = "description"
#: The service's `closed` ends a ticket, but an answer of the customer may open it again [u].
STATUSES = {2: Status.open, 3: Status.pending, 4: Status.solved, 5: Status.closed}
PRIORITIES = {1: Priority.low, 2: Priority.normal, 3: Priority.high, 4: Priority.urgent}
_CHANNELS = {1: "email", 2: "portal", 3: "phone", 7: "chat", 9: "feedback_widget", 10: "outbound_email"}
_REFERENCES = {
    "requester": "requester_id",
    "organization": "company_id",
    "assignee": "responder_id",
    "group": "group_id",
    "brand": "product_id",
}

E = TypeVar("E", Status, Priority)


def ticket_of(row: Mapping[str, Any], fields: KeyFields) -> Ticket:
    """A ticket of the API. Lists leave the description out."""
    custom = custom_of(row)
    source = row.get("source")
    return Ticket(
        key=key_of(row.get("id")),
        external_key=text(custom.pop(fields.ticket, None)) if fields.ticket else "",
        subject=text(row.get("subject")),
        description=text(row.get("description_text")),
        status=Status.deleted if row.get("deleted") is True else _known(STATUSES, row.get("status")),
        priority=_known(PRIORITIES, row.get("priority")),
        type=text(row.get("type")),
        requester=key_of(row.get("requester_id")),
        organization=key_of(row.get("company_id")),
        assignee=key_of(row.get("responder_id")),
        group=key_of(row.get("group_id")),
        brand=key_of(row.get("product_id")),
        channel=_known(_CHANNELS, source) or key_of(source),
        tags=texts(row.get("tags")),
        custom=custom,
        created_at=text(row.get("created_at")),
        updated_at=text(row.get("updated_at")),
        version=text(row.get("updated_at")),
        raw=row,
    )


def comment_of(row: Mapping[str, Any]) -> Comment:
    """A conversation of the API, which keeps no marker."""
    return Comment(
        key=key_of(row.get("id")),
        author=key_of(row.get("user_id")),
        public=row.get("private") is False,
        text=text(row.get("body_text")),
        html=text(row.get("body")),
        at=text(row.get("created_at")),
        attachments=_attachments(row),
        raw=row,
    )


def description_of(row: Mapping[str, Any]) -> Comment:
    """A ticket's description as its first comment."""
    return Comment(
        key=DESCRIPTION,
        author=key_of(row.get("requester_id")),
        public=True,
        text=text(row.get("description_text")),
        html=text(row.get("description")),
        at=text(row.get("created_at")),
        attachments=_attachments(row),
        raw=row,
    )


def change_body(change: TicketChange, fields: KeyFields, present_tags: Sequence[str] = ()) -> dict[str, Any]:
    """What is sent for a change without its comment. present_tags: those of the ticket, which added tags are joined to.

    Raises ClientError business/VALUE_NOT_OFFERED for a status or priority that the service does not have, contract for
    a field that it does not have; ValueError for a reference that is no id.
    """
    body: dict[str, Any] = {}
    custom = dict(change.custom)
    for name, value in change.values.items():
        if name in _REFERENCES:
            body[_REFERENCES[name]] = int(record_id(str(value))) if value else None
        elif name == "external_key":
            custom[key_field(fields)] = value
        elif name == "status":
            body[name] = _number(STATUSES, name, value)
        elif name == "priority":
            body[name] = _number(PRIORITIES, name, value)
        elif name == "form":
            raise faults.not_offered("FIELD_NOT_OFFERED", "tickets of this desk have no form", ("form",))
        else:
            body[name] = value
    if custom:
        body["custom_fields"] = custom
    if change.tags is not None or change.add_tags or change.remove_tags:
        body["tags"] = list(apply_tags(present_tags, change))
    return body


def key_field(fields: KeyFields) -> str:
    """The custom field of our keys. Raises ClientError contract/NO_KEY_FIELD where none is set."""
    if not fields.ticket:
        raise ClientError(
            errors.CONTRACT,
            "NO_KEY_FIELD",
            "no custom field of tickets is set to hold our keys",
            remedy=Remedy.settings,
        )
    return fields.ticket


def html_of(comment: NewComment) -> str:
    """The comment as the service takes it: always HTML."""
    return comment.html or escape(comment.text, quote=False).replace("\n", "<br>")


def custom_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """{name of a custom field: value} of a record."""
    found = row.get("custom_fields")
    return dict(found) if isinstance(found, dict) else {}


def _attachments(row: Mapping[str, Any]) -> tuple[Attachment, ...]:
    listed = row.get("attachments")
    return tuple(
        Attachment(
            key=key_of(file.get("id")),
            name=text(file.get("name")),
            content_type=text(file.get("content_type")),
            size=file["size"] if isinstance(file.get("size"), int) else 0,
            url=text(file.get("attachment_url")),
        )
        for file in (listed if isinstance(listed, list) else ())
        if isinstance(file, dict)
    )


def _known(words: Mapping[int, Any], value: Any) -> Any:
    return words.get(value) if isinstance(value, int) else None


def _number(words: Mapping[int, E], name: str, value: Any) -> int | None:
    """The service's number of a word. Of its own further statuses, the number itself is taken."""
    if value is None:
        return None
    found = next((number for number, word in words.items() if word.value == str(value)), None)
    if found is None and str(value).isdecimal() and str(value).isascii():
        found = int(value)
    if found is None:
        raise ClientError(
            errors.BUSINESS, "VALUE_NOT_OFFERED", f"this desk has no {name} {str(value)[:40]!r}", fields=(name,)
        )
    return found
