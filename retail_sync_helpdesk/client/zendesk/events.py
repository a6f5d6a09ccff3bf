"""What happened to tickets, with the comments that it added: the export of ticket events (section 4).

It goes by time and repeats rows at the edges of its pages: what it gives is known by the keys of its comments.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import errors
from ..answers import key_of, rows, text
from ..errors import ClientError
from ..records import Comment, EventPage, TicketEvent
from ..times import iso, parse
from . import faults
from .export import DELAY_SECONDS, PAGE, start_time
from .session import ZendeskSession
from .ticket_form import comment_of, marker_of

#: Without it, the events of comments say no more than that there is one.
WITH_COMMENTS = "comment_events"
#: What the event of a comment has when it tells all of it.
_WHOLE = frozenset(("id", "author_id", "public", "attachments"))
_TEXTS = ("html_body", "plain_body", "body")


def page(session: ZendeskSession, since: int, size: int = PAGE) -> EventPage:
    """What happened from a second on, oldest first. since: seconds since the epoch.

    The first moments of a page may have been given by the page before. Raises ClientError as `ZendeskSession.request`,
    contract where the export does not move on.
    """
    now = session.server_time or session.clock()
    asked = start_time(since, now)
    params = {"start_time": str(asked), "include": WITH_COMMENTS, "per_page": str(size)}
    try:
        body = session.get("/incremental/ticket_events", params)
    except ClientError as error:
        if error.code == faults.TOO_RECENT:
            return EventPage((), since, False)
        raise
    found = tuple(event for event in map(_event, rows(body, "ticket_events")) if event.ticket)
    end = body.get("end_time")
    after = int(end) if isinstance(end, (int, float)) and end > 0 else since
    if body.get("end_of_stream") is True:
        covered = (session.server_time or now) - DELAY_SECONDS
        return EventPage(found, max(after, since), False, covered)
    if after <= asked:
        raise errors.odd_answer("the export does not move on")
    return EventPage(found, after, True)


def _event(row: Mapping[str, Any]) -> TicketEvent:
    listed = row.get("child_events")
    children = [child for child in listed if isinstance(child, dict)] if isinstance(listed, list) else []
    moment = _moment(row)
    reported = [child for child in children if _kind(child).endswith("Comment")]
    return TicketEvent(
        ticket=key_of(row.get("ticket_id")),
        at=moment,
        created=any(_kind(child) == "Create" for child in children),
        comments=tuple(_comment(row, child, moment) for child in reported),
        whole=all(child.keys() >= _WHOLE and any(name in child for name in _TEXTS) for child in reported),
    )


def _comment(row: Mapping[str, Any], child: Mapping[str, Any], moment: float) -> Comment:
    """A comment as a list of comments gives it: its marker and its time may stand at the event around it."""
    found = comment_of(child)
    return replace(found, marker=found.marker or marker_of(row.get("metadata")), at=found.at or iso(moment))


def _kind(child: Mapping[str, Any]) -> str:
    return text(child.get("event_type")) or text(child.get("type"))


def _moment(row: Mapping[str, Any]) -> float:
    stamp = row.get("timestamp")
    if isinstance(stamp, (int, float)) and stamp > 0:
        return float(stamp)
    try:
        return parse(text(row.get("created_at")))
    except ValueError:
        return 0.0
