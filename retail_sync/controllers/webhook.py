"""What all routes for events share: whose address is it, how much is read, how is no said."""

import functools
import logging

from werkzeug.exceptions import HTTPException

from odoo import SUPERUSER_ID, api
from odoo.http import request

from ..domain.resilience.faults import FaultError
from ..domain.security.event_notice import Notice, NoticeError

_logger = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
# No session, no user and no form takes part: what a caller may do follows from the address and the signature alone.
ROUTE = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "path_only": ("token",),
    # Odoo takes routes without a user for reading ones, and would run each request twice.
    "readonly": False,
    # One more than is taken: a body of no announced length is cut there, and must not pass for a whole one.
    "max_content_length": MAX_BODY + 1,
}


class Refused(Exception):
    """A request that is not taken. The reason is sent back and logged, so it quotes nothing of the request."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status
        self.reason = reason


def refusals(method):
    """Let a route refuse by raising. Nothing of a refused request is kept."""

    @functools.wraps(method)
    def take(self, token):
        try:
            return method(self, token)
        except (Refused, NoticeError) as refused:
            status = refused.status if isinstance(refused, Refused) else 400
            _logger.info("An event request was refused with %s: %s", status, refused)
            return request.make_json_response({"error": str(refused)}, status=status)

    return take


def connection_of(token):
    """Return the connection of an address.

    :raises Refused: 404, as for any path that leads nowhere
    """
    env = api.Environment(request.env.cr, SUPERUSER_ID, {})
    connection = env["retail.sync.connection"]._of_event_token(token)
    if not connection:
        raise Refused(404, "There is nothing here.")
    return connection


def body(types):
    """Return the request's body. It is read once: a request that is tried again after a lost race finds it read.

    :param types: media types that are taken
    :raises Refused: 415 another type; 413 too long, as announced or as it comes; 400 broken off
    """
    incoming = request.httprequest
    if (incoming.mimetype or "") not in types:
        raise Refused(415, "The media type is none that is taken here.")
    if (incoming.content_length or 0) > MAX_BODY:
        raise Refused(413, "The body is too long.")
    try:
        read = incoming.get_data(cache=True, parse_form_data=False)
    except HTTPException as error:
        if error.code == 413:
            raise Refused(413, "The body is too long.") from None
        raise Refused(400, "The body broke off.") from None
    if len(read) > MAX_BODY:
        raise Refused(413, "The body is too long.")
    return read


def store(connection, source, notices):
    """Store notices in this transaction, their record ids in normal form; return how many are new.

    Stored for a connection that is paused or not live yet, too: a sender gives up after a
    day and a pause may last longer; what waits here costs a row.

    :raises Refused: 400 for an id that is none
    """
    adapter = connection._adapter()
    known = []
    for notice in notices:
        try:
            external_id = adapter.normalise_id(notice.external_id)
        except FaultError:
            raise Refused(400, "An event has no usable record id.") from None
        known.append(Notice(notice.key, notice.remote_object, external_id, notice.at, notice.org))
    return connection.env["retail.sync.event"]._store(connection, source, known) if known else 0
