from odoo import fields, models
from odoo.exceptions import UserError

from ...runtime.server_config import option


class RetailSyncConnection(models.Model):
    """Secrets of a connection, and the token its workers share."""

    _inherit = "retail.sync.connection"

    base_url = fields.Char(string="Address", tracking=True, help="Where the platform answers, starting with https://.")
    auth_method = fields.Selection(
        [("client_credentials", "Client id and secret"), ("jwt", "Certificate (JWT)")],
        default="client_credentials",
        required=True,
        string="Sign-in",
        help="Client id and secret is the simplest. With a certificate no shared secret is stored.",
    )
    client_id = fields.Char(
        groups="retail_sync.group_manager", help="The key of the app that was made for Odoo.", string="Client id"
    )
    client_secret = fields.Char(
        groups="base.group_system", copy=False, help="Stays readable by the system only, and never leaves in a log."
    )
    username = fields.Char(
        groups="retail_sync.group_manager",
        help="The integration user on the platform's side (certificate sign-in).",
        string="User name",
    )
    private_key = fields.Text(
        groups="base.group_system", copy=False, help="Private key in PEM form whose certificate the platform knows."
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
        help="A secret is there, in the database or in the server configuration.",
    )
    secret_source = fields.Char(compute="_compute_has_secret", compute_sudo=True, help="Where the secret is read from.")

    def _compute_has_secret(self):
        for connection in self:
            name = "private_key" if connection.auth_method == "jwt" else "client_secret"
            configured = bool(connection._configured(name))
            connection.has_secret = configured or bool(connection[name])
            connection.secret_source = (
                self.env._("server configuration")
                if configured
                else self.env._("database")
                if connection[name]
                else False
            )

    def _configured(self, name):
        """Return option <code>_<name> of section [retail_sync] of the server configuration, or None."""
        self.ensure_one()
        return option(f"{self.code}_{name}")

    def _secret(self, name):
        """Return the secret called name; the server configuration wins over the database.

        :raises UserError: if it is nowhere, saying where to put it.
        """
        value = self._configured(name) or self.sudo()[name]
        if not value:
            raise UserError(
                self.env._(
                    "%(connection)s has no %(name)s. Enter it in the connection's settings or as %(option)s in section "
                    "[retail_sync] of the server configuration.",
                    connection=self.name,
                    name=name.replace("_", " "),
                    option=f"{self.code}_{name}",
                )
            )
        return value

    def _call_guard(self, lane="standard", correlation_id=None):
        """Return the call guard that every call to this platform passes: breaker, budget, token store."""
        self.ensure_one()
        return self.env["retail.sync.call.guard"]._open(self.id, lane, correlation_id)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"base_url", "auth_method", "client_id", "client_secret", "username", "private_key"}:
            # A token obtained with the former credentials must not outlive them.
            self.env["retail.sync.call.guard"].sudo().search([("connection_id", "in", self.ids)]).write(
                {"access_token": False, "token_data": False}
            )
        return result
