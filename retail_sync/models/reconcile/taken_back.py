"""Edits that were taken back: reported to who made them, and kept with the record and in a list until seen."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Self

from markupsafe import Markup

from odoo import api, fields, models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime import actions, retention, rights
from ...runtime.erasure import Erasure, Record
from ...runtime.rights import Role
from ..audit import trail
from ..exceptions.message import shown
from ..links import reasons
from ..links.sync_mixin import INTERNAL
from ..mapping import field_labels, sensitivity
from ..mapping.item import Reconciled

KEEP_DAYS = 180
# An edit of a field of such a class is reported without its values.
_HIDDEN = ("sensitive", "secret")


class RetailSyncTakenBack(models.Model):
    """A value that a person wrote in Odoo and that the platform's value replaced."""

    _name = "retail.sync.taken.back"
    _description = "Edit that was taken back"
    _erasure = Erasure(rows=(Record(),), quotes=("odoo_value", "remote_value"))
    _inherit = ["retail.sync.business.access", "retail.sync.bounded.read"]
    _order = "id desc"
    _rec_name = "field_label"

    connection_id = fields.Many2one(
        "retail.sync.connection", required=True, readonly=True, ondelete="cascade", index=True
    )
    stream_id = fields.Many2one("retail.sync.stream", readonly=True, ondelete="cascade", index=True)
    res_model = fields.Char("Odoo model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Odoo record", model_field="res_model", required=True, readonly=True)
    part = fields.Char(required=True, readonly=True)
    canonical_field = fields.Char(required=True, readonly=True)
    field_label = fields.Char("Field", compute="_compute_texts")
    odoo_value = fields.Json("Value in Odoo", readonly=True, groups=fields.NO_ACCESS)
    remote_value = fields.Json("Value on the platform", readonly=True, groups=fields.NO_ACCESS)
    values_text = fields.Char("Values", compute="_compute_values_text", groups="retail_sync.group_steward")
    reason = fields.Char("Reason code", required=True, readonly=True)
    reason_text = fields.Char("Why", compute="_compute_texts")
    user_id = fields.Many2one("res.users", "Edited by", readonly=True, ondelete="set null")
    at = fields.Datetime("Taken back on", required=True, readonly=True, default=fields.Datetime.now)
    seen = fields.Boolean(readonly=True, help="A person has read that this edit was taken back.")

    _record_idx = models.Index("(res_id, res_model) WHERE NOT COALESCE(seen, false)")
    _retention_idx = models.Index("(at)")

    @api.depends("canonical_field", "part", "reason")
    @api.depends_context("lang")
    def _compute_texts(self) -> None:
        labels, texts = field_labels.labels(self.env), reasons.reason_texts(self.env)
        parts = field_labels.part_labels(self.env)
        for edit in self:
            label = labels.get(edit.canonical_field, edit.canonical_field)
            edit.field_label = field_labels.with_part(self.env, label, edit.part, parts)
            edit.reason_text = texts.get(edit.reason, edit.reason)

    @api.depends("odoo_value", "remote_value")
    @api.depends_context("uid", "lang")
    def _compute_values_text(self) -> None:
        """Compute both values unmasked: whoever made the edit asks for them. The look is a row of the audit trail."""
        trail.shown(self, "values_text")
        for edit in self:
            stored = edit.sudo()
            edit.values_text = self.env._(
                "%(odoo_value)s was replaced by %(remote_value)s",
                odoo_value=shown(stored.odoo_value),
                remote_value=shown(stored.remote_value),
            )

    def action_seen(self) -> bool:
        """Note that a person has read this: the edits leave the list and the record's page."""
        rights.require(self, Role.operator).write({"seen": True})
        trail.decided(self, "taken_back_read")
        return True

    def action_open_record(self) -> dict[str, Any]:
        """Open the record whose edit was taken back."""
        self.ensure_one()
        edit: Self = self
        return actions.open_record(self.env[edit.res_model].browse(edit.res_id))

    def action_open_rule(self) -> dict[str, Any]:
        """Show the ownership rules of the field: the owner there decides whose edits count."""
        self.ensure_one()
        domain = [("canonical_field", "=", self.canonical_field)]
        return actions.list_of(self.env, "retail_sync.action_ownership_rule", domain)

    @retention.batched
    def _gc_taken_back(self) -> retention.Progress:
        """Delete edits after the days of Settings."""
        limit = retention.before(self.env, "keep_taken_back_days", KEEP_DAYS)
        return retention.delete_expired(self, SQL("at < %s", limit), SQL("at")) if limit else (0, 0)


