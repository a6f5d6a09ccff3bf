"""Names of people and of companies taken apart: titles, generational suffixes, particles, legal forms."""

import re
from dataclasses import dataclass
from functools import lru_cache

from .east_asian import marked_words
from .legal_forms import split_legal_form
from .placeholders import is_placeholder
from .scripts import foreign_script, plain

_TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir dame lady lord rev fr herr frau hr fru dipl ing med jur phil rer nat mag dott "
    "dottssa sig sigra sigg avv arch geom rag sr sra srta dna don dona mme mlle monsieur madame mademoiselle maitre me "
    "dhr mevr mevrouw drs ir pan pani mgr inz bc mudr judr phdr rndr phd md esq mba".split()
)
# "Sr" is a Spanish title in front and a generation behind.
_SUFFIXES = {
    **{"jr": "jr", "junior": "jr", "jun": "jr", "jnr": "jr", "fils": "jr", "filho": "jr", "hijo": "jr", "figlio": "jr"},
    **{"sr": "sr", "senior": "sr", "sen": "sr", "snr": "sr", "pere": "sr", "padre": "sr"},
    **{"ii": "2", "iii": "3", "iv": "4", "2nd": "2", "3rd": "3", "4th": "4", "neto": "neto", "sobrinho": "sobrinho"},
    **{"der jungere": "jr", "der altere": "sr", "mladsi": "jr", "starsi": "sr"},
}
_DEGREES = frozenset("phd md esq mba msc bsc ma ba llm cpa csc mph dds rn".split())
_PARTICLES = frozenset(
    "van von de der den del della dello delle di da do dos das du des la le lo los las ter ten te zu zum zur af "
    "av al el "
    "bin ibn ben mac mc st saint san santa y e i".split()
)
# Words that people write around a family name; a name of nothing else keeps them.
WORDS_AROUND_NAMES = frozenset(
    "familie family fam famille familia famiglia rodina rodzina perhe familjen haushalt household house hh "
    "eheleute ehepaar herr frau mr mrs ms mme geb geborene geborener nee ne born verw verwitwete gesch dite alias "
    "alt alte alter neu neue neuer old new privat private doppelt dublette duplikat duplicate dup double ex "
    "vormals former formerly frueher fruher ehemals geloscht geloescht deleted inaktiv inactive kunde kundin "
    "customer and und et y e i en og och".split()
)
_ADDRESS = re.compile(r"\S*@\S*")
_SMALL = frozenset("the and und et y e i en og och a of de la le les der die das el los do da di".split())


@dataclass(frozen=True, slots=True)
class PersonName:
    """Folded words. ``suffix``: "jr", "sr", "2", "3" ... or "". ``family_core``: without particles.

    ``script``: of a name in other than Latin letters, see ``foreign_script``. ``marked``: the first name with marks
    that tell two Vietnamese or Chinese names apart.
    """

    given: str = ""
    family: str = ""
    family_core: str = ""
    suffix: str = ""
    script: str = ""
    marked: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """``core``: folded words without legal form and small words; ``forms``: the legal forms, one word each."""

    core: str = ""
    forms: frozenset[str] = frozenset()
    script: str = ""


def _take_suffix(words: list[str]) -> str:
    while len(words) > 1 and words[-1] in _DEGREES:
        words.pop()
    if len(words) > 1 and words[-1] in _SUFFIXES:
        return _SUFFIXES[words.pop()]
    if len(words) > 2 and " ".join(words[-2:]) in _SUFFIXES:
        return _SUFFIXES[f"{words.pop(-2)} {words.pop()}"]
    return ""


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return words


def _split_full(text: str) -> tuple[list[str], list[str]]:
    """(given, family) words of one full name; "Rossi, Maria" is turned round."""
    head, comma, tail = text.partition(",")
    if comma and plain(tail) and plain(tail) not in _SUFFIXES and plain(tail) not in _DEGREES:
        return _without_titles(plain(tail).split()), plain(head).split()
    words = _without_titles(plain(text).split())
    while len(words) > 2 and words[-1] in _DEGREES:
        words.pop()
    suffix: list[str] = []
    if len(words) > 2 and words[-1] in _SUFFIXES:
        suffix = [words.pop()]
    if len(words) < 2:
        return [], words + suffix
    first = len(words) - 1
    while first > 1 and words[first - 1] in _PARTICLES:
        first -= 1
    return words[:first], words[first:] + suffix


@lru_cache(maxsize=8192)
def person_name(name: str, first_name: str, last_name: str) -> PersonName:
    """The name of a person from its parts, or from the whole where they are not given. An e-mail address is no name."""
    name, first_name, last_name = (_ADDRESS.sub(" ", text) for text in (name, first_name, last_name))
    given, family = _without_titles(plain(first_name).split()), plain(last_name).split()
    if given and len(first_name.strip(" .")) == 1:
        given = [given[0][:1]]  # one letter of another alphabet ("Ю.") may be two Latin ones
    if not given and not family and not is_placeholder(plain(name)):
        given, family = _split_full(name)
    suffix = _take_suffix(family) if len(family) > 1 else ""
    if not suffix and family and len(given) > 1 and given[-1] in _SUFFIXES and given[-1] != "sr":
        suffix = _SUFFIXES[given.pop()]
    if is_placeholder(" ".join(given)):
        given = []
    if is_placeholder(" ".join(family)) and (len(family) != 1 or len(family[0]) < 2 or not given):
        family = []
    core = [word for word in family if word not in _PARTICLES] or family
    whole = f"{first_name} {last_name}" if first_name.strip() or last_name.strip() else name
    marked = marked_words(whole, given)
    return PersonName(" ".join(given), " ".join(family), "".join(core), suffix, foreign_script(whole), marked)


@lru_cache(maxsize=8192)
def organisation_name(name: str) -> OrganisationName:
    """The name of a company, its legal form apart."""
    name = _ADDRESS.sub(" ", name)
    words = plain(name)
    if is_placeholder(words):
        return OrganisationName()
    text, forms = split_legal_form(words)
    core = [word for word in text.split() if word not in _SMALL] or text.split()
    return OrganisationName(" ".join(core), forms, foreign_script(name))
