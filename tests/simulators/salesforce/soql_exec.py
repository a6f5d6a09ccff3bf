"""Runs SOQL statements over the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .access import Access
from .errors import ApiError
from .schema import COMPOUND_TYPES, ObjectType
from .soql_aggregate import aggregate
from .soql_filter import FilterCompiler
from .soql_lexer import query_error
from .soql_parser import parse
from .soql_paths import Column, PathFinder
from .soql_project import Projector, columns_of, expand, projector
from .soql_source import candidates
from .soql_tree import Aggregate, Ordering, Path, Query
from .store import Store
from .table import Row

MAX_OFFSET = 2000


@dataclass(slots=True)
class Result:
    """``rows`` are a snapshot to be shaped page by page by ``shape``; ``total`` counts them all."""

    object_name: str
    rows: list[Any]
    total: int
    shape: Projector
    columns: list[tuple[str, Column]] = field(default_factory=list)
    counts_only: bool = False


@dataclass(slots=True)
class ChildPager:
    """``open`` keeps a result and returns the URL of its second page."""

    size: int
    open: Callable[[Result], str]


class Executor:
    """One statement of one user. ``deleted`` lets soft-deleted rows in, as queryAll does.

    ``pager`` opens a cursor over a child set that is longer than a page; without it child sets come whole.
    """

    def __init__(self, store: Store, access: Access, now: float, version: str, deleted: bool = False) -> None:
        self.store = store
        self.access = access
        self.now = now
        self.version = version
        self.deleted = deleted
        self.pager: ChildPager | None = None

    def run(self, text: str) -> Result:
        return self.execute(parse(text))

    def execute(self, query: Query) -> Result:
        defn = self._object(query)
        finder = PathFinder(self.store, self.access, defn, query.alias, query.text)
        if query.all_rows:
            message = "ALL ROWS not allowed in this context"
            raise query_error(query.text, query.object_position, "MALFORMED_QUERY", message)
        deleted = self.deleted
        if query.offset is not None and query.offset > MAX_OFFSET:
            raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
        items = expand(query.items, finder, query.limit)
        if query.group_by or any(isinstance(item, Aggregate) for item in items):
            return self._aggregated(query, defn, finder, deleted)
        paths = [item for item in items if isinstance(item, Path)]
        columns = columns_of(paths, finder)
        shape = projector(columns, finder, self.version)
        children = [self._children(item, defn, query, deleted) for item in items if isinstance(item, Query)]
        if children:
            shape = _with_children(shape, children)
        rows = self._ordered(query, finder, deleted)
        named = [(_header(finder.names(path), column), column) for path, column in zip(paths, columns, strict=True)]
        return Result(defn.name, rows, len(rows), shape, named)

    def _object(self, query: Query) -> ObjectType:
        defn = self.store.schema.find(query.object_name)
        if defn is None:
            message = (
                f"sObject type '{query.object_name}' is not supported. If you are attempting to use a custom object, "
                "be sure to append the '__c' after the entity name. "
                "Please reference your WSDL or the describe call for the appropriate names."
            )
            raise query_error(query.text, query.object_position, "INVALID_TYPE", message)
        return defn

    # -- rows
    def _filters(self, finder: PathFinder) -> FilterCompiler:
        return FilterCompiler(finder, self.now, self._semi_join)

    def _semi_join(self, query: Query) -> list[Any]:
        defn = self._object(query)
        finder = PathFinder(self.store, self.access, defn, query.alias, query.text)
        if len(query.items) != 1 or not isinstance(query.items[0], Path):
            raise query_error(query.text, query.object_position, "MALFORMED_QUERY", "a semi-join selects one field")
        column = finder.column(query.items[0])
        return [column.read(row) for row in self._ordered(query, finder, self.deleted)]

    def _matching(
        self, query: Query, finder: PathFinder, deleted: bool, log_order: bool = False
    ) -> tuple[Iterable[Row], bool]:
        filters = self._filters(finder)
        predicate = filters.compile(query.where) if query.where is not None else None
        table = self.store.table(finder.defn.name)
        rows, by_stamp = candidates(table, query.where, filters, deleted, log_order)
        if predicate is not None:
            rows = filter(predicate, rows)
        if self.access.rule(finder.defn.name) is not None:
            name, access = finder.defn.name, self.access
            rows = (row for row in rows if access.visible(name, row))
        return rows, by_stamp

    def _ordered(self, query: Query, finder: PathFinder, deleted: bool) -> list[Row]:
        log_order = bool(query.order_by) and _is_log_order(query.order_by, finder)
        rows, by_stamp = self._matching(query, finder, deleted, log_order)
        start = query.offset or 0
        stop = None if query.limit is None else start + query.limit
        if not query.order_by:
            return list(islice(rows, start, stop))
        if by_stamp and log_order:
            return list(islice(rows, start, stop))
        return _sort(list(rows), query.order_by, finder)[start:stop]

    # -- aggregates
    def _aggregated(self, query: Query, defn: ObjectType, finder: PathFinder, deleted: bool) -> Result:
        rows, _ = self._matching(query, finder, deleted)
        if query.counts_only:
            counted = sum(1 for _ in rows)
            if query.limit is not None:
                counted = min(counted, query.limit)
            return Result(defn.name, [], counted, dict, counts_only=True)
        records = aggregate(query, finder, self._filters(finder), rows)
        records = _sort_records(records, query, finder)[query.offset or 0 :][: query.limit]
        return Result("AggregateResult", records, len(records), dict)

    # -- children
    def _children(self, query: Query, parent: ObjectType, outer: Query, deleted: bool) -> tuple[str, Any]:
        query.text = outer.text
        found = self.store.schema.child_relation(parent.name, query.object_name)
        if found is None:
            message = f"Didn't understand relationship '{query.object_name}' in FROM part of query call."
            raise query_error(outer.text, query.object_position, "INVALID_TYPE", message)
        defn, reference = found
        table = self.store.table(defn.name)
        finder = PathFinder(self.store, self.access, defn, query.alias, outer.text)
        columns = columns_of([i for i in expand(query.items, finder, query.limit) if isinstance(i, Path)], finder)
        shape = projector(columns, finder, self.version)
        predicate = self._filters(finder).compile(query.where) if query.where is not None else None

        def read(row: Row) -> dict[str, Any] | None:
            rows = table.find(reference, row["Id"])
            if deleted:
                rows = rows + [child for child in table.bin.values() if child.get(reference.name) == row["Id"]]
            rows = [child for child in rows if self.access.visible(defn.name, child)]
            if predicate is not None:
                rows = list(filter(predicate, rows))
            rows = _sort(rows, query.order_by, finder)[: query.limit]
            if not rows:
                return None
            if self.pager is not None and len(rows) > self.pager.size:
                url = self.pager.open(Result(defn.name, rows, len(rows), shape))
                first = [shape(child) for child in rows[: self.pager.size]]
                return {"totalSize": len(rows), "done": False, "nextRecordsUrl": url, "records": first}
            return {"totalSize": len(rows), "done": True, "records": [shape(child) for child in rows]}

        return reference.child_relationship or "", read


def _with_children(shape: Projector, children: list[tuple[str, Any]]) -> Projector:
    def full(row: Row) -> dict[str, Any]:
        record = shape(row)
        for name, read in children:
            record[name] = read(row)
        return record

    return full


def _header(names: tuple[str, ...], column: Column) -> str:
    return ".".join([*(hop.relationship or "" for hop in column.hops), column.field.name])


def _is_log_order(orderings: list[Ordering], finder: PathFinder) -> bool:
    names = []
    for ordering in orderings:
        if isinstance(ordering.path, Aggregate) or ordering.descending:
            return False
        names.append(".".join(finder.names(ordering.path)).lower())
    return names in (["systemmodstamp"], ["systemmodstamp", "id"])


def _sort(rows: list[Row], orderings: list[Ordering], finder: PathFinder) -> list[Row]:
    for ordering in reversed(orderings):
        if isinstance(ordering.path, Aggregate):
            message = "ORDER BY an aggregate needs GROUP BY"
            raise query_error(finder.text, ordering.path.position, "MALFORMED_QUERY", message)
        column = finder.column(ordering.path)
        if column.field.long_text or column.field.type in (*COMPOUND_TYPES, "multipicklist"):
            message = f"field '{column.field.name}' can not be sorted in a query call"
            raise query_error(finder.text, ordering.path.position, "MALFORMED_QUERY", message)
        _sort_by(rows, column.read, ordering, column.field.normal)
    return rows


def _sort_by(rows: list[Any], read: Any, ordering: Ordering, normal: Any = None) -> None:
    nulls_first = ordering.nulls_first if ordering.nulls_first is not None else not ordering.descending
    null_rank, value_rank = (0, 1) if nulls_first != ordering.descending else (1, 0)

    def key(row: Any) -> tuple[Any, ...]:
        value = read(row)
        if value is None:
            return (null_rank, "")
        return (value_rank, normal(value) if normal else value)

    rows.sort(key=key, reverse=ordering.descending)


def _sort_records(records: list[dict[str, Any]], query: Query, finder: PathFinder) -> list[dict[str, Any]]:
    for ordering in reversed(query.order_by):
        if isinstance(ordering.path, Aggregate):
            wanted = (ordering.path.function, ordering.path.path and ordering.path.path.text.lower())
            unnamed, key = 0, None
            for item in query.items:
                if not isinstance(item, Aggregate):
                    continue
                name = item.alias or f"expr{unnamed}"
                unnamed += item.alias is None
                if (item.function, item.path and item.path.text.lower()) == wanted:
                    key = name
            if key is None:
                message = "ORDER BY an aggregate that is not selected"
                raise query_error(finder.text, ordering.path.position, "MALFORMED_QUERY", message)
        else:
            key = _record_key(ordering.path, query, finder)
        _sort_by(records, lambda record, key=key: record.get(key), ordering)
    return records


def _record_key(path: Path, query: Query, finder: PathFinder) -> str:
    for item in query.items:
        if isinstance(item, Aggregate) and item.alias and item.alias.lower() == path.text.lower():
            return item.alias
    return finder.column(path).field.name