class RetailSyncMixin(models.AbstractModel):
    """A record shows which edits of it were taken back."""

    _inherit = "retail.sync.mixin"

    sync_taken_back = fields.Char(
        "Taken back",
        compute="_compute_sync_taken_back",
        compute_sudo=True,
        groups=INTERNAL,
        help="Fields whose edits in Odoo were replaced by the platform's values, until a person has seen it.",
    )

    def _compute_sync_taken_back(self) -> None:
        found = self.env["retail.sync.taken.back"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("seen", "=", False)]
        )
        by_record = found.grouped("res_id")
        for record in self:
            labels = by_record.get(record.id, found.browse()).mapped("field_label")
            record.sync_taken_back = ", ".join(sorted(set(labels))) or False

    def action_sync_taken_back(self) -> dict[str, Any]:
        """List the edits of this record that were taken back."""
        rights.require(self, Role.operator, Role.auditor)
        self.ensure_one()
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        return actions.list_of(self.env, "retail_sync.action_taken_back", domain, context={})


def report(env: Environment, stream: models.BaseModel, items: Iterable[Reconciled]) -> None:
    """Keep what a page took back, and report it: a note on each record, a notice for each person.

    To be called in the page's transaction, so that what is rolled back is not reported.
    """
    edits = [(res_id, user_id, edit) for item in items for res_id, user_id, edit in item.taken_back]
    if not edits:
        return
    connection, entity = stream.connection_id, stream._entity()
    people = _people(env, connection, {user_id for _res_id, user_id, _edit in edits})
    env["retail.sync.taken.back"].sudo().create(
        [
            {
                "connection_id": connection.id,
                "stream_id": stream.id,
                "res_model": entity._res_model,
                "res_id": res_id,
                "part": edit.part,
                "canonical_field": edit.field,
                "odoo_value": edit.odoo_value,
                "remote_value": edit.remote_value,
                "reason": edit.reason.value,
                "user_id": user_id if user_id in people else False,
            }
            for res_id, user_id, edit in edits
        ]
    )
    lines = _lines(env, stream, edits)
    _note(env, connection, entity, lines)
    _notify(env, connection, entity, people, lines)


def _people(env: Environment, connection: models.BaseModel, user_ids: set[int]) -> dict[int, models.BaseModel]:
    """Return {id: user} of those users that are people at a screen: not the integration user, nor Odoo itself."""
    users = env["res.users"].sudo().browse(user_ids - {connection.user_id.id, 1}).exists()
    return {user.id: user for user in users if user.active and not user.share}


Line = tuple[int, int, str]


def _lines(env: Environment, stream: models.BaseModel, edits: list[tuple[int, int, Any]]) -> list[Line]:
    """Return [(record id, user id, sentence)]: what was replaced by what, without values of sensitive fields."""
    classes = sensitivity.Sensitivities(env, stream.connection_id, stream.entity)
    labels, why = field_labels.labels(env), reasons.reason_texts(env)
    parts = field_labels.part_labels(env)
    lines = []
    for res_id, user_id, edit in edits:
        label = field_labels.with_part(env, labels.get(edit.field, edit.field), edit.part, parts)
        if classes.of(edit.field, edit.part).sensitivity in _HIDDEN:
            text = env._("%(field)s: the edit was replaced. %(why)s", field=label, why=why[edit.reason])
        else:
            text = env._(
                "%(field)s: %(odoo_value)s was replaced by %(remote_value)s. %(why)s",
                field=label,
                odoo_value=shown(edit.odoo_value),
                remote_value=shown(edit.remote_value),
                why=why[edit.reason],
            )
        lines.append((res_id, user_id, text))
    return lines


def _note(env: Environment, connection: models.BaseModel, entity: models.BaseModel, lines: list[Line]) -> None:
    """Log an internal note on each record that has a chatter: all in one batch."""
    records = entity._model().sudo().browse(dict.fromkeys(res_id for res_id, _user, _text in lines)).exists()
    if "message_ids" not in records._fields:
        return
    texts = defaultdict(list)
    for res_id, _user_id, text in lines:
        texts[res_id].append(text)
    heading = env._("%s took back an edit:", connection.platform_name)
    bodies = {
        record.id: Markup("<p>%s</p>") % heading
        + Markup("<ul>%s</ul>") % Markup("").join(Markup("<li>%s</li>") % text for text in texts[record.id])
        for record in records
    }
    records._message_log_batch(bodies=bodies)


def _notify(
    env: Environment,
    connection: models.BaseModel,
    entity: models.BaseModel,
    people: dict[int, models.BaseModel],
    lines: list[Line],
) -> None:
    """Show each person a notice on the screen: one for all edits of the page."""
    titles = entity._titles({res_id for res_id, _user, _text in lines})
    texts = defaultdict(list)
    for res_id, user_id, text in lines:
        if user_id in people:
            texts[user_id].append(f"{titles.get(res_id) or res_id}: {text}")
    for user_id, found in texts.items():
        message = "\n".join(found[:3])
        if len(found) > 3:
            message = env._("%(edits)s\nand %(count)s more", edits=message, count=len(found) - 3)
        people[user_id]._bus_send(
            "simple_notification",
            {
                "title": env._("%s took back your edit", connection.platform_name),
                "message": message,
                "type": "warning",
                "sticky": True,
            },
        )
