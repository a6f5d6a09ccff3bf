"""The clock of a simulated platform."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Wall clock that can be frozen and advanced; it never runs backwards."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen: float | None = None
        self._last = 0.0
        # Of one thread: while a write is dated, everybody else's time goes on.
        self._given = threading.local()

    def now(self) -> float:
        """Epoch seconds of the platform."""
        given = getattr(self._given, "moment", None)
        if given is not None:
            return given
        moment = self._frozen if self._frozen is not None else time.time() + self._offset
        self._last = max(self._last, moment)
        return self._last

    def freeze(self, moment: float | None) -> None:
        """Stop at ``moment`` (epoch seconds); ``None`` runs on from where the clock stands."""
        if moment is not None:
            self._frozen = moment
            # Setting the clock is the one way to take it back: a test chooses its own epoch.
            self._last = moment
            return
        if self._frozen is not None:
            self._offset = self._frozen - time.time()
            self._frozen = None

    def advance(self, seconds: float) -> None:
        if self._frozen is not None:
            self._frozen += seconds
        else:
            self._offset += seconds
        if seconds < 0:
            self._last = 0.0

    @contextmanager
    def at(self, moment: float | None) -> Iterator[None]:
        """It is ``moment`` while the block runs (``None``: it stays as late as it is)."""
        self._given.moment = moment
        try:
            yield
        finally:
            self._given.moment = None

    @property
    def frozen(self) -> bool:
        return self._frozen is not None
