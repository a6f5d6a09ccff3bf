"""Turns WHERE conditions into predicates over rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any, cast

from .errors import ApiError
from .ids import to18
from .schema import NUMBER_TYPES, TEXT_TYPES, Field
from .soql_lexer import decoded_parts, query_error
from .soql_literals import span
from .soql_paths import Column, PathFinder
from .soql_tree import Among, Compare, Junction, Query, Value
from .table import Row

Predicate = Callable[[Row], bool]
_ORDERINGS = {"<": lt, "<=": le, ">": gt, ">=": ge}
_ORDERED = TEXT_TYPES | NUMBER_TYPES | {"int", "date", "datetime", "time", "id", "reference"}


class FilterCompiler:
    """``run_subquery`` gives the values of a semi-join's single column."""

    def __init__(self, finder: PathFinder, now: float, run_subquery: Callable[[Query], list[Any]]) -> None:
        self.finder = finder
        self.now = now
        self.run_subquery = run_subquery

    def compile(self, node: Any) -> Predicate:
        if isinstance(node, Junction):
            return self._junction(node)
        if isinstance(node, Compare):
            return self._compare(node)
        return self._among(node)

    def _junction(self, node: Junction) -> Predicate:
        terms = [self.compile(term) for term in node.terms]
        if node.operator == "NOT":
            only = terms[0]
            return lambda row: not only(row)
        if len(terms) == 2:
            left, right = terms
            if node.operator == "AND":
                return lambda row: left(row) and right(row)
            return lambda row: left(row) or right(row)
        if node.operator == "AND":
            return lambda row: all(term(row) for term in terms)
        return lambda row: any(term(row) for term in terms)

    # -- values
    def literal(self, field: Field, value: Value) -> Any:
        """The value in stored form, checked against the field's type."""
        kind, raw = value.kind, value.value
        if kind == "null":
            return None
        if field.type in ("id", "reference"):
            if kind == "text" and raw == "":
                return None
            found = to18(str(raw)) if kind == "text" else None
            if found is None:
                raise self._error(value, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {raw}")
            return found
        wanted = _wanted_kind(field)
        if kind != wanted:
            quotes = "should be enclosed in quotes" if wanted == "text" else "should not be enclosed in quotes"
            shown = "string" if wanted == "text" else field.type
            message = f"value of filter criterion for field '{field.name}' must be of type {shown} and {quotes}"
            raise self._error(value, "INVALID_FIELD", message)
        if field.type == "boolean":
            return raw
        return raw if not isinstance(raw, str) else field.normal(raw)

    def _error(self, value: Value, code: str, message: str) -> ApiError:
        return query_error(self.finder.text, value.position, code, message)

    def _operator_error(self, node: Compare | Among, field: Field) -> ApiError:
        message = f"filter operator {node.operator} is not supported on field '{field.name}' of type {field.type}"
        return query_error(self.finder.text, node.path.position, "INVALID_QUERY_FILTER_OPERATOR", message)

    # -- comparisons
    def _compare(self, node: Compare) -> Predicate:
        column = self.finder.column(node.path)
        field = column.field
        if field.type in ("address", "location", "base64") or field.long_text:
            message = f"field '{field.name}' can not be filtered in a query call"
            raise query_error(self.finder.text, node.path.position, "INVALID_FIELD", message)
        if node.operator == "LIKE":
            return self._like(node, column)
        if field.type == "multipicklist" and node.operator not in ("=", "!="):
            raise self._operator_error(node, field)
        if node.value.kind == "literal":
            return self._relative_date(node, column)
        wanted = self.literal(field, node.value)
        read = _normal_reader(column)
        if node.operator == "=":
            return lambda row: read(row) == wanted
        if node.operator == "!=":
            return lambda row: read(row) != wanted
        if field.type not in _ORDERED or wanted is None:
            raise self._operator_error(node, field)
        compare = _ORDERINGS[node.operator]

        def ordered(row: Row) -> bool:
            value = read(row)
            return value is not None and compare(value, wanted)

        return ordered

    def _like(self, node: Compare, column: Column) -> Predicate:
        if column.field.type not in TEXT_TYPES or node.value.kind != "text":
            raise self._operator_error(node, column.field)
        flags = re.DOTALL if column.field.case_sensitive else re.DOTALL | re.IGNORECASE
        matches = re.compile(like_pattern(node.value.raw), flags).fullmatch
        read = column.read
        return lambda row: (value := read(row)) is not None and matches(value) is not None

    def _relative_date(self, node: Compare, column: Column) -> Predicate:
        field = column.field
        if field.type not in ("date", "datetime"):
            raise self._error(node.value, "INVALID_FIELD", f"field '{field.name}' is not a date")
        name, amount = cast("tuple[str, int]", node.value.value)
        first, after = (day.isoformat() for day in span(name, amount, self.now))
        read = column.read
        tests: dict[str, Callable[[str], bool]] = {
            "=": lambda v: first <= v < after,
            "!=": lambda v: not first <= v < after,
            "<": lambda v: v < first,
            "<=": lambda v: v < after,
            ">": lambda v: v >= after,
            ">=": lambda v: v >= first,
        }
        test = tests[node.operator]
        when_null = node.operator == "!="
        return lambda row: when_null if (value := read(row)) is None else test(value)

    def _among(self, node: Among) -> Predicate:
        column = self.finder.column(node.path)
        field = column.field
        if node.operator in ("INCLUDES", "EXCLUDES"):
            return self._includes(node, column)
        if field.type in ("multipicklist", "address", "location", "base64"):
            raise self._operator_error(node, field)
        if isinstance(node.values, Query):
            wanted = {field.normal(value) for value in self.run_subquery(node.values) if value is not None}
        else:
            wanted = {self.literal(field, value) for value in node.values}
        read = _normal_reader(column)
        if node.operator == "IN":
            return lambda row: read(row) in wanted
        return lambda row: read(row) not in wanted

    def _includes(self, node: Among, column: Column) -> Predicate:
        if column.field.type != "multipicklist" or isinstance(node.values, Query):
            raise self._operator_error(node, column.field)
        groups = [
            {part.lower() for part in str(value.value).split(";")} for value in node.values if value.value is not None
        ]
        read = column.read
        wanted = node.operator == "INCLUDES"

        def includes(row: Row) -> bool:
            held = {part.lower() for part in (read(row) or "").split(";")}
            return any(group <= held for group in groups) is wanted

        return includes


def _wanted_kind(field: Field) -> str:
    if field.type in NUMBER_TYPES or field.type == "int":
        return "number"
    if field.type in ("boolean", "date", "datetime"):
        return field.type
    return "text"


def _normal_reader(column: Column) -> Callable[[Row], Any]:
    read, field = column.read, column.field
    if field.type in TEXT_TYPES and not field.case_sensitive and not column.hops:
        name = field.name

        def lowered_here(row: Row) -> Any:
            value = row.get(name)
            return value.lower() if value else value

        return lowered_here
    if field.type in TEXT_TYPES and not field.case_sensitive:

        def lowered(row: Row) -> Any:
            value = read(row)
            return value.lower() if value else value

        return lowered
    return read


def like_pattern(body: str) -> str:
    """A LIKE literal, as written between its quotes, as a regular expression."""
    out = []
    for part, escaped in decoded_parts(body, body, 0):
        if escaped:
            out.append(re.escape(part[1:] if part in ("\\%", "\\_") else part))
        else:
            out.append({"%": ".*", "_": "."}.get(part) or re.escape(part))
    return "".join(out)
