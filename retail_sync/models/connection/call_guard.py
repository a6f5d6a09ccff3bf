"""The call guard every remote call passes: circuit breaker, API budget, shared token."""

import json
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import api, fields, models
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

from ...domain.resilience import limits
from ...domain.resilience.faults import FaultClass, FaultError

BREAKER_COLUMNS = "breaker_state, failures, opened_at, next_probe_at, open_seconds, forced, reason"

BUDGET_COLUMNS = "window_start, budget_limit, budget_used, reported_at, throttled_until"


class RetailSyncCallGuard(models.Model):
    """What the workers of one platform share between calls: breaker, budget, token.

    A row of its own, written in short transactions outside the job's: the call was
    made whether or not the job commits, and no job may hold this row while it works.
    """

    _name = "retail.sync.call.guard"
    _description = "Shared state of a connection"
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade")
    breaker_state = fields.Char(default="closed", required=True)
    failures = fields.Integer()
    opened_at = fields.Float(help="Seconds since 1970.")
    next_probe_at = fields.Float(help="Seconds since 1970.")
    open_seconds = fields.Float()
    forced = fields.Char(default="", help="'open' or 'closed' when a person decided.")
    reason = fields.Char()
    window_start = fields.Float(help="Seconds since 1970.")
    budget_limit = fields.Integer()
    budget_used = fields.Integer()
    reported_at = fields.Float(help="When the platform last said how many calls are used, in seconds since 1970.")
    throttled_until = fields.Float(help="Seconds since 1970.")
    access_token = fields.Char(groups="base.group_system")
    token_data = fields.Json(groups="base.group_system")

    _connection_uniq = models.UniqueIndex("(connection_id)")

    def shown_state(self):
        """Return 'closed', 'half_open' or 'open', with a person's decision first."""
        self.ensure_one()
        return self.forced or self.breaker_state or "closed"

    @api.model
    def _open(self, connection_id, lane, correlation_id=None):
        return CallGuard(self.env, connection_id, lane, correlation_id)


