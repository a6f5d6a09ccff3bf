"""Names compared in graded levels. Symmetric: the order of the two does not matter."""

import re
from functools import lru_cache
from os.path import commonprefix

from rapidfuzz.distance import OSA, JaroWinkler

from ..normalise.east_asian import are_two_names, may_be_turned_round
from ..normalise.names import PersonName
from ..normalise.nicknames import (
    are_two_sounds,
    are_variants,
    full_names,
    is_ambiguous,
    is_in_use,
    is_known,
    is_short_form,
    short_forms,
)
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
    if left == right and (len(left) > 1 or not left.isascii()):
        return EXACT  # one Chinese sign may be a whole name
    first, second = left.split(), right.split()
    if (len(left) == 1 or len(right) == 1) and not left.isascii():
        return PART if left[0] == right[0] else DIFFERENT
    if len(first[0]) == 1 or len(second[0]) == 1:
        if left[0] == right[0]:
            return INITIAL
        # "W." may be Bill.
        return SIMILAR if _initials(first[0]) & _initials(second[0]) else DIFFERENT
    joined, rejoined = "".join(first), "".join(second)
    if joined == rejoined:
        return EXACT
    if are_variants(left, right):
        return _level_of_variants(left, right)
    # The last letter often tells a twin from his sister: there another spelling is no mere spelling.
    if joined[-1] == rejoined[-1] and skeleton(joined) == skeleton(rejoined):
        # Two names that are both in use (Daniele, Danielle), or short ones (Jane, Janne), are no spellings of one.
        both_in_use = is_known(joined) and is_known(rejoined)
        shorter = min(len(joined), len(rejoined))
        short = shorter < 4 or (shorter < 5 and len(joined) != len(rejoined))
        return CLOSE if both_in_use or short or _sound_as_two(joined, rejoined) else VARIANT
    if _is_typing_slip(joined, rejoined):
        return VARIANT
    if len(first) != len(second) and (set(first) <= set(second) or set(second) <= set(first)):
        return PART
    if are_variants(first[0], second[0]):
        # Brothers may all be called Mohammed, in any spelling, and by their second names.
        if len(first) == len(second) and all(_may_be_one(*pair) for pair in zip(first[1:], second[1:], strict=True)):
            return _level_of_variants(first[0], second[0])
        return PART if len(first) != len(second) else SIMILAR
    slips = slips_between(joined, rejoined)
    longest = max(len(joined), len(rejoined))
    if slips <= 1 and longest > 2:
        return CLOSE
    if slips <= 2 and longest > 4 or JaroWinkler.similarity(joined, rejoined) >= 0.88:
        return SIMILAR
    if _near_short_form(joined, right) or _near_short_form(rejoined, left):
        return SIMILAR
    return SIMILAR if _one_in_consonants(joined, rejoined) else DIFFERENT


def _level_of_variants(left: str, right: str) -> str:
    """A short form is the name itself, unless it stands for several; cognates are names of sisters as well."""
    if is_ambiguous(left, right):
        return INITIAL
    return VARIANT if is_short_form(left, right) else CLOSE


def _is_typing_slip(left: str, right: str) -> bool:
    """Two neighbouring letters swapped or one doubled, in a name that is long enough: no parents call twins so. Two
    names that are both in use (Carol, Carlo; Kirsten, Kristen) are no slip, nor are short ones that the tables do not
    know and that begin otherwise.
    """
    if min(len(left), len(right)) < 5 or left[-1] != right[-1] or (is_known(left) and is_known(right)):
        return False
    if len(left) == len(right):
        swapped = sorted(left) == sorted(right) and slips_between(left, right) == 1
        if not swapped or (is_in_use(left) and is_in_use(right)):
            return False
        return left[0] == right[0] or is_in_use(left) or is_in_use(right) or len(left) > 8
    return _REPEATED.sub(r"\1", left) == _REPEATED.sub(r"\1", right) and not _sound_as_two(left, right)


# Ends that tell a woman from a man: Kristinn; Andrée; Gabrielle; Dareen; Michiyo; Julije.
_TELLING_END = re.compile(
    r"(?P<last>[^aeiouy])(?P=last)$|ee$|(?P<stop>[^aeiouy])(?P=stop)e$|(?P<vowel>[aeiou])(?P=vowel)[nl]$|iyo$|[lv]ije$"
)
_KOREAN_END = re.compile("[jy](?=(?:un|oon|eon|ung|oung|eong|oo|ee)$)")
_SH_OR_CH = re.compile(r"([sc])h?([aeiou])")


def _sound_as_two(left: str, right: str) -> bool:
    """Whether two names of like sound are written as two: by an end that tells, another letter doubled (Joona, Jonna),
    or "sh" and "s", "ch" and "c" in front (Charly, Carly). In Korea "y" and "j" are two letters (Seoyun, Seojun).
    """
    if bool(_TELLING_END.search(left)) != bool(_TELLING_END.search(right)) and is_in_use(left) == is_in_use(right):
        return True  # of one in use and one that is not, the other is a slip ("Michaeel")
    if are_two_sounds(left, right):
        return True
    ends = _KOREAN_END.search(left), _KOREAN_END.search(right)
    if ends[0] and ends[1] and ends[0].group() != ends[1].group():
        return True
    if left[0] == right[0] in ("s", "c") and (left[1] == "h") != (right[1] == "h"):
        starts = _SH_OR_CH.match(left), _SH_OR_CH.match(right)
        if all(starts) and starts[0].groups() == starts[1].groups():  # type: ignore[union-attr]
            return True
    doubled, redoubled = (set(_REPEATED.findall(name)) for name in (left, right))
    return bool(doubled - redoubled and redoubled - doubled)


