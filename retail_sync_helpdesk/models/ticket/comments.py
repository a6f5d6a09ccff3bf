"""Comments of a desk become messages of tickets: once each, with the desk's author and time, and without any mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from markupsafe import Markup

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL, html2plaintext, plaintext2html

from ...client.records import Attachment, Comment
from . import attachments, authors, comments_out, documents, quiet_messages


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A comment that is not known yet. row: id of its row, once it has one."""

    ticket: models.BaseModel
    comment: Comment

    @property
    def text(self) -> str:
        return text_of(self.comment.html, self.comment.text)


def text_of(html: str, text: str = "") -> str:
    """Return the text by which a comment is compared: without mark-up, each run of white space one blank."""
    return " ".join((html2plaintext(html) if html else text).split())


def ingest_comments(
    env: Environment,
    connection: models.BaseModel,
    comments: Mapping[int, Sequence[Comment]],
    *,
    own_author: str = "",
    files: Mapping[str, bytes] | None = None,
) -> dict[int, list[int]]:
    """Take comments of tickets in; return {ticket id: ids of new messages}, in the order of the comments.

    A fixed number of queries for any number of tickets and comments. A comment that is there already, or that we sent,
    makes no message, and no message notifies anyone. Also hands over what waited for these tickets to be on the desk.

    :param comments: {ticket id: its comments, oldest first}
    :param own_author: key of the desk's user that makes our calls; comments of it and of agents that have no marker are
        compared by their text with those that we sent
    :param files: {key of an attachment: its content} of those that `wanted_files` named; others become a line of text
    """
    env = env(su=True)
    connection = connection.with_env(env)
    tickets = {ticket.id: ticket for ticket in env["helpdesk.ticket"].browse(filter(None, comments)).exists()}
    every: dict[str, _Incoming] = {}
    for ticket_id, found in comments.items():
        for comment in found if ticket_id in tickets else ():
            if comment.key:
                every.setdefault(comment.key, _Incoming(tickets[ticket_id], comment))
    known = known_keys(env, connection, every)
    new = [incoming for key, incoming in every.items() if key not in known]
    new = _without_echoes(env, connection, new, own_author)
    rows = _claim(env, connection, new)
    new = [incoming for incoming in new if incoming.comment.key in rows]
    shown = [incoming for incoming in new if not _is_description(incoming)]
    messages = _write(env, connection, shown, files or {})
    _note_messages(env, rows, shown, messages)
    authors.complete(env, connection, tickets)
    comments_out.queue_waiting(env, connection, list(tickets))
    made: dict[int, list[int]] = {}
    for incoming, message in zip(shown, messages, strict=True):
        made.setdefault(incoming.ticket.id, []).append(message.id)
    documents.propose(env, list(made))
    return made


def known_keys(env: Environment, connection: models.BaseModel, keys: Iterable[str]) -> set[str]:
    """Return those of the keys whose comments are there already."""
    env["retail.sync.ticket.comment"].flush_model(["connection_id", "external_id"])
    rows = env.execute_query(
        SQL(
            "SELECT external_id FROM retail_sync_ticket_comment WHERE connection_id = %s AND external_id = ANY(%s)",
            connection.id,
            list(keys),
        )
    )
    return {key for (key,) in rows}


def wanted_files(
    env: Environment, connection: models.BaseModel, comments: Mapping[int, Sequence[Comment]]
) -> list[Attachment]:
    """Return the attachments of comments that are not there yet, and that their size and name allow to be read.

    To be called before `ingest_comments`, outside its transaction: reading takes time.
    """
    env = env(su=True)
    every = [comment for found in comments.values() for comment in found if comment.attachments]
    known = known_keys(env, connection, [comment.key for comment in every])
    return [
        file
        for comment in every
        if comment.key not in known
        for file in comment.attachments
        if attachments.may_be_read(connection, file)
    ]


