"""When two spellings of one value are equal."""

import html
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from ..canonical.schema import Value
from .text import clean_text, fold

_CENT = Decimal("0.01")
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_URL_START = re.compile(r"^https?://(www\.)?", re.IGNORECASE)


def comparable(value: Any, kind: str = "") -> Any:
    """The form in which two spellings of one value are equal: empty is empty, white space does not count.

    ``kind`` is that of the canonical field. HTML compares by its text, since a sanitiser rewrites the mark-up.
    Numbers compare at two decimals, and 0 is not empty.
    """
    if kind == "bool":
        return bool(value)
    if isinstance(value, (list, tuple)):
        # Fields that only make sense together, such as the lines of an address, are merged as one value.
        parts = tuple(comparable(part) for part in value)
        return parts if any(part is not None for part in parts) else None
    if kind == "number" and value is not None and value != "":
        return _cents(value)
    if not isinstance(value, str):
        return value
    text = value
    if kind == "html":
        text = html.unescape(_TAG.sub(" ", text))
    elif kind == "url":
        text = _URL_START.sub("", text).rstrip("/")
    elif kind in ("phone", "vat"):
        text = "".join(char for char in text if char.isalnum() or char == "+").upper()
    elif kind in ("email", "code", "enum", "language"):
        text = fold(text)
    return _SPACE.sub(" ", clean_text(text) or "").strip() or None


def _cents(value: Any) -> Any:
    """The number at two decimals, halves away from zero, as systems that store money round; else the text of it."""
    text = str(value).strip()
    try:
        number = Decimal(text).quantize(_CENT, ROUND_HALF_UP) + 0  # + 0: no negative zero
    except InvalidOperation:
        return text or None
    return number if number.is_finite() else text  # "not a number" is unequal to itself, and would never be settled


def equal(left: Value, right: Value, kind: str = "") -> bool:
    return left == right or comparable(left, kind) == comparable(right, kind)


def round_number(value: Value) -> Value:
    """A float at two decimals, as ``equal`` sees it; anything else as it is."""
    if not isinstance(value, float):
        return value
    rounded = _cents(value)
    return float(rounded) if isinstance(rounded, Decimal) else value
