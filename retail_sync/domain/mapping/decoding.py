"""Mapping rows, compiled once into a function from remote records to canonical values."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from hashlib import blake2b
from typing import Any

from ..canonical.entity_spec import DeclarationError, EntitySpec
from ..canonical.kinds import KindError, to_json
from ..canonical.parts import shown_parts
from ..canonical.registry import UnknownEntityError, get
from ..canonical.schema import ABSENT, PART_MAIN, FieldSpec, Parts, Values
from .transforms import TransformContext, TransformError, takes_empty, transform

__all__ = ["Decoded", "Decoder", "MapRow", "compile_decoder", "compile_path"]

_NAME_PARTS = ("first", "middle", "last")
_NO_OPTIONS: Mapping[str, Any] = {}
# Kinds with one canonical form of their own. Values of the other kinds are kept in the spelling they came in.
CONVERTED = frozenset(("integer", "date", "datetime", "amount", "quantity", "lines"))


@dataclass(frozen=True, slots=True)
class MapRow:
    """One line of a mapping.

    ``path`` is dotted ("Owner.Email"); "|" separates alternatives, of which the first that is not empty counts; "+"
    joins what is there with a blank ("FirstName+LastName|Name"); "=text" is a constant. ``direction`` is "in", "out"
    or "both". Options ``first``, ``middle`` and ``last`` hold paths of a name's parts, joined in front of ``path``.
    """

    field: str
    path: str
    transform: str = ""
    part: str = PART_MAIN
    options: Mapping[str, Any] = default(default_factory=dict)
    required: bool = False
    sequence: int = 10
    direction: str = "in"


@dataclass(slots=True)
class Decoded:
    """``parts``: canonical values by part, ``None`` for a part the record says is empty. ``warnings``: sentences for a
    person. ``errors``: what kept single fields from being read; with any of them the record is not fit to be applied.
    ``unread``: {part: fields that have a value which could not be understood}: they are absent, not empty.
    ``read_in_country``: {part: {field: text}} of texts that another country gives another meaning.
    """

    parts: Parts
    warnings: list[str] = default(default_factory=list)
    errors: list[TransformError] = default(default_factory=list)
    unread: dict[str, set[str]] = default(default_factory=dict)
    read_in_country: dict[str, dict[str, str]] = default(default_factory=dict)


def _read_one(path: str) -> Callable[[Mapping[str, Any]], Any]:
    if "." not in path:
        return lambda record: record.get(path, ABSENT)
    parts = path.split(".")

    def read(record: Mapping[str, Any]) -> Any:
        if path in record:  # a flat row, such as a CSV column named "Owner.Email"
            return record[path]
        value: Any = record
        for part in parts:
            if value is None:
                return None  # the related record is empty, and so is everything in it
            if not isinstance(value, Mapping):
                return ABSENT
            value = value.get(part, ABSENT)
        return value

    return read


def _read_joined(path: str) -> Callable[[Mapping[str, Any]], Any]:
    readers = [_read_one(part.strip()) for part in path.split("+")]
    if len(readers) == 1:
        return readers[0]

    def read(record: Mapping[str, Any]) -> Any:
        found = [value for reader in readers if (value := reader(record)) is not ABSENT]
        if not found:
            return ABSENT
        return " ".join(str(value).strip() for value in found if value not in (None, "")).strip() or None

    return read


def compile_path(path: str) -> Callable[[Mapping[str, Any]], Any]:
    """A function that reads ``path`` from a record: the value, ``None`` when empty, ``ABSENT`` when not there."""
    if path.startswith("="):
        constant = path[1:] or None
        return lambda record: constant
    readers = [_read_joined(part) for part in path.split("|")]
    if len(readers) == 1:
        return readers[0]

    def read(record: Mapping[str, Any]) -> Any:
        found: Any = ABSENT
        for reader in readers:
            value = reader(record)
            if value is ABSENT:
                continue
            if value is not None and (not isinstance(value, str) or value.strip()):
                return value
            found = None
        return found

    return read


def remote_paths(row: "MapRow") -> list[str]:
    """Return the remote fields that a row reads, those of a name's parts among them."""
    return _remote_paths(full_path(row))


def _remote_paths(path: str) -> list[str]:
    """The remote fields that a path reads."""
    if path.startswith("="):
        return []
    return [part.strip() for part in path.replace("+", "|").split("|") if part.strip()]


def name_parts_in(options: Mapping[str, Any]) -> list[str]:
    """Remote paths of a name's parts, where a row's options hold them."""
    return [options[name] for name in _NAME_PARTS if options.get(name)]


def full_path(row: MapRow) -> str:
    """The row's path, with the parts of a name that its options hold as the first alternative."""
    parts = "+".join(name_parts_in(row.options))
    return f"{parts}|{row.path}" if parts and not row.path.startswith("=") else row.path


def ordered_rows(rows: Iterable[MapRow], entity: EntitySpec) -> list[tuple[MapRow, FieldSpec]]:
    """Return rows with their fields: the main part first, and in each part the fields that others are read by.

    Of two rows of one field the later one counts, where it is reported. Raises TransformError for a part or field that
    the entity does not have.
    """
    found = [(row, _spec_of(row, entity)) for row in rows]
    return sorted(found, key=lambda pair: _place(*pair))


def _place(row: MapRow, spec: FieldSpec) -> tuple[bool, str, bool, int, str]:
    return (row.part != PART_MAIN, row.part, not spec.leads, row.sequence, row.field)


