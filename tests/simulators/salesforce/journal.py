"""What every committed write leaves behind: who changed what, and by which call."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from operator import is_not
from typing import Any, NamedTuple

from .table import Row

# Fields that every write moves: a change of nothing else leaves the record as it was.
SYSTEM_FIELDS = frozenset(
    {"Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"}
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The call a write belongs to. ``kind``: rest, bulk, control, seed, or system for the org's own rows."""

    kind: str = "system"
    call: int = 0
    correlation: str = ""
    version: str = ""


class Change(NamedTuple):
    """One write. An update holds the fields that differ only; ``wall`` is real time in epoch seconds."""

    seq: int
    stamp: str
    user: str
    object: str
    op: str
    id: str
    before: Row | None
    after: Row | None
    client: str
    origin: Origin
    wall: float

    def fields(self) -> list[str]:
        """The fields with another value than before, those that every write moves left out."""
        old, new = self.before or {}, self.after or {}
        return sorted(n for n in {*old, *new} if n not in SYSTEM_FIELDS and old.get(n) != new.get(n))

    def as_dict(self) -> dict[str, Any]:
        before, after = self.before, self.after
        if before is not None and after is not None:
            names = sorted({*before, *after})
            before, after = {n: before.get(n) for n in names}, {n: after.get(n) for n in names}
        return {
            "seq": self.seq, "time": self.stamp, "wall": self.wall, "user": self.user, "client": self.client,
            "object": self.object, "op": self.op, "id": self.id, "fields": self.fields(), "before": before,
            "after": after, "origin": self.origin.kind, "call": self.origin.call,
            "correlation": self.origin.correlation,
        }  # fmt: skip


def difference(old: Row | None, new: Row | None) -> tuple[Row | None, Row | None]:
    """(before, after), cut down to the fields that differ when there are both.

    Keeping whole old rows would hold every version of every record in memory.
    """
    if old is None or new is None:
        return old, new
    before: Row = {}
    after: Row = {}
    added = 0
    # A new version shares the values it leaves alone: identity sorts nearly all of them out, at every single write.
    for name in compress(new, map(is_not, new.values(), map(old.get, new))):
        if name not in old:
            added += 1
        elif old[name] != new[name]:
            before[name] = old[name]
        else:
            continue
        after[name] = new[name]
    if len(old) + added != len(new):
        before.update((name, value) for name, value in old.items() if name not in new)
    return before, after


def select(journal: list[Change], since: int = 0, limit: int = 0, **wanted: Any) -> Iterator[Change]:
    """Changes after sequence number ``since`` whose attributes equal ``wanted``; empty wishes are passed over.

    A wish may be a set of values; ``kind``, ``call`` and ``correlation`` are looked for in the origin.
    """
    wishes = {name: _values(value) for name, value in wanted.items() if value not in (None, "", ())}
    found = 0
    for position in range(bisect_right(journal, since, key=lambda change: change.seq), len(journal)):
        change = journal[position]
        if all(_attribute(change, name) in values for name, values in wishes.items()):
            yield change
            found += 1
            if found == limit:
                return


def _attribute(change: Change, name: str) -> Any:
    return getattr(change.origin if name in ("kind", "call", "correlation") else change, name)


def _values(value: Any) -> set[Any]:
    return set(value) if isinstance(value, Iterable) and not isinstance(value, str) else {value}
