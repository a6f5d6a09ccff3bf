"""Numbers of documents, tracking numbers and e-mail addresses that a text names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

__all__ = ["EMAIL", "INVOICE", "ORDER", "TRACKING", "Mention", "NumberForm", "find_mentions", "normal_number"]

ORDER = "order"
INVOICE = "invoice"
TRACKING = "tracking"
EMAIL = "email"
PLACES = ("subject", "body", "quoted")

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_-]{1,60}")
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w-])")
# "order no. 42", "Bestellung #42": a number without its prefix is one where such a word stands before it.
_CUE = re.compile(
    r"\b(?:order|bestellung|auftrag|commande|pedido|ordine)s?(?:[ -]?(?:number|nummer|numero|no|nr|n°|id))?"
    r"[\s:.#]{1,4}(?P<number>\d{1,12})\b",
    re.IGNORECASE,
)
_DIGIT_GROUPS = re.compile(r"\b\d{2,6}(?: \d{2,6}){2,9}\b")
_FEWEST_DIGITS_OF_TRACKING = 8
_MOST_MENTIONS = 50
_SHORTEST_REFERENCE = 6


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How numbers of a kind of document look: "S" with 5 digits, "INV/" with years and digits.

    :param digits: how many digits follow the prefix at least
    """

    kind: str
    prefix: str
    digits: int = 3

    def fits(self, number: str) -> bool:
        """Return whether a number, in its normal form, is one of these."""
        prefix = normal_number(self.prefix)
        rest = number.removeprefix(prefix)
        return (
            number.startswith(prefix)
            and sum(char.isdigit() for char in rest) >= self.digits
            and all(char.isdigit() or char in "/-" for char in rest)
        )


@dataclass(frozen=True, slots=True)
class Mention:
    """A value that a text names. ``place``: subject, body or quoted; ``sure``: its form leaves no doubt what it is."""

    kind: str
    value: str
    place: str
    sure: bool = True


def find_mentions(
    texts: Iterable[tuple[str, str]], forms: Sequence[NumberForm], references: Collection[str] = ()
) -> tuple[Mention, ...]:
    """Return what texts name, each value once, at the place that says most.

    :param texts: (place, text)
    :param references: the requester's own numbers of their orders, which have no form of ours
    """
    references_of_requester = frozenset(normal_number(reference) for reference in references)
    found: dict[tuple[str, str], Mention] = {}
    for place, text in sorted(texts, key=lambda entry: PLACES.index(entry[0])):
        for mention in _of_text(place, text, forms, references_of_requester):
            known = found.get((mention.kind, mention.value))
            if known is None or (mention.sure and not known.sure and known.place == mention.place):
                found[mention.kind, mention.value] = mention
    return tuple(list(found.values())[:_MOST_MENTIONS])


def normal_number(text: str) -> str:
    """Return the form in which numbers are compared: upper case, without spaces."""
    return "".join(text.split()).upper()


def _of_text(
    place: str, text: str, forms: Sequence[NumberForm], references_of_requester: frozenset[str]
) -> Iterable[Mention]:
    for match in _EMAIL.finditer(text):
        yield Mention(EMAIL, match[0].lower(), place)
    rest = _EMAIL.sub(" ", text)
    for match in _TOKEN.finditer(rest):
        number = normal_number(match[0].rstrip("/_-"))
        form = next((found for found in forms if found.fits(number)), None)
        if form:
            yield Mention(form.kind, number, place)
        elif number in references_of_requester:
            # A short one may be a quantity or a year as well.
            yield Mention(ORDER, number, place, sure=len(number) >= _SHORTEST_REFERENCE)
        elif sum(char.isdigit() for char in number) >= _FEWEST_DIGITS_OF_TRACKING and number.isalnum():
            yield Mention(TRACKING, number, place, sure=False)
    for match in _DIGIT_GROUPS.finditer(rest):
        yield Mention(TRACKING, normal_number(match[0]), place, sure=False)
    for match in _CUE.finditer(rest):
        yield Mention(ORDER, match["number"], place, sure=False)
