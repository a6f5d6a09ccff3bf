"""How a typed name is divided among the parts that a platform keeps, so that the parts together make it again."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

FIRST, MIDDLE, LAST, SUFFIX = "first", "middle", "last", "suffix"
# The orders in which platforms join the parts; some countries put the last name first.
_ORDERS = ((FIRST, MIDDLE, LAST, SUFFIX), (LAST, FIRST, MIDDLE, SUFFIX), (LAST, MIDDLE, FIRST, SUFFIX))
# A name of more words is divided by its last word alone.
_MOST_WORDS = 14
# What a change of a part costs. Of two parts that could take a new word the first name does; a part that was empty
# is filled only where nothing else makes the name.
_CHANGE = {FIRST: 1.0, MIDDLE: 1.05, LAST: 1.1, SUFFIX: 1.0}
_FILL = {FIRST: 1.05, MIDDLE: 9.0, LAST: 1.1, SUFFIX: 9.0}
# New words in a middle name or suffix, beside an empty one: where all the parts change, "Bert Smith" is a first and a
# last name and no last name with a suffix.
_REPLACE = {FIRST: 0.0, MIDDLE: 0.02, LAST: 0.0, SUFFIX: 0.02}
# Each word of the last name beyond the first, where nothing else tells two divisions apart.
_WORD = 0.001


@dataclass(frozen=True, slots=True)
class Division:
    """``parts``: the text of each part that may be written. ``stuck``: parts that keep the name from being made."""

    parts: dict[str, str | None]
    stuck: list[str] = field(default_factory=list)


def divide(name: str, known: Mapping[str, str | None], shown: str | None, may_write: AbstractSet[str]) -> Division:
    """Divide a name so that the parts, joined as the platform joins them, make it, and few of them change.

    ``known``: the parts that the platform has now, in one line each. ``shown``: the name as the platform composes it of
    them; what it holds beside them stands in parts that are hidden. ``may_write``: the parts that may be written.
    """
    order, present = _composed(known, shown)
    words = name.split()
    fixed = {part for part in order if part not in may_write}
    best: tuple[float, dict[str, str | None]] | None = None
    for parts in _divisions(words, order):
        if any(parts[part] != present.get(part) for part in fixed) or not parts[LAST]:
            continue
        cost = _cost(parts, present)
        if best is None or cost < best[0]:
            best = (cost, parts)
    if best is not None:
        return Division({part: text for part, text in best[1].items() if part in may_write})
    stuck = [part for part in order if part in fixed and present.get(part)]
    if not fixed:
        return Division(_by_last_word(words))
    rest = divide(name, {part: text for part, text in known.items() if part not in stuck}, None, may_write | fixed)
    return Division({part: text for part, text in rest.parts.items() if part in may_write}, stuck)


def _composed(known: Mapping[str, str | None], shown: str | None) -> tuple[tuple[str, ...], dict[str, str | None]]:
    """Return (order of the parts, what they hold), with what only the composed name reveals of hidden parts."""
    text = " ".join((shown or "").split())
    for order in _ORDERS if text else ():
        match = re.fullmatch("".join(_pattern(part, known) for part in order), f"{text} ")
        if match:
            hidden = {part: found.strip() or None for part, found in match.groupdict().items()}
            return order, {**known, **hidden}
    first, last = known.get(FIRST), known.get(LAST)
    turned = first and last and text.startswith(f"{last} ") and not text.startswith(f"{first} ")
    return _ORDERS[1 if turned else 0], dict(known)


def _pattern(part: str, known: Mapping[str, str | None]) -> str:
    if part not in known:
        return rf"(?P<{part}>(?:\S+ )*)"
    return re.escape(f"{known[part]} ") if known[part] else ""


def _divisions(words: list[str], order: tuple[str, ...]) -> Iterator[dict[str, str | None]]:
    count = len(words)
    if not 0 < count <= _MOST_WORDS:
        return
    for start in range(count + 1):
        for middle in range(start, count + 1):
            for end in range(middle, count + 1):
                pieces = (words[:start], words[start:middle], words[middle:end], words[end:])
                yield {part: " ".join(piece) or None for part, piece in zip(order, pieces, strict=True)}


def _cost(parts: Mapping[str, str | None], present: Mapping[str, str | None]) -> float:
    cost = _WORD * len((parts[LAST] or "").split())
    for part, text in parts.items():
        before = present.get(part)
        if text != before:
            cost += (_CHANGE[part] + (_REPLACE[part] if text else 0)) if before else _FILL[part]
    return cost


def _by_last_word(words: list[str]) -> dict[str, str | None]:
    return {FIRST: " ".join(words[:-1]) or None, LAST: words[-1], MIDDLE: None, SUFFIX: None}
