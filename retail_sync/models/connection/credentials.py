from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...adapter.declarations import CredentialField
from ...domain.security import sign_in
from ...runtime.constants import NO_USER
from ...runtime.secret_box import unseal
from ...runtime.server_config import option


class RetailSyncConnection(models.Model):
    """Credentials of a connection, as its adapter declares them.

    What is declared as a secret is readable by the system only. An option of the server configuration replaces what is
    stored, as long as the configuration names the URL that it is for.
    """

    _inherit = "retail.sync.connection"

    base_url = fields.Char(string="URL", tracking=True, help="Where the platform is reached; starts with https://.")
    credential_values = fields.Json(
        groups="retail_sync.group_manager", copy=False, help="Values that the sign-in needs besides secrets, by name."
    )
    credential_secrets = fields.Json(
        groups=NO_USER, copy=False, help="Secrets by name: readable by the system only, kept out of logs."
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

    @api.depends("system", "code", "base_url", "ca_bundle", "credential_secrets")
    def _compute_has_secret(self) -> None:
        for connection in self:
            needed = [field for field in connection._credential_fields() if field.secret and field.required]
            configured = [bool(connection._configured_credential(field.name)) for field in needed]
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
        return bool(self._configured_credential(field.name) or self._stored_credential(field.name))

    def _missing_credentials(self) -> list[CredentialField]:
        """Return the required credentials that are nowhere."""
        return [field for field in self._credential_fields() if field.required and not self._has_credential(field)]

    # -- values

    def _configured(self, name: str) -> str | None:
        """Return option <code>_<name> of section [retail_sync] of the server configuration, or None."""
        self.ensure_one()
        return option(f"{self.code}_{name}")

    def _is_configured_here(self) -> bool:
        """Return whether the server configuration is about the URL, and the trust, that this connection has now.

        Whoever edits a connection decides where its calls go. A secret of the configuration goes only where the
        configuration itself says: to `<code>_base_url`, trusting the public authorities or those of `<code>_ca_file`.
        """
        named = sign_in.origin(self._configured("base_url"))
        if not named or named != sign_in.origin(self.base_url):
            return False
        return not self.sudo().ca_bundle or bool(self._configured("ca_file"))

    def _configured_credential(self, name: str) -> str | None:
        """Return a credential of the server configuration, or None if it has none for this URL."""
        return self._configured(name) if self._is_configured_here() else None

    def _stored_credential(self, name: str) -> Any:
        """Return what the database holds under a name, or False. A column of an adapter's own goes first."""
        connection = self.sudo()
        secrets = {key: unseal(held) for key, held in (connection.credential_secrets or {}).items()}
        stored = {**(connection.credential_values or {}), **secrets}
        return stored.get(name) or (name in self._fields and connection[name])

    def _credential(self, name: str) -> Any:
        """Return a credential, or False; the server configuration wins over the database."""
        return self._configured_credential(name) or self._stored_credential(name)

    def _secret(self, name: str) -> str:
        """Return the secret called name; the server configuration wins over the database.

        :raises UserError: if it is nowhere, saying where to put it.
        """
        value = self._credential(name)
        if value:
            return value
        labels = {field.name: field.label for field in self._credential_fields()}
        words = {
            "connection": self.name,
            "name": labels.get(name, name.replace("_", " ")).lower(),
            "option": f"{self.code}_{name}",
            "url": f"{self.code}_base_url",
            "authority": f"{self.code}_ca_file",
        }
        if self._configured(name):
            raise UserError(
                self.env._(
                    "The %(name)s in the server configuration is not used: it is not for this URL and these CA "
                    "certificates. Name the URL of %(connection)s as %(url)s, and a file of private CA "
                    "certificates as %(authority)s, in section [retail_sync].",
                    **words,
                )
            )
        raise UserError(
            self.env._(
                "%(connection)s has no %(name)s. Enter it in the connection's settings or as %(option)s in section "
                "[retail_sync] of the server configuration, together with the URL as %(url)s.",
                **words,
            )
        )

    def _call_guard(self, lane: str = "standard", correlation_id: str | None = None) -> Any:
        """Return the call guard that every call to this platform passes: breaker, budget, token store."""
        self.ensure_one()
        return self.env["retail.sync.call.guard"]._open(self.id, lane, correlation_id)