def _without_echoes(
    env: Environment, connection: models.BaseModel, new: list[_Incoming], own_author: str
) -> list[_Incoming]:
    """Return the comments that others wrote; what we sent gets its key."""
    sent = comments_out.without_key(env, connection, {incoming.ticket.id for incoming in new})
    by_marker = {row.marker: row for row in sent if row.marker}
    left = {row.id: row for row in sent}
    ours = {own_author, *authors.agents(env, connection)} - {""} if sent else set()
    texts: dict[int, str] = {}
    rest = []
    for incoming in new:
        comment = incoming.comment
        row = by_marker.get(comment.marker) if comment.marker else None
        if row is None and not comment.marker and comment.author in ours:
            # The oldest one with this text: the desk keeps the order in which they were sent.
            if not texts:
                texts = {found.id: text_of(found.message_id.body or "") for found in sent}
            row = next(
                (
                    found
                    for found in sent
                    if found.id in left
                    and found.ticket_id == incoming.ticket
                    and found.queued
                    and texts[found.id] == incoming.text
                ),
                None,
            )
        if row is None or row.id not in left:
            rest.append(incoming)
            continue
        del left[row.id]
        row.external_id = comment.key
    env["retail.sync.ticket.comment"].flush_model(["external_id"])
    return rest


def _claim(env: Environment, connection: models.BaseModel, new: list[_Incoming]) -> dict[str, int]:
    """Insert the rows of comments; return {key: id} of those that no other transaction has inserted."""
    if not new:
        return {}
    values = SQL(", ").join(
        SQL(
            "(%s, %s, %s, 'in', %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
            connection.id,
            incoming.ticket.id,
            incoming.comment.key,
            incoming.comment.public,
            incoming.comment.author or None,
        )
        for incoming in new
    )
    rows = env.execute_query(
        SQL(
            "INSERT INTO retail_sync_ticket_comment (connection_id, ticket_id, external_id, direction, public,"
            " author_key, create_date, write_date) VALUES %s"
            " ON CONFLICT (connection_id, external_id) WHERE external_id IS NOT NULL DO NOTHING"
            " RETURNING external_id, id",
            values,
        )
    )
    env["retail.sync.ticket.comment"].invalidate_model()
    return dict(rows)


def _is_description(incoming: _Incoming) -> bool:
    """Return whether a comment says what the ticket's description says: desks give it as their first comment."""
    return bool(incoming.text) and incoming.text == text_of(incoming.ticket.description or "")


def _write(
    env: Environment, connection: models.BaseModel, shown: list[_Incoming], files: Mapping[str, bytes]
) -> models.BaseModel:
    """Create the messages, and the files that may be kept; in the order of the comments."""
    partners = authors.of_keys(env, connection, {incoming.comment.author for incoming in shown})
    kept = attachments.store(
        env, connection, [(incoming.ticket, incoming.comment.attachments) for incoming in shown], files
    )
    vals_list = []
    for incoming, found in zip(shown, kept, strict=True):
        comment = incoming.comment
        body = Markup(comment.html) if comment.html else plaintext2html(comment.text)
        vals_list.append(
            quiet_messages.vals(
                incoming.ticket,
                body + attachments.placeholders(env, found.refused, incoming.ticket.sync_url),
                public=comment.public,
                author=partners.get(comment.author, env["res.partner"]),
                at=when(comment.at),
                attachment_ids=found.attachments.ids,
            )
        )
    return quiet_messages.create(env, vals_list)


def when(text: str) -> datetime | None:
    """Return a time of the desk, naive in UTC; None where it is none."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (found.astimezone(timezone.utc) if found.tzinfo else found).replace(tzinfo=None, microsecond=0)


def _note_messages(
    env: Environment, rows: Mapping[str, int], shown: list[_Incoming], messages: models.BaseModel
) -> None:
    for incoming, message in zip(shown, messages, strict=True):
        env["retail.sync.ticket.comment"].browse(rows[incoming.comment.key]).message_id = message
    env["retail.sync.ticket.comment"].flush_model(["message_id"])
