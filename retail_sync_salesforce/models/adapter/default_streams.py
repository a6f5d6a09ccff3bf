from typing import Any

from odoo import Command, api, models

from odoo.addons.retail_sync.adapter.contract import Connection

from ...mapping.default_lines import Line, account_lines, contact_lines


class RetailSyncAdapterSalesforce(models.AbstractModel):
    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def default_streams(self, connection: Connection) -> list[dict[str, Any]]:
        main_address = connection.sf_main_address or "billing"
        return [
            self._stream_vals(self.env._("Accounts"), "Account", 10, account_lines(main_address)),
            self._stream_vals(self.env._("Contacts"), "Contact", 20, contact_lines()),
        ]

    @api.model
    def _stream_vals(self, name: str, remote_object: str, sequence: int, lines: list[Line]) -> dict[str, Any]:
        return {
            "name": name,
            "remote_object": remote_object,
            "sequence": sequence,
            "entity": "customer",
            "direction": "in",
            "planned_direction": "both",
            "map_ids": [Command.create(dict(vals, sequence=10 * (i + 1))) for i, vals in enumerate(lines)],
        }
