from collections.abc import Sequence

from odoo import api, models

from odoo.addons.retail_sync.adapter import Capabilities, CredentialField, CredentialKind, Polls, Window
from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.transport import CONNECT_SECONDS, WRITE_SECONDS

DAY_SECONDS = 86400
# My Domain addresses of all kinds of orgs (production, sandbox, scratch, developer, government) and the login hosts.
HOSTS = ("*.my.salesforce.com", "*.my.salesforce.mil", "login.salesforce.com", "test.salesforce.com")


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """What Salesforce can do, how Odoo signs in there, and what a day's calls are."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def capabilities(self) -> Capabilities:
        return Capabilities(
            polls=Polls.batch,
            deletions=True,
            bulk_read=True,
            bulk_changes=True,
            bulk_ids=True,
            write=True,
            bulk_write=True,
            delete=True,
            scope_filters=True,
            events=True,
            versions=True,
            # A token that has expired is renewed, and the call repeated, once.
            write_seconds=2 * (CONNECT_SECONDS + WRITE_SECONDS),
        )

    @api.model
    def credential_fields(self, connection: Connection) -> list[CredentialField]:
        jwt = connection.auth_method == "jwt"
        method = CredentialField(
            "auth_method",
            self.env._("Sign-in"),
            kind=CredentialKind.choice,
            required=False,
            choices=tuple(connection._fields["auth_method"]._description_selection(self.env)),
        )
        client_id = CredentialField("client_id", self.env._("Client id"))
        if jwt:
            return [
                method,
                client_id,
                CredentialField("private_key", self.env._("Private key"), secret=True, kind=CredentialKind.pem),
                CredentialField("username", self.env._("User name")),
            ]
        secret = CredentialField(
            "client_secret", self.env._("Client secret"), secret=True, kind=CredentialKind.password
        )
        return [method, client_id, secret]

    @api.model
    def platform_hosts(self, connection: Connection) -> Sequence[str]:
        return HOSTS

    @api.model
    def budget_windows(self, connection: Connection) -> list[Window]:
        """Return the day's calls; Salesforce reports their limit, and the use by all, with each answer."""
        return [Window("day", DAY_SECONDS)]
