"""The registries of value transforms and their inverses, and what both may see and raise."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from ..canonical.schema import Value

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
    """What a transform or an inverse may look at.

    ``record``: the raw remote record; for an inverse the one as last read, empty when it is not known. ``out``: the
    canonical values of this part, for a transform those decoded so far. ``warn``: takes a sentence for a person.
    ``options``: those of the run (``default_country``) with those of the mapping row over them.
    ``main``: the canonical values of the main part, for a country that the part leaves open. ``unread``: fields of the
    part whose values were there and could not be read. ``read_in_country``: {field: its text} of the part, of texts
    that another country gives another meaning; a transform adds its own. For an inverse, ``allowed``: the remote fields
    that it may write, ``None`` for all that it names; ``present``: what the record has in the field to be written.
    """

    record: Mapping[str, Any] = default(default_factory=dict)
    out: Mapping[str, Value] = default(default_factory=dict)
    warn: Callable[[str], None] = _drop_warning
    options: Mapping[str, Any] = default(default_factory=dict)
    field: str = ""
    main: Mapping[str, Value] = default(default_factory=dict)
    unread: AbstractSet[str] = frozenset()
    read_in_country: dict[str, str] = default(default_factory=dict)
    allowed: AbstractSet[str] | None = None
    present: Any = None

    def country(self) -> str:
        """ISO code of the record's country, else of the main part's, else the run's default, else ``""``."""
        found = self.out.get("country") or self.main.get("country") or self.options.get("default_country") or ""
        return str(found)


def register(name: str, *, takes_empty: bool = False) -> Callable[[TransformFunction], TransformFunction]:
    """Decorator that adds a transform. Names are unique: ValueError when another function holds it already."""

    def add(function: TransformFunction) -> TransformFunction:
        known = TRANSFORMS.get(name)
        if known and _origin(known) != _origin(function):
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


PartsFunction = Callable[[str, Mapping[str, Any]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Inverse:
    """How a canonical value goes out.

    ``function``: f(value, context) -> remote value, ``None`` (clears), ``ABSENT`` (sends nothing) or
    {remote path: value}. ``takes_empty``: it is called for ``None`` too. ``parts``: f(path, options) ->
    {option name: remote path}, the fields that the function's answer names; they are added to its options.
    ``reads``: canonical fields that it looks at besides its own. ``joins``: set where the value is a part of a remote
    field, and stands between the parts, which go by ``rank``. ``joined``: f(the parts by rank, what the remote field
    has) -> its new text, where more than the parts themselves is to be kept of it.
    """

    function: TransformFunction
    takes_empty: bool = False
    parts: PartsFunction | None = None
    reads: tuple[str, ...] = ()
    joins: str | None = None
    rank: int = 0
    joined: Callable[[Sequence[Value], str], Value] | None = None


INVERSES: dict[str, Inverse] = {}


def inverse(name: str, **settings: Any) -> Callable[[TransformFunction], TransformFunction]:
    """Decorator that adds the inverse of transform ``name``; ``settings`` are those of ``Inverse``.

    ValueError when another function is that transform's inverse already. A transform without one is read, never
    written.
    """

    def add(function: TransformFunction) -> TransformFunction:
        known = INVERSES.get(name)
        if known and _origin(known.function) != _origin(function):
            raise ValueError(f"Transform {name!r} has an inverse already.")
        INVERSES[name] = Inverse(function, **settings)
        return function

    return add


def inverse_of(name: str) -> Inverse | None:
    """The inverse of a transform, ``None`` when it has none. No transform at all is its own inverse."""
    return INVERSES.get(name) if name else _UNCHANGED


def _origin(function: TransformFunction) -> tuple[str, str]:
    # A module that is loaded again brings the same functions anew: they replace their old selves.
    return function.__module__, function.__qualname__


def _same(value: Any, ctx: TransformContext) -> Any:
    return value


_UNCHANGED = Inverse(_same)
