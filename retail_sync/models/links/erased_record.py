"""What stays of an erased person: that the record on the platform is not taken in again, without saying whose it is."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from odoo import api, fields, models
from odoo.api import Environment
from odoo.exceptions import UserError

from ...runtime import actions, rights
from ...runtime.erasure import Erasure
from ...runtime.rights import Role
from ...runtime.sql import execute_values
from ..audit import trail

# Configuration parameter with the key of the digests. Without the key, no guess at an external id can be checked.
KEY = "retail_sync.erasure_key"


class RetailSyncErasedRecord(models.Model):
    """A record that was erased here: known by a digest, until the platform shows it again.

    The platform's record comes back with the next poll or event. It is left out, and the list says that it is still
    there, so that a person erases it there too. From then on it is named by its id, which ends with the record.
    """

    _name = "retail.sync.erased.record"
    _description = "Erased record"
    _log_access = False
    _order = "seen_on desc nulls last, id desc"
    _erasure = Erasure(why="Holds digests, and ids of records that the platform still shows.")

    connection_id = fields.Many2one("retail.sync.connection", readonly=True, ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one(related="connection_id.company_id")
    remote_object = fields.Char(string="Object", readonly=True)
    digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    res_model = fields.Char(readonly=True, string="Odoo model")
    res_id = fields.Integer(readonly=True, string="Odoo id", help="The record is neither sent nor matched again.")
    erased_on = fields.Datetime(required=True, readonly=True, string="Erased on")
    seen_on = fields.Datetime(readonly=True, string="Last shown on", help="When the platform last showed the record.")
    seen_count = fields.Integer(readonly=True, string="Times shown")
    external_id = fields.Char(
        readonly=True, string="Id on the platform", help="Known as long as the platform still shows the record."
    )
    gone_on = fields.Datetime(readonly=True, string="Deleted on the platform on")
    state = fields.Selection(
        [
            ("erased", "Erased here"),
            ("there", "Still on the platform"),
            ("gone", "Deleted on the platform"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    next_step = fields.Char(compute="_compute_state", string="What to do")
    url = fields.Char(compute="_compute_url", string="On the platform")

    _digest_uniq = models.UniqueIndex("(connection_id, digest) WHERE digest IS NOT NULL")
    _record_uniq = models.UniqueIndex("(res_model, res_id) WHERE digest IS NULL")
    _there_idx = models.Index("(connection_id, external_id) WHERE external_id IS NOT NULL")

    @api.depends("seen_on", "gone_on")
    def _compute_state(self) -> None:
        for record in self:
            gone = record.gone_on and (not record.seen_on or record.gone_on >= record.seen_on)
            record.state = "gone" if gone else "there" if record.seen_on else "erased"
            record.next_step = record.state == "there" and self.env._(
                "The platform still has the record. Erase it on the platform too. It is not taken in again."
            )

    @api.model
    def _search_state(self, operator: str, value: Any) -> Any:
        if operator != "in":
            return NotImplemented
        gone = fields.Domain("gone_on", "!=", False)
        shown = fields.Domain("external_id", "!=", False)
        domains = {"there": shown, "gone": gone & ~shown, "erased": ~gone & ~shown}
        return fields.Domain.OR([domains[state] for state in value if state in domains])

    def _compute_url(self) -> None:
        for record in self:
            connection = record.connection_id.sudo()
            record.url = bool(connection and record.external_id) and connection._adapter().record_url(
                connection, record.remote_object, record.external_id
            )

    def action_open_remote(self) -> dict[str, Any]:
        """Open the record on the platform, to erase it there."""
        self.ensure_one()
        rights.require(self, Role.operator, Role.auditor)
        if not self.url:
            raise UserError(self.env._("The platform does not show this record, or has no page for it."))
        return actions.open_url(self.url)

    def action_release(self) -> bool:
        """Let the records be taken in again: the person is a customer again, and has agreed to it."""
        released = rights.require(self, Role.manager)
        trail.add(self.env, "erasure", model=self._name, res_ids=self.ids, details={"step": "release"})
        released.unlink()
        return True


def digest(env: Environment, connection_id: int, remote_object: str, external_id: str) -> str:
    """Return what stands for an external id: the same for the same record, and no way back."""
    message = "\n".join((str(connection_id), remote_object, external_id)).encode()
    return hmac.new(_key(env), message, hashlib.sha256).hexdigest()


def _key(env: Environment) -> bytes:
    parameters = env["ir.config_parameter"].sudo()
    value = parameters.get_param(KEY)
    if not value:
        value = secrets.token_hex(32)
        parameters.set_param(KEY, value)
    return str(value).encode()


def note(env: Environment, res_model: str, res_ids: Collection[int], remote: Iterable[tuple[int, str, str]]) -> None:
    """Keep that records were erased: [(connection id, object, external id)], and records of Odoo by their ids."""
    now = fields.Datetime.now()
    rows = [
        (connection_id, remote_object, digest(env, connection_id, remote_object, external_id), None, None, now)
        for connection_id, remote_object, external_id in remote
    ]
    rows += [(None, None, None, res_model, res_id, now) for res_id in res_ids]
    if rows:
        execute_values(
            env,
            "INSERT INTO retail_sync_erased_record (connection_id, remote_object, digest, res_model, res_id, erased_on,"
            " seen_count) VALUES %s ON CONFLICT DO NOTHING",
            rows,
            template="(%s, %s, %s, %s, %s, %s, 0)",
        )
        env["retail.sync.erased.record"].invalidate_model()


def leave_out(
    env: Environment, stream: models.BaseModel, rows: list[dict[str, Any]], look: bool = False
) -> tuple[list[dict[str, Any]], int]:
    """Return (rows of records that were not erased here, how many were).

    A connection without erased records costs one query a page.

    :param look: a dry run asks: what the platform shows is not noted
    """
    connection = stream.connection_id
    env.cr.execute(
        "SELECT EXISTS (SELECT FROM retail_sync_erased_record WHERE connection_id = %s AND digest IS NOT NULL)",
        [connection.id],
    )
    if not rows or not env.cr.fetchone()[0]:
        return rows, 0
    row_key = stream._adapter().row_key
    ids = [row_key(stream, row)[0] for row in rows]
    found = erased_ids(env, connection.id, stream.remote_object, ids)
    if not found:
        return rows, 0
    if not look:
        _note_shown(env, connection.id, stream.remote_object, sorted(found))
    kept = [row for row, external_id in zip(rows, ids, strict=True) if external_id not in found]
    return kept, len(rows) - len(kept)


def erased_ids(env: Environment, connection_id: int, remote_object: str, external_ids: Iterable[str]) -> set[str]:
    """Return those of the external ids that were erased here."""
    of_digest = {digest(env, connection_id, remote_object, external_id): external_id for external_id in external_ids}
    env.cr.execute(
        "SELECT digest FROM retail_sync_erased_record WHERE connection_id = %s AND digest = ANY(%s)",
        [connection_id, list(of_digest)],
    )
    return {of_digest[value] for (value,) in env.cr.fetchall()}


def _note_shown(env: Environment, connection_id: int, remote_object: str, external_ids: Sequence[str]) -> None:
    """Note that the platform still shows records, by their ids: the next step is to erase them there."""
    execute_values(
        env,
        "UPDATE retail_sync_erased_record erased SET external_id = shown.external_id, gone_on = NULL,"
        " seen_on = clock_timestamp() AT TIME ZONE 'UTC', seen_count = erased.seen_count + 1"
        " FROM (VALUES %s) AS shown(connection_id, digest, external_id)"
        " WHERE erased.connection_id = shown.connection_id AND erased.digest = shown.digest",
        [
            (connection_id, digest(env, connection_id, remote_object, external_id), external_id)
            for external_id in external_ids
        ],
    )
    env["retail.sync.erased.record"].invalidate_model()


def note_gone(env: Environment, stream: models.BaseModel, external_ids: Iterable[str]) -> None:
    """Note that the platform deleted erased records: their ids are forgotten with them."""
    env.cr.execute(
        "UPDATE retail_sync_erased_record SET external_id = NULL, gone_on = clock_timestamp() AT TIME ZONE 'UTC'"
        " WHERE connection_id = %s AND external_id = ANY(%s) AND remote_object = %s",
        [stream.connection_id.id, list(external_ids), stream.remote_object],
    )
    env["retail.sync.erased.record"].invalidate_model()


def erased_records(env: Environment, res_model: str, res_ids: Iterable[int]) -> set[int]:
    """Return those of the records of Odoo that were erased: none of them is sent to a platform."""
    env.cr.execute(
        "SELECT res_id FROM retail_sync_erased_record WHERE res_model = %s AND res_id = ANY(%s) AND digest IS NULL",
        [res_model, list(res_ids)],
    )
    return {res_id for (res_id,) in env.cr.fetchall()}
