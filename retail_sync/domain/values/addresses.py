"""Postal addresses: which are empty, which are the same."""

from collections.abc import Mapping

from ..canonical.schema import ADDRESS_FIELDS, PART_MAIN, Parts, Value
from .text import fold_words


def _key(text: object) -> str:
    return fold_words(str(text or "")).replace(" ", "")


def address_key(values: Mapping[str, Value]) -> tuple[str, ...]:
    """The address without case, punctuation and the place where its lines break; empty strings when it is empty."""
    street = f"{values.get('street') or ''} {values.get('street2') or ''}"
    return (_key(street), *(_key(values.get(name)) for name in ADDRESS_FIELDS[2:]))


def same_address(left: Mapping[str, Value], right: Mapping[str, Value]) -> bool:
    """Equal keys; the cheap and telling fields first, since most pairs differ."""
    for name in ("country", "zip", "city", "state"):
        one, other = left.get(name), right.get(name)
        if one != other and _key(one) != _key(other):
            return False
    return address_key(left)[0] == address_key(right)[0]


def is_empty_address(values: Mapping[str, Value]) -> bool:
    return not any(values.get(name) for name in ADDRESS_FIELDS)


def drop_equal_parts(parts: Parts) -> Parts:
    """A copy of ``parts`` in which an address equal to the main one is ``None``: it needs no record of its own.

    A name or phone of its own, different from the main one, keeps the address.
    """
    main = parts.get(PART_MAIN)
    if main is None or len(parts) == 1:
        return parts
    result = dict(parts)
    for part, values in parts.items():
        if part == PART_MAIN or values is None:
            continue
        own = any(values.get(name) and values[name] != main.get(name) for name in ("name", "phone"))
        if not own and same_address(values, main):
            result[part] = None
    return result
