"""Blocking keys in memory: for the twins within a page, for benchmarks, and as the reference of the SQL one."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from .features import Features
from .keys import KEY_CAP, blocking_keys
from .records import id_order


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

    def candidates(self, features: Features, limit: int | None = None) -> list[Features]:
        """Other records that share a key, those with most keys in common first; at most ``limit``."""
        hits: Counter = Counter()
        found: dict[int | str, Features] = {}
        for key in blocking_keys(features):
            rows = self._by_key.get(key, ())
            if len(rows) <= self._cap:
                for row in rows:
                    if row.id != features.id:
                        hits[row.id] += 1
                        found[row.id] = row
        ordered = sorted(found, key=lambda key: (-hits[key], id_order(key)))
        return [found[key] for key in ordered[:limit]]

    def pairs(self) -> list[tuple[Features, Features]]:
        """Every two records that share a key below the cap, once, in a fixed order."""
        seen: dict[tuple, tuple[Features, Features]] = {}
        for rows in self._by_key.values():
            if len(rows) > self._cap:
                continue
            for index, one in enumerate(rows):
                for other in rows[:index]:
                    first, second = sorted((one, other), key=lambda row: id_order(row.id))
                    if first.id != second.id:
                        seen[id_order(first.id), id_order(second.id)] = (first, second)
        return [seen[key] for key in sorted(seen)]
