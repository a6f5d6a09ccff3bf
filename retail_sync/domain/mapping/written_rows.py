"""One compiled mapping row on the way out: which remote fields it may write, and from which canonical ones."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ..canonical.kinds import NUMBER_DIGITS, equal, is_empty, round_number, to_json
from ..canonical.schema import ABSENT, FieldSpec
from .decoding import CONVERTED, MapRow, compile_path, full_path, name_parts_in
from .inverse_transforms import Inverse
from .transforms import TransformContext, takes_empty, transform

# Kinds whose values are objects or lists: an adapter's transform makes them fit its platform.
_STRUCTURED = ("amount", "quantity", "lines")


def _written_paths(row: MapRow) -> list[str]:
    """The alternatives of a row's path that are a field of the record itself, in order of preference."""
    if row.path.startswith("=") or name_parts_in(row.options):
        return []
    paths = [part.strip() for part in row.path.split("|")]
    return [path for path in paths if path and "+" not in path and "." not in path]


def _filled(value: Any) -> bool:
    return value is not ABSENT and value is not None and (not isinstance(value, str) or bool(value.strip()))


class WrittenRow:
    """A compiled row.

    ``paths``: what it may write; all of them where ``named``, else the one that the value came from. ``reads``: the
    canonical names whose change makes the row be written, with the composites that the field stands in.
    """

    __slots__ = (
        "alternative",
        "alternatives",
        "composed",
        "field",
        "function",
        "inverse",
        "joins",
        "label",
        "named",
        "digits",
        "options",
        "paths",
        "read",
        "reads",
        "required",
        "part",
        "spec",
        "structured",
        "takes_empty",
    )

    def __init__(self, row: MapRow, spec: FieldSpec, inverse: Inverse, composites: Iterable[str] = ()):
        parts = dict(inverse.parts(row.path, row.options)) if inverse.parts and not row.path.startswith("=") else {}
        self.field = row.field
        self.part = row.part
        self.spec = spec
        self.label = spec.label or spec.name
        self.digits = None if spec.kind != "number" else NUMBER_DIGITS if spec.digits is None else spec.digits
        self.structured = spec.kind in _STRUCTURED and inverse.parts is None
        self.inverse = inverse
        self.required = row.required
        self.named = inverse.parts is not None
        self.options = {**row.options, **parts}
        self.paths = list(dict.fromkeys(parts.values())) if self.named else _written_paths(row)
        self.joins = row.options.get("join", inverse.joins)
        # Of rows that feed one field, the first that has a value counts.
        self.alternative = bool(row.options.get("alternative"))
        composites = list(composites)
        self.reads = {row.field, *inverse.reads, *composites}
        # In a composite, alternatives are spellings of one thing: the code of a state and its name.
        self.composed = bool(composites)
        self.read = compile_path(full_path(row))
        self.function = transform(row.transform) if row.transform else None
        self.takes_empty = takes_empty(row.transform)
        self.alternatives = [(path.strip(), compile_path(path)) for path in row.path.split("|") if path.strip()]

    def targets(self, allowed: AbstractSet[str]) -> tuple[str, ...]:
        """Return those of its fields that may be written."""
        return tuple(path for path in self.paths if path in allowed)

    def aim(
        self, allowed: tuple[str, ...], ctx: TransformContext, clears: bool = False
    ) -> tuple[tuple[str, ...], list[str], list[str]]:
        """Return (the fields to write, those that would have to be written and may not, those that have another value)
        of the record of ctx.

        A value goes back to the alternative that it came from, else to one that is read before that. An empty one
        clears that alternative and all that say the same; what another one says was never the value.
        """
        record = ctx.record
        if self.named or len(self.alternatives) < 2 or not record:
            return (allowed if self.named else allowed[:1]), [], []
        filled = [path for path, read in self.alternatives if _filled(read(record))]
        if not filled:
            return tuple(path for path in allowed if path in record)[:1] or allowed[:1], [], []
        if clears:
            others = [] if self.composed else self._others(filled, ctx)
            cleared = [path for path in filled if path not in others]
            return (
                tuple(path for path in cleared if path in allowed),
                [path for path in cleared if path not in allowed],
                others,
            )
        source = filled[0]
        if source in allowed:
            return (source,), [], []
        order = [path for path, _read in self.alternatives]
        before = tuple(path for path in allowed if order.index(path) < order.index(source))
        return before[:1], [] if before else [source], []

    def first_of(self, paths: Collection[str]) -> str | None:
        """Return the one of its alternatives among paths that is read first; None for no path."""
        return next((path for path, _read in self.alternatives if path in paths), None)

    def _others(self, filled: list[str], ctx: TransformContext) -> list[str]:
        """Return the alternatives whose value is not that of the first one that has any."""
        reads = dict(self.alternatives)
        first = self._decoded(reads[filled[0]](ctx.record), ctx)
        values = {path: self._decoded(reads[path](ctx.record), ctx) for path in filled[1:]}
        form = (self.spec.kind, self.spec.options)
        return [path for path, value in values.items() if value is ABSENT or not equal(value, first, *form)]

    def present(self, ctx: TransformContext) -> Any:
        """Return the canonical value that the record of ctx has now; ``ABSENT`` where it is not known."""
        return self._decoded(self.read(ctx.record), ctx)

    def _decoded(self, value: Any, ctx: TransformContext) -> Any:
        if value is ABSENT:
            return ABSENT
        if isinstance(value, str) and not value:
            value = None
        try:
            if self.function is not None and (value is not None or self.takes_empty):
                value = self.function(value, ctx)
            if value is not ABSENT and self.spec.kind in CONVERTED:
                value = to_json(value, self.spec.kind, self.spec.options)
        except Exception:  # a value that cannot be read is not the one that is to be written
            return ABSENT
        return value

    def holds(self, value: Any, ctx: TransformContext) -> bool:
        """Return whether the record of ctx has a canonical value already, in whatever spelling."""
        found = self.present(ctx)
        return found is not ABSENT and equal(found, value, self.spec.kind, self.spec.options)

    def says_nothing(self, parts: Mapping[str, Any]) -> bool:
        """Return whether the value is the neutral one, which a record without any value has as well."""
        if self.spec.neutral is None:
            return False
        return is_empty(self.value(parts), self.spec.kind, self.spec.options)

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
