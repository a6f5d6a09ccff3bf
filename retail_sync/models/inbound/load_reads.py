"""What loads ask of a platform. Each of these is called outside the job's transaction, and writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from odoo import models

from ...runtime.transactions import clock

Cursor = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """How a load has begun.

    total: records in scope. cursor: of the platform's bulk job where in_bulk, else that of the first page. read_at: of
    a bulk job, the database's clock before it was asked for. before: where polls go on after a load by a bulk job; of a
    backlog where they stand, to see whether they still do when it ends.
    """

    total: int
    cursor: Cursor
    in_bulk: bool = False
    read_at: datetime | None = None
    before: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """Rows of a load. cursor: where to go on, if it has moved. read_at: the database's clock before they were read;
    None for rows of a bulk job, which are as old as that.
    """

    rows: list[dict[str, Any]]
    cursor: Cursor | None
    more: bool
    read_at: datetime | None = None


def begin(stream: models.BaseModel, kind: str, total: int) -> Begun:
    """Count, choose bulk or pages, and ask for the bulk job.

    :param kind: of the run; total: what is known of the number of records, for a backlog
    """
    adapter = stream._adapter()
    polls_at = stream.cursor
    if kind == "backlog":
        ask = partial(adapter.bulk_begin_changes, stream, polls_at or {})
    elif kind == "deletions" and adapter.capabilities().bulk_ids:
        total, ask = 0, partial(adapter.bulk_begin_ids, stream)
    else:
        total = adapter.count(stream)
        in_bulk = adapter.capabilities().bulk_read and adapter.suits_bulk(stream)
        if not in_bulk or total <= stream.bulk_threshold:
            return Begun(total, adapter.begin_cursor(stream))
        ask = partial(adapter.bulk_begin, stream)
    # The platform answers from some moment after this.
    read_at = clock(stream.env)
    cursor = ask()
    before = adapter.cursor_after_load(stream, cursor)[0] if kind == "initial" else polls_at
    return Begun(total, cursor, in_bulk=True, read_at=read_at, before=before)


def ready(stream: models.BaseModel, cursor: Cursor) -> tuple[bool, Cursor]:
    """Return (whether the platform's bulk job is ready, its cursor)."""
    answer: tuple[bool, Cursor] = stream._adapter().bulk_ready(stream, cursor)
    return answer


def fetch(stream: models.BaseModel, mode: str, cursor: Cursor | None, limit: int) -> Fetched:
    """Read the next rows of a load, at most limit of them."""
    adapter = stream._adapter()
    if mode == "bulk":
        rows, following = adapter.bulk_fetch(stream, cursor, limit)
        return Fetched(rows, following, more=following is not None)
    read_at = clock(stream.env)
    rows, following, more = adapter.fetch_page(stream, cursor or {}, limit)
    return Fetched(rows, following, more, read_at)
