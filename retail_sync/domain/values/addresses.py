"""Postal addresses: which are empty, which are the same."""

from collections.abc import Mapping
from typing import Any

from .text import fold_words, place_key

ADDRESS_FIELDS = ("street", "street2", "city", "zip", "state", "country")


def _key(text: object) -> str:
    return fold_words(str(text or "")).replace(" ", "")


def address_key(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the address without case, punctuation and line breaks; empty texts when it is empty."""
    street = f"{values.get('street') or ''} {values.get('street2') or ''}"
    return (place_key(street), *(_key(values.get(name)) for name in ADDRESS_FIELDS[2:]))


def within_address(stated: Mapping[str, Any], shared: Mapping[str, Any]) -> bool:
    """Return whether an address says nothing that another one does not say too: each of its fields is the same there.

    An empty one says nothing. A town alone is no other place than a street in that town.
    """
    for name in ("country", "zip", "city", "state"):
        if stated.get(name) and stated[name] != shared.get(name) and _key(stated[name]) != _key(shared.get(name)):
            return False
    street = address_key(stated)[0]
    return not street or street == address_key(shared)[0]


def same_address(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Return whether the keys are equal; the cheap and telling fields first, since most pairs differ."""
    for name in ("country", "zip", "city", "state"):
        first, second = left.get(name), right.get(name)
        if first != second and _key(first) != _key(second):
            return False
    return address_key(left)[0] == address_key(right)[0]
