"""SQL that Odoo's cursor has no method for: many rows in one statement, and plans that use the indexes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg2 import extras

from odoo.api import Environment


def execute_values(
    env: Environment,
    query: str,
    rows: Sequence[Sequence[Any]],
    template: str | None = None,
    page_size: int = 1000,
) -> list[tuple[Any, ...]]:
    """Execute a query with ``VALUES %s`` on many rows; return what it returns, without RETURNING an empty list.

    :param template: of one row, with a ``%s`` for each value; all of them by default
    :param page_size: rows in one statement
    """
    fetch = "RETURNING" in query
    # The cursor of psycopg2 itself: Odoo's wraps it, and psycopg2 composes the statement with its connection.
    found = extras.execute_values(env.cr._obj, query, rows, template=template, page_size=page_size, fetch=fetch)
    return found or []


@contextmanager
def index_scans(env: Environment) -> Iterator[None]:
    """Have PostgreSQL prefer indexes in this block, where statistics were made while a table was small or empty.

    An error in the block rolls the setting back with all else: PostgreSQL takes no statement in a failed transaction.
    """
    env.cr.execute("SET LOCAL enable_seqscan = off")
    yield
    env.cr.execute("SET LOCAL enable_seqscan = on")
