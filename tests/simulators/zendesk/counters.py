"""How often each endpoint was called, in all and in each minute of the account's clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from . import times

if TYPE_CHECKING:
    from .account import Account

MINUTE = 60


class Counters:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.clear()

    def clear(self) -> None:
        self._statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self._minutes: dict[str, Counter[int]] = defaultdict(Counter)

    def count(self, endpoint: str, status: int) -> None:
        """``endpoint`` is method and route; ``status`` 0 stands for an answer that was lost."""
        minute = int(self.account.clock.now() // MINUTE)
        self._statuses[endpoint][status] += 1
        self._minutes[endpoint][minute] += 1
        self._minutes["*"][minute] += 1

    def state(self) -> dict[str, Any]:
        """``calls`` by endpoint with their statuses, and the fullest minute of each endpoint and of the whole ("*")."""
        return {
            "calls": {
                name: {"total": sum(found.values()), "statuses": {str(key): value for key, value in found.items()}}
                for name, found in self._statuses.items()
            },
            "busiest_minute": {
                name: {"time": times.stamp(minute * MINUTE), "calls": calls}
                for name, found in self._minutes.items()
                for minute, calls in found.most_common(1)
            },
            "minutes": {
                name: {times.stamp(minute * MINUTE): calls for minute, calls in sorted(found.items())}
                for name, found in self._minutes.items()
            },
        }
