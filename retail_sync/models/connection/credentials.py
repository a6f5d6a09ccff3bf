from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...adapter.declarations import CredentialField
from ...runtime.server_config import option
from .call_guard import SIGN_IN_LOCK


class RetailSyncConnection(models.Model):
    """Credentials of a connection, as its adapter declares them, and the token its workers share.

    What is declared as a secret is readable by the system only. An option of the server configuration replaces what is
    stored.
    """

    _inherit = "retail.sync.connection"

    base_url = fields.Char(string="URL", tracking=True, help="Where the platform is reached; starts with https://.")
    credential_values = fields.Json(
        groups="retail_sync.group_manager", copy=False, help="Values that the sign-in needs besides secrets, by name."
    )
    credential_secrets = fields.Json(
        groups="base.group_system", copy=False, help="Secrets by name: readable by the system only, kept out of logs."
    )
    ca_bundle = fields.Text(
        string="CA certificates",
        groups="retail_sync.group_manager",
        help="Only for a platform behind a private certificate authority: its certificates in PEM form. "
        "Empty: the public authorities.",
    )
    has_secret = fields.Boolean(
        compute="_compute_has_secret",
        compute_sudo=True,
        string="Secret stored",
        help="All secrets of the sign-in are stored, in the database or in the server configuration.",
    )
    secret_source = fields.Char(
        "Secrets are read from",
        compute="_compute_has_secret",
        compute_sudo=True,
        help="Where the secrets are read from.",
    )

    @api.depends("system", "code", "credential_secrets")
    def _compute_has_secret(self) -> None:
        for connection in self:
            needed = [field for field in connection._credential_fields() if field.secret and field.required]
            configured = [bool(connection._configured(field.name)) for field in needed]
            connection.has_secret = bool(needed) and all(connection._has_credential(field) for field in needed)
            connection.secret_source = (
                (self.env._("server configuration") if all(configured) else self.env._("database"))
                if connection.has_secret
                else False
            )

    # -- what the adapter declares

    def _credential_fields(self) -> list[CredentialField]:
        """Return the credentials that this connection needs; none while no platform is chosen, or its addon is gone."""
        self.ensure_one()
        known = f"retail.sync.adapter.{self.system}" in self.env
        return self._adapter().credential_fields(self) if known else []

    def _has_credential(self, field: CredentialField) -> bool:
        """Return whether a declared credential is stored, in the database or in the server configuration."""
        return bool(self._configured(field.name) or self._stored_credential(field.name))

    def _missing_credentials(self) -> list[CredentialField]:
        """Return the required credentials that are nowhere."""
        return [field for field in self._credential_fields() if field.required and not self._has_credential(field)]

    # -- values

    def _configured(self, name: str) -> str | None:
        """Return option <code>_<name> of section [retail_sync] of the server configuration, or None."""
        self.ensure_one()
        return option(f"{self.code}_{name}")

    def _stored_credential(self, name: str) -> Any:
        """Return what the database holds under a name, or False. A column of an adapter's own goes first."""
        connection = self.sudo()
        stored = {**(connection.credential_values or {}), **(connection.credential_secrets or {})}
        return stored.get(name) or (name in self._fields and connection[name])

    def _credential(self, name: str) -> Any:
        """Return a credential, or False; the server configuration wins over the database."""
        return self._configured(name) or self._stored_credential(name)

    def _secret(self, name: str) -> str:
        """Return the secret called name; the server configuration wins over the database.

        :raises UserError: if it is nowhere, saying where to put it.
        """
        value = self._credential(name)
        if not value:
            labels = {field.name: field.label for field in self._credential_fields()}
            raise UserError(
                self.env._(
                    "%(connection)s has no %(name)s. Enter it in the connection's settings or as %(option)s in section "
                    "[retail_sync] of the server configuration.",
                    connection=self.name,
                    name=labels.get(name, name.replace("_", " ")).lower(),
                    option=f"{self.code}_{name}",
                )
            )
        return value

    def _call_guard(self, lane: str = "standard", correlation_id: str | None = None) -> Any:
        """Return the call guard that every call to this platform passes: breaker, budget, token store."""
        self.ensure_one()
        return self.env["retail.sync.call.guard"]._open(self.id, lane, correlation_id)

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        stored = {"base_url", "credential_values", "credential_secrets"}
        touched = self
        if not vals.keys() & stored:
            touched = self.filtered(lambda connection: vals.keys() & connection._credential_names())
        for connection in touched.sorted("id"):
            # A worker that signs in with the former credentials stores its token first.
            self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [SIGN_IN_LOCK, connection.id])
        if touched:
            # A token obtained with the former credentials must not outlive them.
            self.env["retail.sync.call.guard"].sudo().search([("connection_id", "in", touched.ids)]).write(
                {"access_token": False, "token_data": False}
            )
        return result

    def _credential_names(self) -> set[str]:
        return {field.name for field in self.sudo()._credential_fields()}
