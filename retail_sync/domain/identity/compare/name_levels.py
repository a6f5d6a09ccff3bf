"""Names compared in graded levels. Symmetric: the order of the two does not matter."""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from ..normalise.names import PersonName
from ..normalise.nicknames import are_variants, is_ambiguous, is_known, short_forms
from ..normalise.scripts import skeleton
from .agreement_levels import CLOSE, DIFFERENT, EXACT, INITIAL, MISSING, PART, SIMILAR, VARIANT


def slips_between(left: str, right: str) -> int:
    """Slips of the pen between two texts, 3 for more than two."""
    return OSA.distance(left, right, score_cutoff=2)


_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=8192)
def given_level(left: str, right: str) -> str:
    """Two folded first names."""
    if not left or not right:
        return MISSING
    first, second = left.split(), right.split()
    if len(left) == 1 or len(right) == 1 or len(first[0]) == 1 or len(second[0]) == 1:
        return INITIAL if left[0] == right[0] else DIFFERENT
    if left == right:
        return EXACT
    joined, rejoined = "".join(first), "".join(second)
    if joined == rejoined:
        return EXACT
    if are_variants(left, right):
        return INITIAL if is_ambiguous(left, right) else VARIANT
    # The last letter often tells a twin from his sister: there another spelling is no mere spelling.
    if joined[-1] == rejoined[-1] and skeleton(joined) == skeleton(rejoined):
        return VARIANT
    if _is_typing_slip(joined, rejoined):
        return VARIANT
    if len(first) != len(second) and (set(first) <= set(second) or set(second) <= set(first)):
        return PART
    if are_variants(first[0], second[0]):
        return INITIAL if is_ambiguous(first[0], second[0]) else VARIANT
    slips = slips_between(joined, rejoined)
    longest = max(len(joined), len(rejoined))
    if slips <= 1 and longest > 2:
        return CLOSE
    if slips <= 2 and longest > 4 or JaroWinkler.similarity(joined, rejoined) >= 0.88:
        return SIMILAR
    return SIMILAR if _near_short_form(joined, right) or _near_short_form(rejoined, left) else DIFFERENT


def _is_typing_slip(left: str, right: str) -> bool:
    """Two neighbouring letters swapped or one doubled, in a name that is long enough: no parents call twins so. Two
    names that are both in use (Carol, Carlo) are no slip.
    """
    if min(len(left), len(right)) < 5 or left[-1] != right[-1] or (is_known(left) and is_known(right)):
        return False
    if len(left) == len(right):
        return sorted(left) == sorted(right) and slips_between(left, right) == 1
    return _REPEATED.sub(r"\1", left) == _REPEATED.sub(r"\1", right)


def _near_short_form(word: str, full: str) -> bool:
    """One slip in a familiar form of the other name."""
    return any(len(short) > 3 and slips_between(word, short) <= 1 for short in short_forms(full))


def family_level(left: str, right: str, left_core: str, right_core: str) -> str:
    """Two folded family names, and the same without particles."""
    if not left or not right:
        return MISSING
    if left == right:
        return EXACT
    if left_core == right_core or skeleton(left_core) == skeleton(right_core):
        return VARIANT
    if len(left_core) == 1 or len(right_core) == 1:
        return INITIAL if left_core[0] == right_core[0] else DIFFERENT
    slips = min(slips_between(left_core, right_core), slips_between(left.replace(" ", ""), right.replace(" ", "")))
    longest = max(len(left_core), len(right_core))
    if slips <= 1 and longest > 3:
        return CLOSE
    words, others = set(left.split()), set(right.split())
    if len(words) != len(others) and (words <= others or others <= words):
        return PART
    if slips <= 2 and longest > 4 or JaroWinkler.similarity(left_core, right_core) >= 0.9:
        return SIMILAR
    return DIFFERENT


# What the weaker part may be in swapped order: another name, or one that only resembles, is no agreement.
_CROSSED = (EXACT, VARIANT, CLOSE, INITIAL, MISSING)
_GRADE = {EXACT: 6, VARIANT: 5, CLOSE: 4, PART: 3, SIMILAR: 2, INITIAL: 2, MISSING: 1, DIFFERENT: 0}


def name_levels(left: PersonName, right: PersonName) -> tuple[str, str, bool]:
    """(first name, last name, swapped). The swapped order counts only where both parts agree in it: in full, or one
    in full and the other by its initial.
    """
    given = given_level(left.given, right.given)
    family = family_level(left.family, right.family, left.family_core, right.family_core)
    if given in (EXACT, VARIANT) and family != DIFFERENT:
        return given, family, False
    crossed = given_level(left.given, right.family), given_level(left.family, right.given)
    low, high = sorted(crossed, key=lambda level: (_GRADE[level], level))
    agree = (low in _CROSSED and _GRADE[high] >= 4) or (low == SIMILAR and high == EXACT)
    if agree and _GRADE[low] + _GRADE[high] > _GRADE[given] + _GRADE[family]:
        return low, high, True  # which of the two is the first name is unknown: the weaker level counts for it
    return given, family, False


@lru_cache(maxsize=8192)
def organisation_level(left: str, right: str, place: str = "", other_place: str = "") -> str:
    """Two names of companies without legal forms. ``place``: the words of its own city that end the name.

    "sister": one name with two different places at its end.
    """
    if not left or not right:
        return MISSING
    if left == right:
        return EXACT
    first, second = left.split(), right.split()
    joined, rejoined = "".join(first), "".join(second)
    if joined == rejoined or sorted(first) == sorted(second):
        return EXACT if joined == rejoined else VARIANT
    if place or other_place:
        bare, rebare = left.removesuffix(place).strip(), right.removesuffix(other_place).strip()
        if bare and rebare and slips_between(bare.replace(" ", ""), rebare.replace(" ", "")) <= 1:
            if not (place and other_place):
                return PART
            allowed = 1 if min(len(place), len(other_place)) < 6 else 2
            return CLOSE if slips_between(place, other_place) <= allowed else "sister"
    if skeleton(joined) == skeleton(rejoined):
        return VARIANT
    longest = max(len(joined), len(rejoined))
    if OSA.distance(joined, rejoined, score_cutoff=3) <= (1 if longest < 8 else 2 if longest < 16 else 3):
        return CLOSE
    found = _words_found(first, second)
    if found == 1:
        return PART
    if found >= 0.6 or JaroWinkler.similarity(joined, rejoined) >= 0.9:
        return SIMILAR
    return DIFFERENT


def _words_found(first: list[str], second: list[str]) -> float:
    """Share of the shorter name's words that the longer has, each cut short or with one slip."""
    if len(first) > len(second) or (len(first) == len(second) and first > second):
        first, second = second, first
    return sum(1 for word in first if word in second or any(_is_form_of(word, w) for w in second)) / len(first)


def _is_form_of(left: str, right: str) -> bool:
    """One slip, or a word cut short: "Tech", "Deli"."""
    if min(len(left), len(right)) < 4:
        return False
    if abs(len(left) - len(right)) > 1:
        return left.startswith(right) or right.startswith(left)
    return slips_between(left, right) <= 1
