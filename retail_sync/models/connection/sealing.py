"""Stored secrets are sealed with the key of the server configuration, those from before it too."""

import json
from typing import Any

from odoo import api, models

from ...domain.security.sealing import PREFIX
from ...runtime.secret_box import seal
from ...runtime.server_config import options

# Columns with one secret each.
COLUMNS = ("event_token", "event_token_previous", "event_key", "event_key_previous")


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    @api.autovacuum
    def _seal_secrets(self) -> None:
        """Seal what was stored before there was a key. In SQL: nothing about the credentials changes."""
        if not options("secrets_key"):
            return
        connections: Any = self.sudo().search([("active", "in", [True, False])])
        for connection in connections:
            values = {name: connection[name] for name in COLUMNS if connection[name]}
            clear = {name: seal(value) for name, value in values.items() if not value.startswith(PREFIX)}
            held = connection.credential_secrets or {}
            if any(not value.startswith(PREFIX) for value in held.values()):
                clear["credential_secrets"] = json.dumps({name: seal(value) for name, value in held.items()})
            if clear:
                self.env.cr.execute(
                    f"UPDATE retail_sync_connection SET {', '.join(f'{name} = %s' for name in clear)} WHERE id = %s",
                    [*clear.values(), connection.id],
                )
        connections.invalidate_recordset(["credential_secrets", *COLUMNS])
        # A token is signed in for again.
        self.env.cr.execute(
            "UPDATE retail_sync_call_guard SET access_token = NULL, token_data = NULL, token_fingerprint = NULL"
            " WHERE access_token NOT LIKE %s",
            [f"{PREFIX}%"],
        )
