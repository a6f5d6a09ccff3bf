"""Kinds of canonical values: how each is read, stored and compared. This module is the way in.

| kind | Python value | JSON form |
|---|---|---|
| text, email, phone, url, html, vat, code, language, enum | str | the text |
| bool | bool | true, false |
| integer | int | the number |
| number | int or float, compared at ``digits`` (2) | the number |
| date | datetime.date | "2026-11-29" |
| datetime | datetime in UTC | "2026-11-29T10:00:00Z" |
| amount | Amount | {"amount": "12.50", "currency": "EUR"} |
| quantity | Quantity | {"quantity": "3", "unit": "kg"} |
| ref | str | "Object/id" |
| lines | list of dicts | list of objects with a key |

Equal values have equal JSON forms for the kinds integer, date, datetime, amount and quantity. Texts keep the spelling
they came in: "A" and "a" are equal e-mail addresses, and are stored as they are.
"""

from typing import Any, Protocol

from . import kind_decimal, kind_lines, kind_text, kind_time  # each registers its kinds
from .currencies import currency_decimals
from .kind_base import NO_OPTIONS, Kind, KindError, LineField, Options, kind_names, kind_of, register_kind
from .kind_decimal import Amount, Quantity
from .kind_text import NUMBER_DIGITS, Ref, rounded, split_reference

__all__ = [
    "Amount",
    "Declared",
    "Kind",
    "KindError",
    "LineField",
    "NO_OPTIONS",
    "NUMBER_DIGITS",
    "Options",
    "Quantity",
    "Ref",
    "comparable",
    "currency_decimals",
    "default_sensitivity",
    "equal",
    "form_of",
    "is_empty",
    "kind_names",
    "kind_of",
    "parse",
    "register_kind",
    "round_number",
    "rounded",
    "split_reference",
    "to_json",
]
_MODULES = (kind_decimal, kind_lines, kind_text, kind_time)


class Declared(Protocol):
    """What is asked of the declaration of a field or of a line's field; ``FieldSpec`` and ``LineField`` have it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Options: ...


def parse(value: Any, kind: str, options: Options = NO_OPTIONS) -> Any:
    """Return the Python value, ``None`` for an empty one. Raises KindError."""
    return kind_of(kind).parse(value, options)


def to_json(value: Any, kind: str, options: Options = NO_OPTIONS) -> Any:
    """Return the canonical JSON form of a value, parsed or not. Raises KindError."""
    return kind_of(kind).to_json(value, options)


def comparable(value: Any, kind: str = "", options: Options = NO_OPTIONS) -> Any:
    """Return the hashable form in which two spellings of one value are equal, ``None`` for an empty value.

    ``kind`` "" is a value of no particular kind, compared as a text. The neutral value of a field is an empty one.
    Never raises, except for an unknown kind.
    """
    found = kind_of(kind or "text").comparable(value, options)
    if found is not None and options.neutral is not None:
        return None if found == kind_of(kind or "text").comparable(options.neutral, options) else found
    return found


def form_of(spec: Declared | None) -> tuple[str, Options]:
    """Return (kind, options) by which values of a field compare; without a declaration, those of no kind."""
    return ("", NO_OPTIONS) if spec is None else (spec.kind, spec.options)


def equal(left: Any, right: Any, kind: str = "", options: Options = NO_OPTIONS) -> bool:
    return bool(left == right) or bool(comparable(left, kind, options) == comparable(right, kind, options))


def is_empty(value: Any, kind: str = "", options: Options = NO_OPTIONS) -> bool:
    """Return whether a value says nothing. A flag always says something, and 0 is a number."""
    return comparable(value, kind, options) is None


def default_sensitivity(kind: str) -> str:
    """Return the masking class of a field of this kind that declares none."""
    return kind_of(kind).sensitivity


def round_number(value: Any, digits: int = NUMBER_DIGITS) -> Any:
    """Return a float at ``digits`` decimals, as ``equal`` sees it; any other value as it is."""
    if not isinstance(value, float):
        return value
    found = rounded(value, digits)
    return value if isinstance(found, str) or found is None else float(found)
