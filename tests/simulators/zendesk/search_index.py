"""What search shows: each record as it was when the index last caught up."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .table import Row, Table

if TYPE_CHECKING:
    from .account import Account

KINDS = ("ticket", "user", "organization")


class SearchIndex:
    """Rows are never changed in place, so a kept row is the record of that moment."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.tables = {
            "ticket": Table(external_id=lambda row: [row["external_id"]] if row["external_id"] else ()),
            "user": Table(
                external_id=lambda row: [row["external_id"]] if row["external_id"] else (),
                email=lambda row: [row["email"].lower()] if row["email"] else (),
            ),
            "organization": Table(
                external_id=lambda row: [row["external_id"]] if row["external_id"] else (),
                name=lambda row: [row["name"].lower()],
            ),
        }
        self._pending: deque[tuple[float, str, int, Row | None]] = deque()

    def changed(self, kind: str, row: Row) -> None:
        """Let the index show a row after its delay."""
        if kind in KINDS:
            hidden = row.get("status") == "deleted" or row.get("active") is False
            self._queue(kind, row["id"], None if hidden else row)

    def gone(self, kind: str, number: int) -> None:
        if kind in KINDS:
            self._queue(kind, number, None)

    def table(self, kind: str) -> Table:
        """The rows of a kind that search shows now."""
        now = self.account.clock.now()
        while self._pending and self._pending[0][0] <= now:
            self._apply(*self._pending.popleft()[1:])
        return self.tables[kind]

    def refresh(self) -> int:
        """Catch up at once; how many changes were waiting."""
        waiting = len(self._pending)
        while self._pending:
            self._apply(*self._pending.popleft()[1:])
        return waiting

    def _queue(self, kind: str, number: int, row: Row | None) -> None:
        self._pending.append((self.account.clock.now() + self.account.config.index_delay_seconds, kind, number, row))

    def _apply(self, kind: str, number: int, row: Row | None) -> None:
        table = self.tables[kind]
        if row is not None:
            table.put(row)
        elif table.get(number) is not None:
            table.remove(number)
