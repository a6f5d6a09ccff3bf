"""Postal addresses taken apart for comparison: street words, house numbers, postal code, city."""

import re
from dataclasses import dataclass
from functools import lru_cache

from .placeholders import is_placeholder
from .scripts import plain

# Spellings of one kind of street, in the languages of the countries that abbreviate them.
_STREET_WORDS = {
    **dict.fromkeys(("str", "strasse", "street", "straat", "ulica", "ul", "ulitsa", "utca", "gata", "gatan"), "st"),
    **dict.fromkeys(("rd", "weg"), "road"),
    **dict.fromkeys(("avenue", "avenida", "av", "avda", "aven", "aleja", "al", "allee", "aly", "aleje"), "ave"),
    **dict.fromkeys(("boulevard", "bd", "bld", "boul", "bulevar", "bulwar"), "blvd"),
    **dict.fromkeys(("drive", "drv"), "dr"),
    **dict.fromkeys(("lane",), "ln"),
    **dict.fromkeys(("court",), "ct"),
    **dict.fromkeys(("crescent", "cresc", "cr"), "cres"),
    **dict.fromkeys(("circuit", "cct"), "circ"),
    **dict.fromkeys(("circle",), "cir"),
    **dict.fromkeys(
        ("square", "platz", "plaza", "piazza", "place", "praca", "plac", "pl", "pza", "plein", "namesti"), "sq"
    ),
    **dict.fromkeys(("terrace",), "ter"),
    **dict.fromkeys(("parkway", "pky"), "pkwy"),
    **dict.fromkeys(("highway",), "hwy"),
    **dict.fromkeys(("via", "v"), "via"),
    **dict.fromkeys(("viale", "vle"), "viale"),
    **dict.fromkeys(("calle", "c"), "calle"),
    **dict.fromkeys(("rua", "r", "rue"), "rue"),
    **dict.fromkeys(("chemin", "che", "chem"), "ch"),
    **dict.fromkeys(("saint", "sainte", "sankt", "santa", "san"), "s"),
    **dict.fromkeys(("north", "nord"), "n"),
    **dict.fromkeys(("south", "so", "sud"), "so"),
    **dict.fromkeys(("east", "est"), "e"),
    **dict.fromkeys(("west",), "w"),
}
# Words in front of a unit's number, which a source gives or leaves out; where a house has none; floor and door.
_UNIT_WORDS = frozenset(
    "apt apartment suite ste unit flat room rm fl floor piso puerta planta etage wohnung whg top piano interno int "
    "scala appt batiment bat no nr num numero number n bus m lok mieszkania studio shop level lot apto bloco".split()
)
_ORDINALS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th".split(),
        strict=True,
    )
)
# What a guide adds to find the house: "between 90th and 91st Sts.", "near the church".
_DIRECTIONS = re.compile(r" (?:between|btw|near|off|opposite|opp|behind|corner of|next to|zwischen|gegenuber|bei)\b.*")
_GLUED_STREET = re.compile(r"(?<=[a-z]{3})(?:strasse|str|straat)$")
_NUMBER_WORD = re.compile(r"\d")
_NOT_CODE = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Street:
    """``text``: all of it, letters and digits only. ``words``: the street's words, evened out. ``numbers``: every
    word with a digit, in order; the first one is the house number in most countries.
    """

    text: str = ""
    words: str = ""
    numbers: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def read_street(street: str) -> Street:
    """A street line; an empty ``Street`` for a placeholder."""
    folded = _DIRECTIONS.sub("", plain(street))
    if not folded or is_placeholder(folded):
        return Street()
    words, numbers = [], []
    for word in folded.split():
        word = _ORDINALS.get(word, word)
        if _NUMBER_WORD.search(word):
            numbers.append(word.lstrip("0") or "0")
        elif word not in _UNIT_WORDS:
            word = _GLUED_STREET.sub("st", word)
            words.append(_STREET_WORDS.get(word, word))
    return Street("".join(_ORDINALS.get(word, word) for word in folded.split()), " ".join(words), tuple(numbers))


@lru_cache(maxsize=8192)
def read_zip(text: str) -> str:
    """Letters and digits of a postal code in lower case; empty for one that is made up. "12345-6789" -> "12345"."""
    head, dash, tail = text.strip().partition("-")
    code = _NOT_CODE.sub("", (head if dash and len(head) == 5 and len(tail) == 4 else text).lower())
    if len(code) < 3 or len(set(code)) == 1 and code[0] in "09x":
        return ""
    return code


@lru_cache(maxsize=8192)
def read_city(text: str) -> str:
    """The city's words, "saint" and compass words evened out; empty for a placeholder."""
    folded = plain(text)
    if is_placeholder(folded):
        return ""
    return " ".join(_STREET_WORDS.get(word, word) if len(word) > 3 else word for word in folded.split())
