"""Comments of tickets that changed: read from the desk, handed to the tickets, once each."""

import logging
import time
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from odoo.api import Environment

from odoo.addons.retail_sync.adapter import FaultClass, FaultError, as_fault
from odoo.addons.retail_sync.runtime.jobs import outside
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...client.directory import Directory
from ...client.errors import ClientError
from ...client.files import MEGABYTE
from ...client.records import Attachment, Comment
from ..ticket import comments as ticket_comments
from . import thread
from .thread import DueThread

_logger = logging.getLogger(__name__)

# Tickets of one step: their comments are read, then taken in together.
TICKETS = 25
TARGET_SECONDS = 60.0
# Bytes of files that are held at the same time.
HELD_BYTES = 64 * MEGABYTE
# After these the other tickets of a step would fare no better.
_OF_ALL = frozenset({FaultClass.transient, FaultClass.throttled, FaultClass.auth})


def read_due(env: Environment, connection: Any) -> bool:
    """Read the comments of tickets that changed, for about a minute; return whether others wait.

    :raises FaultError: where the desk, or the way to it, fails as a whole; what was read until then is kept
    """
    until = time.monotonic() + TARGET_SECONDS
    while True:
        found = run_separately(env, thread.due, connection, TICKETS)
        if not found:
            return False
        if time.monotonic() > until:
            return True
        _read(env, connection, found)


def _read(env: Environment, connection: Any, found: Sequence[DueThread]) -> None:
    comments: dict[int, list[Comment]] = {}
    fault: FaultError | None = None
    read: list[DueThread] = []
    for entry in found:
        try:
            listed, files = outside(connection, _ask, entry)
        except FaultError as error:
            if error.fault_class in _OF_ALL:
                fault = error
                break
            _logger.info("The comments of a ticket could not be read: %s", error.code)
            run_separately(env, thread.note_failed, entry)
            continue
        if files:
            # Files are large: they are stored before others are read.
            run_separately(env, _take, connection, [entry], {entry.ticket_id: listed}, files)
            continue
        comments[entry.ticket_id] = listed
        read.append(entry)
    if read:
        run_separately(env, _take, connection, read, comments, {})
    if fault is not None:
        raise fault


def _ask(connection: Any, entry: DueThread) -> tuple[list[Comment], dict[str, bytes]]:
    """Return the new comments of a ticket, and the content of their files."""
    adapter = connection._adapter()
    with adapter._desk(connection, "standard") as desk:
        listed = list(desk.comments(entry.external_id, entry.since))
        wanted = ticket_comments.wanted_files(connection.env, connection, {entry.ticket_id: listed})
        return listed, _download(desk, connection, wanted)


def _download(desk: Directory, connection: Any, wanted: Sequence[Attachment]) -> dict[str, bytes]:
    """Return {key: content} of files; one that cannot be had is left out, and named in its comment."""
    limit = connection.desk_file_megabytes * MEGABYTE
    held: dict[str, bytes] = {}
    for file in wanted:
        left = min(limit, HELD_BYTES - sum(map(len, held.values())))
        if left <= 0:
            break
        sink = BytesIO()
        try:
            desk.download(file, sink, left)
        except ClientError as error:
            if as_fault(error).fault_class in _OF_ALL:
                raise
            continue
        held[file.key] = sink.getvalue()
    return held


def _take(
    tx: Environment,
    connection: Any,
    entries: Sequence[DueThread],
    comments: Mapping[int, Sequence[Comment]],
    files: Mapping[str, bytes],
) -> None:
    """Hand comments to their tickets and note that they are known, in one transaction."""
    author = connection.desk_user_key or ""
    ticket_comments.ingest_comments(tx, connection, comments, own_author=author, files=files)
    for entry in entries:
        listed = comments.get(entry.ticket_id) or ()
        thread.note_read(tx, entry, listed[-1].key if listed else "")
