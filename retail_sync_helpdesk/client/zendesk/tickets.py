"""Reading and writing tickets (section 2)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import coalesce as merging
from .. import errors
from ..answers import as_object, key_of, member, record_id, rows, text
from ..errors import ClientError
from ..records import Job, Saved, Ticket, TicketChange
from . import jobs
from .session import ZendeskSession
from .ticket_form import change_body, needs_present_tags, ticket_of

#: Tickets in one call of `show_many`.
SHOWN = 100
IDEMPOTENCY_SECONDS = 2 * 3600
IDEMPOTENCY_LENGTH = 255
#: Under which the answer says whether it is that of an earlier try.
LOOKUP_HEADER = "x-idempotency-lookup"
FOLLOW_UP = "via_followup_source_id"


def get(session: ZendeskSession, key: str) -> Ticket:
    """One ticket. Raises ClientError `gone` when it was deleted."""
    return ticket_of(member(session.get(f"/tickets/{record_id(key)}"), "ticket"))


def show_many(session: ZendeskSession, keys: Sequence[str]) -> dict[str, Ticket]:
    """{key: ticket}, a call for each hundred; those that are gone are left out."""
    wanted = list(dict.fromkeys(record_id(key) for key in keys))
    found: dict[str, Ticket] = {}
    for start in range(0, len(wanted), SHOWN):
        body = session.get("/tickets/show_many", {"ids": ",".join(wanted[start : start + SHOWN])})
        found.update((ticket.key, ticket) for ticket in map(ticket_of, rows(body, "tickets")))
    return found


def find(session: ZendeskSession, external_key: str) -> list[Ticket]:
    """The tickets with this external id, oldest first. The list is immediate, other than a search."""
    if not external_key:
        raise ValueError("An empty external id is that of every ticket.")
    listed = rows(session.get("/tickets", {"external_id": external_key}), "tickets")
    # a service that does not know the parameter would ignore it and list everything
    found = [ticket for ticket in map(ticket_of, listed) if ticket.external_key == external_key]
    return sorted(found, key=lambda ticket: int(ticket.key or 0))


def create(
    session: ZendeskSession,
    new: TicketChange,
    requester: Mapping[str, Any] | None = None,
    *,
    follow_up_of: str = "",
    look_first: bool = True,
) -> Saved:
    """Create a ticket once, however often it is tried.

    requester: {"name", "email"} of a person who may be new. follow_up_of: key of a closed ticket that this one
    continues. Within two hours a repeated call is recognised by its idempotency key; after that, only by the external
    id, which is looked up first. look_first=False saves that call where no earlier try can have been made.
    Raises ValueError for a ticket without an external key or comment.
    """
    external_key = new.values.get("external_key")
    if not external_key or not new.comment:
        raise ValueError("A ticket is created with an external key and a comment.")
    if look_first:
        known = find(session, external_key)
        if known:
            return Saved(True, known[0].key, version=known[0].version)
    body = change_body(replace(new, version=""))
    if requester:
        body["requester"] = {name: requester[name] for name in ("name", "email") if requester.get(name)}
    if follow_up_of:
        body[FOLLOW_UP] = int(record_id(follow_up_of))
    reply = session.request(
        "POST", "/tickets", json={"ticket": body}, idempotency_key=idempotency_key(str(external_key), body)
    )
    ticket = member(as_object(reply.json()), "ticket")
    created = reply.headers.get(LOOKUP_HEADER, "").lower() != "hit"
    return Saved(True, key_of(ticket.get("id")), created, text(ticket.get("updated_at")))


def idempotency_key(external_key: str, body: Mapping[str, Any]) -> str:
    """A key for one ticket with one content: another content under an equal key would be refused.

    Of a ticket that changes between two tries, the look-up by external id finds the first.
    """
    content = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    return f"{hashlib.sha256(external_key.encode()).hexdigest()[:32]}-{digest}"[:IDEMPOTENCY_LENGTH]


def update(session: ZendeskSession, key: str, change: TicketChange, known: Ticket | None = None) -> Saved:
    """Write one change in one call. known: the ticket as it was read, so that added tags need no further look.

    A change with a version is written only if the ticket still has it; ClientError `conflict` otherwise, and nothing
    is changed. Without a version, a change that adds or removes tags is guarded by the version of that further look:
    the service takes all tags or none.
    """
    path = f"/tickets/{record_id(key)}"
    tags: tuple[str, ...] = ()
    if needs_present_tags(change):
        known = known if known and known.version == change.version else get(session, key)
        tags = known.tags
        change = change if change.version else replace(change, version=known.version)
    # A comment makes it a call that must not be repeated blindly, unless the version guards it.
    idempotent = change.comment is None or bool(change.version)
    body = {"ticket": change_body(change, tags)}
    answer = as_object(session.request("PUT", path, json=body, idempotent=idempotent).json())
    ticket = member(answer, "ticket")
    comment = _comment_key(answer) if change.comment else ""
    return Saved(True, key_of(ticket.get("id")) or key, version=text(ticket.get("updated_at")), comment=comment)


def change(session: ZendeskSession, key: str, changes: Sequence[TicketChange]) -> list[Saved]:
    """Write several changes of one ticket in as few calls as its comments permit; a result for each call made.

    A later call is guarded by the version that the answer to the one before names. The first refusal ends it: what
    comes after would stand in the wrong order.
    """
    results: list[Saved] = []
    version = ""
    for merged in merging.coalesce(changes):
        try:
            saved = update(session, key, merged if merged.version else replace(merged, version=version))
        except ClientError as error:
            results.append(Saved(False, key, error=error))
            break
        results.append(saved)
        version = saved.version if any(change.version for change in changes) else ""
    return results


def _comment_key(answer: Mapping[str, Any]) -> str:
    """The key of the comment in the audit of an answer, '' where it shows none."""
    audit = answer.get("audit")
    events = audit.get("events") if isinstance(audit, dict) else None
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict) and event.get("type") == "Comment":
            return key_of(event.get("id"))
    return ""


def update_many(session: ZendeskSession, changes: Mapping[str, TicketChange]) -> Job:
    """Write a change each of up to a hundred tickets; the results are in their order once the job is done.

    Raises ValueError for more, and for a change that only adds or removes tags: the service takes all of them.
    """
    _countable(changes)
    keys = [record_id(key) for key in changes]
    if any(needs_present_tags(change) for change in changes.values()):
        raise ValueError("A change among many names all tags of its ticket, or none.")
    tickets = [{"id": int(key), **change_body(change)} for key, change in changes.items()]
    return jobs.start(session, "PUT", "/tickets/update_many", {"tickets": tickets}, keys)


def create_many(session: ZendeskSession, new: Sequence[TicketChange]) -> Job:
    """Create up to a hundred tickets; the results are in their order once the job is done.

    No idempotency key holds here. Raises ValueError for more, and for a ticket without an external key or comment: a
    lost job is found again by its external keys.
    """
    _countable(new)
    if not all(change.values.get("external_key") and change.comment for change in new):
        raise ValueError("A ticket is created with an external key and a comment.")
    keys = [str(change.values["external_key"]) for change in new]
    tickets = [change_body(replace(change, version="")) for change in new]
    return jobs.start(session, "POST", "/tickets/create_many", {"tickets": tickets}, keys)


def delete(session: ZendeskSession, key: str) -> None:
    """Delete a ticket, from which the desk's own users can bring it back. One that is gone already is no fault."""
    try:
        session.request("DELETE", f"/tickets/{record_id(key)}")
    except ClientError as error:
        if error.kind != errors.GONE:
            raise


def _countable(changes: Mapping[str, TicketChange] | Sequence[TicketChange]) -> None:
    if not 1 <= len(changes) <= jobs.MOST:
        raise ValueError(f"A job holds 1 to {jobs.MOST} tickets.")
