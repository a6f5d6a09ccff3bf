"""One text for one JSON value, so that equal values are signed and compared as equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = ["NotCanonical", "canonical", "digest", "read"]

_MOST_DEPTH = 32
# 1e999999 is short to write and long to calculate with.
_MOST_EXPONENT = 40


class NotCanonical(ValueError):
    """A text is no JSON, or its meaning depends on who reads it: a name that stands twice, NaN, absurd numbers."""


def canonical(value: Any) -> str:
    """Return the one text of a value: names in order, no white space, numbers without trailing zeros.

    Takes what JSON knows, and Decimals. Floats are refused: their text depends on how they were calculated.

    :raises NotCanonical: the value holds something else, or is nested too deeply
    """
    return json.dumps(_plain(value, 0), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical text, in hex digits."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def read(text: str | bytes) -> Any:
    """Return the value of a JSON text, with fractions as Decimals.

    :raises NotCanonical: see the class
    """
    try:
        found = text.decode("utf-8") if isinstance(text, bytes) else text
        return json.loads(found, parse_float=_number, parse_constant=_refused, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, NotCanonical) else NotCanonical("The text is no JSON.") from None


def _plain(value: Any, depth: int) -> Any:
    if depth > _MOST_DEPTH:
        raise NotCanonical("The value is nested too deeply.")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"#": str(value)}
    if isinstance(value, Decimal):
        return {"#": _decimal_text(value)}
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise NotCanonical("The names of an object are texts.")
        # An object that looks like the mark of a number must not be taken for that number.
        return [[name, _plain(entry, depth + 1)] for name, entry in sorted(value.items())]
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return {"": [_plain(entry, depth + 1) for entry in value]}
    raise NotCanonical(f"JSON has no {type(value).__name__}.")


def _decimal_text(number: Decimal) -> str:
    if not number.is_finite():
        raise NotCanonical("A number is finite.")
    if number and abs(number.adjusted()) > _MOST_EXPONENT:
        raise NotCanonical("A number is larger or smaller than any quantity or amount.")
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
        _decimal_text(number)
    except InvalidOperation:
        raise NotCanonical("A number cannot be read.") from None
    return number


def _refused(text: str) -> Any:
    raise NotCanonical(f"{text} is no value of JSON.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("A name stands twice in one object.")
    return found
