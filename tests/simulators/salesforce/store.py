"""All tables, transactions over them, and the journal of committed writes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .ids import IdFactory
from .journal import Change, Origin, difference
from .schema import Schema
from .table import Row, Table


class Store:
    """Writes go through :meth:`put`, which undoes them when the transaction around it fails."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.ids = IdFactory()
        self._tables: dict[str, Table] = {}
        self.journal: list[Change] = []
        self.origin = Origin()
        self._undo: list[tuple[Any, ...]] | None = None
        self._sequence = 0
        self._numbers: dict[str, int] = {}
        #: When a record was last removed for good; empty: never.
        self.purged_at = ""

    def table(self, name: str) -> Table:
        """The table of an object, by its canonical name."""
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = Table(self.schema.get(name))
        return table

    def tables(self) -> list[Table]:
        return list(self._tables.values())

    def row(self, record_id: str) -> tuple[Table, Row] | None:
        """A live or deleted row by its id, whatever the object."""
        defn = self.schema.of_id(record_id)
        if defn is None:
            return None
        table = self.table(defn.name)
        row = table.get(record_id)
        return (table, row) if row is not None else None

    def next_number(self, name: str) -> str:
        """The next auto number of an object."""
        self._numbers[name] = self._numbers.get(name, 0) + 1
        return f"{self._numbers[name]:08d}"

    def numbers(self) -> dict[str, int]:
        """The last auto number of each object."""
        return dict(self._numbers)

    def go_on(self, numbers: dict[str, int]) -> None:
        """Go on from these auto numbers."""
        for name, number in numbers.items():
            self._numbers[name] = max(number, self._numbers.get(name, 0))

    def put(self, table: Table, record_id: str, row: Row | None, deleted: bool = False, **origin: str) -> None:
        """Place a row. ``origin`` has ``op``, ``user``, ``stamp`` and ``client`` for the journal, whose entry also
        carries :attr:`origin`, the call that is being served."""
        log_before = table.deletions.get(record_id)
        was_purged = record_id in table.purged
        old, was_deleted = table.place(record_id, row, deleted)
        if row is None:
            table.purged.add(record_id)
            self.purged_at = max(self.purged_at, origin["stamp"])
            table.deletions.setdefault(record_id, origin["stamp"])
        elif deleted and not was_deleted:
            table.deletions[record_id] = origin["stamp"]
        elif not deleted and was_deleted:
            table.deletions.pop(record_id, None)
        self._sequence += 1
        before, after = difference(old, row)
        self.journal.append(
            Change(
                self._sequence, origin["stamp"], origin["user"], table.defn.name, origin["op"], record_id, before,
                after, origin.get("client", ""), self.origin, time.time(),
            )
        )  # fmt: skip
        if self._undo is not None:
            self._undo.append((table, record_id, old, was_deleted, log_before, was_purged))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing for what is written inside; may be nested."""
        outer = self._undo
        self._undo = []
        journal_mark, sequence_mark = len(self.journal), self._sequence
        try:
            yield
        except BaseException:
            self._revert(self._undo)
            del self.journal[journal_mark:]
            self._sequence = sequence_mark
            self._undo = outer
            raise
        if outer is not None:
            outer.extend(self._undo)
        self._undo = outer

    @staticmethod
    def _revert(undo: list[tuple[Any, ...]]) -> None:
        for table, record_id, old, was_deleted, log_before, was_purged in reversed(undo):
            table.place(record_id, old, was_deleted)
            if log_before is None:
                table.deletions.pop(record_id, None)
            else:
                table.deletions[record_id] = log_before
            if not was_purged:
                table.purged.discard(record_id)
