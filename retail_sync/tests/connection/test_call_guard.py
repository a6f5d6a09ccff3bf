from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged

from ...adapter import POINTS, Shape, Window
from ...domain.resilience import limits
from ...domain.resilience.faults import FaultError
from ...models.connection import call_guard as call_guard_module
from ...runtime import jobs
from ..engine_case import EngineCase

NOW = 1_800_000_000.0


@tagged("post_install", "-at_install")
class TestCallGuard(EngineCase):
    """The call guard that every call passes: breaker, budget, shared token. Its state is one row."""

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.at(NOW)

    def at(self, moment):
        patcher = patch.object(call_guard_module, "time", SimpleNamespace(time=lambda: moment))
        patcher.start()
        self.addCleanup(patcher.stop)

    def call_guard(self, lane="standard"):
        self.env.flush_all()
        return self.connection._call_guard(lane)

    def row(self):
        self.env.invalidate_all()
        return self.connection.sudo().call_guard_ids

    def refused(self, lane="standard"):
        with self.assertRaises(FaultError) as caught:
            self.call_guard(lane).before_call()
        return caught.exception

    def strike(self, fault_class="transient", times=1, **values):
        for _turn in range(times):
            self.call_guard().before_call()
            self.call_guard().after_call(False, fault_class, **values)

    def open(self):
        self.strike(times=limits.FAILURE_THRESHOLD, reason="Gateway down")

    def test_calls_are_counted(self):
        """In the budget and on their run; a sign-in, which the platform does not count, in neither."""
        calls = jobs.CallCount()
        call_guard = self.connection.with_context(retail_sync_calls=calls)._call_guard("standard")
        for _turn in range(3):
            call_guard.before_call()
            call_guard.after_call(True)
        call_guard.before_call(counted=False)
        call_guard.after_call(True, counted=False)
        self.assertEqual((calls.made, self.row().budget_used), (3, 3))

    def test_breaker_opens_and_says_why(self):
        self.strike(times=limits.FAILURE_THRESHOLD - 1)
        self.call_guard().before_call()
        self.call_guard().after_call(True)
        self.open()
        fault = self.refused()
        self.assertEqual((fault.fault_class, fault.code), ("throttled", "BREAKER_OPEN"))
        self.assertEqual(fault.retry_after, limits.OPEN_SECONDS)
        self.assertEqual(fault.message, "The connection is paused. Gateway down")
        self.assertEqual(self.connection.breaker_state, "open")
        self.assertIn("Gateway down", self.connection.breaker_reason)

    def test_half_open_lets_one_probe_through(self):
        self.open()
        self.at(NOW + limits.OPEN_SECONDS + 1)
        self.call_guard().before_call()
        self.assertEqual(self.row().breaker_state, "half_open")
        self.assertEqual(self.refused().code, "BREAKER_OPEN")
        self.call_guard().after_call(True)
        self.assertEqual(self.row().breaker_state, "closed")
        self.call_guard().before_call()

    def test_failed_probe_opens_for_longer(self):
        self.open()
        later = NOW + limits.OPEN_SECONDS + 1
        self.at(later)
        self.strike()
        self.assertEqual(self.row().breaker_state, "open")
        self.assertEqual(self.refused().retry_after, 2 * limits.OPEN_SECONDS)

    def test_call_that_is_not_counted_is_no_probe(self):
        self.open()
        self.at(NOW + limits.OPEN_SECONDS + 1)
        self.call_guard().before_call(counted=False)
        self.call_guard().after_call(True, counted=False)
        self.assertEqual((self.row().breaker_state, self.row().budget_used), ("open", limits.FAILURE_THRESHOLD))
        self.call_guard().before_call()

    def test_refused_sign_in_opens_at_once(self):
        self.strike("auth", reason="invalid_client")
        self.assertEqual(self.refused().code, "BREAKER_OPEN")

    def test_stop_says_who_has_to_act(self):
        """A refused sign-in does not end by waiting; an outage does."""
        self.connection.team_user_id = self.env.ref("base.user_admin")
        self.strike("auth", reason="invalid_client (token call)", code="invalid_client")
        self.row()
        self.assertEqual(self.connection.breaker_cause, "credentials")
        self.assertIn("new secret", self.connection.breaker_advice)
        self.assertIn(self.env.ref("base.user_admin").name, self.connection.breaker_advice)
        self.assertNotIn("automatically", self.connection.breaker_advice)
        shown = {card["id"]: card for card in self.connection.get_overview()["connections"]}[self.connection.id]
        self.assertEqual(
            (shown["breaker_cause"], shown["breaker_advice"]), ("credentials", self.connection.breaker_advice)
        )
        # The alarm has the cause's own rule, as far as there is one, and never that of an outage.
        self.connection._cron_sweep()
        alarm = self.env["retail.sync.message"].search(
            [("connection_id", "=", self.connection.id), ("alarm_about", "=", "connection")]
        )
        self.assertEqual((alarm.fault_code, alarm.fault_class, alarm.state), ("invalid_client", "auth", "open"))
        # A test that passes lets the waiting work go on; it does not undo what a person stopped.
        self.connection.action_test_connection()
        self.row()
        self.assertFalse(self.connection.breaker_cause)
        self.connection.action_open_breaker()
        self.connection.action_test_connection()
        self.row()
        self.assertEqual((self.connection.breaker_state, self.connection.breaker_cause), ("open", "manual"))

    def test_outage_continues_automatically(self):
        self.open()
        self.row()
        self.assertEqual(self.connection.breaker_cause, "outage")
        self.assertIn("automatically", self.connection.breaker_advice)

    def test_faults_of_records_do_not_open(self):
        self.strike("business", times=limits.FAILURE_THRESHOLD + 1)
        self.call_guard().before_call()

    def test_contract_fault_of_the_whole_connection_opens(self):
        self.strike("contract")
        self.call_guard().before_call()
        self.call_guard().after_call(False, "contract", wide=True)
        self.assertEqual(self.refused().code, "BREAKER_OPEN")

    def test_budget_stops_bulk_first(self):
        self.call_guard().after_call(True, used=850, limit=1000)
        self.assertEqual((self.connection.budget_used, self.connection.budget_limit), (850, 1000))
        fault = self.refused("bulk")
        self.assertEqual((fault.fault_class, fault.code), ("throttled", "BUDGET_EXHAUSTED"))
        self.assertGreater(fault.retry_after, 0)
        self.call_guard("standard").before_call()
        self.call_guard("standard").after_call(True, used=950)
        self.assertEqual(self.refused("standard").code, "BUDGET_EXHAUSTED")
        self.call_guard("critical").before_call()

    def declare(self, *windows):
        self.enterContext(
            patch.object(type(self.connection._adapter()), "budget_windows", lambda self, connection: list(windows))
        )

    def test_several_windows_hold_at_once(self):
        self.declare(Window("second", 1, 10), Window("day", 86400, 20))
        guard = self.call_guard("critical")
        for _turn in range(9):
            guard.before_call()
        self.assertEqual(self.refused("critical").retry_after, 1)
        self.at(NOW + 1)
        for _turn in range(9):
            self.call_guard("critical").before_call()
        self.at(NOW + 2)
        self.call_guard("critical").before_call()
        self.assertGreater(self.refused("critical").retry_after, 80_000)
        self.assertEqual((self.row().budget_used, self.row().budget_limit), (19, 20))

    def test_points_are_counted_separately_from_calls(self):
        self.declare(Window("points", 60, 100, unit=POINTS, shape=Shape.leaky))
        guard = self.call_guard("critical")
        guard.before_call(cost={"calls": 1, "points": 90})
        with self.assertRaises(FaultError) as caught:
            guard.before_call(cost={"calls": 1, "points": 20})
        self.assertEqual(caught.exception.code, "BUDGET_EXHAUSTED")
        self.assertIn("points", caught.exception.message)
        guard.before_call()
        guard.after_call(True, used=5, window="points")
        guard.before_call(cost={"calls": 1, "points": 20})

    def test_refused_budget_keeps_the_probe(self):
        """A call the budget refused used up the one probe of the half-open breaker."""
        self.call_guard().after_call(True, used=850, limit=1000)
        self.open()
        self.at(NOW + limits.OPEN_SECONDS + 1)
        self.assertEqual(self.refused("bulk").code, "BUDGET_EXHAUSTED")
        self.call_guard("standard").before_call()

    def test_asked_to_slow_down(self):
        self.call_guard().after_call(False, "throttled", retry_after=90)
        self.assertEqual(self.refused("critical").retry_after, 90)
        self.at(NOW + 91)
        self.call_guard("critical").before_call()

    def test_forced_by_hand(self):
        self.connection.action_open_breaker()
        self.assertEqual(self.refused("critical").code, "BREAKER_OPEN")
        self.assertEqual(self.row().shown_state(), "open")
        self.at(NOW + 10_000)
        self.refused()
        self.connection.action_close_breaker()
        self.call_guard().before_call()
        self.assertEqual(self.row().shown_state(), "closed")
        self.assertIn("stopped by", "".join(self.connection.message_ids.mapped("body")))

    def test_people_are_alarmed_once(self):
        self.open()
        for _turn in range(2):
            self.env.invalidate_all()
            self.connection._cron_sweep()
        message = self.alarms("connection")
        self.assertEqual((message.state, message.fault_code, message.attempts), ("open", "BREAKER_OPEN", 0))
        self.connection.action_close_breaker()
        self.env.invalidate_all()
        self.connection._cron_sweep()
        self.assertEqual(message.state, "done")

    def test_token_is_fetched_once(self):
        fetched = []

        def fetch(_connection):
            fetched.append(f"token-{len(fetched)}")
            return {"access_token": fetched[-1], "instance": "here"}

        call_guard = self.call_guard()
        self.assertIsNone(call_guard.get())
        first = call_guard.refresh(None, fetch)
        self.assertEqual(first, {"access_token": "token-0", "instance": "here"})
        self.assertEqual(self.call_guard().refresh(None, fetch), first)
        second = call_guard.refresh("token-0", fetch)
        self.assertEqual(second["access_token"], "token-1")
        self.assertEqual(self.call_guard().refresh("token-0", fetch), second, "another worker was quicker")
        self.assertEqual(self.call_guard().get(), second)
        self.assertEqual(len(fetched), 2)

    def test_failed_fetch_keeps_what_is_there(self):
        call_guard = self.call_guard()
        call_guard.refresh(None, lambda _connection: {"access_token": "old"})

        def fetch(_connection):
            raise FaultError("auth", "INVALID_CLIENT", "No.")

        with self.assertRaises(FaultError):
            call_guard.refresh("old", fetch)
        self.assertEqual(self.call_guard().get()["access_token"], "old")

    def test_new_credentials_drop_the_token(self):
        self.call_guard().refresh(None, lambda _connection: {"access_token": "old"})
        self.env.invalidate_all()
        self.connection.client_secret = "another"
        self.env.flush_all()
        self.assertIsNone(self.call_guard().get())
