"""The rows of one object with their indexes.

Rows are plain dicts that are never changed in place: a write puts a new dict in. A reader may therefore keep rows
as a snapshot. Empty fields are absent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from .schema import Field, ObjectType

Row = dict[str, Any]


def set_value(row: Row, name: str, value: Any) -> None:
    """Set a field of a row that is being made; an empty one is absent."""
    if value is None:
        row.pop(name, None)
    else:
        row[name] = value


class Index:
    """Equality index of one field over live rows. A value mostly names one row, so a set is made only for more."""

    def __init__(self, definition: Field) -> None:
        self.field = definition.name
        self.normal = definition.normal
        self._ids: dict[object, str | set[str]] = {}

    def add(self, value: object, record_id: str) -> None:
        key = self.normal(value)
        held = self._ids.get(key)
        if held is None:
            self._ids[key] = record_id
        elif isinstance(held, str):
            if held != record_id:
                self._ids[key] = {held, record_id}
        else:
            held.add(record_id)

    def remove(self, value: object, record_id: str) -> None:
        key = self.normal(value)
        held = self._ids.get(key)
        if held == record_id:
            del self._ids[key]
        elif isinstance(held, set):
            held.discard(record_id)
            if not held:
                del self._ids[key]

    def ids(self, value: object) -> Iterable[str]:
        held = self._ids.get(self.normal(value))
        if held is None:
            return ()
        return (held,) if isinstance(held, str) else sorted(held)


class ModificationLog:
    """(SystemModstamp, Id) of every version written, sorted when read; stale entries are skipped and swept."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._entries: list[tuple[str, str]] = []
        self._sorted = True

    def add(self, stamp: str, record_id: str) -> None:
        entry = (stamp, record_id)
        if self._sorted and self._entries and entry < self._entries[-1]:
            self._sorted = False
        self._entries.append(entry)

    def since(self, stamp: str, record_id: str = "", until: str | None = None) -> Iterator[Row]:
        """Rows, live and deleted, by stamp and id, from (``stamp``, ``record_id``) on, up to ``until``."""
        self._tidy()
        entries = self._entries
        get = self._table.get
        previous = None
        for position in range(bisect_left(entries, (stamp, record_id)), len(entries)):
            entry = entries[position]
            if until is not None and entry[0] > until:
                return
            if entry == previous:
                continue
            previous = entry
            row = get(entry[1])
            if row is not None and row["SystemModstamp"] == entry[0]:
                yield row

    def _tidy(self) -> None:
        table = self._table
        if len(self._entries) > 2 * (len(table.live) + len(table.bin)) + 1000:
            rows = (*table.live.values(), *table.bin.values())
            self._entries = [(row["SystemModstamp"], row["Id"]) for row in rows]
            self._sorted = False
        if not self._sorted:
            self._entries.sort()
            self._sorted = True


class Table:
    """``live`` rows, the recycle ``bin``, and the log of deletions that getDeleted reads."""

    def __init__(self, defn: ObjectType) -> None:
        self.defn = defn
        self.live: dict[str, Row] = {}
        self.bin: dict[str, Row] = {}
        self.purged: set[str] = set()
        self.deletions: dict[str, str] = {}
        self.log = ModificationLog(self)
        self._indexes: dict[str, Index] = {}

    def get(self, record_id: str) -> Row | None:
        return self.live.get(record_id) or self.bin.get(record_id)

    def place(self, record_id: str, row: Row | None, deleted: bool = False) -> tuple[Row | None, bool]:
        """Make ``row`` the state of the record (``None`` removes it); returns the former state."""
        old = self.live.pop(record_id, None) if row is None or deleted else self.live.get(record_id)
        was_deleted = False
        if old is None:
            old = self.bin.pop(record_id, None)
            was_deleted = old is not None
        for name, index in self._indexes.items():
            before = old.get(name) if old is not None and not was_deleted else None
            after = row.get(name) if row is not None and not deleted else None
            if before != after:
                if before is not None:
                    index.remove(before, record_id)
                if after is not None:
                    index.add(after, record_id)
        if row is not None:
            (self.bin if deleted else self.live)[record_id] = row
            self.log.add(row["SystemModstamp"], record_id)
        return old, was_deleted

    def index(self, definition: Field) -> Index:
        """The index over a field, built on first use."""
        index = self._indexes.get(definition.name)
        if index is None:
            index = Index(definition)
            name = definition.name
            for record_id, row in self.live.items():
                value = row.get(name)
                if value is not None:
                    index.add(value, record_id)
            self._indexes[name] = index
        return index

    def find(self, definition: Field, value: Any) -> list[Row]:
        """Live rows whose field equals ``value``."""
        if definition.name == "Id":
            row = self.live.get(value)
            return [row] if row is not None else []
        return [self.live[record_id] for record_id in self.index(definition).ids(value)]

    def drop_indexes(self) -> None:
        self._indexes.clear()
