import hmac

from odoo import api, fields, models

from odoo.addons.retail_sync.adapter import (
    EventDoor,
    EventRefused,
    EventReply,
    EventRequest,
    Notice,
    verify_signed_json,
)
from odoo.addons.retail_sync.adapter.contract import Connection

from ....client import ids, notifications

OUTBOUND_MESSAGES = EventDoor(
    "soap", source="soap", media_types=("text/xml", "application/xml", "application/soap+xml")
)


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    sf_message_address = fields.Char(
        compute="_compute_sf_message_address",
        compute_sudo=True,
        groups="retail_sync.group_manager",
        help="Endpoint URL of Outbound Messages. They carry no signature: who knows the address can announce changes, "
        "nothing more. Keep it to yourself.",
        string="Address for Outbound Messages",
    )

    @api.depends("event_token", "code", "system")
    def _compute_sf_message_address(self) -> None:
        for connection in self:
            connection.sf_message_address = connection.system == "salesforce" and connection._event_url("soap")


class RetailSyncEvent(models.Model):
    _inherit = "retail.sync.event"

    source = fields.Selection(selection_add=[("soap", "Outbound Message")], ondelete={"soap": "cascade"})


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Events: in which forms they come, and whose they are.

    Besides signed JSON, Outbound Messages of a workflow or flow are accepted. They carry no signature: the address is
    the secret. Salesforce sends a message again until it is acknowledged.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def event_doors(self, connection: Connection) -> list[EventDoor]:
        return [*super().event_doors(connection), OUTBOUND_MESSAGES]

    @api.model
    def verify_event(self, connection: Connection, request: EventRequest) -> list[Notice]:
        if request.door != OUTBOUND_MESSAGES.name:
            # The names that change events and flows of Salesforce have for the org and the time.
            return verify_signed_json(
                request,
                lambda org_id: self.is_own_account(connection, org_id),
                at="systemModstamp",
                account="orgId",
            )
        try:
            message = notifications.parse(request.body)
        except notifications.NotificationError as error:
            raise EventRefused(400, str(error)) from None
        if not self.is_own_account(connection, message.org_id):
            raise EventRefused(403, "The message is of another organisation.")
        # A notification about a record that was gone when it was sent names none; deletions are read by polls.
        return [Notice(found.id, found.object, found.record_id, found.at) for found in message.notifications]

    @api.model
    def event_reply(self, connection: Connection, door: str, received: int, new: int) -> EventReply:
        if door != OUTBOUND_MESSAGES.name:
            return super().event_reply(connection, door, received, new)
        return EventReply(notifications.acknowledgement(), 200, (("Content-Type", "text/xml; charset=utf-8"),))

    @api.model
    def is_own_account(self, connection: Connection, account: str | None) -> bool:
        """Compare 18-character ids. A connection that was never tested knows no org: its events are refused, and sent
        again by the platform."""
        try:
            known_org, reported_org = ids.to_18(connection.sudo().sf_org_id or ""), ids.to_18(account or "")
        except ValueError:
            return False
        return hmac.compare_digest(known_org, reported_org)
