"""The circuit breaker of a webhook."""

from __future__ import annotations

from collections import deque

from .config import Config


class Breaker:
    """Opens when too many calls of the last minutes failed; then lets a single call through after a pause."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.opened_at: float | None = None
        self.openings = 0
        self._probing = False
        self._calls: deque[tuple[float, bool]] = deque()

    def is_open(self) -> bool:
        return self.opened_at is not None

    def may_send(self, now: float) -> bool:
        """Whether a call may start now; one that probes takes the only place."""
        if self.opened_at is None:
            return True
        if self._probing or now < self.opened_at + self.config.breaker_pause_seconds:
            return False
        self._probing = True
        return True

    def note(self, good: bool, now: float) -> None:
        """Take in the outcome of a call."""
        if self.opened_at is not None:
            self._probing = False
            self.opened_at = None if good else now
            self._calls.clear()
            return
        self._calls.append((now, good))
        while self._calls and self._calls[0][0] <= now - self.config.breaker_window_seconds:
            self._calls.popleft()
        errors = sum(not each for _, each in self._calls)
        share = errors / len(self._calls)
        many = len(self._calls) >= self.config.breaker_minimum and share > self.config.breaker_share
        if many or errors > self.config.breaker_errors:
            self.opened_at = now
            self.openings += 1
            self._calls.clear()
