import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RetailSyncFieldMap(models.Model):
    """A line's settings in a form that people can edit."""

    _inherit = "retail.sync.field.map"

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
