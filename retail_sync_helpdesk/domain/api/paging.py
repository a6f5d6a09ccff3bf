"""Pages by cursor: the place after the last row, signed, so that it can only be handed back.

A place is the values by which rows are sorted, the id last. Rows that come or go meanwhile move no other row to another
page, as they do with page numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .canonical_json import digest
from .signed_text import SigningKey, open_text, sign_text

__all__ = ["DEFAULT_LIMIT", "MOST", "Place", "cursor_of", "limit_of", "place_of"]

DEFAULT_LIMIT = 50
MOST = 200
_PURPOSE = "cursor-1"
Sortable = str | int | None


@dataclass(frozen=True, slots=True)
class Place:
    """After which row a page begins: the values of its sort columns, in the order of the columns."""

    after: tuple[Sortable, ...]


def cursor_of(place: Place, actor: str, query: Mapping[str, Any], keys: Sequence[SigningKey]) -> str:
    """Return the cursor of a place.

    :param actor: who may use it: another actor may see other rows
    :param query: filter and sort order: the place means nothing in another list
    """
    return sign_text(_PURPOSE, {"after": list(place.after), "of": _list_of(actor, query)}, keys)


def place_of(cursor: object, actor: str, query: Mapping[str, Any], keys: Sequence[SigningKey]) -> Place | None:
    """Return the place of a cursor, None for a cursor that is not ours or of another list: the answer is then 400."""
    payload = open_text(_PURPOSE, cursor, keys).payload
    if payload is None or payload.get("of") != _list_of(actor, query):
        return None
    return Place(tuple(payload["after"]))


def limit_of(asked: int | None) -> int:
    """Return how many rows a page has: 50 where the caller names none, 200 at most."""
    return DEFAULT_LIMIT if asked is None else max(1, min(asked, MOST))


def _list_of(actor: str, query: Mapping[str, Any]) -> str:
    return digest([actor, query])[:16]
