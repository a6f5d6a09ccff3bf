"""Comments of tickets: the description, answers and notes."""

from collections.abc import Iterator, Sequence

from ..answers import key_of, record_id
from ..comment_order import after
from ..records import Comment, NewComment, Saved
from . import tickets
from .attachments import HeldFile
from .session import FreshdeskSession
from .ticket_form import DESCRIPTION, comment_of, description_of, html_of


def listed(session: FreshdeskSession, key: str, since: str = "") -> Iterator[Comment]:
    """The comments of a ticket, oldest first; the description is the first.

    since: key of a comment; only those after it. Where no comment has that key, all are given.
    """
    found = [comment_of(row) for row in session.each(f"/tickets/{record_id(key)}/conversations")]
    found.sort(key=lambda comment: comment.at)
    if since == DESCRIPTION:
        yield from found
    elif since in {comment.key for comment in found}:
        yield from after(found, since)
    else:
        yield description_of(tickets.row_of(session, key))
        yield from found


def add(session: FreshdeskSession, key: str, comment: NewComment, files: Sequence[HeldFile] = ()) -> Saved:
    """Add a note, or an answer that the service mails to the requester.

    The outcome of a lost answer is `unknown`, and no marker tells whether the comment is there: compare the texts of
    the latest comments before the next try.
    """
    path = f"/tickets/{record_id(key)}"
    body = {"body": html_of(comment)}
    if comment.public:
        row = tickets.post(session, f"{path}/reply", body, files)
    else:
        row = tickets.post(session, f"{path}/notes", {**body, "private": True}, files)
    return Saved(bool(key_of(row.get("id"))), key, comment=key_of(row.get("id")))


def is_echo(comment: Comment, own_user: str) -> bool:
    """Whether the user that makes our calls wrote a comment; no person may use that user."""
    return bool(own_user) and comment.author == own_user
