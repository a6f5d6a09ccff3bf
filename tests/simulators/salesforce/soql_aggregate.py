"""COUNT, SUM and their kin, with and without GROUP BY."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from .soql_filter import FilterCompiler
from .soql_lexer import query_error
from .soql_paths import Column, PathFinder
from .soql_tree import Aggregate, Junction, Measured, Query
from .table import Row

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_SUMMABLE = {"double", "currency", "percent", "int"}


def aggregate(query: Query, finder: PathFinder, filters: FilterCompiler, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """One record per group, or a single one without GROUP BY."""
    group_columns = [finder.column(path) for path in query.group_by]
    outputs = _outputs(query, finder, group_columns)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    if not group_columns:
        groups[()] = list(rows)
    else:
        for row in rows:
            groups.setdefault(tuple(column.read(row) for column in group_columns), []).append(row)
    keeps = _having(query.having, finder, filters, group_columns) if query.having is not None else None
    records = []
    for members in groups.values():
        if keeps is not None and not keeps(members):
            continue
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for name, compute in outputs:
            record[name] = compute(members)
        records.append(record)
    return records


def _outputs(query: Query, finder: PathFinder, groups: list[Column]) -> list[tuple[str, Callable[[list[Row]], Any]]]:
    grouped = {(tuple(hop.name for hop in column.hops), column.field.name) for column in groups}
    outputs: list[tuple[str, Callable[[list[Row]], Any]]] = []
    unnamed = 0
    for item in query.items:
        if isinstance(item, Aggregate):
            name = item.alias
            if name is None:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            outputs.append((name, _function(item, finder)))
            continue
        column = finder.column(item)
        if (tuple(hop.name for hop in column.hops), column.field.name) not in grouped:
            message = f"Field must be grouped or aggregated: {item.text}"
            raise query_error(finder.text, item.position, "MALFORMED_QUERY", message)
        outputs.append((column.field.name, _of_first(column.read)))
    return outputs


def _having(
    node: Any, finder: PathFinder, filters: FilterCompiler, groups: list[Column]
) -> Callable[[list[Row]], bool]:
    """Whether a group stays: conditions on aggregates, and on what is grouped by."""
    if isinstance(node, Junction):
        terms = [_having(term, finder, filters, groups) for term in node.terms]
        if node.operator == "NOT":
            return lambda members: not terms[0](members)
        every = all if node.operator == "AND" else any
        return lambda members: every(term(members) for term in terms)
    if isinstance(node, Measured):
        compute, compare, wanted = _function(node.aggregate, finder), _COMPARISONS[node.operator], node.value.value
        return lambda members: (found := compute(members)) is not None and bool(compare(found, wanted))
    column = finder.column(node.path)
    if column.field.name not in {group.field.name for group in groups}:
        message = f"Field must be grouped or aggregated: {node.path.text}"
        raise query_error(finder.text, node.path.position, "MALFORMED_QUERY", message)
    predicate = filters.compile(node)
    return lambda members: predicate(members[0])


def _of_first(read: Callable[[Row], Any]) -> Callable[[list[Row]], Any]:
    return lambda members: read(members[0])


def _function(item: Aggregate, finder: PathFinder) -> Callable[[list[Row]], Any]:
    if item.path is None:
        return len
    column = finder.column(item.path)
    if item.function in ("sum", "avg") and column.field.type not in _SUMMABLE:
        message = f"field {column.field.name} does not support aggregate operator {item.function.upper()}"
        raise query_error(finder.text, item.position, "MALFORMED_QUERY", message)

    def values(members: list[Row]) -> list[Any]:
        return [value for row in members if (value := column.read(row)) is not None]

    functions: dict[str, Callable[[list[Any]], Any]] = {
        "count": len,
        "count_distinct": lambda found: len({column.field.normal(value) for value in found}),
        "sum": lambda found: float(sum(found)) if found else None,
        "avg": lambda found: sum(found) / len(found) if found else None,
        "min": lambda found: min(found, default=None),
        "max": lambda found: max(found, default=None),
    }
    compute = functions[item.function]
    return lambda members: compute(values(members))
