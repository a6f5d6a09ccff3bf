"""Names of companies compared in graded levels. Symmetric: the order of the two does not matter."""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from ..normalise.east_asian import has_signs
from ..normalise.legal_forms import is_form
from ..normalise.mistyped import has_digit
from ..normalise.scripts import skeleton
from .agreement_levels import CLOSE, DIFFERENT, EXACT, MISSING, PART, SIMILAR, VARIANT
from .name_levels import slips_between

_REPEATED = re.compile(r"(.)\1+")
_ROMAN = re.compile("[ivx]+")


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
        return VARIANT if not any(map(_ROMAN.fullmatch, first)) else SIMILAR  # "Nordlicht II" and "Nordlicht III"
    if len(first) != len(second) and (set(first) <= set(second) or set(second) <= set(first)):
        return PART  # "Alpha Bau" and "Alpha Bau B": one letter more is a word more
    longest = max(len(joined), len(rejoined))
    slips = OSA.distance(joined, rejoined, score_cutoff=3)
    if slips <= (1 if longest < 8 else 2 if longest < 16 else 3):
        return CLOSE if _slips_only(first, second) else SIMILAR
    found = _words_found(first, second)
    if found == 1:
        return PART
    if found >= 0.6 or JaroWinkler.similarity(joined, rejoined) >= 0.9:
        return SIMILAR
    return DIFFERENT


def _slips_only(first: list[str], second: list[str]) -> bool:
    """Whether two names that differ by some slips have no other word: "Nord" and "Süd", "12" and "21", "Bau" and "Bad"
    are
    two words, however few letters differ.
    """
    if len(first) != len(second):
        return True  # a blank too many or missing
    return all(left == right or _is_slip(left, right) for left, right in zip(first, second, strict=True))


def _is_slip(left: str, right: str) -> bool:
    shorter = min(len(left), len(right))
    if has_digit(left + right) or has_signs(left + right) or _ROMAN.fullmatch(left + right):
        return False
    return OSA.distance(left, right) <= (0 if shorter < 4 else 1 if shorter < 6 else 2 if shorter < 12 else 3)


# What a name says of the trade besides whose it is. Sources leave such words out.
_DESCRIBING = frozenset(
    "restaurant ristorante restaurante cafe coffee caffe bar pub bistro brasserie trattoria pizzeria osteria "
    "taverna tavern grill grille room rooms dining deli delicatessen cuisine cucina kitchen gourmet food foods "
    "bbq steakhouse house bakery hotel inn gasthof gasthaus wirtshaus pension store shop boutique salon studio "
    "original real bis city chinese italian french mexican japanese thai indian american seafood sushi".split()
)
_PLACE_FOLLOWS = frozenset("at on in im am auf an by chez near bei sur sul".split())


@lru_cache(maxsize=8192)
def only_describes(left: str, right: str, places: str) -> bool:
    """Whether two names differ in words of the trade and the place alone: "Katsu" and "Restaurant Katsu", "Fenix" and
    "Fenix at the Argyle". Another word may name a subsidiary.

    :param places: the cities of both
    """
    return _describes_more(left.split(), right.split(), places) and _describes_more(right.split(), left.split(), places)


def slip_in_form(left: str, left_forms: frozenset[str], right: str, right_forms: frozenset[str]) -> bool:
    """Whether the last word of one name is the other's legal form with a slip: "Acme Lmited" and "Acme Ltd"."""
    if bool(left_forms) == bool(right_forms):
        return False
    bare, other, forms = (left, right, right_forms) if right_forms else (right, left, left_forms)
    name, _blank, last = bare.rpartition(" ")
    return name == other and any(_is_form_mistyped(last, form) for form in forms)


def _is_form_mistyped(word: str, form: str) -> bool:
    """One slip in a long form; in a short one letters swapped or doubled: "Inn" or "Bar" is a word of its own."""
    if min(len(word), len(form)) > 3 and slips_between(word, form) <= 1:
        return not is_form(word)
    return sorted(word) == sorted(form) or _REPEATED.sub(r"\1", word) == _REPEATED.sub(r"\1", form)


def _describes_more(words: list[str], others: list[str], places: str) -> bool:
    where = next((index for index, word in enumerate(words) if index and word in _PLACE_FOLLOWS), len(words))
    return all(
        word in others or word in _DESCRIBING or word in places.split() or any(_is_slip(word, w) for w in others)
        for word in words[:where]
    )


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
