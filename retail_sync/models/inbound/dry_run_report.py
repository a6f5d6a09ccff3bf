"""What a dry run found: counts per field and side, and samples of records, stored until the next one."""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...domain.security.audit import AuditKind
from ...runtime import actions, retention
from ...runtime.erasure import Erasure, Record, Remote
from ..audit import trail
from ..mapping import field_labels, sensitivity

SIDES = [("odoo", "In Odoo"), ("platform", "On the platform")]
EFFECTS = [
    ("create", "New record gets it"),
    ("fill", "Blank is filled"),
    ("overwrite", "Value is overwritten"),
    ("empty", "Value is emptied"),
    ("ask", "A person decides"),
]
OUTCOMES = [
    ("created", "Would create"),
    ("linked", "Would link"),
    ("updated", "Would update"),
    ("unchanged", "Would not change"),
    ("review", "Would review"),
    ("failed", "Would reject"),
    ("excluded", "Would exclude"),
]
KEEP_DAYS = 30
# Samples that a run keeps of each outcome, and of each effect on a field.
SAMPLES = 20


class RetailSyncDryRunLine(models.Model):
    """How many values of one field a load would write, on which side and to what effect.

    While the run works there is a line per page, so that two workers never write one row.
    """

    _name = "retail.sync.dry.run.line"
    _description = "Dry run: values of a field"
    _erasure = Erasure(why="Holds counts.")
    _order = "run_id, side, effect, count desc, id"

    run_id = fields.Many2one("retail.sync.run", required=True, ondelete="cascade", index=True)
    connection_id = fields.Many2one(related="run_id.connection_id")
    stream_id = fields.Many2one(related="run_id.stream_id")
    side = fields.Selection(SIDES, required=True)
    effect = fields.Selection(EFFECTS, required=True)
    field = fields.Char(required=True)
    part = fields.Char(required=True, default="main")
    label = fields.Char(compute="_compute_label", string="Field")
    count = fields.Integer("Records")

    @api.depends("field", "part")
    def _compute_label(self) -> None:
        names, parts = field_labels.labels(self.env), field_labels.part_labels(self.env)
        for line in self:
            line.label = field_labels.with_part(self.env, names.get(line.field, line.field), line.part, parts)

    def action_samples(self) -> Any:
        """Show records whose value of this field would be written so."""
        self.ensure_one()
        names = ("side", "effect", "field", "part")
        domain = [("run_id", "=", self.run_id.id), *((name, "=", self[name]) for name in names)]
        return actions.list_of(self.env, "retail_sync.action_dry_run_sample", domain, context={})

    def _fold(self, run: models.BaseModel) -> None:
        """Join the lines of a run's pages into one per field and effect; keep a few samples of each."""
        self.flush_model()
        self.env.execute_query(
            SQL(
                "WITH taken AS (DELETE FROM retail_sync_dry_run_line WHERE run_id = %s RETURNING *)"
                " INSERT INTO retail_sync_dry_run_line"
                " (run_id, side, effect, field, part, count, create_date, write_date)"
                " SELECT run_id, side, effect, field, part, SUM(count), now() AT TIME ZONE 'UTC',"
                " now() AT TIME ZONE 'UTC' FROM taken GROUP BY run_id, side, effect, field, part RETURNING id",
                run.id,
            )
        )
        self.env.cr.execute(
            "DELETE FROM retail_sync_dry_run_sample WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
            " (PARTITION BY outcome, side, effect, field, part ORDER BY id) AS number"
            " FROM retail_sync_dry_run_sample WHERE run_id = %s) AS ranked WHERE number > %s)",
            [run.id, SAMPLES],
        )
        self.env["retail.sync.dry.run.sample"].invalidate_model()
        self.invalidate_model()


