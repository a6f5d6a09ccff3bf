from odoo import http
from odoo.http import request

from odoo.addons.retail_sync.controllers.webhook import ROUTE, Refused, body, connection_of, refusals, store
from odoo.addons.retail_sync.domain.security.event_notice import Notice

from ..client import notifications


class OutboundMessages(http.Controller):
    """Outbound Messages of a workflow or flow. They carry no signature: the address is the secret.

    The acknowledgement is this method's answer, and Odoo sends an answer only after the
    request's transaction was committed: what fails by then, at the commit too, is
    answered with an error, and Salesforce sends the message again.
    """

    @http.route("/retail_sync/<string:token>/soap", **ROUTE)
    @refusals
    def message(self, token):
        connection = connection_of(token)
        if connection.system != "salesforce":
            raise Refused(404, "There is nothing here.")
        received = body(("text/xml", "application/xml", "application/soap+xml"))
        try:
            message = notifications.parse(received)
        except notifications.NotificationError as error:
            raise Refused(400, str(error)) from None
        if not connection._adapter().is_own_org(connection, message.org_id):
            raise Refused(403, "The message is of another organisation.")
        # One about a record that was gone when it was sent names none; deletions are read by polls.
        store(
            connection,
            "soap",
            [Notice(told.id, told.object, told.record_id, told.at) for told in message.notifications],
        )
        return request.make_response(
            notifications.acknowledgement(),
            [("Content-Type", "text/xml; charset=utf-8"), ("Cache-Control", "no-store")],
        )
