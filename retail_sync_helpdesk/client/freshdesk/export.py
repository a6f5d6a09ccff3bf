"""The tickets that changed, by the list in the order of changes.

A cursor is a dict: since (whole seconds); page, within the tickets of one second; again, for the second look at them;
began, when the first page was read; seen, marks of rows that were given already. Store it with the effects of its page.

The list is cut into pages by number: a ticket that changes meanwhile moves to its end, and the rows behind it move up
to a page that was read already. Therefore the next page is asked for by the time of the last row, from one second
before it. Only where more tickets than a page holds changed in one second are pages counted; these are read twice.
"""

from collections.abc import Mapping
from typing import Any

from .. import dedupe, errors, times
from ..answers import key_of, text
from ..errors import ClientError
from ..records import TicketPage
from .session import MOST_PAGES, FreshdeskSession
from .ticket_form import ticket_of
from .tickets import seconds

#: What changed within this many seconds is left to the next look: times are of whole seconds, so a ticket that changes
#: twice within one would look the same both times.
DELAY_SECONDS = 10.0
#: The list may show a change later than its time says [u]; each look goes back that far before
#: the moment at which the last one began.
OVERLAP_SECONDS = 120.0


def tickets(session: FreshdeskSession, cursor: Mapping[str, Any]) -> TicketPage:
    """The next page of changed tickets. cursor: {"since": seconds since the epoch} to begin.

    Tickets in the trash are not among them, and no ticket has its description. Raises ClientError contract:
    TOO_MANY_AT_ONCE when more tickets changed within one second than the service lists.
    """
    since = cursor.get("since")
    if not isinstance(since, (int, float)):
        raise ValueError("A cursor says since when.")
    since, number, again = int(since), int(cursor.get("page") or 1), bool(cursor.get("again"))
    params = {"updated_since": times.iso(since), "order_by": "updated_at", "order_type": "asc"}
    listed, more = session.page("/tickets", number, params)
    stamped = [(seconds(row, "updated_at"), row) for row in listed]
    moments = [moment for moment, _row in stamped]
    if moments != sorted(moments):
        raise errors.odd_answer("the list is not in the order of changes")
    now = session.now()
    unchanging = [(_mark(row), row) for moment, row in stamped if moment <= now - DELAY_SECONDS]
    fresh, seen = dedupe.new_rows(unchanging, dedupe.marks(cursor))
    if len(unchanging) < len(stamped):
        more = False  # whatever follows is as young
    began = float(cursor.get("began") or now)
    covered = began - OVERLAP_SECONDS
    next_since = int(moments[-1]) - 1 if moments else since
    if more and next_since <= since:
        if number >= MOST_PAGES:
            raise ClientError(errors.CONTRACT, "TOO_MANY_AT_ONCE", "too many tickets changed within one second")
        after: dict[str, Any] = {"since": since, "page": number + 1, "again": again}
    elif number > 1 and not again:
        after, more = {"since": since, "page": 1, "again": True}, True
    else:
        after = {"since": next_since if more else int(covered)}
    return TicketPage(
        tuple(ticket_of(row, session.key_fields) for row in fresh),
        {**after, **({"began": began} if more else {}), "seen": seen},
        more,
        None if more else covered,
    )


def _mark(row: Mapping[str, Any]) -> str:
    return f"{key_of(row.get('id'))}@{text(row.get('updated_at'))}"
