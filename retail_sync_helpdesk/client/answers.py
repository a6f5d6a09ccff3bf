"""What stands in the answers of a desk: ids, objects, lists, texts and words."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from . import errors
from .records import Priority, Status

E = TypeVar("E", Status, Priority)
_KEY = re.compile(r"[0-9]{1,19}\Z", re.ASCII)


def record_id(value: str) -> str:
    """An id that may stand in a path. Raises ValueError for a text that is none."""
    if not isinstance(value, str) or not _KEY.match(value):
        raise ValueError(f"{str(value)[:40]!r} is not the id of a record")
    return value


def key_of(value: Any) -> str:
    """The key of an id as the API sends it: a number, a text, or one of its ways of saying none (null, "", "0")."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value).strip()
    return "" if text == "0" else text


def as_object(body: Any) -> dict[str, Any]:
    """The body as an object. Raises ClientError contract/ODD_ANSWER for anything else."""
    if not isinstance(body, dict):
        raise errors.odd_answer("an object was expected in the answer")
    return body


def member(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object that a body wraps. Raises ClientError as `as_object`."""
    found = body.get(name)
    if not isinstance(found, dict):
        raise errors.odd_answer(f"the answer has no {name}")
    return found


def rows(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects listed in a body. Raises ClientError contract/ODD_ANSWER when there is no list."""
    found = body.get(name)
    if not isinstance(found, list):
        raise errors.odd_answer(f"the answer has no list of {name}")
    return [row for row in found if isinstance(row, dict)]


def text(value: Any) -> str:
    """A text of the API; '' for null and for what is no text."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def word(words: type[E], value: Any) -> E | None:
    """A word of a list, whatever its case; None for another."""
    try:
        return words(str(value).lower())
    except ValueError:
        return None
