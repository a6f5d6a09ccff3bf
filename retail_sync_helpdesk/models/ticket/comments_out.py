"""Messages of tickets on their way to a desk: queued as facts, once each, in the order in which they were written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import html2plaintext

from . import attachments, authors
from .declaration import COMMENT, TICKET

# States of links whose record is on the desk.
LIVING = ("in_sync", "attention", "missing")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A comment as a desk gets it. author_key: "" for the user that makes the calls.

    files: (name, id of an `ir.attachment`) of those that may pass; others are named in the text.
    """

    marker: str
    html: str
    text: str
    public: bool
    author_key: str = ""
    files: list[tuple[str, int]] = field(default_factory=list)


def streams(env: Environment) -> models.BaseModel:
    """Return the streams that send comments."""
    return (
        env["retail.sync.stream"]
        .sudo()
        .search(
            [
                ("entity", "=", COMMENT.name),
                ("direction", "in", ("out", "both")),
                ("state", "=", "live"),
                ("connection_id.active", "=", True),
            ]
        )
    )


def links_of(env: Environment, ticket_ids: Collection[int], connections: models.BaseModel) -> models.BaseModel:
    """Return the links of tickets that are on desks, on these connections."""
    if not connections:
        return env["retail.sync.link"].sudo()
    return (
        env["retail.sync.link"]
        .sudo()
        .search(
            [
                ("res_model", "=", "helpdesk.ticket"),
                ("res_id", "in", list(ticket_ids)),
                ("connection_id", "in", connections.ids),
                ("part", "=", "main"),
                ("role", "=", TICKET.name),
                ("state", "in", LIVING),
            ]
        )
    )


def is_public(message: models.BaseModel) -> bool:
    """Return whether the requester may see a message."""
    return not message.is_internal and not message.subtype_id.internal


def queue(env: Environment, messages: models.BaseModel, to_closed: bool = True) -> None:
    """Queue messages of tickets for the desks that have their tickets, or will have them.

    In the transaction of the caller: a message that is rolled back is never sent.

    :param to_closed: also to tickets that are closed over there for good: the desk refuses them, which a person who
        wrote the message has to know
    """
    env = env(su=True)
    sending = {stream.connection_id: stream for stream in streams(env)}
    if not sending or not messages:
        return
    connections = env["retail.sync.connection"].union(*sending)
    ticket_ids = set(messages.mapped("res_id"))
    on_desk: dict[int, models.BaseModel] = {}
    closed = set()
    for link in links_of(env, ticket_ids, connections):
        if not to_closed and (link.base or {}).get("status") == "closed":
            closed.add(link.res_id)
            continue
        on_desk[link.res_id] = on_desk.get(link.res_id, env["retail.sync.connection"]) | link.connection_id
    coming = _coming(env, ticket_ids - on_desk.keys() - closed, connections)
    vals_list = []
    for message in messages:
        for connection in on_desk.get(message.res_id) or coming.get(message.res_id) or ():
            vals_list.append(
                {
                    "connection_id": connection.id,
                    "ticket_id": message.res_id,
                    "message_id": message.id,
                    "direction": "out",
                    "public": is_public(message),
                    "queued": message.res_id in on_desk,
                }
            )
    rows = env["retail.sync.ticket.comment"].create(vals_list)
    _record(sending, rows.filtered("queued"))


def queue_waiting(env: Environment, connection: models.BaseModel, ticket_ids: Collection[int]) -> None:
    """Hand over what waited for tickets to be on a desk."""
    stream = streams(env).filtered(lambda found: found.connection_id == connection)[:1]
    if not stream or not ticket_ids:
        return
    rows = env["retail.sync.ticket.comment"].search(
        [
            ("connection_id", "=", connection.id),
            ("ticket_id", "in", list(ticket_ids)),
            ("direction", "=", "out"),
            ("queued", "=", False),
        ]
    )
    if not rows:
        return
    there = set(links_of(env, rows.ticket_id.ids, connection).mapped("res_id"))
    rows = rows.filtered(lambda row: row.ticket_id.id in there)
    rows.queued = True
    _record({connection: stream}, rows)


