import time

from odoo import http
from odoo.http import request

from ..domain.security import event_notice, webhook_signature
from .webhook import ROUTE, Refused, body, connection_of, refusals, store

SIGNATURE = "X-Retail-Sync-Signature"


class SignedEvents(http.Controller):
    """Events as signed JSON. Answered with 202 once stored: Odoo commits before it sends an answer."""

    @http.route("/retail_sync/<string:token>/event", **ROUTE)
    @refusals
    def event(self, token):
        connection = connection_of(token)
        received = body(("application/json",))
        signature = request.httprequest.headers.get(SIGNATURE)
        if not webhook_signature.check_signature(signature, received, connection._event_keys(), time.time()).ok:
            raise Refused(401, "The signature is missing, too old or not made with this connection's key.")
        told = event_notice.parse(received)
        adapter = connection._adapter()
        if not all(adapter.is_own_org(connection, notice.org) for notice in told):
            raise Refused(403, "The events are of another organisation.")
        stored = store(connection, "json", told)
        return request.make_json_response({"received": len(told), "new": stored}, status=202)
