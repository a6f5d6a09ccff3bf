import logging
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.security.audit import LABELS, AuditKind
from ...runtime import actions
from ...runtime.erasure import Erasure
from ...runtime.fields import BigInteger
from . import changes, protection, sealing, trail, verification
from .verification_wizard import result_text

_logger = logging.getLogger(__name__)

# Ids that a screen shows of one row.
SHOWN = 5


class RetailSyncAudit(models.Model):
    """Keep what people did: who, when, to which records. Rows are written by ``trail.add`` alone and never change.

    A row holds codes, ids and names of fields. Words of people are kept in another table, from which an erasure can
    remove them; the row keeps a digest of them.
    """

    _name = "retail.sync.audit"
    _inherit = ["retail.sync.append.only"]
    _description = "Audit trail"
    _erasure = Erasure(why="Holds codes and ids; its words are in a table that the trail itself empties.")
    _log_access = False
    _guard = protection.GUARD
    _order = "id desc"
    _rec_name = "kind"

    at = fields.Datetime(required=True, readonly=True, string="Time")
    kind = fields.Selection([(kind.value, label) for kind, label in LABELS.items()], required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    # Without a foreign key: a connection can be deleted, its rows cannot be changed.
    connection_model = fields.Char(readonly=True, string="Model of the connection")
    connection_id = fields.Integer(string="Id of the connection", readonly=True)
    model = fields.Char(readonly=True, string="Model of the records")
    res_ids = fields.Json(readonly=True, string="Ids of the records")
    details = fields.Json(readonly=True)
    text_digest = fields.Char(
        readonly=True,
        string="Digest of the reason",
        help="Salted digest of the reason, which is kept in another table.",
    )
    seq = BigInteger(string="Number", readonly=True, help="Given when the row is sealed, without a gap.")
    sealed_at = fields.Datetime(string="Sealed on", readonly=True)
    hash = fields.Char(readonly=True, help="SHA-256 over this row and the hash of the row before it.")

    records_text = fields.Char(compute="_compute_texts", string="Records")
    connection_name = fields.Char(compute="_compute_texts", string="Connection")
    details_text = fields.Char(compute="_compute_texts", string="Details as text")
    reason = fields.Text(
        compute="_compute_reason", help="Shown to readers who may see all records that the row is about."
    )
    record_id = fields.Integer(
        string="Id of a record", compute="_compute_record_id", search="_search_record_id", help="Finds rows by record."
    )

    _seq_uniq = models.UniqueIndex("(seq) WHERE seq IS NOT NULL")
    _waiting_idx = models.Index("(id) WHERE seq IS NULL")
    _kind_idx = models.Index("(kind, id)")
    _user_idx = models.Index("(user_id, id)")
    _at_idx = models.Index("(at)")
    _records_idx = models.Index("USING gin (res_ids jsonb_path_ops)")

    def export_data(self, fields_to_export: Sequence[str]) -> dict[str, Any]:
        trail.exported(self, fields_to_export)
        return super().export_data(fields_to_export)

    # -- what screens show

    @api.depends("model", "res_ids", "connection_id", "details")
    @api.depends_context("uid", "lang")
    def _compute_texts(self) -> None:
        connections = self._connection_names()
        titles = {
            model.model: model.name
            for model in self.env["ir.model"]
            .sudo()
            .search([("model", "in", list(set(self.mapped("model")) - {False}))])
        }
        for row in self:
            row.records_text = row._records_text(titles)
            row.details_text = as_text(row.details or {})
            row.connection_name = connections.get((row.connection_model, row.connection_id), "")

    def _records_text(self, titles: dict[str, str]) -> str:
        """Return model and ids: no name, because a name is personal data.

        :param titles: {model: its title}
        """
        if not self.model:
            return ""
        ids = self.res_ids or []
        numbers = ", ".join(f"#{res_id}" for res_id in ids[:SHOWN])
        text = f"{titles.get(self.model, self.model)} {numbers}".strip()
        if len(ids) > SHOWN:
            return self.env._("%(records)s and %(count)s more", records=text, count=len(ids) - SHOWN)
        return text

    def _connection_names(self) -> dict[tuple[str, int], str]:
        """Return {(model, id): name} of the connections that still exist and that the reader may see; else the id."""
        names: dict[tuple[str, int], str] = {}
        for model, rows in self.grouped("connection_model").items():
            ids = {row.connection_id for row in rows} - {0}
            names.update({(model, id_): f"#{id_}" for id_ in ids})
            if model and model in self.env:
                found = self.env[model].with_context(active_test=False).browse(sorted(ids)).exists()
                readable = found._filtered_access("read")
                names.update({(model, connection.id): connection.display_name for connection in readable})
        return names

    @api.depends("text_digest")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_reason(self) -> None:
        """Compute with the rights of the reader on the records: what people write about a record belongs to it."""
        with_text = self.filtered("text_digest")
        self.env.cr.execute(
            "SELECT audit_id, text FROM retail_sync_audit_text WHERE audit_id = ANY(%s)", [with_text.ids]
        )
        texts = dict(self.env.cr.fetchall())
        hidden = with_text._about_hidden_records()
        for row in self:
            if not row.text_digest or row in hidden:
                row.reason = False
            else:
                row.reason = texts.get(row.id) or self.env._("Erased")

    def _about_hidden_records(self) -> models.BaseModel:
        """Return those of self that are about a record which exists and which the user may not read."""
        hidden = self.browse()
        if self.env.su:
            return hidden
        for model, rows in self.grouped("model").items():
            if not model or model not in self.env:
                continue
            ids = {res_id for row in rows for res_id in row.res_ids or []}
            there = self.env[model].with_context(active_test=False).browse(sorted(ids)).exists()
            unreadable = set(there.ids) - set(there._filtered_access("read").ids)
            hidden |= rows.filtered(lambda row, unreadable=unreadable: unreadable & set(row.res_ids or ()))
        return hidden

    def _compute_record_id(self) -> None:
        for row in self:
            row.record_id = (row.res_ids or [0])[0]

    @api.model
    def _search_record_id(self, operator: str, value: Any) -> Any:
        if operator != "in":
            return NotImplemented
        wanted = [f"[{int(res_id)}]" for res_id in value if res_id]
        query = SQL("(SELECT id FROM retail_sync_audit WHERE res_ids @> ANY(%s::jsonb[]))", wanted)
        return [("id", "in", query)]

    # -- buttons and schedules

    def action_open(self) -> dict[str, Any]:
        """Open the records that the row is about.

        :raises UserError: none of them exists any more
        :raises AccessError: the user may not read them
        """
        self.ensure_one()
        self.check_access("read")
        records = self.env[self.model].browse() if self.model in self.env else None
        found = records is not None and records.with_context(active_test=False).browse(self.res_ids or []).exists()
        if not found:
            raise UserError(self.env._("These records no longer exist, so they cannot be opened."))
        found.check_access("read")
        if len(found) == 1:
            return actions.open_record(found)
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"].sudo()._get(self.model).name,
            "res_model": self.model,
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", found.ids)],
            "context": {"active_test": False},
        }

    def action_verify(self) -> dict[str, Any]:
        """Verify the whole trail, whichever rows are selected, and show the result in a dialog."""
        self.browse().check_access("read")
        result = verification.verify(self.env)
        wizard = self.env["retail.sync.audit.verification"].create(
            {
                "text": result_text(self.env, result),
                "is_damaged": bool(result.damage),
                "seq": result.seq,
                "hash": result.hash,
            }
        )
        return wizard._open()

    @api.model
    def _note(self, records: models.BaseModel, step: str, kind: AuditKind, **details: Any) -> None:
        """Write a row about records of another addon that a person created, changed or deleted."""
        changes.note(records, step, None, kind, **details)

    @api.model
    def _noting(
        self, records: models.BaseModel, names: Collection[str], kind: AuditKind
    ) -> AbstractContextManager[None]:
        """Return a context that writes a row about those fields of records of another addon that its block changes."""
        return changes.noted(records, names, lambda _record: None, kind)

    @api.model
    def _cron_seal(self) -> None:
        """Seal what no transaction has sealed after its commit, because its worker died or the lock was taken."""
        while sealing.seal_waiting(self.env) == sealing.BATCH:
            pass

    @api.model
    def _cron_verify(self) -> None:
        """Verify the trail; damage raises an alarm and is written to the log of the server."""
        result = verification.verify(self.env)
        text = result_text(self.env, result)
        if not result.damage:
            _logger.info("Audit trail verified: row %s, hash %s, %s waiting", result.seq, result.hash, result.waiting)
            return
        _logger.error("Audit trail: %s at row %s", result.damage.value, result.at)
        self._alarm(result, text)

    @api.model
    def _alarm(self, result: verification.Result, text: str) -> None:
        """Hook: show people that the trail is damaged."""


def as_text(details: Any) -> str:
    """Return details of a row as one line: names, codes and ids."""
    if isinstance(details, dict):
        return "; ".join(f"{name}: {as_text(value)}" for name, value in details.items())
    if isinstance(details, list):
        return ", ".join(as_text(value) for value in details)
    return str(details)
