"""Signed calls that were seen before: within the time in which a signature is good, a copy of it is, too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class ReplayStore(Protocol):
    """Where the workers of one connection remember the calls that they accepted."""

    def add(self, key: str, now: float, until: float) -> bool:
        """Remember a key until a moment (seconds since the epoch); whether it was not known yet.

        Of two workers that ask at the same time, one is answered True. What is past `now` may be forgotten.
        """


@dataclass(slots=True)
class MemoryReplayStore:
    """A replay store for one thread."""

    keys: dict[str, float] = field(default_factory=dict)

    def add(self, key: str, now: float, until: float) -> bool:
        self.keys, fresh = remember(self.keys, key, now, until)
        return fresh


def remember(keys: Mapping[str, float], key: str, now: float, until: float) -> tuple[dict[str, float], bool]:
    """{key: until when it is remembered} after a call with this key, and whether the key is new."""
    kept = {known: end for known, end in keys.items() if end > now}
    fresh = key not in kept
    kept[key] = max(until, kept.get(key, until))
    return kept, fresh
