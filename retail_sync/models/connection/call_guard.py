"""The call guard every remote call passes: circuit breaker, API budget, shared token."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import api, fields, models
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

from ...domain.canonical import stored
from ...domain.resilience import budget, limits
from ...domain.resilience.budget import BudgetState, Permit, Refusal, Window
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime.erasure import Erasure

BREAKER_COLUMNS = (
    "breaker_state, failures, opened_at, next_probe_at, open_seconds, forced, reason, fault_class, fault_code"
)

BUDGET = "call_guard.budget"
BUDGET_VERSION = 1
stored.register_stored(BUDGET, BUDGET_VERSION)

# Names the advisory lock of the worker that signs in.
SIGN_IN_LOCK = "retail_sync_sign_in"

Token = dict[str, Any]


class RetailSyncCallGuard(models.Model):
    """What the workers of one platform share between calls: breaker, budget, token.

    A row of its own, written in short transactions outside the job's: the call was
    made whether or not the job commits, and no job may hold this row while it works.
    """

    _name = "retail.sync.call.guard"
    _description = "Shared state of a connection"
    _erasure = Erasure(quotes=("reason",))
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade")
    breaker_state = fields.Char(default="closed", required=True)
    failures = fields.Integer()
    opened_at = fields.Float(help="Seconds since 1970.")
    next_probe_at = fields.Float(help="Seconds since 1970.")
    open_seconds = fields.Float()
    forced = fields.Char(default="", help="'open' or 'closed' when a person decided.")
    reason = fields.Char()
    fault_class = fields.Char(help="Class of the fault that opened the breaker.")
    fault_code = fields.Char(help="The platform's code of that fault.")
    budget = fields.Json(help="State of the windows that the adapter declares, with the version of its form.")
    budget_limit = fields.Integer(help="Of the longest window, for screens.")
    budget_used = fields.Integer(help="Of the longest window, for screens.")
    access_token = fields.Char(groups="base.group_system")
    token_data = fields.Json(groups="base.group_system")

    _connection_uniq = models.UniqueIndex("(connection_id)")

    @api.private
    def shown_state(self) -> str:
        """Return 'closed', 'half_open' or 'open', with a person's decision first."""
        self.ensure_one()
        return self.forced or self.breaker_state or "closed"

    @api.private
    def shown_cause(self) -> str:
        """Return what lets calls pass again (a word of limits.Cause); empty while they pass."""
        self.ensure_one()
        cause = limits.BreakerState(
            state=self.breaker_state or "closed", forced=self.forced or "", fault_class=self.fault_class or ""
        ).cause()
        return cause.value if cause else ""

    @api.model
    def _open(self, connection_id: int, lane: str, correlation_id: str | None = None) -> "CallGuard":
        return CallGuard(self.env, connection_id, lane, correlation_id)


