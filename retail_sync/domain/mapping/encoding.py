"""Mapping rows, compiled once into a function from canonical values to the fields of a remote record."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from ..canonical.schema import ABSENT, PART_MAIN, Parts
from .decoding import MapRow, known_entity, mapping_digest, ordered_rows
from .inverse_transforms import inverse_of
from .transforms import TransformContext, TransformError, transform
from .written_rows import WrittenRow

__all__ = ["Encoded", "Encoder", "compile_encoder"]

_MASKS_KEPT = 64
Changed = Mapping[str, AbstractSet[str]]


@dataclass(slots=True)
class Encoded:
    """``fields``: remote field -> value, where ``None`` clears. ``warnings``: sentences for a person. ``errors``: what
    kept single fields from being written; with any of them the record is not fit to be sent. ``unsent``: (part, field)
    of each value that the record will not have, whatever is sent of it: a warning says why.
    """

    fields: dict[str, Any] = default(default_factory=dict)
    warnings: list[str] = default(default_factory=list)
    errors: list[TransformError] = default(default_factory=list)
    unsent: set[tuple[str, str]] = default(default_factory=set)


class Encoder:
    """``paths``: the remote fields it may write. ``digest``: changes when the mapping does.

    ``fields``: {part: canonical fields that it reads}. ``skipped``: {(part, field): why that row is never written}.
    """

    def __init__(self, rows: Iterable[MapRow], entity: str, salt: str = ""):
        declared = known_entity(entity)
        found = ordered_rows((row for row in rows if row.direction in ("out", "both")), declared)
        self._steps: list[WrittenRow] = []
        self.skipped: dict[tuple[str, str], str] = {}
        self.fields: dict[str, set[str]] = {}
        for row, spec in found:
            inverse = inverse_of(row.transform)
            if inverse is None:
                transform(row.transform)  # raises for a name that does not exist
                self.skipped[row.part, row.field] = f"{spec.label}: {row.transform!r} works one way only."
                continue
            composites = [entry.name for entry in declared.composites_of(row.part) if row.field in entry.fields]
            step = WrittenRow(row, spec, inverse, composites)
            if not step.paths:
                self.skipped[row.part, row.field] = f"{spec.label}: {row.path!r} names no field to write to."
                continue
            self._steps.append(step)
            self.fields.setdefault(row.part, set()).update(step.reads.difference(composites))
        self.paths: list[str] = list(dict.fromkeys(path for step in self._steps for path in step.paths))
        self._plans: dict[tuple[str, ...], list[tuple[WrittenRow, tuple[str, ...]]]] = {}
        self.digest: str = mapping_digest((row for row, _spec in found), declared, salt)

    def encode(
        self,
        parts: Parts,
        changed: Changed | None = None,
        options: Mapping[str, Any] | None = None,
        writable: Callable[[str], bool] = lambda path: True,
        *,
        remote: Mapping[str, Any] | None = None,
    ) -> Encoded:
        """Remote fields of one record. Never raises: what is wrong with its values is in ``errors``.

        ``parts``: whole canonical values; what they leave out is not sent. ``changed``: {part: fields}, of which only
        the remote fields they feed are sent; ``None`` for a new record: everything. ``options``: ``default_country``
        and whatever the inverses in use know. ``writable``: may this remote field be written? ``remote``: the record
        as last read, where it is known: what it says already is not sent again, and what is sent goes to where the
        value was read from.
        """
        return _Encoding(parts, changed, options or {}, remote or {}).run(self._plan(writable))

    def _plan(self, writable: Callable[[str], bool]) -> list[tuple[WrittenRow, tuple[str, ...]]]:
        mask = tuple(path for path in self.paths if writable(path))
        plan = self._plans.get(mask)
        if plan is None:
            if len(self._plans) >= _MASKS_KEPT:
                self._plans.clear()
            allowed = frozenset(mask)
            plan = self._plans[mask] = [(step, step.targets(allowed)) for step in self._steps]
        return plan


@dataclass(slots=True)
class _Piece:
    """What one row has to say about one remote field. ``touched``: a canonical field that it reads has changed."""

    step: WrittenRow
    value: Any
    touched: bool


class _Encoding:
    """One record on its way out."""

    def __init__(self, parts: Parts, changed: Changed | None, options: Mapping[str, Any], remote: Mapping[str, Any]):
        self.parts = parts
        self.changed = changed
        self.options = options
        self.result = Encoded()
        self.pieces: dict[str, list[_Piece]] = {}
        self.failed: set[str] = set()
        self.label = ""
        self.ctx = TransformContext(record=remote, main=parts.get(PART_MAIN) or {}, warn=self._warn)

    def run(self, plan: list[tuple[WrittenRow, tuple[str, ...]]]) -> Encoded:
        dirty: dict[str, None] = {}
        found: list[dict[str, Any] | None] = []
        for step, allowed in plan:
            answer = self._answer(step, allowed) if self._touched(step) else None
            found.append(answer)
            dirty.update(dict.fromkeys(answer or ()))
        for (step, allowed), answer in zip(plan, found, strict=True):
            if answer is not None:
                self._collect(step, answer, True)
            elif any(path in dirty for path in allowed):
                beside = [path for path in step.aim(allowed, self.ctx)[0] if path in dirty]
                self.label = step.label
                value = self._inverted(step, tuple(beside))
                named = value if isinstance(value, dict) and not step.structured else dict.fromkeys(beside, value)
                self._collect(step, {path: part for path, part in named.items() if path in beside}, False)
        for path in dirty:
            if path not in self.failed and path in self.pieces:
                self._assemble(path, self.pieces[path])
        return self.result

    def _touched(self, step: WrittenRow) -> bool:
        if step.part not in self.parts:
            return False
        if self.changed is None:
            return not step.says_nothing(self.parts)
        if step.reads.isdisjoint(self.changed.get(step.part) or ()):
            return False
        value = step.value(self.parts)
        if not self.ctx.record or value is ABSENT:
            return True
        # Read in the light of what the record will be: a state under its new country.
        self._look_at(step)
        warn, self.ctx.warn = self.ctx.warn, _say_nothing
        try:
            return not step.holds(value, self.ctx)
        finally:
            self.ctx.warn = warn

    def _look_at(self, step: WrittenRow) -> None:
        ctx = self.ctx
        ctx.out = self.parts.get(step.part) or {}
        ctx.field = step.field
        ctx.options = {**self.options, **step.options} if step.options else self.options

    def _answer(self, step: WrittenRow, allowed: tuple[str, ...]) -> dict[str, Any]:
        """Return {remote field: value} of a row that is to be written; {} where nothing of it can be."""
        self.label = step.label
        if not allowed:
            if step.value(self.parts) is not ABSENT:
                self._warn(f"{' or '.join(step.paths)} can't be written; it was not sent.")
            return {}
        if step.required and step.misses(self.parts):
            self._fail(allowed, TransformError("REQUIRED_FIELD", "is required, and the record has none.", step.field))
            return dict.fromkeys(allowed, ABSENT)
        value = self._inverted(step, allowed)
        if isinstance(value, dict) and not step.structured:
            for path in value.keys() - set(allowed):
                self._warn(f"{path} can't be written; it was not sent.")
            return {path: part for path, part in value.items() if path in allowed}
        targets, closed, others = self._aim(step, allowed, clears=value is None and step.joins is None)
        if value is not ABSENT:
            for path in closed:
                self._warn(f"{path} has the value, and can't be written; it was not sent.")
        staying = step.first_of([*closed, *others])
        if staying in closed:
            self.result.unsent.add((step.part, step.field))
        elif staying is not None:
            self._warn(f"{staying} has another value, which stays and is read from now on.")
        return dict.fromkeys(targets, value)

    def _aim(
        self, step: WrittenRow, allowed: tuple[str, ...], clears: bool
    ) -> tuple[tuple[str, ...], list[str], list[str]]:
        self._look_at(step)
        warn, self.ctx.warn = self.ctx.warn, _say_nothing
        try:
            return step.aim(allowed, self.ctx, clears=clears)
        finally:
            self.ctx.warn = warn

    def _collect(self, step: WrittenRow, answer: Mapping[str, Any], hit: bool) -> None:
        for path, value in answer.items():
            self.pieces.setdefault(path, []).append(_Piece(step, value, hit))

    def _inverted(self, step: WrittenRow, targets: tuple[str, ...]) -> Any:
        value = step.value(self.parts)
        if value is ABSENT or (value is None and not step.inverse.takes_empty):
            return value
        self._look_at(step)
        ctx = self.ctx
        ctx.allowed = frozenset(targets)
        ctx.present = step.read(ctx.record) if ctx.record else None
        try:
            answer = step.inverse.function(value, ctx)
        except TransformError as error:
            self._fail(targets, error)
            return ABSENT
        except Exception as error:  # an adapter's inverse may fail in any way; the other records must go on
            text = f"the value could not be written ({type(error).__name__})."
            self._fail(targets, TransformError("TRANSFORM_FAILED", text, step.field))
            return ABSENT
        if step.structured:
            return answer
        parts = answer.values() if isinstance(answer, dict) else [answer]
        if any(part is not ABSENT and not isinstance(part, (str, bool, int, float, type(None))) for part in parts):
            self._fail(targets, TransformError("BAD_VALUE", "a nested value can't be written.", step.field))
            return ABSENT
        return answer

    def _fail(self, targets: Iterable[str], error: TransformError) -> None:
        self.failed.update(targets)
        self.result.errors.append(TransformError(error.code, f"{self.label}: {error.message}", error.field))

    def _warn(self, sentence: str) -> None:
        self.result.warnings.append(f"{self.label}: {sentence}")

    def _assemble(self, path: str, pieces: list[_Piece]) -> None:
        """Decide what a remote field gets from all the rows that feed it."""
        known = [piece for piece in pieces if piece.value is not ABSENT]
        if not known:
            return
        self.label = known[-1].step.label
        if len(pieces) > 1 and all(piece.step.joins is not None for piece in pieces):
            if len(known) < len(pieces) and self.changed is not None:
                self._warn(f"only a part of {path} is known; it was not sent.")
                self.result.unsent.update((piece.step.part, piece.step.field) for piece in known if piece.touched)
                return
            known.sort(key=lambda piece: piece.step.inverse.rank)
            self.result.fields[path] = self._joined(path, known)
            return
        if any(piece.step.alternative for piece in pieces):
            # The first row that has a value counts, and none clears what another one fills.
            self.result.fields[path] = next((piece.value for piece in known if piece.value is not None), None)
            return
        # Rows that are no parts of one text say the same; where they don't, the one that has changed knows better.
        news = [piece for piece in known if piece.touched]
        if not news:
            return
        filled = [piece for piece in news if piece.value is not None]
        chosen = (filled or news)[-1]
        if any(piece.value != chosen.value for piece in filled):
            self._warn(f"several rows write {path}, and their values differ; the last one was sent.")
        self.result.fields[path] = chosen.value

    def _joined(self, path: str, pieces: list[_Piece]) -> Any:
        """Return the text that pieces make, sorted by rank; what the record has there keeps its form where it may."""
        first = pieces[0].step
        before = self.ctx.record.get(path)
        if first.inverse.joined is not None and isinstance(before, str):
            return first.inverse.joined([piece.value for piece in pieces], before)
        return (first.joins or "").join(str(piece.value) for piece in pieces if piece.value is not None) or None


def _say_nothing(_sentence: str) -> None:
    return None


def compile_encoder(rows: Iterable[MapRow], entity: str, salt: str = "") -> Encoder:
    """Return the encoder of an entity's mapping: compiled once, it encodes many records.

    Raises TransformError for an entity that is not registered, and for a row that names an unknown part, field or
    transform.
    """
    return Encoder(rows, entity, salt)