def _spec_of(row: MapRow, entity: EntitySpec) -> FieldSpec:
    try:
        spec = entity.part_specs(row.part).get(row.field)
    except DeclarationError as error:
        raise TransformError("UNKNOWN_PART", str(error), row.field) from None
    if spec is None:
        raise TransformError("UNKNOWN_FIELD", f"Part {row.part!r} has no field {row.field!r}.", row.field)
    return spec


def known_entity(name: str) -> EntitySpec:
    """Return the declaration of an entity. Raises TransformError(UNKNOWN_ENTITY)."""
    try:
        return get(name)
    except UnknownEntityError as error:
        raise TransformError("UNKNOWN_ENTITY", str(error)) from None


def mapping_digest(rows: Iterable[MapRow], entity: EntitySpec, salt: str) -> str:
    """Return 32 hex characters that change with the rows, the salt and the version of the entity."""
    content = [
        [r.field, r.path, r.transform, r.part, dict(r.options), r.required, r.sequence, r.direction] for r in rows
    ]
    text = json.dumps([salt, entity.name, entity.version, content], sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=16).hexdigest()


class _Step:
    """A compiled row."""

    __slots__ = ("convert", "field", "function", "label", "options", "part", "read", "required", "spec", "takes_empty")

    def __init__(self, row: MapRow, spec: FieldSpec):
        self.field = row.field
        self.part = row.part
        self.label = spec.label or spec.name
        self.spec = spec
        self.convert = spec.kind in CONVERTED
        self.options = dict(row.options)
        self.required = row.required
        self.read = compile_path(full_path(row))
        self.function = transform(row.transform) if row.transform else None
        self.takes_empty = takes_empty(row.transform)


class Decoder:
    """``paths``: the remote field paths to ask for. ``digest``: changes when the mapping does."""

    def __init__(self, rows: Iterable[MapRow], entity: str, salt: str = ""):
        self._entity = known_entity(entity)
        found = ordered_rows((row for row in rows if row.direction in ("in", "both")), self._entity)
        self._steps: list[_Step] = []
        for row, spec in found:
            if not row.path.startswith("=") and not _remote_paths(row.path):
                raise TransformError("BAD_MAPPING", f"{spec.label}: the remote path is empty.", row.field)
            self._steps.append(_Step(row, spec))
        self._parts = list(dict.fromkeys(step.part for step in self._steps))
        self.paths: list[str] = list(dict.fromkeys(path for row, _spec in found for path in remote_paths(row)))
        self.digest: str = mapping_digest((row for row, _spec in found), self._entity, salt)

    def decode(self, record: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> Decoded:
        """Canonical values of one raw record. Never raises: what is wrong with the record is in ``errors``.

        ``options``: ``default_country`` (ISO code) and whatever the transforms in use know.
        """
        if not isinstance(record, Mapping):
            return Decoded({}, [], [TransformError("BAD_RECORD", "The record is not an object with named fields.")])
        options = options or _NO_OPTIONS
        warnings: list[str] = []
        errors: list[TransformError] = []
        parts: dict[str, Values] = {part: {} for part in self._parts}
        label = ""
        ctx = TransformContext(record=record, main=parts.get(PART_MAIN, {}))
        ctx.warn = lambda sentence: warnings.append(f"{label}: {sentence}")
        unread: dict[str, set[str]] = {part: set() for part in self._parts}
        in_country: dict[str, dict[str, str]] = {part: {} for part in self._parts}
        for step in self._steps:
            value = step.read(record)
            if value is ABSENT:
                continue
            if isinstance(value, str) and not value:
                value = None
            function = step.function
            if function is not None and (value is not None or step.takes_empty):
                label = step.label
                ctx.out, ctx.unread = parts[step.part], unread[step.part]
                ctx.read_in_country = in_country[step.part]
                ctx.field = step.field
                ctx.options = {**options, **step.options} if step.options else options
                try:
                    value = function(value, ctx)
                except TransformError as error:
                    errors.append(TransformError(error.code, f"{label}: {error.message}", step.field))
                    continue
                except Exception as error:  # an adapter's transform may fail in any way; the page must go on
                    text = f"{label}: the value could not be read ({type(error).__name__})."
                    errors.append(TransformError("TRANSFORM_FAILED", text, step.field))
                    continue
                if value is ABSENT:
                    unread[step.part].add(step.field)
                    continue
            elif value is not None and not step.convert and not isinstance(value, (str, bool, int, float)):
                text = f"{step.label}: a nested value needs a transform or a longer path."
                errors.append(TransformError("BAD_VALUE", text, step.field))
                continue
            if step.convert:
                try:
                    value = to_json(value, step.spec.kind, step.spec.options)
                except KindError as error:
                    errors.append(TransformError(error.code, f"{step.label}: {error.message}", step.field))
                    continue
            parts[step.part][step.field] = value
        found = {part: fields for part, fields in unread.items() if fields}
        texts = {part: fields for part, fields in in_country.items() if fields}
        return Decoded(self._finish({**parts}, errors), warnings, errors, found, texts)

    def _finish(self, parts: Parts, errors: list[TransformError]) -> Parts:
        result = shown_parts(parts, self._entity)
        failed = {error.field for error in errors}
        for step in self._steps:
            if not step.required:
                continue
            values = result.get(step.part)
            if values is not None and step.field not in failed and values.get(step.field) in (None, ""):
                text = f"{step.label} is required, and the record has none."
                errors.append(TransformError("REQUIRED_FIELD", text, step.field))
        return result


def compile_decoder(rows: Iterable[MapRow], entity: str, salt: str = "") -> Decoder:
    """Return the decoder of an entity's mapping: compiled once, it decodes many records.

    Raises TransformError for an entity that is not registered, and for a row that names an unknown part, field or
    transform.
    """
    return Decoder(rows, entity, salt)
