"""Comments of tickets that changed: read from the desk, handed to the tickets, once each."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from odoo.api import Environment

from odoo.addons.retail_sync.adapter import FaultError
from odoo.addons.retail_sync.runtime.jobs import outside
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...client.records import Comment
from ...domain.tickets import comment_reading
from ..ticket import comments as ticket_comments
from . import comments_reported, thread
from . import walk as walks
from .comment_files import OF_ALL, download
from .thread import DueThread

_logger = logging.getLogger(__name__)

# Tickets of one step: their comments are read, then taken in together.
TICKETS = 25
TARGET_SECONDS = 60.0
# An answer is dated by then after the comments in it were read.
ANSWER_SECONDS = 10


def read_due(env: Environment, connection: Any) -> float | None:
    """Read the comments of tickets that changed, for about a minute; return after how many seconds others are due.

    :raises FaultError: where the desk, or the way to it, fails as a whole; what was read until then is kept
    """
    until = time.monotonic() + TARGET_SECONDS
    if not connection._adapter()._exports_events():
        return _read_singly(env, connection, until)
    # Once more after the export: what it passed without the ticket is read singly.
    for _round in range(2):
        walk, reading = run_separately(env, _decide, connection)
        if reading.single_all or walk.covered is not None:
            left = _read_singly(env, connection, until, None if reading.single_all else walk.covered)
            if left is not None:
                return left
        if not reading.export:
            return reading.wait
        if comments_reported.read(env, connection, until):
            return 0
    return 0


def is_due(env: Environment, connection: Any) -> bool:
    """Return whether there is anything to be read."""
    if not connection._adapter()._exports_events():
        return bool(thread.due(env, connection, 1))
    _walk, reading = _decide(env, connection)
    return reading.export or reading.wait is not None or bool(thread.due(env, connection, 1))


def _decide(tx: Environment, connection: Any) -> tuple[walks.Walk, comment_reading.Reading]:
    walk = walks.state(tx, connection)
    ahead = thread.count_due(tx, connection, walk.covered, comment_reading.FEW + 1)
    arriving = walks.arriving(tx, connection)
    return walk, comment_reading.plan(ahead=ahead, arriving=arriving, read_ago=walk.read_ago)


def _read_singly(env: Environment, connection: Any, until: float, changed_until: int | None = None) -> float | None:
    while True:
        found = run_separately(env, thread.due, connection, TICKETS, changed_until)
        if not found:
            return None
        if time.monotonic() > until:
            return 0
        _read(env, connection, found)


def _read(env: Environment, connection: Any, found: Sequence[DueThread]) -> None:
    comments: dict[int, list[Comment]] = {}
    fault: FaultError | None = None
    read: list[DueThread] = []
    asked: dict[int, float] = {}
    for entry in found:
        try:
            listed, files, asked[entry.ticket_id] = outside(connection, _ask, entry)
        except FaultError as error:
            if error.fault_class in OF_ALL:
                fault = error
                break
            _logger.info("The comments of a ticket could not be read: %s", error.code)
            run_separately(env, thread.note_failed, entry)
            continue
        if files:
            # Files are large: they are stored before others are read.
            _store(env, connection, [entry], {entry.ticket_id: listed}, files, asked)
            continue
        comments[entry.ticket_id] = listed
        read.append(entry)
    if read:
        _store(env, connection, read, comments, {}, asked)
    if fault is not None:
        raise fault


def _store(env: Environment, connection: Any, *args: Any) -> None:
    run_separately(env, _take, connection, *args, read_committed=True)


def _ask(connection: Any, entry: DueThread) -> tuple[list[Comment], dict[str, bytes], float]:
    """Return the new comments of a ticket, the content of their files, and when that was by the desk's clock."""
    adapter = connection._adapter()
    with adapter._desk(connection, "standard") as desk:
        listed = list(desk.comments(entry.external_id, entry.since))
        asked = desk.now()
        wanted = ticket_comments.wanted_files(connection.env, connection, {entry.ticket_id: listed})
        return listed, download(desk, connection, wanted), asked


def _take(
    tx: Environment,
    connection: Any,
    entries: Sequence[DueThread],
    comments: Mapping[int, Sequence[Comment]],
    files: Mapping[str, bytes],
    asked: Mapping[int, float],
) -> None:
    """Hand comments to their tickets and note that they are known, in one transaction.

    :param asked: {ticket id: when its comments were asked for}. What comes to a ticket after that comes with the export
        if its thread is known when the export comes to it; where it is there already, the ticket is read once more
    """
    position = walks.locked(tx, connection)
    author = connection.desk_user_key or ""
    ticket_comments.ingest_comments(tx, connection, comments, own_author=author, files=files)
    for entry in entries:
        if entry.known or position <= asked[entry.ticket_id] - ANSWER_SECONDS:
            listed = comments.get(entry.ticket_id) or ()
            thread.note_read(tx, entry, listed[-1].key if listed else "")
