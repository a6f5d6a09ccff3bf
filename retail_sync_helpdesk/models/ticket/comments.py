"""Comments of a desk become messages of tickets: once each, with the desk's author and time, and without any mail."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from markupsafe import Markup

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL, html2plaintext, plaintext2html

from ...client.freshdesk.ticket_form import DESCRIPTION
from ...client.records import Attachment, Comment
from . import attachments, authors, comments_out, documents, quiet_messages

# Keys that each ticket has.
SHARED_KEYS = frozenset((DESCRIPTION,))


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A comment that is not known yet. row: id of its row, once it has one."""

    ticket: models.BaseModel
    comment: Comment

    @property
    def key(self) -> str:
        return stored_key(self.ticket.id, self.comment.key)

    @property
    def text(self) -> str:
        return text_of(self.comment.html, self.comment.text)


def stored_key(ticket_id: int, key: str) -> str:
    """Return the key of a comment that no other has on its connection: a desk may call each description the same."""
    return f"{ticket_id}:{key}" if key in SHARED_KEYS else key


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
                incoming = _Incoming(tickets[ticket_id], comment)
                every.setdefault(incoming.key, incoming)
    known = known_keys(env, connection, every)
    descriptions = _descriptions(env, connection, list(every.values()))
    new = [incoming for key, incoming in every.items() if key not in known]
    new = _without_echoes(env, connection, new, own_author)
    rows = _claim(env, connection, new)
    # What the description says stands on the ticket; its files come as a message without text.
    shown = [
        incoming
        for incoming in new
        if incoming.key in rows and (incoming.comment.attachments or incoming.key not in descriptions)
    ]
    messages = _write(env, connection, shown, files or {}, descriptions)
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


def _descriptions(env: Environment, connection: models.BaseModel, listed: Sequence[_Incoming]) -> set[str]:
    """Return the keys of comments that say what the description says: desks give it as the first comment of a ticket.

    A later comment with the same words is one of its own.
    """
    first: dict[int, _Incoming] = {}
    for incoming in listed:
        first.setdefault(incoming.ticket.id, incoming)
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT ticket_id FROM retail_sync_ticket_comment WHERE connection_id = %s AND direction = 'in'"
            " AND ticket_id = ANY(%s)",
            connection.id,
            list(first),
        )
    )
    begun = {ticket_id for (ticket_id,) in rows}
    return {
        incoming.key
        for ticket_id, incoming in first.items()
        if ticket_id not in begun and incoming.text and incoming.text == text_of(incoming.ticket.description or "")
    }


def wanted_files(
    env: Environment, connection: models.BaseModel, comments: Mapping[int, Sequence[Comment]]
) -> list[Attachment]:
    """Return the attachments of comments that are not there yet, and that their size and name allow to be read.

    To be called before `ingest_comments`, outside its transaction: reading takes time.
    """
    env = env(su=True)
    every = {
        stored_key(ticket_id, comment.key): comment
        for ticket_id, found in comments.items()
        for comment in found
        if comment.attachments
    }
    known = known_keys(env, connection, every)
    return [
        file
        for key, comment in every.items()
        if key not in known
        for file in comment.attachments[: attachments.MOST_FILES]
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
        row.external_id = incoming.key
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
            incoming.key,
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


def _write(
    env: Environment,
    connection: models.BaseModel,
    shown: list[_Incoming],
    files: Mapping[str, bytes],
    descriptions: Collection[str],
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
        if incoming.key in descriptions:
            body = Markup()
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
        env["retail.sync.ticket.comment"].browse(rows[incoming.key]).message_id = message
    env["retail.sync.ticket.comment"].flush_model(["message_id"])
