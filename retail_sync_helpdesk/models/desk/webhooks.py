import hmac
import json

from odoo import api, models

from odoo.addons.retail_sync.adapter import EventDoor, EventRefused, EventRequest, Notice, NoticeError
from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.directory import ORGANIZATIONS, PEOPLE, TICKETS
from ...client.zendesk import webhooks

OBJECTS = {"ticket": TICKETS, "user": PEOPLE, "organization": ORGANIZATIONS}
FRESHDESK_HEADER = "x-webhook-secret"


class RetailSyncAdapterDesk(models.AbstractModel):
    """Webhooks: whose they are, and which records they are about. Each of these is read again by its id."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def _secrets(self, connection: Connection, request: EventRequest) -> list[str]:
        """Return the secrets that prove a sender: that of the desk's webhook, and the keys that Odoo has made."""
        entered = connection.sudo()._credential("desk_webhook_secret")
        return [secret for secret in (entered, *request.keys) if secret]


class RetailSyncAdapterZendesk(models.AbstractModel):
    """Zendesk signs the time and the raw body. The same event may come twice: the inbox stores it once."""

    _inherit = "retail.sync.adapter.zendesk"

    @api.model
    def event_doors(self, connection: Connection) -> list[EventDoor]:
        return [EventDoor("zendesk")]

    @api.model
    def verify_event(self, connection: Connection, request: EventRequest) -> list[Notice]:
        verdict = webhooks.check_signature(
            request.headers, request.body, self._secrets(connection, request), request.at
        )
        if not verdict.ok:
            raise EventRefused(401, "The signature is missing, too old or not made with this connection's secret.")
        try:
            event = webhooks.parse(request.headers, request.body)
        except webhooks.EventError as error:
            raise NoticeError(str(error)) from None
        if event.kind not in OBJECTS or event.is_echo(connection.sudo().desk_user_key or ""):
            # What we wrote ourselves is known; should anything be missing, polls bring it.
            return []
        if not self.is_own_account(connection, event.account):
            raise EventRefused(403, "The event is of another account.")
        at = int(event.at * 1000) if event.at is not None else None
        return [Notice(event.key, OBJECTS[event.kind], event.record, at, event.account or None)]


class RetailSyncAdapterFreshdesk(models.AbstractModel):
    """Freshdesk signs nothing: its automation rule sends the secret as a header, over an address that is secret too."""

    _inherit = "retail.sync.adapter.freshdesk"

    @api.model
    def event_doors(self, connection: Connection) -> list[EventDoor]:
        return [EventDoor("freshdesk")]

    @api.model
    def verify_event(self, connection: Connection, request: EventRequest) -> list[Notice]:
        given = (request.header(FRESHDESK_HEADER) or "").strip().encode()
        secrets = self._secrets(connection, request)
        # Every secret is compared: the time it takes tells nothing of which one is near.
        if not any([hmac.compare_digest(secret.encode(), given) for secret in secrets]):
            raise EventRefused(401, "The secret is missing or not that of this connection.")
        try:
            content = json.loads(request.body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise NoticeError("The body is not JSON in UTF-8.") from None
        if not isinstance(content, dict):
            raise NoticeError("The body is not a JSON object.")
        ticket = str(content.get("ticket_id") or "")
        if not (ticket.isascii() and ticket.isdecimal()) or len(ticket) > 19:
            raise NoticeError("The body names no ticket.")
        # Nothing names the call: two of them in one second are about one state of the ticket.
        return [Notice(f"{ticket}-{int(request.at)}", TICKETS, ticket, int(request.at * 1000))]
