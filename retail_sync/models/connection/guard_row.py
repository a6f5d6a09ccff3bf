"""The row of a call guard: read and written in transactions of its own, each a few milliseconds long."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

from ...domain.canonical import stored
from ...domain.resilience import budget, limits
from ...domain.resilience.budget import BudgetState, Window
from .original_database import seal_sql
from .sign_in import CHANGED

BREAKER_COLUMNS = (
    "breaker_state, failures, opened_at, next_probe_at, open_seconds, forced, reason, fault_class, fault_code"
)

BUDGET = "call_guard.budget"
BUDGET_VERSION = 1
stored.register_stored(BUDGET, BUDGET_VERSION)


class GuardRow:
    """The state that workers share, as far as it is a row.

    A job may run for seconds and must not hold the row, and a call that was made counts even if the job rolls back.
    """

    def __init__(self, env: api.Environment, connection_id: int, lane: str, correlation_id: str | None = None) -> None:
        self.env = env
        self.connection_id = connection_id
        self.lane = lane
        self.correlation_id = correlation_id or uuid.uuid4().hex
        # Of the sign-in that was made last, once there was one.
        self.signed_in_with = ""

    @property
    def connection(self) -> Any:
        """The connection as the caller's transaction sees it."""
        return self.env["retail.sync.connection"].sudo().browse(self.connection_id)

    @cached_property
    def windows(self) -> list[Window]:
        """The limits that the adapter declares, read once for all calls of a job."""
        windows: list[Window] = self.connection._adapter().budget_windows(self.connection)
        return windows

    @cached_property
    def fingerprint(self) -> str:
        """What a sign-in of the caller would be made with."""
        fingerprint: str = self.connection._sign_in_fingerprint()
        return fingerprint

    @cached_property
    def is_trial(self) -> bool:
        """Whether the caller tries a sign-in that no other transaction sees yet.

        It may be rolled back. Until it is committed, its token and its failures concern no other.
        """
        if self.connection_id not in self.env.cr.postcommit.data.get(CHANGED, ()):
            return False
        with self._cursor() as cr:
            return bool(self._committed(cr)._sign_in_fingerprint() != self.fingerprint)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with Registry(self.env.cr.dbname).cursor() as cr:
            if isinstance(cr, Cursor):
                # Two workers that count a call at the same time must wait for each other, not fail. (Tests
                # hand out another kind, which shares the test's transaction.)
                cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
            yield cr

    def _committed(self, cr: Any) -> Any:
        """Return the connection as it is committed: a job that began long ago sees former credentials."""
        if not isinstance(cr, Cursor):
            # In a test, which shares its transaction, all is committed that has been written.
            self.connection.flush_model()
        env = api.Environment(cr, SUPERUSER_ID, dict(self.env.context))
        return env["retail.sync.connection"].browse(self.connection_id)

    @contextmanager
    def _row(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Yield (cursor, row dict) with the row locked until the block ends."""
        with self._cursor() as cr:
            cr.execute(
                f"SELECT {BREAKER_COLUMNS}, budget, access_token, token_data, token_fingerprint, fault_fingerprint,"
                f" database_seal, {seal_sql(cr)} AS present_seal"
                " FROM retail_sync_call_guard WHERE connection_id = %s FOR UPDATE",
                [self.connection_id],
            )
            yield cr, cr.dictfetchone()

    @staticmethod
    def _breaker(row: dict[str, Any]) -> limits.BreakerState:
        return limits.BreakerState(
            state=row["breaker_state"] or "closed",
            failures=row["failures"] or 0,
            opened_at=row["opened_at"] or 0.0,
            next_probe_at=row["next_probe_at"] or 0.0,
            open_seconds=row["open_seconds"] or 0.0,
            forced=row["forced"] or "",
            reason=row["reason"] or "",
            fault_class=row["fault_class"] or "",
            code=row["fault_code"] or "",
        )

    @staticmethod
    def _budget(row: dict[str, Any]) -> BudgetState:
        return BudgetState.from_json(stored.load(BUDGET, row["budget"])) if row["budget"] else BudgetState()

    def _save(
        self,
        cr: Any,
        breaker: limits.BreakerState | None = None,
        state: BudgetState | None = None,
        **columns: str | None,
    ) -> None:
        """Store what is given; ``columns``: values of further columns by name."""
        sets, values = [f"{name}=%s" for name in columns], list[Any](columns.values())
        if breaker is not None:
            sets.append(
                "breaker_state=%s, failures=%s, opened_at=%s, next_probe_at=%s, open_seconds=%s, forced=%s, reason=%s,"
                " fault_class=%s, fault_code=%s"
            )
            values += [breaker.state, breaker.failures, breaker.opened_at, breaker.next_probe_at]
            values += [breaker.open_seconds, breaker.forced, breaker.reason, breaker.fault_class, breaker.code]
        if state is not None:
            used, limit = self._shown(state)
            sets.append("budget=%s::jsonb, budget_used=%s, budget_limit=%s")
            values += [json.dumps(stored.dump(BUDGET, BUDGET_VERSION, state.to_json())), used, limit]
        if not sets:
            return
        cr.execute(
            f"UPDATE retail_sync_call_guard SET {', '.join(sets)} WHERE connection_id = %s",
            [*values, self.connection_id],
        )

    def _shown(self, state: BudgetState) -> tuple[int, int]:
        """Return (used, limit) of the longest window; 0 for a limit that is not known."""
        window = max(self.windows, key=lambda known: known.seconds, default=None)
        if window is None:
            return 0, 0
        held = state.windows.get(window.name, budget.WindowState())
        limit = window.limit if held.limit is None else held.limit
        return round(held.used), round(limit or 0)
