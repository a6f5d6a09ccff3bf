from odoo import api, models

from . import off_period


class RetailSyncFieldMap(models.Model):
    """A mapping line that is on again has missed what was edited meanwhile."""

    _inherit = "retail.sync.field.map"

    @api.model_create_multi
    def create(self, vals_list):
        streams = self.env["retail.sync.stream"].browse(
            {vals["stream_id"] for vals in vals_list if vals.get("stream_id")}
        )
        before = off_period.captured(self.env, streams)
        lines = super().create(vals_list)
        off_period.note(self.env, before, streams)
        return lines

    def write(self, vals):
        watched = vals.keys() & {"active", "canonical_field", "direction", "stream_id"}
        streams = self.stream_id
        before = off_period.captured(self.env, streams) if watched else {}
        result = super().write(vals)
        if watched:
            off_period.note(self.env, before, streams)
        return result

    def unlink(self):
        streams = self.stream_id
        before = off_period.captured(self.env, streams)
        result = super().unlink()
        off_period.note(self.env, before, streams)
        return result