class CallGuard:
    """Consulted before a call and told of its end.

    State lives in one row and is changed in transactions of its own, each a few
    milliseconds long: a job may run for seconds and must not hold the row, and a call
    that was made counts even if the job rolls back.
    """

    def __init__(self, env, connection_id, lane, correlation_id=None):
        self.env = env
        self.connection_id = connection_id
        self.lane = lane
        self.correlation_id = correlation_id or uuid.uuid4().hex
        self.calls = 0

    @contextmanager
    def _row(self):
        """Yield (cursor, row dict) with the row locked until the block ends."""
        with Registry(self.env.cr.dbname).cursor() as cr:
            if isinstance(cr, Cursor):
                # Two workers that count a call at once must queue up, not fail. (Tests
                # hand out another kind, which shares the test's transaction.)
                cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
            cr.execute(
                f"SELECT {BREAKER_COLUMNS}, {BUDGET_COLUMNS}, access_token, token_data"
                " FROM retail_sync_call_guard WHERE connection_id = %s FOR UPDATE",
                [self.connection_id],
            )
            yield cr, cr.dictfetchone()

    def before_call(self, counted=True):
        """Let a call pass, or refuse it.

        :param counted: whether the platform counts the call; one it does not count (its
            clock, its versions) proves little: it is not the probe of a half-open breaker
        :raises FaultError: throttled, with retry_after in seconds: the work waits and
            burns no attempt.
        """
        with self._row() as (cr, row):
            now = time.time()  # once the row is ours: who waited for it must not be earlier than who had it
            verdict, breaker = limits.breaker_before(self._breaker(row), now)
            code = "BREAKER_OPEN"
            if verdict.allowed:
                # The budget is asked first to be stored last: a call it refuses must not
                # use up the probe of a half-open breaker.
                verdict, budget = limits.budget_before(self._budget(row), now, self.lane)
                code = "BUDGET_EXHAUSTED"
                self._save(cr, breaker=breaker if verdict.allowed and counted else None, budget=budget)
        if not verdict.allowed:
            raise FaultError(FaultClass.throttled, code, verdict.reason, retry_after=verdict.wait)
        self.calls += 1

    def after_call(
        self, ok, fault_class=None, reason="", used=None, limit=None, retry_after=None, wide=False, counted=True
    ):
        """Note how a call ended.

        :param used: calls used in the platform's window, from its own headers; limit likewise
        :param wide: the fault concerns the whole connection, not one stream
        :param counted: as for before_call; such a call that went well is no sign of health
        """
        with self._row() as (cr, row):
            now = time.time()
            breaker = self._breaker(row)
            if counted or not ok:
                breaker = limits.breaker_after(breaker, now, ok, fault_class, reason=reason[:500], wide=wide)
            budget = limits.budget_after(self._budget(row), now, used, limit, retry_after, calls=int(counted))
            self._save(cr, breaker=breaker, budget=budget)

    def force(self, state):
        """Open or close the breaker by hand; '' gives it back to itself."""
        with self._row() as (cr, row):
            self._save(cr, breaker=replace(self._breaker(row), forced=state) if state else limits.BreakerState())

    # -- token store: the token is shared by all workers, refreshed by one at a time

    def get(self):
        """Return the stored token's dict, or None."""
        with self._row() as (_cr, row):
            return self._token(row)

    def refresh(self, stale, fetch):
        """Return a token other than stale: one another worker fetched meanwhile, or a new one.

        The row stays locked while fetch() runs, so a thousand workers that meet an
        expired token sign in once. fetch() has the client's time-outs.
        """
        with self._row() as (cr, row):
            held = self._token(row)
            if held and (stale is None or held["access_token"] != stale):
                return held
            token = fetch()
            cr.execute(
                "UPDATE retail_sync_call_guard SET access_token = %s, token_data = %s::jsonb WHERE connection_id = %s",
                [
                    token["access_token"],
                    json.dumps({k: v for k, v in token.items() if k != "access_token"}),
                    self.connection_id,
                ],
            )
            return token

    @staticmethod
    def _token(row):
        if not row["access_token"]:
            return None
        return dict(row["token_data"] or {}, access_token=row["access_token"])

    @staticmethod
    def _breaker(row):
        return limits.BreakerState(
            state=row["breaker_state"] or "closed",
            failures=row["failures"] or 0,
            opened_at=row["opened_at"] or 0.0,
            next_probe_at=row["next_probe_at"] or 0.0,
            open_seconds=row["open_seconds"] or 0.0,
            forced=row["forced"] or "",
            reason=row["reason"] or "",
        )

    @staticmethod
    def _budget(row):
        return limits.BudgetState(
            window_start=row["window_start"] or 0.0,
            limit=row["budget_limit"] or None,
            used=row["budget_used"] or 0,
            reported_at=row["reported_at"] or 0.0,
            throttled_until=row["throttled_until"] or 0.0,
        )

    def _save(self, cr, breaker=None, budget=None):
        sets, values = [], []
        if breaker is not None:
            sets.append(
                "breaker_state=%s, failures=%s, opened_at=%s, next_probe_at=%s, open_seconds=%s, forced=%s, reason=%s"
            )
            values += [breaker.state, breaker.failures, breaker.opened_at, breaker.next_probe_at]
            values += [breaker.open_seconds, breaker.forced, breaker.reason]
        if budget is not None:
            sets.append("window_start=%s, budget_limit=%s, budget_used=%s, reported_at=%s, throttled_until=%s")
            values += [budget.window_start, budget.limit or 0, budget.used]
            values += [budget.reported_at, budget.throttled_until]
        cr.execute(
            f"UPDATE retail_sync_call_guard SET {', '.join(sets)} WHERE connection_id = %s",
            [*values, self.connection_id],
        )
