"""Lists of any length, page by page (section 4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from .. import errors
from ..answers import rows
from .session import ZendeskSession

PAGE = 100
#: A list that never ends is a fault of the service, or a cursor that turns in a circle.
MOST_PAGES = 10_000


def each(
    session: ZendeskSession, path: str, name: str, params: Mapping[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of a list, asked for as they are needed.

    Lists that know no cursors answer with `next_page` or with everything at once; both are read.
    """
    asked: dict[str, str] | None = {**(params or {}), "page[size]": str(PAGE)}
    for _number in range(MOST_PAGES):
        body = session.get(path, asked)
        yield from rows(body, name)
        meta = body.get("meta")
        if isinstance(meta, dict):
            cursor = meta.get("after_cursor")
            if meta.get("has_more") is not True or not cursor:
                return
            asked = {**(params or {}), "page[size]": str(PAGE), "page[after]": str(cursor)}
            continue
        if not body.get("next_page"):
            return
        path, asked = str(body["next_page"]), None
    raise errors.odd_answer(f"the list of {name} does not end")
