"""Whether one name says no more than another: all its words are in the other, or it is no name."""

import re
from functools import lru_cache
from itertools import permutations

from ..normalise.mistyped import has_digit
from ..normalise.names import WORDS_AROUND_NAMES
from ..normalise.nicknames import are_variants
from .name_levels import slips_between


@lru_cache(maxsize=8192)
def one_contains_other(left: str, right: str) -> bool:
    """Whether all words of one name are in the other, a slip or an initial in them; without words around a name
    ("Familie", "alt"), and by the name before a marriage or after. Two single words may be the two names of one. Words
    around a name and numbers alone are no name, so that any other contains them.
    """
    sides = _core_words(left), _core_words(right)
    if not all(sides):
        return True
    return any(
        _all_in(words, others) or _all_in(others, words) or len(words) == len(others) == 1
        for words in sides[0]
        for others in sides[1]
    )


@lru_cache(maxsize=8192)
def _core_words(name: str) -> list[frozenset[str]]:
    """The words of a name, and each of its two parts where it says what the name was before."""
    parts = [frozenset(part.split()) for part in _FORMERLY.split(_IN_CARE_OF.sub(" ", name))]
    whole = frozenset().union(*parts)
    names = (words - WORDS_AROUND_NAMES for words in (whole, *(parts if len(parts) > 1 else ())))
    found = (frozenset(word for word in words if not has_digit(word)) for words in names)
    return [words for words in found if words]


_IN_CARE_OF = re.compile(r"\b(?:c o|z hd|z h|z hdn)\b")
_FORMERLY = re.compile(
    r"\b(?:geb|geborene|nee|ne|born|verw|verh|gesch|dite|formerly|vormals|z domu|rozena|nacida|nascida|fka|ehem)\b"
)


def _all_in(words: frozenset[str], others: frozenset[str]) -> bool:
    if len(words) == 1 and 1 < len(others) < 5 and _is_made_of(next(iter(words)), others):
        return True
    return all(
        word in others
        or any(_is_slip_or_initial(word, other) or are_variants(word, other) for other in others)
        or _is_joined(word, others)
        for word in words
    )


def _is_joined(word: str, others: frozenset[str]) -> bool:
    """Whether a word is two or three of the others in one: "minji" of "min" and "ji"."""
    parts = [other for other in others if 1 < len(other) < len(word) and other in word]
    return any("".join(chosen) == word for count in (2, 3) for chosen in permutations(parts, count))


def _is_made_of(word: str, others: frozenset[str]) -> bool:
    """Whether a word is two or more of the others, or their initials: "karlbrandt", "kbrandt", "kb"."""
    if word in ("", *others):
        return False
    rests = {(word, others)}
    for _round in range(len(others)):
        rests = {
            (rest.removeprefix(start), left - {other})
            for rest, left in rests
            for other in left
            for start in (other, other[0])
            if rest.startswith(start)
        }
        if any(not rest for rest, _left in rests):
            return True
    return False


def _is_slip_or_initial(word: str, other: str) -> bool:
    if min(len(word), len(other)) == 1:
        return word[0] == other[0]
    return min(len(word), len(other)) > 3 and slips_between(word, other) <= 1
