"""What every committed write leaves behind, and the mails that went out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .table import Row

# What every write moves: a change of nothing else leaves the record as it was.
SYSTEM_FIELDS = frozenset({"updated_at", "generated_timestamp", "url"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes, and in which call.

    ``origin``: rest, job, control, seed, trigger, automation, or system. ``channel`` is what ``via`` shows.
    """

    user_id: int
    origin: str = "rest"
    channel: str = "api"
    call: int = 0
    request_id: str = ""
    correlation: str = ""


class Journal:
    """Committed writes in their order, the oldest dropped first."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.seq = 0

    def write(
        self, actor: Actor, moment: str, kind: str, op: str, before: Row | None, after: Row | None, limit: int
    ) -> None:
        """Note a write of one record. An update holds the fields that differ only."""
        number = (after or before or {})["id"]
        old, new = _difference(before, after)
        self.seq += 1
        self.entries.append(
            {
                "seq": self.seq, "time": moment, "wall": time.time(), "user": actor.user_id, "object": kind, "op": op,
                "id": number, "fields": sorted({*(old or {}), *(new or {})} - SYSTEM_FIELDS), "before": old,
                "after": new, "origin": actor.origin, "channel": actor.channel, "call": actor.call,
                "request_id": actor.request_id, "correlation": actor.correlation,
            }
        )  # fmt: skip
        if len(self.entries) > limit:
            del self.entries[: len(self.entries) // 10]

    def select(self, since: int = 0, limit: int = 0, **wanted: Any) -> Iterator[dict[str, Any]]:
        """Entries after a number whose values are among those wanted; empty wishes are passed over."""
        wishes = {name: _texts(value) for name, value in wanted.items() if value not in (None, "", [])}
        start = max(0, since - self.seq + len(self.entries))
        found = 0
        for position in range(start, len(self.entries)):
            entry = self.entries[position]
            if all(str(entry[name]) in values for name, values in wishes.items()):
                yield entry
                found += 1
                if found == limit:
                    return


def _texts(value: Any) -> set[str]:
    many = isinstance(value, Iterable) and not isinstance(value, str)
    return {str(each) for each in value} if many else {str(value)}


def _difference(old: Row | None, new: Row | None) -> tuple[Row | None, Row | None]:
    if old is None or new is None:
        return old, new
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}