def _initials(word: str) -> set[str]:
    """The first letters of a name and of the names it may stand for."""
    return {word[0], *(name[0] for name in full_names(word))}


def _may_be_one(left: str, right: str) -> bool:
    return left == right or left == right[0] or right == left[0] or skeleton(left) == skeleton(right)


_NO_CONSONANT = re.compile("[^bcdfgklmnpqrstvxz]")
_HARD = str.maketrans("dbgqc", "tpkkk")


def _one_in_consonants(left: str, right: str) -> bool:
    """Whether two Latin names have three consonants or more, and the same: romanisations and cognates (Youssef, Yusuf;
    Volodymyr, Vladimir; Mehmet, Mohammed) differ in the vowels.
    """
    sounds = _consonants(left)
    return len(sounds) > 2 and sounds == _consonants(right)


@lru_cache(maxsize=8192)
def _consonants(word: str) -> str:
    """The consonants of a word as they sound, once for each word: pairs are many more than words."""
    return _REPEATED.sub(r"\1", _NO_CONSONANT.sub("", skeleton(word).translate(_HARD)))


def _near_short_form(word: str, full: str) -> bool:
    """One slip in a familiar form of the other name."""
    shorts = short_forms(full)
    return bool(shorts) and any(len(short) > 3 and slips_between(word, short) <= 1 for short in shorts)


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
    slips = slips_between(left_core, right_core)
    if left_core != left or right_core != right:
        slips = min(slips, slips_between(left.replace(" ", ""), right.replace(" ", "")))
    longest = max(len(left_core), len(right_core))
    if slips <= 1 and longest > 3:
        return CLOSE
    words, others = set(map(skeleton, left.split())), set(map(skeleton, right.split()))
    if len(words) != len(others) and (words <= others or others <= words):
        return PART
    if slips <= 2 and longest > 4 or JaroWinkler.similarity(left_core, right_core) >= 0.9:
        return SIMILAR
    return DIFFERENT


_SEX_ENDS = ({"", "a"}, {"", "ova"}, {"i", "a"}, {"y", "a"}, {"oy", "aya"}, {"s", "u"}, {"s", ""})


def _are_of_two_sexes(left: PersonName, right: PersonName) -> bool:
    """Whether two last names are a husband's and a wife's: Petrov and Petrova, Kowalski and Kowalska."""
    first, second = left.family_core, right.family_core
    start = commonprefix((first, second))
    return len(start) > 3 and any({first[len(start) :], second[len(start) :]} == ends for ends in _SEX_ENDS)


def _are_turned_round(left: PersonName, right: PersonName, family: str) -> bool:
    """Whether what is taken for two last names may be two first names behind one last name."""
    if may_be_turned_round(left, right):
        return True
    if left.guessed and right.guessed:
        if _is_first_name_in_front(left) and _is_first_name_in_front(right):
            return False
        return family in (CLOSE, SIMILAR, VARIANT) and given_level(left.family, right.family) not in (EXACT, VARIANT)
    if family not in (CLOSE, SIMILAR):
        return False
    names = left.family, right.family
    return all(map(is_in_use, names)) and not is_in_use(left.given) and not is_in_use(right.given)


def _is_first_name_in_front(name: PersonName) -> bool:
    """Whether the front of a name of one field is a first name in use and its end is none: "Anna Maria Conti"."""
    return is_in_use(name.given.partition(" ")[0]) and not is_in_use(name.family)


# What the weaker part may be in swapped order: another name, or one that only resembles, is no agreement.
_CROSSED = (EXACT, VARIANT, CLOSE, INITIAL, MISSING)
_NEVER_CROSSED = (DIFFERENT, PART)
# What remains of the likeness of two names of which each may be the first name of another person.
_NEVER_ONE = {INITIAL: INITIAL, PART: PART, SIMILAR: SIMILAR, DIFFERENT: SIMILAR}
_GRADE = {EXACT: 6, VARIANT: 5, CLOSE: 4, PART: 3, SIMILAR: 2, INITIAL: 2, MISSING: 1, DIFFERENT: 0}


def name_levels(left: PersonName, right: PersonName) -> tuple[str, str, bool]:
    """(first name, last name, swapped). The swapped order counts only where both parts agree in it: in full, or one
    in full and the other by its initial.
    """
    given = given_level(left.given, right.given)
    family = family_level(left.family, right.family, left.family_core, right.family_core)
    if given in (EXACT, VARIANT) and are_two_names(left, right):
        return CLOSE, family, False
    if given in (EXACT, VARIANT) and family != DIFFERENT:
        if _are_turned_round(left, right, family):
            # Either may be the first name, and two like ones are two people's.
            level = given_level(left.family, right.family)
            return _NEVER_ONE.get(level, CLOSE), given, True
        if family in (CLOSE, SIMILAR) and is_ambiguous(left.given, right.given) and _are_of_two_sexes(left, right):
            return SIMILAR, family, False
        return given, family, False
    crossed = given_level(left.given, right.family)
    if crossed in _NEVER_CROSSED:
        return given, family, False  # strangers, as a rule: the other half need not be compared
    low, high = sorted((crossed, given_level(left.family, right.given)), key=lambda level: (_GRADE[level], level))
    agree = (low in _CROSSED and _GRADE[high] >= 4) or (low == SIMILAR and high == EXACT)
    if agree and _GRADE[low] + _GRADE[high] > _GRADE[given] + _GRADE[family]:
        return low, high, True  # which of the two is the first name is unknown: the weaker level counts for it
    return given, family, False
