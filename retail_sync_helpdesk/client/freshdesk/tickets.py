"""Reading and writing tickets."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from .. import errors, times
from ..answers import as_object, key_of, record_id, rows, text
from ..errors import ClientError
from ..records import Saved, Ticket, TicketChange
from . import faults, multipart
from .attachments import HeldFile
from .session import FreshdeskSession
from .ticket_form import change_body, html_of, key_field, ticket_of

#: The search may not show yet what was written within this time [u].
INDEX_SECONDS = timedelta(minutes=10).total_seconds()
#: Statuses and priorities that a new ticket has where it names none; the service asks for both.
_DEFAULTS = {"status": 2, "priority": 1}


def get(session: FreshdeskSession, key: str) -> Ticket:
    """One ticket. Raises ClientError `gone` also for one in the trash."""
    return ticket_of(row_of(session, key), session.key_fields)


def row_of(session: FreshdeskSession, key: str) -> dict[str, Any]:
    """One ticket as the service sends it. Raises ClientError as `get`."""
    row = session.get(f"/tickets/{record_id(key)}")
    if row.get("deleted") is True:
        raise ClientError(errors.GONE, "TICKET_DELETED", "the ticket is in the trash")
    return row


def get_many(session: FreshdeskSession, keys: Sequence[str]) -> dict[str, Ticket]:
    """{key: ticket}, a call for each; those that are gone are left out."""
    found = {}
    for key in dict.fromkeys(keys):
        try:
            found[key] = get(session, key)
        except ClientError as error:
            if error.kind != errors.GONE:
                raise
    return found


def find(session: FreshdeskSession, external_key: str) -> list[Ticket]:
    """The tickets with a key of ours in the custom field that holds them, oldest first.

    The search lags behind, so the tickets that were created within its delay are looked through as well. An older
    ticket that got its key within the delay may be missed. Raises ClientError contract/NO_KEY_FIELD; ValueError for a
    key that cannot be searched for.
    """
    name = key_field(session.key_fields)
    if not external_key or set(external_key) & set("'\"\\"):
        raise ValueError("A key that is searched for is not empty and has no quotes.")
    body = session.get("/search/tickets", {"query": f"\"{name}:'{external_key}'\""})
    listed = [*rows(body, "results"), *_recent(session)]
    # the search may find parts of a text, too
    found = {ticket.key: ticket for ticket in (ticket_of(row, session.key_fields) for row in listed)}
    matching = [ticket for ticket in found.values() if ticket.external_key == external_key and ticket.key]
    return sorted(matching, key=lambda ticket: int(ticket.key))


def create(
    session: FreshdeskSession,
    new: TicketChange,
    requester: Mapping[str, Any] | None = None,
    files: Sequence[HeldFile] = (),
) -> Saved:
    """Create a ticket unless one with its external key is found; two calls at the same moment create two.

    The outcome of a lost answer is `unknown`; the next try looks first. Raises ValueError for a ticket without an
    external key or comment, ClientError contract/PRIVATE_DESCRIPTION for a first comment that is not public.
    """
    external_key = new.values.get("external_key")
    if not external_key or not new.comment:
        raise ValueError("A ticket is created with an external key and a comment.")
    if not new.comment.public:
        raise faults.not_offered("PRIVATE_DESCRIPTION", "the requester sees the description of a ticket")
    body = {
        **_DEFAULTS,
        **{name: value for name, value in change_body(new, session.key_fields).items() if value is not None},
        "description": html_of(new.comment),
    }
    if requester:
        body.update({name: requester[name] for name in ("name", "email") if requester.get(name)})
    known = find(session, str(external_key))
    if known:
        return Saved(True, known[0].key, version=known[0].version)
    row = post(session, "/tickets", body, files)
    return Saved(True, key_of(row.get("id")), True, text(row.get("updated_at")))


def update(session: FreshdeskSession, key: str, change: TicketChange) -> Saved:
    """Write the values and tags of a change in one call; its comment goes out by `comments.add`.

    The service compares no versions and takes all tags or none: a change with a version, or with tags that are added
    or removed, reads the ticket first. Whoever writes between the two calls is overwritten. Raises ClientError
    `conflict` when the ticket was read with another version.
    """
    path = f"/tickets/{record_id(key)}"
    tags: tuple[str, ...] = ()
    if change.version or (change.tags is None and (change.add_tags or change.remove_tags)):
        tags = check_version(session, key, change.version).tags
    row = as_object(session.request("PUT", path, json=change_body(change, session.key_fields, tags)).json())
    return Saved(True, key_of(row.get("id")) or key, version=text(row.get("updated_at")))


def check_version(session: FreshdeskSession, key: str, version: str) -> Ticket:
    """The ticket as it is. Raises ClientError conflict/VERSION_DIFFERS when it has another version than a given one."""
    known = get(session, key)
    if version and known.version != version:
        raise ClientError(errors.CONFLICT, "VERSION_DIFFERS", "the ticket changed since it was read")
    return known


def delete(session: FreshdeskSession, key: str) -> None:
    """Put a ticket into the trash. One that is gone already is no fault."""
    try:
        session.request("DELETE", f"/tickets/{record_id(key)}")
    except ClientError as error:
        if error.kind != errors.GONE:
            raise


def post(
    session: FreshdeskSession, path: str, body: Mapping[str, Any], files: Sequence[HeldFile] = ()
) -> dict[str, Any]:
    """The record that a call creates, which must not be repeated blindly. Raises ClientError as `request`."""
    if not files:
        return as_object(session.request("POST", path, json=body).json())
    data, content_type = multipart.encode(body, files)
    return as_object(session.request("POST", path, data=data, headers={"Content-Type": content_type}).json())


def _recent(session: FreshdeskSession) -> list[dict[str, Any]]:
    """The tickets that the search may not show yet, newest first: new ones push rows to later pages, and hide none."""
    found = []
    for row in session.each("/tickets", {"order_by": "created_at", "order_type": "desc"}):
        if seconds(row, "created_at") < session.now() - INDEX_SECONDS:
            break
        found.append(row)
    return found


def seconds(row: Mapping[str, Any], name: str) -> float:
    """A time of a row, seconds since the epoch. Raises ClientError contract/ODD_ANSWER for a row without it."""
    try:
        return times.parse(text(row.get(name)))
    except ValueError:
        raise errors.odd_answer(f"a row has no {name}") from None