class RetailSyncDryRunSample(models.Model):
    """A record as an example: of an outcome, or of what would happen to one of its fields."""

    _name = "retail.sync.dry.run.sample"
    _inherit = ["retail.sync.business.access"]
    _description = "Dry run: sample"
    _erasure = Erasure(rows=(Record(), Remote(connection=None, object=None)), quotes=("why", "values"))
    _order = "id"

    run_id = fields.Many2one("retail.sync.run", required=True, ondelete="cascade", index=True)
    connection_id = fields.Many2one(related="run_id.connection_id")
    stream_id = fields.Many2one(related="run_id.stream_id")
    outcome = fields.Selection(OUTCOMES, required=True)
    side = fields.Selection(SIDES)
    effect = fields.Selection(EFFECTS)
    field = fields.Char()
    part = fields.Char()
    external_id = fields.Char("External id")
    res_model = fields.Char()
    res_id = fields.Integer()
    why = fields.Char("Reason")
    values = fields.Json(groups=fields.NO_ACCESS, help="Title, and the value before and after.")
    revealed_user_ids = fields.Many2many("res.users", groups=fields.NO_ACCESS, help="Who may see the values unmasked.")

    _retention_idx = models.Index("(create_date)")

    title = fields.Char(compute="_compute_shown", string="Record")
    before = fields.Char(compute="_compute_shown", string="Now")
    after = fields.Char(compute="_compute_shown", string="Would become")

    @api.depends_context("uid")
    def _compute_shown(self) -> None:
        """Compute what the reader may see; what is shown unmasked is a row of the audit trail, each time."""
        steward = self.env.user.has_group("retail_sync.group_steward")
        revealed = self.filtered(lambda sample: steward and self.env.user in sample.sudo().revealed_user_ids)
        _note_reveal(revealed, "read")
        streams = self.sudo().stream_id
        titled = {stream: sensitivity.title_masker(self.env, stream) for stream in streams}
        classes = {
            stream: sensitivity.Sensitivities(self.env, stream.connection_id, stream.entity) for stream in streams
        }
        for sample in self:
            stored = sample.sudo()
            values = stored.values or {}
            if sample in revealed:
                shown = [values.get(name) for name in ("title", "before", "after")]
            else:
                field, part, of = sample.field or "", sample.part or "main", classes[stored.stream_id]
                both = (of.masked(values.get(name), field, part) for name in ("before", "after"))
                shown = [titled[stored.stream_id](values.get("title")), *both]
            title, before, after = (False if found is None else str(found) for found in shown)
            sample.title, sample.before, sample.after = title or sample.external_id, before, after

    def action_open(self) -> Any:
        """Open the record of Odoo, else the one of the platform."""
        self.ensure_one()
        if self.res_id:
            return actions.open_record(self.env[self.res_model].browse(self.res_id))
        url = self.stream_id._adapter().record_url(
            self.connection_id.sudo(), self.stream_id.remote_object, self.external_id
        )
        if not url:
            raise UserError(self.env._("The platform has no page for this record."))
        return actions.open_url(url)

    def action_reveal(self) -> Any:
        """Ask why the samples of this dry run are to be shown unmasked."""
        wizard = self.env["retail.sync.dry.run.reveal"].create({"run_id": self[:1].run_id.id, "sample_id": self[:1].id})
        return actions.dialog(self.env._("Show values"), wizard)

    def _alike(self) -> list[Any]:
        """Return the domain of the samples of the same outcome, or of the same effect on the same field."""
        names = ("side", "effect", "field", "part") if self.field else ("outcome", "field")
        return [(name, "=", self[name]) for name in names]

    @retention.batched
    def _gc_samples(self) -> retention.Progress:
        """Delete samples after the days of Settings: they hold personal data."""
        limit = retention.before(self.env, "keep_dry_runs_days", KEEP_DAYS)
        return retention.delete_expired(self, SQL("create_date < %s", limit), SQL("create_date")) if limit else (0, 0)


class RetailSyncDryRunReveal(models.TransientModel):
    """Shows the samples of a dry run unmasked to one steward, once who and why are on record."""

    _name = "retail.sync.dry.run.reveal"
    _description = "Show the samples of a dry run"

    run_id = fields.Many2one("retail.sync.run", required=True, readonly=True, ondelete="cascade", index=True)
    sample_id = fields.Many2one(
        "retail.sync.dry.run.sample",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="From which samples it was asked.",
    )
    reason = fields.Char(
        string="Why do you need to see it?", help="Kept in the audit trail with your name and the time."
    )

    def action_reveal(self) -> Any:
        """Show the samples unmasked; who looked, when and why is in the audit trail."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("retail_sync.group_steward"):
            raise AccessError(self.env._("Only a data steward may see records unmasked."))
        self.run_id.check_access("read")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why you need to see these records."))
        samples = self.env["retail.sync.dry.run.sample"].search([("run_id", "=", self.run_id.id)])
        _note_reveal(samples, "reveal", reason)
        samples.sudo().write({"revealed_user_ids": [fields.Command.link(self.env.uid)]})
        # The same samples as before, and not all of the run.
        domain = [("run_id", "=", self.run_id.id), *(self.sample_id._alike() if self.sample_id else [])]
        return actions.list_of(self.env, "retail_sync.action_dry_run_sample", domain, context={})


def _note_reveal(samples: models.BaseModel, step: str, reason: str = "") -> None:
    """Write the row of the audit trail about samples that are shown unmasked, one per run."""
    for run, shown in samples.grouped("run_id").items():
        trail.add(
            samples.env,
            AuditKind.REVEAL,
            model=samples._name,
            res_ids=shown.ids,
            connection=run.connection_id,
            reason=reason,
            details={"run": run.id, "step": step},
        )
