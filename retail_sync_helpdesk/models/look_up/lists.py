"""Pages of a list: its rows are read from the place of a cursor on, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from odoo.tools import SQL

from ...api.errors import ApiProblem
from ...api.service import PageAsked
from ...domain.api.paging import Place, cursor_of, limit_of, place_of
from ..access.signing import signing_keys
from .looking import Looking

__all__ = ["Rows", "rows_of_page"]


class Rows(NamedTuple):
    """The ids of a page, and the cursor of the next one; None on the last page."""

    ids: list[int]
    next_cursor: str | None


def rows_of_page(look: Looking, query: Mapping[str, Any], page: PageAsked, rows: SQL, at: SQL, id_: SQL) -> Rows:
    """Return the rows of a page, sorted by a time and the id, both descending.

    A row keeps its place as long as its time stays: rows that come or go meanwhile move no other row.

    :param query: what makes the list: its name and filters; a cursor is good for the same list and caller alone
    :param rows: FROM and WHERE of the list
    :param at: the time by which it is sorted, never empty
    :param id_: its id
    """
    keys = signing_keys(look.env)
    limit = limit_of(page.limit)
    after = SQL("TRUE")
    if page.cursor is not None:
        after = SQL("(%s, %s) < (%s, %s)", at, id_, *_after(place_of(page.cursor, look.caller.reference, query, keys)))
    found: Sequence[tuple[int, datetime]] = look.env.execute_query(
        SQL("SELECT %s, %s %s AND %s ORDER BY 2 DESC, 1 DESC LIMIT %s", id_, at, rows, after, limit + 1)
    )
    shown = found[:limit]
    cursor = None
    if len(found) > limit:
        last_id, last_at = shown[-1]
        cursor = cursor_of(Place((last_at.isoformat(), last_id)), look.caller.reference, query, keys)
    return Rows([row_id for row_id, _at in shown], cursor)


def _after(place: Place | None) -> tuple[datetime, int]:
    if place is None or len(place.after) != 2:
        raise ApiProblem("invalid_cursor")
    moment, row_id = place.after
    return datetime.fromisoformat(str(moment)), int(row_id or 0)
