"""The call guard every remote call passes: circuit breaker, API budget, shared token."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from odoo import api, fields, models

from ...domain.resilience import budget, limits
from ...domain.resilience.budget import BudgetState, Permit, Refusal
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime.constants import NO_USER
from ...runtime.erasure import Erasure
from .shared_token import SharedToken


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
    access_token = fields.Char(groups=NO_USER)
    token_data = fields.Json(groups=NO_USER)
    token_fingerprint = fields.Char(groups=NO_USER, help="Of the sign-in that the token was obtained with.")
    fault_fingerprint = fields.Char(groups=NO_USER, help="Of the sign-in that was refused.")
    database_seal = fields.Char(groups=NO_USER, help="The database that speaks for this connection.")

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
            state=self.breaker_state or "closed",
            forced=self.forced or "",
            fault_class=self.fault_class or "",
            code=self.fault_code or "",
        ).cause()
        return cause.value if cause else ""

    @api.model
    def _open(self, connection_id: int, lane: str, correlation_id: str | None = None) -> "CallGuard":
        return CallGuard(self.env, connection_id, lane, correlation_id)


class CallGuard(SharedToken):
    """Asked before a call and informed of its end."""

    def before_call(self, counted: bool = True, cost: float | Mapping[str, float] = 1) -> None:
        """Let a call pass and count it in the budget, or refuse it.

        :param counted: whether the platform counts the call; one it does not count (its
            clock, its versions) proves little: it is not the probe of a half-open breaker
        :param cost: calls, or units by name, such as {"calls": 1, "points": 12}
        :raises FaultError: throttled, with retry_after in seconds: the work waits and
            burns no attempt.
        """
        windows, trial = self.windows, self.is_trial
        with self._row() as (cr, row):
            # Read after the row is locked: a worker that waited for it must not get an earlier time.
            now = time.time()
            verdict, breaker = limits.breaker_before(self._due(row, now), now)
            refusal = None
            if self._is_copy(row):
                breaker = limits.breaker_stopped(self._breaker(row), now, limits.DATABASE_COPY, self._copy_text())
                refusal = self._refusal(limits.DATABASE_COPY, breaker.reason, limits.DECISION_SECONDS)
                self._save(cr, breaker=breaker)
            elif not verdict.allowed and not (trial and verdict.pause is not limits.Pause.manual):
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
                shown = counted and not refusal and not trial
                sealed = {} if row["database_seal"] or refusal else {"database_seal": row["present_seal"]}
                self._save(cr, breaker=breaker if shown else None, state=after, **sealed)
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
        trial = self.is_trial
        with self._row() as (cr, row):
            now = time.time()
            breaker, refused = self._breaker(row), {}
            # A sign-in that no other transaction sees yet says nothing about that of the others.
            if (counted or not ok) and not trial:
                breaker = limits.breaker_after(breaker, now, ok, fault_class, reason=reason[:500], wide=wide, code=code)
                if not ok and FaultClass(fault_class or FaultClass.unknown) is FaultClass.auth:
                    refused = {"fault_fingerprint": self.signed_in_with or self.fingerprint}
            state = budget.throttle(self._budget(row), now, retry_after)
            if reported and (used is not None or limit is not None):
                state = budget.report(state, reported, now, used=used, limit=limit)
            self._save(cr, breaker=breaker, state=state, **refused)

    def stop(self, code: str, reason: str) -> None:
        """Stop all calls until a person has decided; code is one of those that are a cause of their own."""
        if self.is_trial:
            return
        with self._row() as (cr, row):
            stopped = limits.breaker_stopped(self._breaker(row), time.time(), code, reason[:500])
            self._save(cr, breaker=stopped, fault_fingerprint=self.signed_in_with or self.fingerprint)

    def force(self, state: str) -> None:
        """Open or close the breaker manually; '' returns it to automatic operation."""
        with self._row() as (cr, row):
            self._save(cr, breaker=replace(self._breaker(row), forced=state) if state else limits.BreakerState())

    def accept_database(self) -> None:
        """Let the database at hand speak for the connection from now on."""
        with self._row() as (cr, row):
            breaker = self._breaker(row)
            calls = limits.BreakerState() if breaker.code == limits.DATABASE_COPY and not breaker.forced else None
            self._save(cr, breaker=calls, database_seal=row["present_seal"])

    def _due(self, row: dict[str, Any], now: float) -> limits.BreakerState:
        """Return the breaker; a refused sign-in does not keep another one from being tried."""
        breaker = self._breaker(row)
        if limits.waits_for_sign_in(breaker):
            breaker = limits.breaker_with_other_sign_in(breaker, now, row["fault_fingerprint"] or "", self.fingerprint)
        return breaker

    @staticmethod
    def _is_copy(row: dict[str, Any]) -> bool:
        return bool(row["database_seal"]) and row["database_seal"] != row["present_seal"]

    def _copy_text(self) -> str:
        return self.env._(
            "This database is not the one that was connected to the platform: it was copied, restored or moved."
        )

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


def _uncounted(after: BudgetState, before: BudgetState) -> BudgetState:
    """Return the state after a permitted call that the platform does not count: nothing more is used."""
    windows = {
        name: replace(window, used=before.windows[name].used) if name in before.windows else window
        for name, window in after.windows.items()
    }
    return replace(after, windows=windows)
