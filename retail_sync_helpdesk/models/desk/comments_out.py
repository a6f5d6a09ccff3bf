from collections.abc import Sequence
from io import BytesIO
from typing import Any

from odoo import api, models
from odoo.api import Environment
from odoo.tools import html2plaintext

from odoo.addons.retail_sync.adapter import UNKNOWN, Answer, Effect, FaultClass, FaultError, OutboundFact
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...client.directory import Directory
from ...client.records import NewComment
from ..ticket import attachments, comments_out
from .push import one_by_one


class RetailSyncAdapterDesk(models.AbstractModel):
    """Comments of Odoo on their way to a desk: each once, in the order in which they were written.

    A comment bears its marker, by which the desk is asked before a comment without a clear answer is sent again.
    """

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def push_facts(self, stream: Stream, facts: Sequence[OutboundFact]) -> list[Answer]:
        connection = stream.connection_id.sudo()
        # Not in the job's transaction: it may be older than a comment that it sends.
        prepared, files = run_separately(self.env, _prepare, [fact.payload for fact in facts])
        rules = attachments.rules(connection)
        with self._desk(connection, "standard") as desk:

            def send(fact: OutboundFact) -> Answer:
                number = fact.payload["comment"]
                if not fact.external_id:
                    text = self.env._("The ticket is not at the desk yet.")
                    raise FaultError(FaultClass.dependency, "TICKET_UNKNOWN", text)
                if number not in prepared:
                    return Answer(True)  # its message was deleted meanwhile: nothing is left to say
                found = prepared[number]
                uploads = [desk.upload(name, BytesIO(content), rules) for name, content in files[number]]
                comment = NewComment(
                    text=found.text,
                    html=found.html,
                    public=found.public,
                    author=found.author_key if self._writes_as_others() else "",
                    uploads=tuple(uploads),
                    marker=found.marker,
                )
                key = desk.add_comment(fact.external_id, comment).comment
                if key:
                    run_separately(self.env, _note_key, connection.id, number, key)
                return Answer(True, key or None, True)

            return one_by_one(facts, send, lambda fact: None)

    @api.model
    def find_effect(self, stream: Stream, key: str) -> str | Effect | None:
        """Return the desk's comment with this marker; of a desk without markers, the one with the same text."""
        connection = stream.connection_id.sudo()
        ticket = run_separately(self.env, comments_out.place_of, connection, key)
        if not ticket:
            return UNKNOWN
        with self._desk(connection, "standard") as desk:
            found = desk.find_comment(ticket, key)
            return self._find_by_text(desk, ticket, connection, key) if found is None else found or None

    @api.model
    def _find_by_text(self, desk: Directory, ticket: str, connection: Any, key: str) -> str | Effect | None:
        html = run_separately(self.env, _html_of, connection, key)
        if not html:
            return UNKNOWN
        wanted = plain(html)
        ours = [comment for comment in desk.comments(ticket) if desk.is_echo(comment)]
        return next((comment.key for comment in reversed(ours) if plain(comment.html or comment.text) == wanted), None)

    @api.model
    def _writes_as_others(self) -> bool:
        """Return whether comments can be written in the name of others than the user who makes the calls."""
        return False


def plain(html: str) -> str:
    """Return a text by which comments are compared, without its mark-up."""
    return " ".join(html2plaintext(html or "").split())


def _prepare(
    tx: Environment, payloads: Sequence[Any]
) -> tuple[dict[int, comments_out.Outgoing], dict[int, list[tuple[str, bytes]]]]:
    """Return ({id of a comment: as it is written}, {id of a comment: (name, content) of its files})."""
    prepared = comments_out.outgoing(tx, payloads)
    wanted = [number for found in prepared.values() for _name, number in found.files]
    raw = {held.id: held.raw or b"" for held in tx["ir.attachment"].browse(wanted).exists()}
    files = {
        key: [(name, raw[number]) for name, number in found.files if number in raw] for key, found in prepared.items()
    }
    return prepared, files


def _html_of(tx: Environment, connection: Any, marker: str) -> str:
    """Return the text of the comment with a marker; '' where it is gone."""
    row = tx["retail.sync.ticket.comment"].search(
        [("connection_id", "=", connection.id), ("marker", "=", marker)], limit=1
    )
    found = comments_out.outgoing(tx, [{"comment": row.id}]).get(row.id) if row else None
    return found.html if found else ""


def _note_key(tx: Environment, connection_id: int, comment_id: int, key: str) -> None:
    """Note what the desk calls a comment, unless a read was faster and has it."""
    tx.cr.execute(
        "UPDATE retail_sync_ticket_comment SET external_id = %(key)s WHERE id = %(id)s AND external_id IS NULL"
        " AND NOT EXISTS (SELECT FROM retail_sync_ticket_comment other WHERE other.connection_id = %(connection)s"
        " AND other.external_id = %(key)s)",
        {"key": key, "id": comment_id, "connection": connection_id},
    )
