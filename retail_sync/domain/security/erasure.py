"""Which words of a person are looked for in texts that may quote them, and what takes their place."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Takes the place of a word in a text that stays.
ERASED = "(erased)"
# Values that name a person wherever they stand. A city or a country says nothing about whose it is.
NAMING = ("name", "email", "phone", "mobile", "vat", "street", "street2", "website", "company_registry", "ref")
# Shorter words stand in other texts by chance.
_SHORTEST = 6
# A first name alone is no person, and neither is a number of few digits.
_LETTERS_ONLY = re.compile(r"[^\W\d_]+\Z")


def words_of(values: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the words by which the person of these values is found in texts: names in full, e-mails, numbers.

    :param values: {name of a field: value}, in the names of Odoo or of the canonical schema
    """
    found: set[str] = set()
    for entry in values:
        for name, value in entry.items():
            if name in NAMING and isinstance(value, str):
                found.add(" ".join(value.split()))
                found.add(value.strip())
            elif isinstance(value, Mapping):
                found |= words_of([value])
    return {word for word in found if names_someone(word)}


def names_someone(word: str) -> bool:
    """Return whether a word is long and rare enough to be replaced wherever it stands."""
    return len(word) >= _SHORTEST and not _LETTERS_ONLY.match(word)


def longest_first(words: Iterable[str]) -> list[str]:
    """Return words in the order in which they are replaced: one that holds another goes before it."""
    return sorted(set(words), key=lambda word: (-len(word), word))


def as_pattern(word: str) -> str:
    """Return a word as a pattern of SQL's LIKE that finds it anywhere in a text."""
    escaped = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
