from collections.abc import Iterator
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.adapter import OTHER_ACCOUNT, FaultClass, FaultError, as_fault
from odoo.addons.retail_sync.adapter.contract import Connection, Stream

from ...client import ids, soql, tokens
from ...client.errors import CONTRACT, ClientError
from ...client.session import SalesforceSession
from ...client.transport import CallInfo, HttpSession, new_http
from .call_hooks import CallGuardHooks, CallGuardTokenStore


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """What the engine asks of Salesforce: sign-in, and the door through which all calls go."""

    _name = "retail.sync.adapter.salesforce"
    _inherit = "retail.sync.adapter"
    _description = "Salesforce adapter"

    @api.model
    @contextmanager
    def _session(
        self, connection: Connection, lane: str, version: str | None = None, by_hand: bool = False
    ) -> Iterator[SalesforceSession]:
        """Yield an open client session, every call of which passes the engine's call guard.

        :param lane: critical, standard or bulk; the context key retail_sync_lane overrules it
        :param version: API version, if not the connection's own
        :param by_hand: a person tests the connection: an open breaker lets the calls through
        :raises FaultError: for whatever the remote side, the network or the settings do
        """
        connection = connection.sudo()
        call_guard = connection._call_guard(
            self.env.context.get("retail_sync_lane") or lane, self.env.context.get("retail_sync_correlation_id")
        )
        hooks = CallGuardHooks(call_guard, by_hand)
        calls: list[CallInfo] = []
        opened: list[HttpSession] = []
        try:
            authority, hosts = connection._trusted_certificates() or None, connection._host_rules()
            http = new_http(authority, hosts=hosts, before_call=hooks.before, after_call=hooks.after)
            opened.append(http)
            token_http = new_http(authority, hosts=hosts, after_call=calls.append)
            opened.append(token_http)
            store = CallGuardTokenStore(call_guard, hooks, calls, connection)
            yield SalesforceSession(
                store,
                lambda: self._fetch_token(store.connection, token_http, by_hand),
                http,
                version=version or connection.api_version,
                correlation_id=call_guard.correlation_id,
            )
        except ClientError as error:
            raise as_fault(error) from None
        finally:
            for http in opened:
                http.close()

    @api.model
    def _fetch_token(self, connection: Connection, http: HttpSession, by_hand: bool = False) -> tokens.Token:
        """Sign in and return the token, of the org that the connection is about and of no other one.

        :param by_hand: a person looks at the org that the credentials lead to; no other worker gets the token
        """
        token = self._sign_in(connection, http)
        asked, named = (tokens.host(url) for url in (connection.base_url or "", token.instance_url))
        if not connection._host_rules().belongs(asked, named):
            raise ClientError(CONTRACT, "FOREIGN_HOST", "the org named a host for further calls that is not permitted")
        if not by_hand and not connection._sf_is_known_org(token.org_id):
            raise FaultError(
                FaultClass.contract,
                OTHER_ACCOUNT,
                self.env._(
                    "The credentials lead to org %(new)s. This connection is about org %(old)s.",
                    new=token.org_id or self.env._("unknown"),
                    old=connection.sf_org_id,
                ),
            )
        return token

    @api.model
    def _sign_in(self, connection: Connection, http: HttpSession) -> tokens.Token:
        try:
            if connection.auth_method == "jwt":
                audience = connection._sf_audience()
                if not connection._host_rules().allows(tokens.host(audience)):
                    raise ClientError(CONTRACT, "AUDIENCE_NOT_ALLOWED", "the login host is none of Salesforce")
                return tokens.fetch_jwt(
                    connection.base_url or "",
                    connection._credential("client_id") or "",
                    connection._credential("username") or "",
                    connection._secret("private_key"),
                    audience,
                    http,
                )
            return tokens.fetch_client_credentials(
                connection.base_url or "",
                connection._credential("client_id") or "",
                connection._secret("client_secret"),
                http,
            )
        except UserError as error:
            raise FaultError(FaultClass.auth, "NO_CREDENTIALS", str(error)) from error

    @api.model
    def normalise_id(self, external_id: str) -> str:
        try:
            return ids.to_18((external_id or "").strip())
        except ValueError as error:
            raise FaultError(FaultClass.business, "MALFORMED_ID", str(error)) from None

    @api.model
    def record_url(self, connection: Connection, remote_object: str, external_id: str) -> str | bool:
        connection = connection.sudo()
        host = connection.sf_instance_url or connection.base_url
        if not host or not external_id:
            return False
        host = host.strip().rstrip("/")
        if "://" not in host:
            host = f"https://{host}"
        return f"{host}/lightning/r/{remote_object}/{external_id}/view"

    @api.model
    def check_filter(self, stream: Stream, text: str) -> None:
        try:
            soql.validate_filter(text)
        except soql.FilterError as error:
            raise FaultError(FaultClass.contract, "BAD_FILTER", str(error)) from None
