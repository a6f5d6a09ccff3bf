"""Which installed language a request prefers, by its ``Accept-Language`` header, whatever the header holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["language_of"]

_RANGE = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*(?P<q>[01](?:\.[0-9]{0,3})?)\s*)?"
)
_MOST_RANGES = 20


def language_of(header: str, installed: Iterable[str]) -> str:
    """Return the code of the installed language that is preferred; empty where none fits.

    :param header: such as "de-AT, de;q=0.9, en;q=0.5"; what is no language is passed over
    :param installed: codes of Odoo, such as de_DE, the first of a language before its others
    """
    codes = {code.partition("@")[0].replace("_", "-").lower(): code for code in reversed(list(installed))}
    for tag in _preferred(header):
        while tag:
            found = codes.get(tag) or next(
                (codes[known] for known in reversed(codes) if known.startswith(f"{tag}-")), ""
            )
            if found:
                return found
            tag = tag.rpartition("-")[0]
    return ""


def _preferred(header: str) -> Iterator[str]:
    """Yield the languages of a header in small letters, the most wanted first."""
    found = []
    for part in header.split(",")[:_MOST_RANGES]:
        match = _RANGE.fullmatch(part)
        if match and float(match["q"] or 1) > 0:
            found.append((-float(match["q"] or 1), match["tag"].lower()))
    for _weight, tag in sorted(found, key=lambda item: item[0]):
        yield tag
