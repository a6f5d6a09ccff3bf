from collections.abc import Mapping, Sequence
from dataclasses import replace

from odoo import api, models

from odoo.addons.retail_sync.adapter import Capabilities, CredentialField, CredentialKind, as_fault
from odoo.addons.retail_sync.adapter.contract import Connection, Cursor

from ...client.directory import ORGANIZATIONS, PEOPLE, TICKETS, Directory
from ...client.errors import ClientError
from ...client.session import DeskSession
from ...client.tokens import SignIn
from ...client.transport import Transport
from ...client.zendesk.account import CAPABILITIES
from ...client.zendesk.attachments import CONTENT_HOSTS
from ...client.zendesk.directory import ZendeskDirectory
from ...client.zendesk.limits import PLANS
from ...client.zendesk.session import ZendeskSession
from ...client.zendesk.sign_in import (
    ApiToken,
    App,
    AuthorizedUser,
    ClientCredentials,
    authorize_url,
    exchange_code,
)
from . import grant


class RetailSyncAdapterZendesk(models.AbstractModel):
    """What is particular to Zendesk: OAuth, its hosts, jobs, and markers of comments."""

    _inherit = "retail.sync.adapter.zendesk"

    @api.model
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities(), bulk_write=True)

    @api.model
    def credential_fields(self, connection: Connection) -> list[CredentialField]:
        method = CredentialField(
            "desk_sign_in",
            self.env._("Sign-in"),
            kind=CredentialKind.choice,
            required=False,
            choices=tuple(connection._fields["desk_sign_in"]._description_selection(self.env)),
        )
        if connection.desk_sign_in == "api_token":
            return [
                method,
                CredentialField("desk_email", self.env._("E-mail of the agent")),
                CredentialField("desk_token", self.env._("API token"), secret=True, kind=CredentialKind.password),
                self._webhook_secret(),
            ]
        return [
            method,
            CredentialField("client_id", self.env._("Client id")),
            CredentialField("client_secret", self.env._("Client secret"), secret=True, kind=CredentialKind.password),
            self._webhook_secret(),
        ]

    @api.model
    def platform_hosts(self, connection: Connection) -> Sequence[str]:
        return ("*.zendesk.com", *CONTENT_HOSTS)

    @api.model
    def _account_limit(self) -> int:
        return PLANS["team"]

    @api.model
    def _desk_session_class(self) -> type[DeskSession]:
        return ZendeskSession

    @api.model
    def _desk_sign_in(self, connection: Connection, transport: Transport) -> SignIn:
        if connection.desk_sign_in == "api_token":
            return ApiToken(connection._credential("desk_email") or "", connection._secret("desk_token"))
        app = self._app(connection)
        if connection.desk_sign_in == "authorization_code":
            return AuthorizedUser(app, transport)
        return ClientCredentials(app, transport)

    @api.model
    def _app(self, connection: Connection) -> App:
        return App(
            connection.base_url or "", connection._credential("client_id") or "", connection._secret("client_secret")
        )

    @api.model
    def _authorize_url(self, connection: Connection, redirect: str, state: str) -> str:
        """Return the page of the account on which a user agrees."""
        return authorize_url(self._app(connection), redirect, state)

    @api.model
    def _keep_consent(self, connection: Connection, code: str, redirect: str) -> None:
        """Fetch and keep the first tokens of a user who agreed. Raises FaultError when the desk refuses."""
        transport = self._new_transport(connection)
        try:
            grant.keep(self.env, connection.id, exchange_code(self._app(connection), transport, code, redirect))
        except ClientError as error:
            raise as_fault(error) from None
        finally:
            transport.close()

    @api.model
    def _desk_directory(self, connection: Connection, session: DeskSession) -> Directory:
        return ZendeskDirectory(session)

    @api.model
    def _kept_cursor(self, cursor: Cursor) -> Cursor:
        if cursor.get("after"):
            # The export's own cursor repeats nothing.
            return {name: value for name, value in cursor.items() if name != "seen"}
        return cursor

    @api.model
    def _record_paths(self) -> Mapping[str, str]:
        return {TICKETS: "/agent/tickets", PEOPLE: "/agent/users", ORGANIZATIONS: "/agent/organizations"}

    @api.model
    def _exports_events(self) -> bool:
        return CAPABILITIES.event_export

    @api.model
    def _writes_as_others(self) -> bool:
        return True
