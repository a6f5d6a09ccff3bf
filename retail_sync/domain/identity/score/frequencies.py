"""How many records carry a value: a value that many carry is worth less, a rare name more."""

from collections import Counter
from collections.abc import Iterable
from math import log2
from typing import Protocol

from ..normalise.features import Features

# Bits by which a value may count more than the field's average, and less, in hundredths.
_RARER, _COMMONER = 400, -700
# Below this many records a frequency is chance.
_LEAST = 200
NAME_FIELDS = ("given", "family", "name", "locality")
CONTACT_FIELDS = ("email", "phone", "domain")


class Frequencies(Protocol):
    """Counts of values, from the base as it is now or as it was a while ago."""

    def count(self, field: str, value: str) -> int:
        """Records that carry ``value``; 0 where it is unknown."""

    def total(self, field: str) -> int:
        """Records that have any value in ``field``; 0 where it was not counted."""


class CountedFrequencies:
    """Counts in memory."""

    def __init__(self, records: Iterable[Features] = ()):
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in (*NAME_FIELDS, *CONTACT_FIELDS)}
        self._totals: Counter[str] = Counter()
        for features in records:
            self.add(features)

    def add(self, features: Features) -> None:
        for field, value in counted_values(features):
            if value:
                self._counts[field][value] += 1
                self._totals[field] += 1

    def count(self, field: str, value: str) -> int:
        return self._counts[field][value]

    def total(self, field: str) -> int:
        return self._totals[field]


def counted_values(features: Features) -> Iterable[tuple[str, str]]:
    """(field, value) of all that is counted; a value may be empty."""
    yield "given", features.person.given
    yield "family", features.person.family
    yield "locality", features.city
    if features.kind == "company":
        yield "name", features.organisation.core
        yield "domain", features.domain
    for email in features.emails:
        yield "email", email.address
    for phone in features.phones:
        yield "phone", phone.tail


def adjustment(frequencies: Frequencies, field: str, value: str, average: float) -> int:
    """What the rarity of ``value`` adds to its field's weight, in hundredths of a bit; 0 where nothing is known.

    ``average``: the field's u for exact agreement. A contact carried by two records is as usual; each doubling after
    that costs a bit. The incoming record itself is not counted, hence the one more.
    """
    total = frequencies.total(field)
    count = frequencies.count(field, value)
    if field in CONTACT_FIELDS:
        return max(_COMMONER, -round(100 * log2(count / 2))) if count > 2 else 0
    if total < _LEAST:
        return 0
    return max(_COMMONER, min(_RARER, round(100 * log2(average * total / (count + 1)))))
