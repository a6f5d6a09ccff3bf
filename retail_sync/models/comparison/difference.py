from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from ...domain.comparison.classify import Kind
from ...runtime import retention, rights
from ...runtime.erasure import Erasure, Record, Remote
from ...runtime.rights import Role
from ..audit import trail
from ..mapping import field_labels, record_names
from . import repair

KINDS = [
    (Kind.missing_here.value, "Missing in Odoo"),
    (Kind.missing_there.value, "Missing on the platform"),
    (Kind.stale.value, "Not read yet"),
    (Kind.conflict.value, "Changed on both sides"),
    (Kind.changed_by_hand.value, "Changed in Odoo, not sent"),
    (Kind.orphan.value, "Link without a record"),
]
OPEN_STATES = ("open", "repairing")
# How long comparisons and their solved differences are kept after the comparison has ended.
KEEP_DAYS = 90


class RetailSyncDifference(models.Model):
    """A difference between both sides that a comparison found."""

    _name = "retail.sync.difference"
    _inherit = ["retail.sync.business.access", "retail.sync.bounded.read"]
    _description = "Difference between both sides"
    _erasure = Erasure(rows=(Record(), Remote()), quotes=("values",))
    _order = "id desc"

    comparison_id = fields.Many2one(
        "retail.sync.comparison", required=True, ondelete="cascade", index=True, readonly=True
    )
    stream_id = fields.Many2one("retail.sync.stream", required=True, ondelete="cascade", index=True, readonly=True)
    connection_id = fields.Many2one(related="stream_id.connection_id", store=True, index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("repairing", "Repair queued"), ("done", "Done"), ("ignored", "Ignored")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        help="Done: a later comparison, or the record's next exchange, found no difference.",
    )
    subject = fields.Char(required=True, readonly=True, help="Identifies the record among the stream's differences.")
    remote_object = fields.Char(readonly=True, string="Object")
    external_id = fields.Char(readonly=True, string="External id")
    res_model = fields.Char(readonly=True, string="Odoo model")
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True, string="Odoo id", index=True)
    title = fields.Char(
        compute="_compute_title",
        search="_search_title",
        string="Record",
        help="Name of the record in Odoo, as far as you may see it, else its id on the platform.",
    )
    names = fields.Char(readonly=True, help="Canonical names of the fields that differ.")
    field_labels = fields.Char(compute="_compute_field_labels", string="Fields")
    values = fields.Json(readonly=True, groups=fields.NO_ACCESS, help="Values of both sides when they were compared.")
    values_text = fields.Text(compute="_compute_values_text", groups="retail_sync.group_steward", string="Both values")
    cause = fields.Selection(
        [
            ("never_read", "Never read"),
            ("poll_missed", "The change was not read"),
            ("undeleted", "Exists again"),
            ("gone_there", "Gone on the platform"),
            ("created_off", "Created while off"),
            ("never_created", "Never created"),
            ("off", "Changed while off"),
            ("not_captured", "Not captured"),
            ("both", "Changed on both sides"),
            ("record_gone", "Deleted in Odoo"),
        ],
        required=True,
        readonly=True,
    )
    off_since = fields.Datetime(readonly=True, string="Off from")
    off_until = fields.Datetime(readonly=True, string="Off until")
    off_name = fields.Char(readonly=True, string="Field that was off")
    explanation = fields.Char(compute="_compute_explanation")
    repair_effect = fields.Char(
        compute="_compute_repair_effect", string="What a repair does", help="What happens when you choose Repair."
    )
    remote_version = fields.Char(readonly=True, help="Version on the platform: milliseconds since 1970.")
    link_state = fields.Char(readonly=True, help="Version, time and state of the link when the record was compared.")
    url = fields.Char(compute="_compute_url", string="On the platform")

    _open_uniq = models.UniqueIndex(
        "(stream_id, subject) WHERE state IN ('open', 'repairing')", "This difference is open already."
    )

    @retention.batched
    def _gc_differences(self) -> retention.Progress:
        """Delete solved differences of comparisons that ended before the days of Settings; open ones stay."""
        limit = retention.before(self.env, "keep_comparisons_days", KEEP_DAYS)
        if not limit:
            return 0, 0
        solved = SQL(
            "state <> ALL(%s) AND comparison_id IN (SELECT id FROM retail_sync_comparison WHERE ended_at < %s)",
            list(OPEN_STATES),
            limit,
        )
        return retention.delete_expired(self, solved, SQL("comparison_id, id"))

    @api.depends("res_model", "res_id", "external_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_title(self):
        names = record_names.readable(self.env, [(difference.res_model, difference.res_id) for difference in self])
        for difference in self:
            name = names.get((difference.res_model, difference.res_id))
            difference.title = name or difference.external_id

    @api.model
    def _search_title(self, operator, value):
        if operator not in ("in", "ilike", "like", "=ilike", "=like"):
            return NotImplemented
        return self._named_domain(operator, value) | fields.Domain("external_id", operator, value)

    @api.depends("title", "external_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_display_name(self):
        for difference in self:
            difference.display_name = difference.title or difference.external_id or difference.subject

    @api.depends("names", "values")
    @api.depends_context("lang")
    def _compute_field_labels(self):
        for difference in self:
            label = difference._labeller()
            names = set((difference.names or "").split(",")) - {""}
            # Names of fields say nothing of their parts; the values do.
            paths = (difference.sudo().values or {}).keys()
            in_parts = {path for path in paths if path.rpartition(": ")[2] in names}
            named = {path.rpartition(": ")[2] for path in in_parts}
            difference.field_labels = ", ".join(sorted(map(label, in_parts | names - named)))

    def _labeller(self):
        """Return a function from a stored path ("city", "invoice: city", or a part as such) to what people call it."""
        entity = self.stream_id.sudo()._entity()
        labels, parts = field_labels.of_entity(entity), field_labels.parts_of_entity(entity)

        def label(path):
            part, _separator, name = path.rpartition(": ")
            if not part and name not in labels and name.partition(":")[0] in parts:
                return field_labels.part_label(entity, name)
            return field_labels.with_part(self.env, labels.get(name) or name, part, parts)

        return label

    @api.depends("values")
    @api.depends_context("uid", "lang")
    def _compute_values_text(self):
        """Compute the values of both sides unmasked: a person has to choose. The look is a row of the audit trail."""
        trail.shown(self.filtered(lambda difference: difference.sudo().values), "values_text")
        for difference in self:
            label = difference._labeller()
            difference.values_text = "\n".join(
                self.env._(
                    "%(field)s: Odoo has %(odoo)s, the platform has %(remote)s.",
                    field=label(name),
                    odoo=_shown(self.env, sides.get("odoo")),
                    remote=_shown(self.env, sides.get("remote")),
                )
                for name, sides in sorted((difference.sudo().values or {}).items())
            )

    @api.depends("cause", "off_since", "off_until", "off_name")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for difference in self:
            difference.explanation = difference._explained()

    def _explained(self):
        """Return why both sides differ, as people read it."""
        if self.cause in ("off", "created_off"):
            since = format_datetime(self.env, self.off_since)
            until = format_datetime(self.env, self.off_until) if self.off_until else self.env._("now")
            if self.off_name:
                return self.env._(
                    "Changed while the mapping of %(field)s was off, from %(since)s to %(until)s.",
                    field=self._labeller()(self.off_name),
                    since=since,
                    until=until,
                )
            return self.env._(
                "Changed while the stream was off, from %(since)s to %(until)s.", since=since, until=until
            )
        return {
            "never_read": self.env._("The platform has this record, and Odoo has never received it."),
            "poll_missed": self.env._("The platform changed this record, and the change was not read."),
            "undeleted": self.env._("The record was deleted or hidden on the platform, and exists again."),
            "gone_there": self.env._("The platform does not show the linked record any more."),
            "never_created": self.env._("The stream sends such records, and this one was never created."),
            "not_captured": self.env._(
                "Odoo's value changed and no change was captured, for example in a restored database."
            ),
            "both": self.env._("Both sides changed the record since they last agreed."),
            "record_gone": self.env._("The linked record of Odoo does not exist any more."),
        }.get(self.cause, "")

    @api.depends("kind", "external_id")
    def _compute_repair_effect(self):
        effects = {
            Kind.missing_here.value: self.env._(
                "Reads the record. It is linked, created in Odoo or put up for review, as any new record."
            ),
            Kind.missing_there.value: self.env._("Creates the record on the platform."),
            Kind.stale.value: self.env._("Reads the record again. The ownership rules decide which values Odoo takes."),
            Kind.conflict.value: self.env._(
                "Reads the record again. For each field, the ownership rule decides whose value stays."
            ),
            Kind.changed_by_hand.value: self.env._(
                "Sends Odoo's values, where Odoo may write the field. Else the platform's value comes back."
            ),
            Kind.orphan.value: self.env._("Ends the link. The platform's record stays as it is."),
        }
        gone = self.env._(
            "Asks the platform again. A record that was deleted is treated as the stream's setting says, which may "
            "archive it in Odoo. One that is only hidden stays as it is."
        )
        for difference in self:
            linked = difference.kind == Kind.missing_there.value and difference.external_id
            difference.repair_effect = gone if linked else effects.get(difference.kind, "")

    @api.depends("external_id", "remote_object")
    def _compute_url(self):
        for difference in self:
            difference.url = (
                difference.external_id
                and difference.stream_id.sudo()
                ._adapter()
                .record_url(difference.connection_id.sudo(), difference.remote_object, difference.external_id)
                or False
            )

    # -- what people do

    def action_repair(self):
        """Repair these differences; what changes more than values asks first."""
        rights.require(self, Role.steward)
        todo = self.filtered(lambda difference: difference.state == "open")
        if not todo:
            raise UserError(self.env._("None of these differences is open."))
        if len(todo) > 1 or repair.needs_preview(todo):
            return repair.preview(self.env, todo)
        trail.decided(todo, "repair")
        repair.repair(self.env, todo)
        return True

    def action_ignore(self):
        """Leave these differences as they are; the next comparison finds them again."""
        found = rights.require(self, Role.steward)
        ignored = found.filtered(lambda difference: difference.state == "open")
        ignored.write({"state": "ignored"})
        trail.decided(ignored, "ignore")
        return True

    def action_open(self):
        """Open the record of Odoo."""
        self.ensure_one()
        if not self.res_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }


def _shown(env, value):
    if value in (None, False, ""):
        return env._("no value")
    if isinstance(value, dict):
        value = list(value.values())
    return ", ".join(str(part) for part in value if part) if isinstance(value, list) else str(value)
