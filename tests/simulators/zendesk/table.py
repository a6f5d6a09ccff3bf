"""Rows of one kind with indexes, and the order in which exports read them. Rows are replaced, not changed in place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

Row = dict[str, Any]
Keys = Callable[[Row], Iterable[Hashable]]


class Table:
    """Rows by id. ``indexes`` are functions from a row to the keys under which it is found."""

    def __init__(self, **indexes: Keys) -> None:
        self.rows: dict[int, Row] = {}
        self.ids: list[int] = []
        self._keys = indexes
        self._indexes: dict[str, dict[Hashable, set[int]]] = {name: {} for name in indexes}

    def put(self, row: Row) -> None:
        number = row["id"]
        old = self.rows.get(number)
        for name, keys in self._keys.items():
            index, after = self._indexes[name], keys(row)
            if old is None:
                for key in after:
                    index.setdefault(key, set()).add(number)
            elif list(before := keys(old)) != list(after):
                for key in set(before) - set(after):
                    self._drop(index, key, number)
                for key in after:
                    index.setdefault(key, set()).add(number)
        self.rows[number] = row
        if old is None:
            if self.ids and number < self.ids[-1]:
                insort(self.ids, number)
            else:
                self.ids.append(number)

    def remove(self, number: int) -> None:
        row = self.rows.pop(number)
        for name, keys in self._keys.items():
            for key in set(keys(row)):
                self._drop(self._indexes[name], key, number)
        del self.ids[bisect_left(self.ids, number)]

    def get(self, number: int | None) -> Row | None:
        return None if number is None else self.rows.get(number)

    def find(self, index: str, key: Hashable) -> list[Row]:
        """Rows under a key, by id."""
        return [self.rows[number] for number in sorted(self._indexes[index].get(key, ()))]

    def has(self, index: str, key: Hashable) -> bool:
        return key in self._indexes[index]

    def __iter__(self) -> Iterator[Row]:
        """All rows by id."""
        return (self.rows[number] for number in self.ids)

    def __len__(self) -> int:
        return len(self.rows)

    @staticmethod
    def _drop(index: dict[Hashable, set[int]], key: Hashable, number: int) -> None:
        members = index[key]
        members.discard(number)
        if not members:
            del index[key]


class ChangeLog:
    """The order of the last changes: each id stands at the moment of its latest one.

    A position is (epoch seconds, serial number). Earlier entries of an id stay in the list and are passed over.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, int]] = []
        self._latest: dict[int, tuple[int, int]] = {}
        self._serial = 0

    def put(self, number: int, moment: int) -> None:
        self._serial += 1
        self._latest[number] = (moment, self._serial)
        entry = (moment, self._serial, number)
        if self._entries and entry < self._entries[-1]:
            insort(self._entries, entry)
        else:
            self._entries.append(entry)

    def page(self, after: tuple[int, int], until: int, limit: int) -> tuple[list[int], tuple[int, int], bool]:
        """Up to ``limit`` ids after a position, not younger than ``until``; the position of the last, and whether
        nothing is left."""
        found: list[int] = []
        position = after
        for i in range(bisect_right(self._entries, (*after, 1 << 62)), len(self._entries)):
            moment, serial, number = self._entries[i]
            if moment > until:
                break
            if self._latest[number] != (moment, serial):
                continue
            if len(found) == limit:
                return found, position, False
            found.append(number)
            position = (moment, serial)
        return found, position, True

    def since(self, start: int, until: int, limit: int) -> tuple[list[int], int, bool]:
        """Ids from a second on, at least ``limit`` and then to the end of the second; the last second, and whether
        nothing is left."""
        found: list[int] = []
        last = start
        for i in range(bisect_left(self._entries, (start, 0, 0)), len(self._entries)):
            moment, serial, number = self._entries[i]
            if moment > until:
                break
            if self._latest[number] != (moment, serial):
                continue
            if len(found) >= limit and moment != last:
                return found, last, False
            found.append(number)
            last = moment
        return found, last, True
