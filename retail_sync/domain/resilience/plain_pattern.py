"""Patterns that people write: plain words with ``*`` for any text and, in codes, ``?`` for any single character.

No regular expression comes from data. One that backtracks would hold its worker, and with it all others of the
process, for as long as it likes. Here each character of a text is passed at most once for each piece of a pattern.
"""

import re
from collections.abc import Sequence

# What a fault says is at the beginning of its text; the rest are the values that it is about.
TEXT_LIMIT = 500
PATTERN_LIMIT = 200
_REGULAR_EXPRESSION = re.compile(
    r"\\"  # an escape
    r"|^\^|\$$"  # an anchor
    r"|\.[*+?]|[)\]][*+?{]"  # something repeated
    r"|\(\?"  # a group with a flag
    r"|\[[^\] ]*-[^\] ]*\]|\[\^"  # a set of characters
    r"|\([^() ]*\|[^()]*\)|\|"  # alternatives
)


def looks_like_regular_expression(pattern: str) -> bool:
    """Return whether a pattern has signs of a regular expression, which would be searched for as they stand."""
    return _REGULAR_EXPRESSION.search(pattern[: PATTERN_LIMIT + 1]) is not None


def contains(pattern: str, text: str) -> bool:
    """Return whether a text contains the words of a pattern in their order, without regard to case."""
    return has_pieces(pattern.lower().split("*"), text[:TEXT_LIMIT].lower())


def has_pieces(pieces: Sequence[str], text: str) -> bool:
    """Return whether pieces follow each other in a text. The first place of each is the best: none is tried twice."""
    start = 0
    for piece in pieces:
        at = text.find(piece, start)
        if at < 0:
            return False
        start = at + len(piece)
    return True


def fits_code(pattern: str, code: str) -> bool:
    """Return whether a whole code is what a pattern says, without regard to case."""
    pattern, code = pattern.upper()[:PATTERN_LIMIT], code.upper()[:TEXT_LIMIT]
    first, *others = pattern.split("*")
    if not others:
        return len(code) == len(first) and _stands_at(first, code, 0)
    *middle, last = others
    end = len(code) - len(last)
    if len(first) > end or not _stands_at(first, code, 0) or not _stands_at(last, code, end):
        return False
    start = len(first)
    for piece in middle:
        found = next((at for at in range(start, end - len(piece) + 1) if _stands_at(piece, code, at)), None)
        if found is None:
            return False
        start = found + len(piece)
    return True


def _stands_at(piece: str, code: str, at: int) -> bool:
    return len(code) >= at + len(piece) and all(
        wanted in ("?", code[at + number]) for number, wanted in enumerate(piece)
    )
