"""Tickets from and to the form of the API (section 2.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..answers import key_of, record_id, text, texts, word
from ..coalesce import apply_tags
from ..records import Attachment, Comment, NewComment, Priority, Status, Ticket, TicketChange

#: Under which our marker stands in a change's metadata.
MARKER = "odoo"

_NAMES = {
    "external_key": "external_id",
    "subject": "subject",
    "status": "status",
    "priority": "priority",
    "type": "type",
    "requester": "requester_id",
    "organization": "organization_id",
    "assignee": "assignee_id",
    "group": "group_id",
    "brand": "brand_id",
    "form": "ticket_form_id",
}
_REFERENCES = frozenset(("requester", "organization", "assignee", "group", "brand", "form"))


def ticket_of(row: Mapping[str, Any]) -> Ticket:
    """A ticket of the API. Ids may be numbers or texts, words of any case."""
    via = row.get("via")
    channel = via.get("channel") if isinstance(via, dict) else via
    return Ticket(
        key=key_of(row.get("id")),
        external_key=text(row.get("external_id")),
        subject=text(row.get("raw_subject") or row.get("subject")),
        description=text(row.get("description")),
        status=word(Status, row.get("status")),
        priority=word(Priority, row.get("priority")),
        type=text(row.get("type")).lower(),
        requester=key_of(row.get("requester_id")),
        organization=key_of(row.get("organization_id")),
        assignee=key_of(row.get("assignee_id")),
        group=key_of(row.get("group_id")),
        brand=key_of(row.get("brand_id")),
        form=key_of(row.get("ticket_form_id")),
        channel=text(channel),
        public=row.get("is_public") is not False,
        tags=texts(row.get("tags")),
        custom=_custom(row),
        created_at=text(row.get("created_at")),
        updated_at=text(row.get("updated_at")),
        version=text(row.get("updated_at")),
        raw=row,
    )


def comment_of(row: Mapping[str, Any]) -> Comment:
    """A comment of the API."""
    files = row.get("attachments")
    return Comment(
        key=key_of(row.get("id")),
        author=key_of(row.get("author_id")),
        public=row.get("public") is True,
        text=text(row.get("plain_body") or row.get("body")),
        html=text(row.get("html_body")),
        at=text(row.get("created_at")),
        attachments=tuple(attachment_of(file) for file in files if isinstance(file, dict))
        if isinstance(files, list)
        else (),
        marker=marker_of(row.get("metadata")),
        raw=row,
    )


def attachment_of(row: Mapping[str, Any]) -> Attachment:
    """A file at a comment."""
    size = row.get("size")
    return Attachment(
        key=key_of(row.get("id")),
        name=text(row.get("file_name")),
        content_type=text(row.get("content_type")),
        size=size if isinstance(size, int) else 0,
        url=text(row.get("content_url")),
        inline=row.get("inline") is True,
    )


def marker_of(metadata: Any) -> str:
    """Our marker in the metadata of a comment or an audit, '' for none."""
    if not isinstance(metadata, dict):
        return ""
    custom = metadata.get("custom")
    found = custom.get(MARKER) if isinstance(custom, dict) else metadata.get(MARKER)
    return found if isinstance(found, str) else ""


def change_body(change: TicketChange, present_tags: Sequence[str] = ()) -> dict[str, Any]:
    """What `{"ticket": …}` holds for a change. present_tags: those of the ticket, which added tags are joined to.

    Raises ValueError for a reference that is no id.
    """
    body: dict[str, Any] = {}
    for name, value in change.values.items():
        if name in _REFERENCES:
            value = int(record_id(str(value))) if value else None
        elif isinstance(value, (Status, Priority)):
            value = value.value
        body[_NAMES[name]] = value
    if change.custom:
        body["custom_fields"] = [{"id": int(record_id(key)), "value": value} for key, value in change.custom.items()]
    if changes_tags(change):
        body["tags"] = list(apply_tags(present_tags, change))
    if change.comment:
        body["comment"] = _comment_body(change.comment)
        if change.comment.marker:
            body["metadata"] = {MARKER: change.comment.marker}
    if change.version:
        body.update(safe_update=True, updated_stamp=change.version)
    return body


def changes_tags(change: TicketChange) -> bool:
    """Whether a change says anything about tags."""
    return change.tags is not None or bool(change.add_tags or change.remove_tags)


def needs_present_tags(change: TicketChange) -> bool:
    """Whether the API, which takes all tags or none, needs to be read before this change is written."""
    return change.tags is None and bool(change.add_tags or change.remove_tags)


def _comment_body(comment: NewComment) -> dict[str, Any]:
    body: dict[str, Any] = {"html_body": comment.html} if comment.html else {"body": comment.text}
    body["public"] = comment.public
    if comment.author:
        body["author_id"] = int(record_id(comment.author))
    if comment.uploads:
        body["uploads"] = list(comment.uploads)
    return body


def _custom(row: Mapping[str, Any]) -> dict[str, Any]:
    listed = row.get("custom_fields") or row.get("fields")
    found = {}
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and key_of(entry.get("id")):
            found[key_of(entry["id"])] = entry.get("value")
    return found
