"""What is wrong with a mapping line is said when it is saved, not found at the next read."""

from collections import defaultdict
from typing import Any

from odoo import api, models
from odoo.exceptions import ValidationError

from ...domain.mapping.decoding import compile_decoder
from ...domain.mapping.known_fields import nearest, unknown_paths


class RetailSyncFieldMap(models.Model):
    _inherit = "retail.sync.field.map"

    def write(self, vals: dict[str, Any]) -> bool:
        """Forget what was found about a path that is replaced by another one."""
        result = super().write(vals)
        if "remote_path" in vals and "check_status" not in vals:
            # With the right of the system: what was found is none of the user's words.
            self.sudo().write({"check_status": "unknown", "sample_value": False})
        return result

    @api.constrains("remote_path", "options", "stream_id")
    def _check_known_path(self) -> None:
        """Refuse a field that the platform does not have, as far as its fields are known, and name the nearest."""
        for stream, lines in self.grouped("stream_id").items():
            known = stream._known_fields()
            for line in lines if known else ():
                paths = compile_decoder([line._row()], stream.entity).paths
                if unknown := unknown_paths(paths, known):
                    raise ValidationError(self._unknown_text(stream, unknown[0], nearest(unknown[0], known)))

    @api.model
    def _unknown_text(self, stream: models.BaseModel, path: str, near: str | None) -> str:
        values = {"object": stream.remote_object, "path": path, "near": near}
        advice = self.env._("If the field is new there, test the connection first: Odoo then reads the fields again.")
        text = self.env._("%(object)s has no field %(path)s.", **values)
        if near:
            text = self.env._("%(object)s has no field %(path)s. Did you mean %(near)s?", **values)
        return f"{text} {advice}"

    @api.constrains("part", "canonical_field", "direction", "active", "stream_id")
    def _check_one_line_per_field(self) -> None:
        """Refuse a second line of a field: only one of the two would have an effect.

        Lines that change places (context `retail_sync_lines_move`) are checked by their caller once all have moved.
        """
        if self.env.context.get("retail_sync_lines_move"):
            return
        held: dict[Any, models.BaseModel] = defaultdict(self.browse)
        for line in self.stream_id.sudo().map_ids.filtered("active"):
            held[(line.stream_id, line.part, line.canonical_field)] |= line
        for line in self.filtered("active"):
            others = held[(line.stream_id, line.part, line.canonical_field)] - line
            if clash := others.filtered(lambda other, line=line: line._overlaps(other))[:1]:
                labels = dict(self._selection_canonical_field())
                raise ValidationError(
                    self.env._(
                        "%(field)s has a line already, from %(path)s. Two lines of one field would overwrite each "
                        "other: change that line, or switch it off first.",
                        field=labels.get(line.canonical_field, line.canonical_field),
                        path=clash.remote_path,
                    )
                )

    def _overlaps(self, other: models.BaseModel) -> bool:
        """Return whether this line and another one of the same field serve the same way of some record.

        What is only sent may go to several fields of the platform.
        """
        self.ensure_one()
        if self.direction == other.direction == "out" and self.remote_path != other.remote_path:
            return False
        return "both" in (self.direction, other.direction) or self.direction == other.direction


class RetailSyncStream(models.Model):
    _inherit = "retail.sync.stream"

    def _known_fields(self) -> dict[str, str]:
        """Return {field of the platform: label} as far as known, without a call."""
        self.ensure_one()
        return self._adapter().known_fields(self.sudo()) if self.connection_id.system else {}

    def get_known_fields(self) -> list[dict[str, str]]:
        """Return the fields to suggest for mapping lines, by name; a relation ends with a dot."""
        self.ensure_one()
        self.check_access("read")
        return [{"name": name, "label": label} for name, label in sorted(self._known_fields().items())]
