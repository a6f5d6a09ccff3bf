"""One compiled mapping row on the way out: which remote fields it may write, and from which canonical ones."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ..canonical.kinds import NUMBER_DIGITS, round_number
from ..canonical.schema import ABSENT, FieldSpec
from .decoding import MapRow, name_parts_in
from .inverse_transforms import Inverse

# Kinds whose values are objects or lists: an adapter's transform makes them fit its platform.
_STRUCTURED = ("amount", "quantity", "lines")


def _written_paths(row: MapRow) -> list[str]:
    """The alternatives of a row's path that are a field of the record itself, in order of preference."""
    if row.path.startswith("=") or name_parts_in(row.options):
        return []
    paths = [part.strip() for part in row.path.split("|")]
    return [path for path in paths if path and "+" not in path and "." not in path]


class WrittenRow:
    """A compiled row.

    ``paths``: what it may write; all of them where ``named``, else the first that is writable. ``reads``: the canonical
    names whose change makes the row be written, with the composites that the field stands in.
    """

    __slots__ = (
        "field",
        "inverse",
        "joins",
        "label",
        "named",
        "digits",
        "options",
        "paths",
        "reads",
        "required",
        "part",
        "structured",
    )

    def __init__(self, row: MapRow, spec: FieldSpec, inverse: Inverse, composites: Iterable[str] = ()):
        parts = dict(inverse.parts(row.path, row.options)) if inverse.parts and not row.path.startswith("=") else {}
        self.field = row.field
        self.part = row.part
        self.label = spec.label or spec.name
        self.digits = None if spec.kind != "number" else NUMBER_DIGITS if spec.digits is None else spec.digits
        self.structured = spec.kind in _STRUCTURED and inverse.parts is None
        self.inverse = inverse
        self.required = row.required
        self.named = inverse.parts is not None
        self.options = {**row.options, **parts}
        self.paths = list(dict.fromkeys(parts.values())) if self.named else _written_paths(row)
        self.joins = row.options.get("join", inverse.joins)
        self.reads = {row.field, *inverse.reads, *composites}

    def targets(self, allowed: AbstractSet[str]) -> tuple[str, ...]:
        paths = tuple(path for path in self.paths if path in allowed)
        return paths if self.named else paths[:1]

    def value(self, parts: Mapping[str, Any]) -> Any:
        """Return the canonical value, ``ABSENT`` when nothing that this row reads was given."""
        values = parts.get(self.part, ABSENT)
        if values is ABSENT or values is None:
            return values
        if self.field not in values:
            return None if any(name in values for name in self.inverse.reads) else ABSENT
        value = values[self.field]
        if isinstance(value, str) and not value:
            return None
        return value if self.digits is None else round_number(value, self.digits)

    def misses(self, parts: Mapping[str, Any]) -> bool:
        """True when the part has none of the values that this row could be filled from."""
        values = parts.get(self.part)
        return values is not None and all(values.get(name) in (None, "") for name in (self.field, *self.inverse.reads))
