from typing import Any

from odoo import Command, api, models

from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.directory import ORGANIZATIONS, PEOPLE, TICKETS
from . import lines


class RetailSyncAdapterDesk(models.AbstractModel):
    """The streams that a connection starts with; each sends only after an administrator has agreed to it."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def default_streams(self, connection: Connection) -> list[dict[str, Any]]:
        known = self.env["retail.sync.entity"]._all()
        streams = [
            self._stream_vals(
                self.env._("Organizations"), "customer", ORGANIZATIONS, 10, lines.organization_lines(), "never"
            ),
            self._stream_vals(self.env._("People"), "customer", PEOPLE, 20, lines.person_lines(), "never"),
            self._stream_vals(self.env._("Tickets"), "ticket", TICKETS, 30, lines.ticket_lines(), "always"),
            {
                **self._stream_vals(
                    self.env._("Comments"),
                    "ticket_comment",
                    lines.COMMENTS,
                    40,
                    lines.comment_lines(),
                    "always",
                ),
                "planned_direction": "out",
            },
        ]
        return [vals for vals in streams if vals["entity"] in known]

    @api.model
    def _stream_vals(
        self, name: str, entity: str, remote_object: str, sequence: int, mapped: list[lines.Line], export_policy: str
    ) -> dict[str, Any]:
        return {
            "name": name,
            "remote_object": remote_object,
            "sequence": sequence,
            "entity": entity,
            "direction": "in",
            "planned_direction": "both",
            "export_policy": export_policy,
            "map_ids": [Command.create(dict(vals, sequence=10 * (i + 1))) for i, vals in enumerate(mapped)],
        }
