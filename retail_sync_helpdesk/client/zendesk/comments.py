"""Comments of tickets: facts that are only ever added (section 2.3)."""

from collections.abc import Collection, Iterator

from ..answers import key_of, record_id
from ..comment_order import after
from ..records import Comment, NewComment, Saved, TicketChange
from . import tickets
from .paging import each
from .session import ZendeskSession
from .ticket_form import comment_of, marker_of


def listed(session: ZendeskSession, key: str, since: str = "") -> Iterator[Comment]:
    """The comments of a ticket, oldest first. since: key of a comment; only those after it.

    Where no comment has that key, all are given: to see a comment twice does less harm than to miss it.
    """
    path = f"/tickets/{record_id(key)}/comments"
    found = (comment_of(row) for row in each(session, path, "comments", {"sort": "created_at"}))
    yield from after(found, since)


def add(session: ZendeskSession, key: str, comment: NewComment) -> Saved:
    """Add a comment. The outcome of a lost answer is `unknown`: look for the comment's marker before the next try."""
    return tickets.update(session, key, TicketChange(comment=comment))


def markers(session: ZendeskSession, key: str) -> dict[str, str]:
    """{key of a comment: its marker} of a ticket, by its audits: the list of comments does not show them everywhere."""
    found = {}
    for audit in each(session, f"/tickets/{record_id(key)}/audits", "audits"):
        marker = marker_of(audit.get("metadata"))
        events = audit.get("events")
        for event in events if marker and isinstance(events, list) else ():
            if isinstance(event, dict) and event.get("type") == "Comment" and key_of(event.get("id")):
                found[key_of(event["id"])] = marker
    return found


def find_marker(session: ZendeskSession, key: str, marker: str) -> str:
    """The key of a ticket's comment that bears a marker, '' when there is none."""
    if not marker:
        raise ValueError("An empty marker is that of no comment of ours.")
    return next((comment for comment, known in markers(session, key).items() if known == marker), "")


def is_echo(comment: Comment, own_user: str, known: Collection[str] | None = None) -> bool:
    """Whether a comment is one that we wrote. own_user: key of the user that makes our calls.

    A marker decides, if it is one of `known` (None: any). A comment without one is ours only when that user is its
    author, since a list may leave the markers out, and no person uses that user. What we wrote in an agent's name is
    known by its marker alone, which `markers` reads.
    """
    if comment.marker:
        return known is None or comment.marker in known
    return bool(own_user) and comment.author == own_user
