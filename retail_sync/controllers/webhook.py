"""The one route for events: whose URL is it, how much is read, how a request is refused. The adapter verifies."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException

from odoo import SUPERUSER_ID, api, http
from odoo.http import request

from ..adapter.events import MAX_BODY, EventDoor, EventRefused, EventRequest, receive

_logger = logging.getLogger(__name__)

# No session, no user and no form takes part: what a caller may do follows from the URL and the signature alone.
ROUTE = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "path_only": ("token", "door"),
    # Odoo takes routes without a user for reading ones, and would run each request twice.
    "readonly": False,
    # One more than is taken: a body of no announced length is cut there, and must not pass for a whole one.
    "max_content_length": MAX_BODY + 1,
}


def refusals(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a route refuse by raising EventRefused. Nothing of a refused request is kept."""

    @functools.wraps(method)
    def take(self: Any, token: str, door: str) -> Any:
        try:
            return method(self, token, door)
        except EventRefused as refused:
            _logger.info("An event request was refused with %s: %s", refused.status, refused)
            return request.make_json_response({"error": str(refused)}, status=refused.status)

    return take


class Webhooks(http.Controller):
    """Events of all platforms. A request is answered once its events are stored: Odoo commits before it answers.

    What fails by then, at the commit too, is answered with an error, and the platform sends the request again.
    """

    @http.route("/retail_sync/<string:token>/<string:door>", **ROUTE)
    @refusals
    def event(self, token: str, door: str) -> Any:
        connection, found = _door(token, door)
        adapter = connection._adapter()
        received = EventRequest(
            door=door,
            body=_body(found.media_types),
            headers={name.lower(): value for name, value in request.httprequest.headers.items()},
            url=request.httprequest.url,
            method=request.httprequest.method,
            at=time.time(),
            keys=tuple(connection._event_keys()),
        )
        notices = receive(functools.partial(adapter.verify_event, connection), adapter.normalise_id, received)
        # Stored for a connection that is paused or not live yet, too: a sender gives up after a
        # day and a pause may last longer; what waits here costs a row.
        new = connection.env["retail.sync.event"]._store(connection, found.source, notices) if notices else 0
        reply = adapter.event_reply(connection, door, len(notices), new)
        headers = [*reply.headers, ("Cache-Control", "no-store")]
        return request.make_response(reply.body, headers, status=reply.status)


def _door(token: str, name: str) -> tuple[Any, EventDoor]:
    """Return (connection, door) of an endpoint.

    :raises EventRefused: 404, as for any path that leads nowhere
    """
    env = api.Environment(request.env.cr, SUPERUSER_ID, {})
    connection = env["retail.sync.connection"]._of_event_token(token)
    # The URL of an endpoint outlives the addon of its platform.
    known = f"retail.sync.adapter.{connection.system}" in env
    doors = connection._adapter().event_doors(connection) if known else []
    found = next((door for door in doors if door.name == name), None)
    if found is None:
        raise EventRefused(404, "There is nothing here.")
    return connection, found


def _body(types: tuple[str, ...]) -> bytes:
    """Return the request's body. It is read once: a request that is tried again after a lost race finds it read.

    :param types: media types that are accepted
    :raises EventRefused: 415 another type; 413 too long, as announced or as it comes; 400 broken off
    """
    incoming = request.httprequest
    if (incoming.mimetype or "") not in types:
        raise EventRefused(415, "The media type is not one that is accepted here.")
    if (incoming.content_length or 0) > MAX_BODY:
        raise EventRefused(413, "The body is too long.")
    try:
        read = incoming.get_data(cache=True, parse_form_data=False)
    except HTTPException as error:
        if error.code == 413:
            raise EventRefused(413, "The body is too long.") from None
        raise EventRefused(400, "The body broke off.") from None
    if len(read) > MAX_BODY:
        raise EventRefused(413, "The body is too long.")
    return read
