"""What a kind of canonical value has to know, and the list of kinds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class KindError(ValueError):
    """A value that cannot be read as its kind. ``code`` is stable; the text is for people and holds no value."""

    def __init__(self, code: str, message: str):
        self.code = code
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Options:
    """What a field declares beyond its kind; each kind reads its own and ignores the others.

    ``digits``: decimals that count (number, amount, quantity; for a datetime: of a second). ``None``: the kind decides,
    an amount by its currency. ``currency``, ``unit``: of values that name none. ``choices``: of an enum.
    ``zone``: IANA name of the time zone of times that name none. ``entity``: what a ref points to.
    ``lines``: the fields of a line; ``line_key``: the field that identifies it within its list. ``neutral``: the value
    that says no more than none at all.
    """

    digits: int | None = None
    currency: str | None = None
    unit: str | None = None
    choices: tuple[str, ...] = ()
    zone: str | None = None
    entity: str | None = None
    lines: tuple["LineField", ...] = ()
    line_key: str = "key"
    neutral: Any = None

    def __post_init__(self) -> None:
        if self.digits is not None and not 0 <= self.digits <= 12:
            raise ValueError(f"digits must be from 0 to 12, not {self.digits}.")


@dataclass(frozen=True, slots=True)
class LineField:
    """One field of the lines of a list."""

    name: str
    kind: str
    options: Options = Options()


NO_OPTIONS = Options()


class Kind:
    """How values of one kind are read, stored and compared. Values may come parsed or in their JSON form.

    ``sensitivity``: the masking class of a field that declares none.
    """

    name = ""
    sensitivity = "internal"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        """Return the Python value, ``None`` for an empty one. Raises KindError for a value that is none of the kind."""
        raise KindError("NO_KIND", f"Kind {self.name!r} does not say how it is parsed.")

    def to_json(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        """Return the canonical JSON form: what is stored, hashed and sent. Raises KindError as ``parse`` does."""
        return self.parse(value, options)

    def comparable(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        """Return a hashable form that is equal for equal values, ``None`` for an empty one. Never raises.

        A value that is none of the kind compares by its text: it differs from any good value, and equals itself.
        """
        try:
            found = self.to_json(value, options)
        except KindError:
            return text_of(value)
        return None if found is None else frozen(found)

    def check(self, options: Options) -> None:
        """Raise ValueError where the options make no declaration of this kind."""


_KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """Make a kind known under its name; an addon may add its own. Raises ValueError for a name that is taken."""
    if not kind.name or kind.name in _KINDS:
        raise ValueError(f"A kind named {kind.name!r} exists already, or the name is empty.")
    _KINDS[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    """Return the kind of a name. Raises KindError (UNKNOWN_KIND)."""
    try:
        return _KINDS[name]
    except KeyError:
        raise KindError("UNKNOWN_KIND", f"There is no kind named {name!r}.") from None


def kind_names() -> frozenset[str]:
    return frozenset(_KINDS)


def frozen(value: Any) -> Any:
    """Return a hashable copy of a JSON value, whatever the order of keys."""
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), frozen(entry)) for key, entry in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(frozen(entry) for entry in value)
    return value


def text_of(value: Any) -> tuple[str, str] | None:
    """Return a form of a value that could not be read: equal to itself only, and ``None`` for an empty one."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return ("unreadable", " ".join(value.split())) if value.split() else None
    return ("unreadable", json.dumps(value, sort_keys=True, default=str))
