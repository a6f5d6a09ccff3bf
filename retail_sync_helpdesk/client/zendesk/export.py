"""All tickets and users that changed, by the incremental export (section 4).

A cursor is a dict: since (seconds) before the first page; then after, the service's own cursor. seen: marks of rows
that were given already. Store it with the effects of its page.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .. import dedupe, errors
from ..answers import as_object, key_of, rows, text
from ..directory import Page
from ..errors import ClientError
from ..records import Person, TicketPage
from . import faults
from .people import organization_of, person_of
from .session import ZendeskSession
from .ticket_form import ticket_of

#: The export leaves out the changes of this many seconds, and refuses to begin within them.
DELAY_SECONDS = 60.0
#: A bit more, since our clock and that of the account differ.
SAFE_SECONDS = 90.0
PAGE = 1000

R = TypeVar("R")


def tickets(session: ZendeskSession, cursor: Mapping[str, Any], page: int = PAGE) -> TicketPage:
    """The next page of changed tickets. cursor: {"since": seconds since the epoch} to begin.

    A ticket may be given for a change that its `updated_at` does not show: the service itself touched it. A deleted one
    has that status. Its comments are not in it.
    """
    found, after, more, covered = _page(session, "tickets", cursor, page, ticket_of)
    return TicketPage(tuple(found), after, more, covered)


def people(
    session: ZendeskSession, cursor: Mapping[str, Any], page: int = PAGE
) -> tuple[list[Person], dict[str, Any], bool]:
    """(users, the cursor after them, whether there is more)."""
    found = people_page(session, cursor, page)
    return list(found.records), dict(found.cursor), found.more


def people_page(session: ZendeskSession, cursor: Mapping[str, Any], page: int = PAGE) -> Page:
    """The next page of changed users, as of `tickets`; a deleted one is not active."""
    found, after, more, covered = _page(session, "users", cursor, page, person_of)
    return Page(tuple(found), after, more, covered)


def organizations(session: ZendeskSession, cursor: Mapping[str, Any], page: int = PAGE) -> Page:
    """The next page of changed organisations, by the export that goes by time: there is none with cursors.

    It repeats rows at the edges of its pages; which were given is remembered in the cursor.
    """
    since = cursor.get("since")
    if not isinstance(since, (int, float)):
        raise ValueError("A cursor says since when.")
    now = session.server_time or session.clock()
    params = {"start_time": str(start_time(since, now)), "per_page": str(page)}
    try:
        body = session.get("/incremental/organizations", params)
    except ClientError as error:
        if error.code == faults.TOO_RECENT:
            return Page((), dict(cursor), False)
        raise
    fresh, seen = dedupe.new_rows([(_mark(row), row) for row in rows(body, "organizations")], dedupe.marks(cursor))
    end = body.get("end_time")
    ended = body.get("end_of_stream") is True
    after = int(end) if isinstance(end, (int, float)) and end > 0 else int(since)
    if not ended and after <= since and not fresh:
        if start_time(since, now) < int(since):
            # it was asked from before the last page on, and all of that is known: time moves it on
            return Page((), dict(cursor), False)
        raise errors.odd_answer("the export does not move on")
    covered = now - DELAY_SECONDS if ended else None
    return Page(tuple(map(organization_of, fresh)), {"since": max(after, int(since)), "seen": seen}, not ended, covered)


def advanced(cursor: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The cursor after an answer. An empty first page names none: the beginning stays."""
    changed = dict(cursor)
    after = body.get("after_cursor")
    if after:
        changed.pop("since", None)
        changed["after"] = str(after)
    return changed


def start_time(since: float, now: float) -> int:
    """The beginning of an export that the service accepts."""
    return max(0, int(min(since, now - SAFE_SECONDS)))


def _page(
    session: ZendeskSession, name: str, cursor: Mapping[str, Any], page: int, parse: Callable[[Mapping[str, Any]], R]
) -> tuple[list[R], dict[str, Any], bool, float | None]:
    params = {"per_page": str(page)}
    if cursor.get("after"):
        params["cursor"] = str(cursor["after"])
    elif isinstance(cursor.get("since"), (int, float)):
        params["start_time"] = str(start_time(cursor["since"], session.server_time or session.clock()))
    else:
        raise ValueError("A cursor says since when.")
    session_time = session.clock()
    try:
        body = as_object(session.request("GET", f"/incremental/{name}/cursor", params=params).json())
    except ClientError as error:
        if error.code == faults.TOO_RECENT:
            # nothing can have passed the delay yet
            return [], dict(cursor), False, None
        raise
    listed = rows(body, name)
    after = advanced(cursor, body)
    # an answer that does not say so is not taken for the end of the stream
    more = body.get("end_of_stream") is not True
    if more and after.get("after") == cursor.get("after"):
        raise errors.odd_answer("the export does not move on")
    fresh, seen = dedupe.new_rows([(_mark(row), row) for row in listed], dedupe.marks(cursor))
    after["seen"] = seen
    covered = None if more else (session.server_time or session_time) - DELAY_SECONDS
    return [parse(row) for row in fresh], after, more, covered


def _mark(row: Mapping[str, Any]) -> str:
    """A row's version: what the export itself orders by, or else the time of its change."""
    stamp = row.get("generated_timestamp") or ""
    return f"{key_of(row.get('id'))}@{text(row.get('updated_at'))}@{stamp}"
