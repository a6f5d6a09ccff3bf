"""Entity tags: which version of a resource a caller has, and whether it may write over it."""

from __future__ import annotations

import re
from typing import Any

from .canonical_json import digest

__all__ = ["etag_of", "is_precondition_met", "is_unchanged"]

_TAG = re.compile(r'\s*(?P<weak>W/)?"(?P<tag>[\x21\x23-\x7e\x80-\xff]*)"\s*')
_MOST_TAGS = 20
_LENGTH = 32


def etag_of(*parts: Any) -> str:
    """Return the strong tag of a resource from all that its answer depends on.

    :param parts: values of JSON: versions and write times of the records, scopes that mask fields
    """
    return f'"{digest(list(parts))[:_LENGTH]}"'


def is_unchanged(if_none_match: str | None, current: str) -> bool:
    """Return whether the answer to a look-up is 304: the caller has this version. Tags are compared weakly."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    tags = _read(if_none_match) or []
    return any(tag == current for _weak, tag in tags)


def is_precondition_met(if_match: str | None, current: str | None) -> bool:
    """Return whether a write may go on; the answer is 412 if not. Tags are compared strongly.

    :param current: tag of the resource; None where it does not exist
    """
    if if_match is None:
        return True
    if if_match.strip() == "*":
        return current is not None
    tags = _read(if_match) or []
    return any(not weak and tag == current for weak, tag in tags)


def _read(header: str) -> list[tuple[bool, str]] | None:
    """Return [(weak, tag with its quotes)]; None for a header that is no list of tags."""
    found: list[tuple[bool, str]] = []
    at = 0
    while len(found) < _MOST_TAGS:
        match = _TAG.match(header, at)
        if not match:
            return None
        found.append((bool(match["weak"]), f'"{match["tag"]}"'))
        at = match.end()
        if at == len(header):
            return found
        if header[at] != ",":
            return None
        at += 1
    return None
