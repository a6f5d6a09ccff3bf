"""Shapes rows into the records of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .errors import ApiError
from .schema import COMPOUND_TYPES, ObjectType
from .soql_lexer import query_error
from .soql_paths import Column, PathFinder, value_reader
from .soql_tree import FieldsOf, Path
from .table import Row

Projector = Callable[[Row], dict[str, Any]]
FIELDS_ALL_LIMIT = 200


def expand(items: Iterable[Any], finder: PathFinder, limit: int | None) -> list[Any]:
    """Replace ``FIELDS(...)`` by paths."""
    out: list[Any] = []
    for item in items:
        if not isinstance(item, FieldsOf):
            out.append(item)
            continue
        if item.kind != "standard" and (limit is None or limit > FIELDS_ALL_LIMIT):
            message = f"The SOQL FIELDS function must have a LIMIT of at most {FIELDS_ALL_LIMIT}"
            raise query_error(finder.text, item.position, "MALFORMED_QUERY", message)
        for field in finder.access.fields(finder.defn):
            if item.kind == "all" or field.custom == (item.kind == "custom"):
                out.append(Path((field.name,), item.position))
    return out


def columns_of(paths: list[Path], finder: PathFinder) -> list[Column]:
    seen: set[str] = set()
    columns = []
    for path in paths:
        key = ".".join(finder.names(path)).lower()
        if key in seen:
            raise query_error(finder.text, path.position, "INVALID_FIELD", f"duplicate field selected: {path.text}")
        seen.add(key)
        columns.append(finder.column(path))
    return columns


def projector(columns: list[Column], finder: PathFinder, version: str) -> Projector:
    """Records with ``attributes``, parents nested, and every selected field present."""
    return _project(columns, 0, finder.defn, finder, version)


def _project(columns: list[Column], depth: int, defn: ObjectType, finder: PathFinder, version: str) -> Projector:
    plain: list[str] = []
    shaped: list[tuple[str, Callable[[Row], Any]]] = []
    parents: dict[str, list[Column]] = {}
    order: list[str] = []
    for column in columns:
        if len(column.hops) > depth:
            relation = column.hops[depth].relationship or ""
            if relation not in parents:
                order.append(relation)
            parents.setdefault(relation, []).append(column)
        elif column.field.type in COMPOUND_TYPES or column.field.type == "boolean":
            owner = defn if depth == 0 else None
            shaped.append((column.field.name, value_reader(owner or _owner(column, finder), column.field)))
            order.append(column.field.name)
        else:
            plain.append(column.field.name)
            order.append(column.field.name)
    nested = {name: _parent(group, depth, finder, version) for name, group in parents.items()}
    kind = defn.name
    base = f"/services/data/v{version}/sobjects/{kind}/"
    if not nested and not shaped:

        def simple(row: Row) -> dict[str, Any]:
            get = row.get
            record: dict[str, Any] = {"attributes": {"type": kind, "url": base + row["Id"]}}
            for name in plain:
                record[name] = get(name)
            return record

        return simple
    steps: list[tuple[str, Callable[[Row], Any] | None]] = []
    readers = {**dict(shaped), **nested}
    for name in order:
        steps.append((name, readers.get(name)))

    def full(row: Row) -> dict[str, Any]:
        get = row.get
        record: dict[str, Any] = {"attributes": {"type": kind, "url": base + row["Id"]}}
        for name, read in steps:
            record[name] = get(name) if read is None else read(row)
        return record

    return full


def _owner(column: Column, finder: PathFinder) -> ObjectType:
    for target in column.hops[-1].reference_to:
        owner = finder.store.schema.get(target)
        if owner.field(column.field.name) is not None:
            return owner
    raise ApiError("INVALID_FIELD", f"No such column '{column.field.name}'")


def _parent(
    columns: list[Column], depth: int, finder: PathFinder, version: str
) -> Callable[[Row], dict[str, Any] | None]:
    reference = columns[0].hops[depth].name
    store = finder.store
    by_type: dict[str, Projector] = {}

    def read(row: Row) -> dict[str, Any] | None:
        parent = row.get(reference)
        found = store.row(parent) if parent else None
        if found is None:
            return None
        defn = found[0].defn
        shape = by_type.get(defn.name)
        if shape is None:
            shape = by_type[defn.name] = _project(columns, depth + 1, defn, finder, version)
        return shape(found[1])

    return read
