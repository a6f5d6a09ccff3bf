"""Records for one test: plain, and unlike those of every other test."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

_CONSONANTS, _VOWELS = "bcdfglmnprstvz", "aeiou"
# The largest prime number of syllables that these letters make.
_CODE = 67
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
OLD = "2024-03-01T08:00:00.000+0000"  # so that every later edit is newer, whatever the clock's resolution


def _chance(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def unlike_others(text: str) -> str:
    """Seven syllables for a text; nothing that could be taken for a slip in another one's name.

    Two syllables check the other five, as in a code that corrects errors: any two words differ in three at least. Seen:
    of 3,000 words of four syllables, two differed in one letter, and their people were a review.
    """
    number, places = _chance(text), []
    for _ in range(5):
        number, place = divmod(number, _CODE)
        places.append(place)
    places += [sum(places) % _CODE, sum(n * place for n, place in enumerate(places, 1)) % _CODE]
    syllables = (divmod(place, len(_VOWELS)) for place in places)
    return "".join(_CONSONANTS[consonant] + _VOWELS[vowel] for consonant, vowel in syllables).title()


class Customers:
    """Makers of Account and Contact fields; ``number`` keeps the tests apart."""

    def __init__(self, number: int) -> None:
        # Letters, since a name with digits only at its end would be one more way for two tests to meet.
        self.tag = "".join(_LETTERS[int(digit)] for digit in f"{number:04d}")
        self.names: list[str] = []  # as Odoo shows them
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _digits(self, n: int) -> str:
        """Eight digits, unlike those of any other record."""
        return f"{_chance(f'{self.tag} {n}') % 10**8:08d}"

    def _word(self, n: int) -> str:
        return unlike_others(f"{self.tag} {n}")

    def account(self, **fields: Any) -> dict[str, Any]:
        """An Italian firm with a billing address."""
        n = self._next()
        self.names.append(self._word(n))
        return {
            "Name": self._word(n),
            "Phone": f"+39 02 {self._digits(n)}",
            "Website": f"https://{self._word(n).lower()}.example",
            "BillingStreet": f"Via {self._word(-n)} {n}",
            "BillingCity": "Udine",
            "BillingPostalCode": "33100",
            "BillingCountry": "Italy",
            "SystemModstamp": OLD,
            "CreatedDate": OLD,
            **fields,
        }

    def contact(self, **fields: Any) -> dict[str, Any]:
        """A person with an e-mail address; ``AccountId`` only when given."""
        n = self._next()
        self.names.append(f"Anna Prova {self._word(n)}")
        return {
            "FirstName": "Anna",
            "LastName": f"Prova {self._word(n)}",
            "Email": f"{self._word(n).lower()}@{self._word(-n).lower()}.example",
            "SystemModstamp": OLD,
            "CreatedDate": OLD,
            **fields,
        }
