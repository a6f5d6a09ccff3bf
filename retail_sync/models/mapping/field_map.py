import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...domain.canonical.entity_spec import MAIN
from ...domain.canonical.schema import ENTITIES
from ...domain.mapping.decoding import MapRow, compile_decoder, compile_path
from ...domain.mapping.encoding import compile_encoder
from ...domain.mapping.transforms import TRANSFORMS, TransformError
from ...domain.values.text import storable
from ...runtime import rights
from ...runtime.constants import DIRECTIONS
from ...runtime.erasure import Erasure
from . import field_labels
from .sensitivity import Sensitivities


class RetailSyncFieldMap(models.Model):
    _name = "retail.sync.field.map"
    _description = "Field mapping"
    _erasure = Erasure(quotes=("sample_value",))
    _order = "stream_id, part, sequence, id"

    stream_id = fields.Many2one("retail.sync.stream", required=True, ondelete="cascade", index=True)
    connection_id = fields.Many2one(
        related="stream_id.connection_id", store=True, ondelete="cascade", index=True, string="Connection"
    )
    active = fields.Boolean(default=True, help="Off: the field is neither read nor written.")
    sequence = fields.Integer(default=10)
    part = fields.Selection(
        "_selection_part",
        default=MAIN,
        required=True,
        help="One remote record may show further records, such as places of delivery.",
    )
    canonical_field = fields.Selection(
        "_selection_canonical_field", required=True, string="Our field", help="Field in Odoo's canonical schema."
    )
    remote_path = fields.Char(
        required=True,
        help="The platform's field. Dots follow a relation (Owner.Email), a bar gives an alternative "
        "(Phone|MobilePhone: the first that is filled), =text is a constant.",
        string="Platform's field",
    )
    transform = fields.Selection(
        "_selection_transform", help="Conversion of the value, e.g. phone numbers to international form."
    )
    options = fields.Json(help="Settings of the transform, e.g. pairs of platform and Odoo values for 'value map'.")
    direction = fields.Selection(
        DIRECTIONS, default="in", required=True, help="Which way this value travels, within what the stream allows."
    )
    required = fields.Boolean(help="A record without this value is refused and shown as an exception.")
    check_status = fields.Selection(
        [("ok", "Readable"), ("missing", "Missing"), ("read_only", "Read-only"), ("unknown", "Not checked")],
        default="unknown",
        readonly=True,
        help="What the last connection test found on the platform's side. Missing: not there, or hidden from "
        "the platform user of the connection.",
        string="Check",
    )
    sample_value = fields.Char(readonly=True, help="Last value that was read, masked.", string="Sample")

    @api.model_create_multi
    def create(self, vals_list):
        """Create records; what only the engine writes begins anew, also in a copy."""
        return super().create([rights.without_managed(self, vals) for vals in vals_list])

    def write(self, vals):
        """Write what people may write; states, positions and counts are the engine's."""
        rights.refuse_managed(self, vals)
        return super().write(vals)

    @api.model
    def _selection_canonical_field(self):
        labels = field_labels.labels(self.env)
        names = {name for entity in ENTITIES.values() for name in entity.fields}
        return sorted(((name, labels[name]) for name in names), key=lambda item: item[1])

    @api.model
    def _selection_part(self):
        """Return the record itself and the parts of all entities; a part of two entities has the first one's label."""
        return [(MAIN, self.env._("The record itself")), *field_labels.part_labels(self.env).items()]

    @api.model
    def _selection_transform(self):
        return [(name, name.replace("_", " ").capitalize()) for name in sorted(TRANSFORMS)]

    def _row(self):
        """Return the line as a plain row of the domain."""
        self.ensure_one()
        return MapRow(
            field=self.canonical_field,
            path=self.remote_path,
            transform=self.transform or "",
            part=self.part,
            options=self.options or {},
            required=self.required,
            sequence=self.sequence,
            direction=self.direction,
        )

    @api.constrains("canonical_field", "remote_path", "transform", "options", "part")
    def _check_compiles(self):
        for line in self:
            try:
                compile_decoder([line._row()], line.stream_id.entity)
                compile_encoder([line._row()], line.stream_id.entity)
            except TransformError as error:
                raise ValidationError(
                    self.env._("Mapping line %(field)s: %(error)s", field=line.canonical_field, error=error.message)
                ) from error

    def _keep_samples(self, rows):
        """Show on each line a value as it was just read, masked by the class of its field."""
        classes = {stream: Sensitivities(self.env, stream.connection_id, stream.entity) for stream in self.stream_id}
        for line in self:
            read = compile_path(line.remote_path)
            value = next((found for row in rows if (found := read(row))), None)
            masked = classes[line.stream_id].masked(value, line.canonical_field, line.part) if value else None
            # As it came: what a database refuses in it must not end the load that reads it.
            sample = str(storable(masked))[:80] if masked else False
            if sample != line.sample_value:
                line.sample_value = sample

    @api.depends("canonical_field", "remote_path")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.canonical_field} <- {line.remote_path}"

    value_map_text = fields.Text(
        compute="_compute_options_text",
        inverse="_inverse_value_map_text",
        string="Value map",
        help="One pair to a line: the platform's value = our value. * stands for any value that is not listed, nothing "
        "before the sign for an empty one.",
    )

    options_text = fields.Text(
        compute="_compute_options_text",
        inverse="_inverse_options_text",
        string="Settings (JSON)",
        help='All settings of the transform, e.g. {"first": "FirstName", "last": "LastName"}.',
    )

    @api.depends("options")
    def _compute_options_text(self):
        for line in self:
            options = line.options or {}
            pairs = options.get("value_map") or {}
            line.value_map_text = "\n".join(f"{remote} = {ours}" for remote, ours in pairs.items()) or False
            line.options_text = json.dumps(options, indent=2, ensure_ascii=False) if options else False

    def _inverse_value_map_text(self):
        for line in self:
            pairs = {}
            for number, row in enumerate((line.value_map_text or "").splitlines(), start=1):
                if not row.strip():
                    continue
                remote, equals, ours = row.rpartition("=")
                if not equals:
                    raise ValidationError(
                        self.env._(
                            "Value map, line %(number)s: write 'their value = our value', not '%(row)s'.",
                            number=number,
                            row=row,
                        )
                    )
                pairs[remote.strip()] = ours.strip()
            options = {name: value for name, value in (line.options or {}).items() if name != "value_map"}
            line.options = dict(options, value_map=pairs) if pairs else options or False

    def _inverse_options_text(self):
        for line in self:
            try:
                options = json.loads(line.options_text or "{}")
            except ValueError as error:
                raise ValidationError(self.env._("The settings are not valid JSON: %s", error)) from error
            if not isinstance(options, dict):
                raise ValidationError(
                    self.env._('The settings must be named values in braces, e.g. {"first": "FirstName"}.')
                )
            line.options = options or False
