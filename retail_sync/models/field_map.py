from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ..const import DIRECTIONS
from ..domain.canonical import ENTITIES
from ..domain.encoding import compile_encoder
from ..domain.mapping import MapRow, compile_decoder, compile_path
from ..domain.masking import mask_value
from ..domain.transforms import TRANSFORMS, TransformError


class RetailSyncFieldMap(models.Model):
    _name = "retail.sync.field.map"
    _description = "Line of a mapping"
    _order = "flow_id, slot, sequence, id"

    flow_id = fields.Many2one("retail.sync.flow", required=True, ondelete="cascade", index=True, string="Stream")
    backend_id = fields.Many2one(related="flow_id.backend_id", store=True, ondelete="cascade", string="Connection")
    active = fields.Boolean(default=True, help="Off: the field is neither read nor written.")
    sequence = fields.Integer(default=10)
    slot = fields.Selection(
        [
            ("main", "Customer"),
            ("invoice", "Invoice address"),
            ("delivery", "Delivery address"),
            ("other", "Other address"),
        ],
        default="main",
        required=True,
        help="One remote record may feed several addresses of a customer.",
        string="Part",
    )
    canonical_field = fields.Selection(
        "_selection_canonical_field", required=True, string="Our field", help="Odoo's side, in neutral words."
    )
    remote_path = fields.Char(
        required=True,
        help="The platform's field. Dots follow a relation (Owner.Email), a bar gives an alternative "
        "(Phone|MobilePhone: the first that is filled), =text is a constant.",
        string="Platform's field",
    )
    transform = fields.Selection(
        "_selection_transform", help="How the value is made fit, e.g. phone numbers to international form."
    )
    options = fields.Json(help="Settings of the transform, e.g. pairs of remote and own value for 'value map'.")
    direction = fields.Selection(
        DIRECTIONS, default="in", required=True, help="Which way this value travels, within what the stream allows."
    )
    required = fields.Boolean(help="A record without this value is refused and shown as an exception.")
    check_status = fields.Selection(
        [("ok", "Readable"), ("missing", "Missing"), ("read_only", "Read-only"), ("unknown", "Not checked")],
        default="unknown",
        readonly=True,
        help="What the last connection test found on the platform's side. Missing: not there, or hidden from our user.",
        string="Check",
    )
    sample_value = fields.Char(readonly=True, help="A value as it was last read, masked.", string="Sample")

    @api.model
    def _selection_canonical_field(self):
        found = {}
        for entity in ENTITIES.values():
            for spec in entity.fields.values():
                found.setdefault(spec.name, spec.label)
        return sorted(found.items(), key=lambda item: item[1])

    @api.model
    def _selection_transform(self):
        return [(name, name.replace("_", " ").capitalize()) for name in sorted(TRANSFORMS)]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._forget_rows()
        self.env["retail.sync.capture"].sudo()._refresh()
        return lines

    def write(self, vals):
        if vals.keys() - {"check_status", "sample_value"}:
            self._forget_rows()
        result = super().write(vals)
        if vals.keys() & {"active", "canonical_field", "direction", "flow_id"}:
            self.env["retail.sync.capture"].sudo()._refresh()
        return result

    def unlink(self):
        self._forget_rows()
        result = super().unlink()
        self.env["retail.sync.capture"].sudo()._refresh()
        return result

    def _forget_rows(self):
        """Let the next load look at every record: one that is the same to the letter may mean something else now."""
        if self.flow_id:
            self.env.cr.execute(
                "UPDATE retail_sync_binding SET raw_hash = NULL WHERE flow_id = ANY(%s) AND raw_hash IS NOT NULL",
                [self.flow_id.ids],
            )
            self.env["retail.sync.binding"].invalidate_model(["raw_hash"])

    def _row(self):
        """Return the line as a plain row of the domain."""
        self.ensure_one()
        return MapRow(
            field=self.canonical_field,
            path=self.remote_path,
            transform=self.transform or "",
            slot=self.slot,
            options=self.options or {},
            required=self.required,
            sequence=self.sequence,
            direction=self.direction,
        )

    @api.constrains("canonical_field", "remote_path", "transform", "options", "slot")
    def _check_compiles(self):
        for line in self:
            try:
                compile_decoder([line._row()])
                compile_encoder([line._row()])
            except TransformError as error:
                raise ValidationError(
                    _("Mapping line %(field)s: %(error)s", field=line.canonical_field, error=error.message)
                ) from error

    def _keep_samples(self, rows):
        """Show on each line a value as it was just read, masked by the field's class."""
        specs = {spec.name: spec for entity in ENTITIES.values() for spec in entity.fields.values()}
        for line in self:
            read = compile_path(line.remote_path)
            value = next((found for row in rows if (found := read(row))), None)
            spec = specs[line.canonical_field]
            masked = mask_value(value, spec.sensitivity, spec.kind) if value else None
            sample = str(masked)[:80] if masked else False
            if sample != line.sample_value:
                line.sample_value = sample

    @api.depends("canonical_field", "remote_path")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.canonical_field} <- {line.remote_path}"
