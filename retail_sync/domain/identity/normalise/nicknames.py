"""Short and familiar forms of first names, by language. A short form may stand for several names."""

from functools import cache, lru_cache
from itertools import chain

from .first_names import FIRST_NAMES, SOUND_ALIKE
from .nickname_regions import MORE_NICKNAMES
from .nickname_table import NAMES_OF_THEIR_OWN, NICKNAMES
from .scripts import skeleton


@cache
def _names_of() -> dict[str, frozenset[str]]:
    """Short form -> the full names it may stand for; a full name stands for itself."""
    found: dict[str, set[str]] = {}
    for full, shorts in _shorts_of().items():
        for short in (full, *shorts):
            found.setdefault(short, set()).add(full)
    return {short: frozenset(names) for short, names in found.items()}


@cache
def _shorts_of() -> dict[str, tuple[str, ...]]:
    """Full name -> its short and familiar forms."""
    found: dict[str, tuple[str, ...]] = {}
    for line in chain(NICKNAMES.strip().splitlines(), MORE_NICKNAMES.strip().splitlines()):
        full, _colon, shorts = line.partition(":")
        found[full.strip()] = (*found.get(full.strip(), ()), *shorts.split())
    return found


@lru_cache(maxsize=8192)
def full_names(given: str) -> frozenset[str]:
    """The full names that a folded first name may stand for; itself alone when the table does not know it."""
    return _names_of().get(given) or frozenset((given,))


def is_known(given: str) -> bool:
    """True for a folded first name that the table has, in full or short."""
    return given in _names_of()


@cache
def _first_names() -> frozenset[str]:
    return frozenset(FIRST_NAMES.split())


def is_in_use(given: str) -> bool:
    """True for a folded first name that people have, as far as the tables know."""
    return given in _names_of() or given in _first_names()


@cache
def _sound_alike() -> frozenset[str]:
    return frozenset(SOUND_ALIKE.split())


def are_two_sounds(left: str, right: str) -> bool:
    """True for two folded first names that only sound alike (Maria, Marja)."""
    return left in _sound_alike() and right in _sound_alike()


@lru_cache(maxsize=8192)
def short_forms(given: str) -> tuple[str, ...]:
    """The short and familiar forms of a folded first name."""
    return _shorts_of().get(given, ())


def are_variants(left: str, right: str) -> bool:
    """True when one folded first name is a familiar form of the other, or both are of one full name."""
    names_of = _names_of()
    names, others = names_of.get(left), names_of.get(right)
    # The table has each full name itself, so that a name it does not know has none in common with another.
    return names is not None and others is not None and left != right and not names.isdisjoint(others)


@cache
def _names_of_their_own() -> frozenset[str]:
    return frozenset(NAMES_OF_THEIR_OWN.split())


@lru_cache(maxsize=8192)
def is_short_form(left: str, right: str) -> bool:
    """True when one folded first name is a short form of the other (Bill, William), or both are like ones of one name
    (Bob, Rob).
    Cognates that parents give beside each other (Anna, Anne; Lisa, Betty) are none.
    """
    shorts = [name for name in (left, right) if name not in _names_of_their_own() and name not in _shorts_of()]
    if len(shorts) == 2:  # of two that sound unlike (Betty, Liz) a mother and her daughter may have one each
        stem, other = (skeleton(name.rstrip("iey")) for name in (left, right))
        return are_variants(left, right) and (left[:3] == right[:3] or stem[1:] == other[1:])
    return any(short in short_forms(right if short == left else left) for short in shorts)


@lru_cache(maxsize=8192)
def is_ambiguous(left: str, right: str) -> bool:
    """True when a short form stands for several names that are not forms of each other (Chris, Alex, Sandy): it tells
    no twin from another.
    """
    return any(_has_unlike_names(word) for word in (left, right))


def _has_unlike_names(word: str) -> bool:
    names = sorted(name for name in full_names(word) if name != word)
    return any(not are_variants(left, right) for left in names for right in names if left < right)
