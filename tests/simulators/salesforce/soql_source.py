"""Picks the rows a WHERE clause has to look at: by id, by index, by modification log, or all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .ids import to18
from .soql_filter import FilterCompiler
from .soql_tree import Among, Compare, Junction, Query
from .table import Row, Table

AFTER_ALL_IDS = "~"
_INDEXED_TYPES = {"id", "reference", "string", "email", "phone"}


def candidates(
    table: Table, where: Any, filters: FilterCompiler, deleted: bool, by_stamp: bool = False
) -> tuple[Iterable[Row], bool]:
    """Rows that may match, and whether they come sorted by SystemModstamp and Id.

    Every condition is still to be checked: this only narrows. ``by_stamp`` asks for the sorted order where there
    is nothing better than to look at every row.
    """
    terms = where.terms if isinstance(where, Junction) and where.operator == "AND" else [where]
    for term in terms:
        values = _equals(term)
        if values is None:
            continue
        field = table.defn.field(term.path.names[-1]) if len(filters.finder.names(term.path)) == 1 else None
        if field is None or field.type not in _INDEXED_TYPES:
            continue
        keys = {filters.literal(field, value) for value in values}
        if None not in keys:
            return _by_keys(table, field, keys, deleted), False
    since = _since(where, filters)
    if since is None and by_stamp:
        since = ("", "")
    if since is not None:
        rows = table.log.since(*since)
        return (rows if deleted else _live(rows)), True
    return ((*table.live.values(), *table.bin.values()) if deleted else table.live.values()), False


def _equals(term: Any) -> list[Any] | None:
    if isinstance(term, Compare) and term.operator == "=" and term.value.kind == "text":
        return [term.value]
    if isinstance(term, Among) and term.operator == "IN" and not isinstance(term.values, Query):
        return term.values if all(value.kind == "text" for value in term.values) else None
    return None


def _by_keys(table: Table, field: Any, keys: set[Any], deleted: bool) -> list[Row]:
    rows: dict[str, Row] = {}
    for key in sorted(keys):
        for row in table.find(field, key):
            rows[row["Id"]] = row
    if deleted:
        name, normal = field.name, field.normal
        rows.update((row["Id"], row) for row in table.bin.values() if normal(row.get(name)) in keys)
    return [rows[record_id] for record_id in sorted(rows)]


def _since(node: Any, filters: FilterCompiler) -> tuple[str, str] | None:
    """The place in the modification log before which no row can match, or ``None`` when there is no such bound.

    It reads the usual ways to page by key: ``SystemModstamp > x OR (SystemModstamp = x AND Id > y)``.
    """
    if isinstance(node, Junction) and node.operator != "NOT":
        found = [_since(term, filters) for term in node.terms]
        bounds = [bound for bound in found if bound is not None]
        if node.operator == "OR":
            return min(bounds) if len(bounds) == len(found) else None
        bound = max(bounds, default=None)
        if (
            bound is None
            or bound[1]
            or not any(_compares(t, filters, "systemmodstamp", "=", "datetime") for t in node.terms)
        ):
            return bound
        after = [to18(str(t.value.value)) or "" for t in node.terms if _compares(t, filters, "id", ">", "text")]
        return (bound[0], max(after, default=""))
    if _compares(node, filters, "systemmodstamp", ">", "datetime"):
        return (str(node.value.value), AFTER_ALL_IDS)
    for operator in (">=", "="):
        if _compares(node, filters, "systemmodstamp", operator, "datetime"):
            return (str(node.value.value), "")
    return None


def _compares(node: Any, filters: FilterCompiler, name: str, operator: str, kind: str) -> bool:
    if not isinstance(node, Compare) or node.operator != operator or node.value.kind != kind:
        return False
    names = filters.finder.names(node.path)
    return len(names) == 1 and names[0].lower() == name


def _live(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if not row["IsDeleted"])
