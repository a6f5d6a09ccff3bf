"""Blocking keys in memory: for the twins within a page, for benchmarks, and as the reference of the SQL one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log2
from typing import Any

from ..normalise.features import Features
from ..normalise.record import id_order
from .blocking_keys import CANDIDATES, KEY_CAP, blocking_keys

# What a key is worth that n records carry, in whole hundredths so that a sum does not depend on its order.
_WORTH = [0, *(round(100 * log2(2 * KEY_CAP / n)) for n in range(1, KEY_CAP + 1))]
# Who shares less is not looked at: one key that eight or more carry.
_LEAST = 400


def ranked(carriers: Iterable[Sequence[int | str]], limit: int | None = CANDIDATES) -> list[int | str]:
    """The ids to look at, best first, by what they have in common with one record: many keys, and rare ones.

    ``carriers``: for each of the record's keys the ids that carry it; more than the cap yield none.
    """
    worth: dict[int | str, int] = defaultdict(int)
    for ids in carriers:
        if len(ids) <= KEY_CAP:
            for record_id in ids:
                worth[record_id] += _WORTH[len(ids)]
    close = (record_id for record_id, share in worth.items() if share >= _LEAST)
    return sorted(close, key=lambda record_id: (-worth[record_id], id_order(record_id)))[:limit]


class BlockingIndex:
    """Records by blocking key. A key with more than ``cap`` records yields none."""

    def __init__(self, records: Iterable[Features] = (), cap: int = KEY_CAP):
        self._cap = cap
        self._by_key: dict[str, list[Features]] = defaultdict(list)
        for features in records:
            self.add(features)

    def add(self, features: Features) -> None:
        for key in blocking_keys(features):
            self._by_key[key].append(features)

    def candidates(self, features: Features, limit: int | None = CANDIDATES) -> list[Features]:
        """Other records that share a key, best first; at most ``limit``."""
        found: dict[int | str, Features] = {}
        carriers = []
        for key in blocking_keys(features):
            rows = self._by_key.get(key, ())
            if len(rows) <= self._cap:
                found.update((row.id, row) for row in rows)
                carriers.append([row.id for row in rows if row.id != features.id])
        return [found[record_id] for record_id in ranked(carriers, limit)]

    def pairs(self) -> list[tuple[Features, Features]]:
        """Every two records that share a key below the cap, once, in a fixed order."""
        seen: dict[tuple[Any, Any], tuple[Features, Features]] = {}
        for rows in self._by_key.values():
            if len(rows) > self._cap:
                continue
            for index, first in enumerate(rows):
                for second in rows[:index]:
                    low, high = sorted((first, second), key=lambda row: id_order(row.id))
                    if low.id != high.id:
                        seen[id_order(low.id), id_order(high.id)] = (low, high)
        return [seen[key] for key in sorted(seen)]
