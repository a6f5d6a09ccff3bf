from typing import Any

from odoo import api, fields, models

from ...runtime import actions


class RetailSyncConnection(models.Model):
    """The streams of a connection."""

    _inherit = "retail.sync.connection"

    stream_ids = fields.One2many("retail.sync.stream", "connection_id")
    missing_line_count = fields.Integer(
        "Mappings without a field",
        compute="_compute_missing_line_count",
        help="Active field mappings whose field the platform does not have, or does not show to our user.",
    )

    @api.depends("stream_ids.map_ids.check_status", "stream_ids.map_ids.active")
    def _compute_missing_line_count(self) -> None:
        counts = dict(
            self.env["retail.sync.field.map"].sudo()._read_group(self._missing_lines(), ["connection_id"], ["__count"])
        )
        for connection in self:
            connection.missing_line_count = counts.get(connection, 0)

    def _missing_lines(self) -> list[Any]:
        return [
            ("connection_id", "in", self.ids),
            ("stream_id.active", "=", True),
            ("active", "=", True),
            ("check_status", "=", "missing"),
        ]

    def action_missing_lines(self) -> Any:
        """Open the field mappings whose field the platform does not show."""
        self.ensure_one()
        self.check_access("read")
        return actions.list_of(self.env, "retail_sync.action_field_map", self._missing_lines())

    def _ensure_streams(self):
        """Create the streams that the adapter ships, with their field maps, where they are missing; return them."""
        self.ensure_one()
        streams = self.with_context(active_test=False).stream_ids
        known = {(stream.remote_object, stream.entity) for stream in streams}
        found = self._adapter().default_streams(self)
        missing = [vals for vals in found if (vals["remote_object"], vals.get("entity", "customer")) not in known]
        return self.env["retail.sync.stream"].create([dict(vals, connection_id=self.id) for vals in missing])