def without_key(env: Environment, connection: models.BaseModel, ticket_ids: Collection[int]) -> models.BaseModel:
    """Return the comments of tickets that we sent, or are sending, and whose key on the desk is not known yet."""
    return env["retail.sync.ticket.comment"].search(
        [
            ("connection_id", "=", connection.id),
            ("ticket_id", "in", list(ticket_ids)),
            ("direction", "=", "out"),
            ("external_id", "=", False),
        ]
    )


def outgoing(env: Environment, payloads: Sequence[Any]) -> dict[int, Outgoing]:
    """Return {id of a comment: as the desk gets it}; without those whose message was deleted or emptied.

    :param payloads: those of the facts: {"comment": id}. The text is read now: a fact holds no personal values.
    """
    env = env(su=True)
    rows = env["retail.sync.ticket.comment"].browse(payload["comment"] for payload in payloads).exists()
    found = {}
    keys = {
        connection: authors.keys_of(env, connection, group.message_id.author_id)
        for connection, group in rows.grouped("connection_id").items()
    }
    for row in rows:
        message = row.message_id
        if not message or not (html2plaintext(message.body or "").strip() or message.attachment_ids):
            continue
        files, refused = _files(row.connection_id, message)
        html = (message.body or "") + attachments.placeholders(env, refused, False)
        found[row.id] = Outgoing(
            marker=row.marker,
            html=str(html),
            text=html2plaintext(html).strip(),
            # Where Odoo mails customers, a public comment would make the desk mail them once more.
            # What was made internal since then stays internal.
            public=row.public and is_public(message) and row.connection_id.desk_mails == "desk",
            author_key=keys[row.connection_id].get(message.author_id.id, ""),
            files=files,
        )
    return found


def place_of(env: Environment, connection: models.BaseModel, marker: str) -> str:
    """Return the desk's key of the ticket on which a comment with our marker belongs; "" for none.

    For `find_effect`: the desk is asked for the comments of that ticket.
    """
    row = (
        env["retail.sync.ticket.comment"]
        .sudo()
        .search([("connection_id", "=", connection.id), ("marker", "=", marker)], limit=1)
    )
    return str(links_of(env, row.ticket_id.ids, connection)[:1].external_id or "")


def _coming(
    env: Environment, ticket_ids: Collection[int], connections: models.BaseModel
) -> dict[int, models.BaseModel]:
    """Return {ticket id: connections} on which tickets that no desk has will be created."""
    found: dict[int, models.BaseModel] = {}
    if not ticket_ids:
        return found
    for stream in env["retail.sync.stream"]._sending():
        if stream.entity == TICKET.name and stream.connection_id in connections:
            for ticket_id in stream._entity()._exportable(stream, list(ticket_ids)):
                found[ticket_id] = found.get(ticket_id, connections.browse()) | stream.connection_id
    return found


def _record(sending: dict[models.BaseModel, models.BaseModel], rows: models.BaseModel) -> None:
    """Record facts about comments, of each stream in one statement and in the order of the messages."""
    for connection, found in rows.sorted("message_id").grouped("connection_id").items():
        sending[connection]._record_facts(
            (row.marker, row.ticket_id.id, {"comment": row.id}, row.message_id.date) for row in found
        )


def _files(
    connection: models.BaseModel, message: models.BaseModel
) -> tuple[list[tuple[str, int]], list[tuple[str, str]]]:
    """Return (files that may pass, those that may not) of a message, by the rules of files that come in."""
    files, refused = [], []
    for attachment in message.attachment_ids:
        name, code = attachments.checked(connection, attachment)
        if code:
            refused.append((name, code))
        else:
            files.append((name, attachment.id))
    return files, refused
