from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import (
    Capabilities,
    CredentialField,
    CredentialKind,
    DeletedRef,
    FaultClass,
    FaultError,
)
from odoo.addons.retail_sync.adapter.contract import Connection, Stream

from ...client.directory import ORGANIZATIONS, PEOPLE, TICKETS, Directory
from ...client.freshdesk.attachments import CONTENT_HOSTS
from ...client.freshdesk.directory import FreshdeskDirectory
from ...client.freshdesk.limits import PLANS
from ...client.freshdesk.session import FreshdeskSession, KeyFields
from ...client.freshdesk.sign_in import ApiKey
from ...client.session import DeskSession
from ...client.tokens import SignIn
from ...client.transport import Transport


class RetailSyncAdapterFreshdesk(models.AbstractModel):
    """What is particular to Freshdesk: an API key, custom fields that hold our keys, and comments without markers."""

    _inherit = "retail.sync.adapter.freshdesk"

    @api.model
    def capabilities(self) -> Capabilities:
        # Lists leave deleted tickets out, and nothing else tells of them.
        return replace(super().capabilities(), deletions=False)

    @api.model
    def resolve_deleted(self, stream: Stream, refs: list[DeletedRef]) -> list[DeletedRef]:
        return refs

    @api.model
    def credential_fields(self, connection: Connection) -> list[CredentialField]:
        return [
            CredentialField("desk_token", self.env._("API key"), secret=True, kind=CredentialKind.password),
            self._webhook_secret(),
        ]

    @api.model
    def platform_hosts(self, connection: Connection) -> Sequence[str]:
        return ("*.freshdesk.com", *CONTENT_HOSTS)

    @api.model
    def _account_limit(self) -> int:
        return PLANS["trial"]

    @api.model
    def _desk_session_class(self) -> type[DeskSession]:
        return FreshdeskSession

    @api.model
    def _desk_sign_in(self, connection: Connection, transport: Transport) -> SignIn:
        return ApiKey(connection._secret("desk_token"))

    @api.model
    def _desk_options(self, connection: Connection) -> dict[str, Any]:
        fields = KeyFields(connection.desk_ticket_key or "", connection.desk_company_key or "")
        return {**super()._desk_options(connection), "key_fields": fields}

    @api.model
    def _desk_directory(self, connection: Connection, session: DeskSession) -> Directory:
        return FreshdeskDirectory(session)

    @api.model
    def _record_paths(self) -> Mapping[str, str]:
        return {TICKETS: "/a/tickets", PEOPLE: "/a/contacts", ORGANIZATIONS: "/a/companies"}

    @api.model
    def _needs_admin(self) -> bool:
        return False

    @api.model
    def read_by_keys(self, stream: Stream, keys: Sequence[str]) -> list[dict[str, Any]]:
        if stream.remote_object == TICKETS and not stream.connection_id.sudo().desk_ticket_key:
            raise FaultError(
                FaultClass.contract,
                "NO_KEY_FIELD",
                self.env._("No field of tickets is set to hold the ids of Odoo: tickets of Odoo cannot be created."),
            )
        return super().read_by_keys(stream, keys)
