"""The registry of value transforms, and what a transform may see and raise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from .canonical import Value

TransformFunction = Callable[[Any, "TransformContext"], Any]
TRANSFORMS: dict[str, TransformFunction] = {}
# Transforms that must also see an empty value, because they can make one up from elsewhere.
_TAKES_EMPTY: set[str] = set()


class TransformError(ValueError):
    """A value that can't be brought into canonical form. ``code`` is stable, ``message`` is for a person."""

    def __init__(self, code: str, message: str, field: str = ""):
        super().__init__(code, message, field)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message


def _drop_warning(_text: str) -> None:
    return None


@dataclass(slots=True)
class TransformContext:
    """What a transform may look at.

    ``record``: the raw remote record. ``out``: the canonical values of this slot decoded so far. ``warn``: takes a
    sentence for a person. ``options``: those of the run (``default_country``) with those of the mapping row over them.
    ``main``: the canonical values of the main slot, for a country that an address leaves open.
    """

    record: Mapping[str, Any] = default(default_factory=dict)
    out: Mapping[str, Value] = default(default_factory=dict)
    warn: Callable[[str], None] = _drop_warning
    options: Mapping[str, Any] = default(default_factory=dict)
    field: str = ""
    main: Mapping[str, Value] = default(default_factory=dict)

    def country(self) -> str:
        """ISO code of the record's country, else of the main slot's, else the run's default, else ``""``."""
        return self.out.get("country") or self.main.get("country") or self.options.get("default_country") or ""


def register(name: str, *, takes_empty: bool = False) -> Callable[[TransformFunction], TransformFunction]:
    """Decorator that adds a transform. Names are unique: ValueError when another function holds it already."""

    def add(function: TransformFunction) -> TransformFunction:
        known = TRANSFORMS.get(name)
        # A module that is loaded again brings the same functions anew: they replace their old selves.
        if known and (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"A transform named {name!r} exists already.")
        TRANSFORMS[name] = function
        if takes_empty:
            _TAKES_EMPTY.add(name)
        return function

    return add


def transform(name: str) -> TransformFunction:
    """The transform of that name; TransformError(UNKNOWN_TRANSFORM) when there is none."""
    try:
        return TRANSFORMS[name]
    except KeyError:
        raise TransformError("UNKNOWN_TRANSFORM", f"There is no transform named {name!r}.") from None


def takes_empty(name: str) -> bool:
    return name in _TAKES_EMPTY
