"""Faults that tests script, and the book that holds them."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock

_HOLD_SECONDS = 0.02  # how often a slow call looks whether it may go on


class InvalidFault(ValueError):
    """The fault could never strike; the message says why."""


@dataclass
class Fault:
    """``times`` -1 stays for ever; ``skip`` lets that many matching events pass first; ``until`` (epoch seconds of the
    platform's clock) is when it is over whatever is left of it."""

    id: int
    match: dict[str, Any]
    action: dict[str, Any]
    times: int = 1
    skip: int = 0
    probability: float = 1.0
    hits: int = 0
    until: float | None = None
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def strikes(self, now: float) -> bool:
        """Use the fault up by one, unless it lets this event pass."""
        if self.times == 0 or (self.until is not None and now >= self.until):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.probability < 1.0 and self.chance.random() >= self.probability:
            return False
        if self.times > 0:
            self.times -= 1
        self.hits += 1
        return True

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "match": self.match,
            "action": self.action,
            "times": self.times,
            "skip": self.skip,
            "hits": self.hits,
        }


class FaultBook:
    """The scripted faults. A platform says which ``kinds`` there are and what they match."""

    kinds: Collection[str] = ()
    match_keys: Collection[str] = ("method", "path", "object", "op", "field", "value")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults: list[Fault] = []
        self._next = 1

    def add(self, spec: dict[str, Any]) -> Fault:
        """Script a fault. Raises :class:`InvalidFault` when it could never strike."""
        action = spec.get("action") or {}
        if action.get("kind") not in self.kinds:
            raise InvalidFault(f"unknown kind {action.get('kind')!r}; known: {', '.join(sorted(self.kinds))}")
        match = spec.get("match") or {}
        unknown = set(match) - set(self.match_keys)
        if unknown:
            raise InvalidFault(f"unknown match keys: {', '.join(sorted(unknown))}")
        try:
            re.compile(match.get("path") or "")
        except re.error as error:
            raise InvalidFault(f"bad path pattern: {error}") from error
        fault = Fault(
            self._next, match, action, times=spec.get("times", 1), skip=spec.get("skip", 0),
            probability=spec.get("probability", 1.0), chance=random.Random(spec.get("seed")),
            until=self.clock.now() + spec["for_seconds"] if "for_seconds" in spec else None,
        )  # fmt: skip
        self._next += 1
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        self.faults.clear()

    def remove(self, number: int) -> None:
        self.faults = [fault for fault in self.faults if fault.id != number]

    def first(self, kinds: Collection[str], matches: Callable[[dict[str, Any]], bool]) -> Fault | None:
        """The first fault of these kinds that matches and strikes now."""
        if not self.faults:
            return None
        now = self.clock.now()
        for fault in self.faults:
            if fault.action["kind"] in kinds and matches(fault.match) and fault.strikes(now):
                return fault
        return None

    def pause(self, latency: float, fault: Fault | None) -> None:
        """Let the seconds of a call pass. A slow one goes on at once when its fault is removed."""
        time.sleep(latency)
        if fault is None or not (fault.action["kind"] == "slow" or "seconds" in fault.action):
            return
        end = time.monotonic() + fault.action.get("seconds", 0)
        while (left := end - time.monotonic()) > 0 and any(fault is kept for kept in self.faults):
            time.sleep(min(left, _HOLD_SECONDS))


def matches_call(match: dict[str, Any], method: str, path: str) -> bool:
    """Whether the method and path of a call are those of a match."""
    if match.get("method") and match["method"].upper() != method:
        return False
    return not match.get("path") or re.search(match["path"], path) is not None
