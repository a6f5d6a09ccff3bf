"""Comments of many tickets at once, as the desk's export of what happened to them tells them."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from odoo.api import Environment

from odoo.addons.retail_sync.runtime.jobs import outside
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...client.records import Attachment, Comment, EventPage, TicketEvent
from ..ticket import comments as ticket_comments
from . import thread
from . import walk as walks
from .comment_files import download

# Events in one answer.
PAGE = 1000


class Reported(NamedTuple):
    """What a page tells of one ticket. until: seconds since the epoch. created: whether it begins with its creation."""

    comments: list[Comment]
    until: float
    created: bool
    whole: bool


def read(env: Environment, connection: Any, until: float) -> bool:
    """Read the export page by page; return whether there is more when the time is up.

    :param until: of `time.monotonic`
    :raises FaultError: where the desk, or the way to it, fails; the pages before are kept
    """
    while True:
        position = run_separately(env, walks.locked, connection)
        page = outside(connection, _ask, position)
        reported = _by_ticket(page.events)
        with_files = _with_files(env, connection, reported)
        for key, wanted in with_files.items():
            files = outside(connection, _files, wanted)
            if not _store(env, connection, position, {key: reported[key]}, files):
                return True
        rest = {key: found for key, found in reported.items() if key not in with_files}
        if not _store(env, connection, position, rest, {}, page):
            return True
        if not page.more:
            return False
        if time.monotonic() > until:
            return True


def _ask(connection: Any, position: int) -> EventPage:
    with connection._adapter()._desk(connection, "standard") as desk:
        return desk.events(position, PAGE)


def _files(connection: Any, wanted: Sequence[Attachment]) -> dict[str, bytes]:
    with connection._adapter()._desk(connection, "standard") as desk:
        return download(desk, connection, wanted)


def _by_ticket(events: Sequence[TicketEvent]) -> dict[str, Reported]:
    """Return {ticket at the desk: what is reported of it}, comments in their order."""
    reported: dict[str, Reported] = {}
    for event in events:
        before = reported.get(event.ticket) or Reported([], 0, event.created, True)
        reported[event.ticket] = Reported(
            [*before.comments, *event.comments],
            max(before.until, event.at),
            before.created,
            before.whole and event.whole,
        )
    return reported


def _with_files(env: Environment, connection: Any, reported: Mapping[str, Reported]) -> dict[str, list[Attachment]]:
    """Return {ticket at the desk: its new files}; they are large, and stored before others are read."""

    def new(tx: Environment, connection: Any) -> dict[str, list[Attachment]]:
        threads = _readable(tx, connection, reported)
        comments = {found.ticket_id: reported[key].comments for key, found in threads.items()}
        wanted = {file.key: file for file in ticket_comments.wanted_files(tx, connection, comments)}
        files = {
            key: [file for comment in reported[key].comments for file in comment.attachments if file.key in wanted]
            for key in threads
        }
        return {key: found for key, found in files.items() if found}

    found: dict[str, list[Attachment]] = run_separately(env, new, connection)
    return found


def _readable(tx: Environment, connection: Any, reported: Mapping[str, Reported]) -> dict[str, thread.DueThread]:
    """Return the threads that the page goes on with: known ones, and those that it tells from their beginning.

    The beginning of another was passed before its ticket was taken in: it is read singly, since comments have an order.
    """
    threads = thread.of_tickets(tx, connection, list(reported))
    return {key: found for key, found in threads.items() if found.known or reported[key].created}


def _store(
    env: Environment,
    connection: Any,
    position: int,
    reported: Mapping[str, Reported],
    files: Mapping[str, bytes],
    page: EventPage | None = None,
) -> bool:
    """Take in what is reported, and with a page move on to the next; return whether no other has moved on."""
    return bool(run_separately(env, _take, connection, position, reported, files, page, read_committed=True))


def _take(
    tx: Environment,
    connection: Any,
    position: int,
    reported: Mapping[str, Reported],
    files: Mapping[str, bytes],
    page: EventPage | None,
) -> bool:
    if walks.locked(tx, connection) != position:
        return False
    threads = _readable(tx, connection, reported)
    whole = {key: found for key, found in threads.items() if reported[key].whole}
    ticket_comments.ingest_comments(
        tx,
        connection,
        {found.ticket_id: reported[key].comments for key, found in whole.items()},
        own_author=connection.desk_user_key or "",
        files=files,
    )
    thread.note_reported(
        tx, [(found.link_id, int(reported[key].until) * 1000, _last(reported[key])) for key, found in whole.items()]
    )
    thread.note_unread(tx, [found.link_id for key, found in threads.items() if key not in whole])
    if page is not None:
        walks.move(tx, connection, page.after, page.covered_until)
        if page.covered_until is not None:
            thread.note_covered(tx, connection, int(page.covered_until))
    return True


def _last(reported: Reported) -> str:
    return reported.comments[-1].key if reported.comments else ""