class CallGuard:
    """Asked before a call and informed of its end.

    State lives in one row and is changed in transactions of its own, each a few
    milliseconds long: a job may run for seconds and must not hold the row, and a call
    that was made counts even if the job rolls back.
    """

    def __init__(self, env: api.Environment, connection_id: int, lane: str, correlation_id: str | None = None) -> None:
        self.env = env
        self.connection_id = connection_id
        self.lane = lane
        self.correlation_id = correlation_id or uuid.uuid4().hex
        self._declared: list[Window] | None = None

    @property
    def windows(self) -> list[Window]:
        """The limits that the adapter declares, read once for all calls of a job."""
        if self._declared is None:
            connection = self.env["retail.sync.connection"].sudo().browse(self.connection_id)
            self._declared = connection._adapter().budget_windows(connection)
        return self._declared

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with Registry(self.env.cr.dbname).cursor() as cr:
            if isinstance(cr, Cursor):
                # Two workers that count a call at the same time must wait for each other, not fail. (Tests
                # hand out another kind, which shares the test's transaction.)
                cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
            yield cr

    @contextmanager
    def _row(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Yield (cursor, row dict) with the row locked until the block ends."""
        with self._cursor() as cr:
            cr.execute(
                f"SELECT {BREAKER_COLUMNS}, budget, access_token, token_data"
                " FROM retail_sync_call_guard WHERE connection_id = %s FOR UPDATE",
                [self.connection_id],
            )
            yield cr, cr.dictfetchone()

    def before_call(self, counted: bool = True, cost: float | Mapping[str, float] = 1) -> None:
        """Let a call pass and count it in the budget, or refuse it.

        :param counted: whether the platform counts the call; one it does not count (its
            clock, its versions) proves little: it is not the probe of a half-open breaker
        :param cost: calls, or units by name, such as {"calls": 1, "points": 12}
        :raises FaultError: throttled, with retry_after in seconds: the work waits and
            burns no attempt.
        """
        windows = self.windows
        with self._row() as (cr, row):
            # Read after the row is locked: a worker that waited for it must not get an earlier time.
            now = time.time()
            verdict, breaker = limits.breaker_before(self._breaker(row), now)
            refusal = None
            if not verdict.allowed:
                refusal = self._refusal("BREAKER_OPEN", self._pause(verdict.pause, breaker.reason), verdict.wait)
            else:
                # The budget is checked first and stored last: a call that it refuses must not
                # use up the probe of a half-open breaker.
                before = self._budget(row)
                permit, after = budget.take(before, windows, cost, self.lane, now)
                if not counted:
                    after = _uncounted(after, budget.take(before, windows, 0, self.lane, now)[1])
                if not permit.allowed:
                    refusal = self._refusal("BUDGET_EXHAUSTED", self._reason(permit), permit.wait)
                self._save(cr, breaker=breaker if counted and not refusal else None, state=after)
        if refusal:
            raise refusal
        calls = self.env.context.get("retail_sync_calls")
        if counted and calls is not None:
            calls.made += 1
        if self.env.context.get("retail_sync_releases"):
            # A transaction that only reads for its calls: none is open, and no snapshot held, while the platform works.
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def after_call(
        self,
        ok: bool,
        fault_class: FaultClass | str | None = None,
        reason: str = "",
        used: float | None = None,
        limit: float | None = None,
        retry_after: float | None = None,
        wide: bool = False,
        counted: bool = True,
        window: str = "",
        code: str = "",
    ) -> None:
        """Note how a call ended.

        :param used: units used in one of the windows, as the platform itself reports them; limit likewise
        :param window: which window the platform reports; empty: the first one declared
        :param retry_after: seconds that the platform asks us to wait
        :param wide: the fault concerns the whole connection, not one stream
        :param counted: as for before_call; such a call that went well is no sign of health
        :param code: the platform's code of the fault
        """
        reported = next((known for known in self.windows if not window or known.name == window), None)
        with self._row() as (cr, row):
            now = time.time()
            breaker = self._breaker(row)
            if counted or not ok:
                breaker = limits.breaker_after(breaker, now, ok, fault_class, reason=reason[:500], wide=wide, code=code)
            state = budget.throttle(self._budget(row), now, retry_after)
            if reported and (used is not None or limit is not None):
                state = budget.report(state, reported, now, used=used, limit=limit)
            self._save(cr, breaker=breaker, state=state)

    def force(self, state: str) -> None:
        """Open or close the breaker manually; '' returns it to automatic operation."""
        with self._row() as (cr, row):
            self._save(cr, breaker=replace(self._breaker(row), forced=state) if state else limits.BreakerState())

    # -- token store: the token is shared by all workers, refreshed by one at a time

    def get(self) -> Token | None:
        """Return the stored token's dict, or None."""
        with self._row() as (_cr, row):
            return self._token(row)

    def refresh(self, stale: str | None, fetch: Callable[[], Token]) -> Token:
        """Return a token other than stale: the token that another worker fetched in the meantime, or a new one.

        A thousand workers that meet an expired token sign in once: they wait for a lock that is neither a row nor a
        transaction id, so that calls with a token that is good go on and vacuum is not held back while the platform
        works. fetch() has the client's time-outs.
        """
        with self._cursor() as lock:
            lock.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [SIGN_IN_LOCK, self.connection_id])
            held = self.get()
            if held and (stale is None or held["access_token"] != stale):
                return held
            token = fetch()
            with self._row() as (cr, _row):
                cr.execute(
                    "UPDATE retail_sync_call_guard SET access_token = %s, token_data = %s::jsonb"
                    " WHERE connection_id = %s",
                    [
                        token["access_token"],
                        json.dumps({k: v for k, v in token.items() if k != "access_token"}),
                        self.connection_id,
                    ],
                )
            return token

    @staticmethod
    def _token(row: dict[str, Any]) -> Token | None:
        if not row["access_token"]:
            return None
        return dict(row["token_data"] or {}, access_token=row["access_token"])

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

    @staticmethod
    def _refusal(code: str, message: str, wait: float) -> FaultError:
        return FaultError(FaultClass.throttled, code, message, retry_after=wait)

    def _pause(self, pause: limits.Pause | None, reason: str) -> str:
        """Return why the breaker lets no call through, for people."""
        if pause is limits.Pause.manual:
            return self.env._("The connection was switched off by hand.")
        if pause is limits.Pause.probe:
            return self.env._("A probe is under way.")
        return self.env._("The connection is paused. %s", reason).strip()

    def _reason(self, permit: Permit) -> str:
        """Return why the budget lets no call through, for people."""
        if permit.refusal is Refusal.throttled:
            return self.env._("The platform asked Odoo to slow down.")
        unit = next((window.unit for window in self.windows if window.name == permit.window), budget.CALLS)
        return self.env._(
            "%(used)g of %(limit)g %(unit)s of the window '%(window)s' are used; the %(lane)s lane stops at %(share)s.",
            used=permit.used,
            limit=permit.limit,
            unit=unit,
            window=permit.window,
            lane=self.lane,
            share=f"{permit.share:.0%}",
        )

    def _save(self, cr: Any, breaker: limits.BreakerState | None = None, state: BudgetState | None = None) -> None:
        sets, values = [], []
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


def _uncounted(after: BudgetState, before: BudgetState) -> BudgetState:
    """Return the state after a permitted call that the platform does not count: nothing more is used."""
    windows = {
        name: replace(window, used=before.windows[name].used) if name in before.windows else window
        for name, window in after.windows.items()
    }
    return replace(after, windows=windows)
