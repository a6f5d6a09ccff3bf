from typing import Any

from odoo import models

from ...runtime import rights
from ...runtime.rights import Role


class RetailSyncStream(models.Model):
    """The field mappings that the platform's addon ships by now, and a stream made before lacks."""

    _inherit = "retail.sync.stream"

    def action_add_shipped_lines(self) -> Any:
        """Add the shipped field mappings of fields that the stream does not map; existing ones stay as they are.

        A live stream is compared afterwards, in the background: what the platform lacks of the new fields is sent.
        """
        self.ensure_one()
        stream = rights.require(self, Role.manager)
        added = stream._add_shipped_lines()
        if not added:
            text = self.env._("%s has all mappings that are shipped.", stream.name)
            return self.env["retail.sync.message"]._notify(text)
        if stream.state == "live":
            self.env["retail.sync.comparison"].sudo()._begin(stream, "activated", repairs=True)
        names = ", ".join(sorted(set(added.mapped("remote_path"))))
        stream.connection_id.message_post(
            body=self.env._("Mappings were added to %(stream)s: %(fields)s.", stream=stream.name, fields=names)
        )
        return stream.connection_id.with_env(self.env).action_check()

    def _add_shipped_lines(self) -> models.BaseModel:
        """Create the shipped lines of fields that no line of this stream maps, active or not; return them."""
        lines = self.env["retail.sync.field.map"].with_context(active_test=False)
        known = {(line.part, line.canonical_field) for line in lines.search([("stream_id", "=", self.id)])}
        shipped = [
            vals
            for vals in self._adapter().default_streams(self.connection_id)
            if (vals["remote_object"], vals.get("entity", "customer")) == (self.remote_object, self.entity)
        ]
        missing = [
            {**line, "stream_id": self.id}
            for vals in shipped[:1]
            for _command, _id, line in vals["map_ids"]
            if (line.get("part", "main"), line["canonical_field"]) not in known
        ]
        return lines.create(missing)
