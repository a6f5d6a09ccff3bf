"""Rows that an export gives more than once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

#: Rows that a cursor remembers: more than a page holds, so that what a boundary repeats is known.
REMEMBERED = 2000

Row = TypeVar("Row")


def new_rows(rows: Iterable[tuple[str, Row]], seen: Sequence[str]) -> tuple[list[Row], list[str]]:
    """The rows whose mark is not known, in their order; and the marks to remember, the newest last.

    rows: (mark, row), a mark being the record's key with its version. A record that changed again has another mark and
    is new.
    """
    known = dict.fromkeys(seen)
    found = []
    for mark, row in rows:
        if mark not in known:
            found.append(row)
        known.pop(mark, None)
        known[mark] = None
    return found, list(known)[-REMEMBERED:]


def marks(cursor: Mapping[str, Any]) -> list[str]:
    """The marks that a stored cursor remembers."""
    listed = cursor.get("seen")
    return [str(mark) for mark in listed] if isinstance(listed, (list, tuple)) else []
