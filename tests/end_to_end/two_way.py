"""What the tests of both directions share: until nothing moves, hours that pass, addresses for events."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from setup.lib.rpc import RpcError

from .connection import Connection
from .customers import Customers

# Columns of moments that something waits for, or that tell how long ago something was; rows that are waiting only,
# since a job that is at work would lose against the update. Jobs come before what they are for: see `hurry`.
_MOMENTS = {
    "queue_job": (("eta",), "state = 'pending' AND eta IS NOT NULL"),
    "retail_sync_message": (("next_try_at", "claimed_at", "create_date", "write_date"), "state <> 'sending'"),
    "retail_sync_event": (("received_at",), "true"),
}
_CALL_GUARD = ("opened_at", "next_probe_at")


def _earlier(budget: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the stored state of a call guard's budget, all its moments that much longer ago; 0 stands for never."""
    state = budget["$value"]
    for window in state["windows"].values():
        window.update({name: max(0.0, window[name] - seconds) for name in ("start", "reported_at")})
    return {**budget, "$value": {**state, "throttled_until": max(0.0, state["throttled_until"] - seconds)}}


class BothWays(Connection):
    """A connection whose streams go both ways: an administrator agreed to it.

    export: which customers of Odoo are made on the platform: never, order, always.
    """

    def __init__(self, *args: Any, export: str = "never", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tune(export_policy=export)

    # ------------------------------------------------------------------ Odoo's side
    def write(self, partner: int, **values: Any) -> None:
        """Edit a partner as admin."""
        self.stack.rpc("res.partner", "write", [[partner], values])

    def make(self, **values: Any) -> int:
        """Make a partner; its id."""
        return self.stack.rpc("res.partner", "create", [[values]])[0]

    def country(self, code: str = "IT") -> int:
        """Id of a country."""
        return self.query("SELECT id FROM res_country WHERE code = %s", code)[0]["id"]

    def external_id(self, partner: int) -> str | None:
        """The record that a partner is linked to, if it is."""
        rows = self.query(
            "SELECT external_id FROM retail_sync_link WHERE connection_id = %s AND res_id = %s AND part = 'main'"
            " AND is_primary AND res_model = 'res.partner'",
            self.id, partner,
        )  # fmt: skip
        return rows[0]["external_id"] if rows else None

    # ------------------------------------------------------------------ the platform's side
    def record(self, external_id: str, name: str | None = None) -> dict[str, Any]:
        """A record as it is there now, a deleted one too."""
        name = name or ("Account" if external_id.startswith("001") else "Contact")
        return self.simulator.records(name, [external_id], deleted=True)[0]

    def arrives(self, external_id: str, timeout: float = 150, **fields: Any) -> dict[str, Any]:
        """Wait until a record has these values over there; the record."""
        return self.stack.wait_for(lambda: self.there(external_id, **fields), timeout, interval=0.05)

    def there(self, external_id: str, **fields: Any) -> dict[str, Any] | None:
        """The record if it has these values over there now, else None."""
        record = self.record(external_id)
        return record if all(record.get(name) == value for name, value in fields.items()) else None

    # ------------------------------------------------------------------ both
    def outbox(self, *states: str) -> list[dict[str, Any]]:
        """Messages to the platform, of some states if given."""
        return [message for message in self.messages(*states) if message["direction"] == "out"]

    def sweep(self) -> None:
        """What the sweeper does each minute, now; again if its worker dies or a job is in its way."""
        for last in (False, False, True):
            try:
                return self.run_cron("sweep")
            except (OSError, http.client.HTTPException, RpcError):
                if last:
                    raise
            time.sleep(0.5)

    def until(self, condition: Callable[[], object], timeout: float = 150) -> Any:
        """Wait until a condition is true while minutes pass in moments; what it returns.

        Retries are due at once and the sweeper runs in each round: where a job finds its message locked, its turn
        taken or the circuit breaker half open, one round is not enough.
        """

        def met() -> object:
            self.hurry()
            self.sweep()
            return condition()

        return self.stack.wait_for(met, timeout)

    def run_cron(self, word: str) -> None:
        """Run the addons' scheduled actions whose code has a word in it."""
        crons = self.query(
            "SELECT cron.id FROM ir_cron cron JOIN ir_act_server act ON act.id = cron.ir_actions_server_id"
            " WHERE act.code LIKE %s", f"model.\\_cron\\_%{word}%",
        )  # fmt: skip
        for cron in crons:
            self.stack.rpc("ir.cron", "method_direct_trigger", [[cron["id"]]])

    def quiet(self, rounds: int = 12, timeout: float = 120) -> None:
        """Poll and sweep until neither side has anything to tell the other; waits for retries are cut short.

        Raises AssertionError when there is still traffic after so many rounds: it would go on for ever.
        """
        for _ in range(rounds):
            before = self._stirred()
            self.hurry()
            self.sweep()
            self.wait_idle(timeout)
            self.simulator.advance(2)
            self.poll(timeout=timeout)
            # A delivery that became a retry in this round stirs nothing, and is due in the next one.
            if self._stirred() == before and not self.messages("pending", "sending", "retrying"):
                return
        raise AssertionError(f"no rest after {rounds} rounds: {self.messages('pending', 'sending', 'retrying')}")

    def _stirred(self) -> tuple[Any, ...]:
        """Changes when either side does."""
        [here] = self.query(
            "SELECT (SELECT max(write_date) FROM res_partner) AS partners, (SELECT count(*) FROM retail_sync_change)"
            " AS changes, (SELECT count(*) FROM retail_sync_message WHERE connection_id = %s) AS messages,"
            " (SELECT count(*) FROM retail_sync_event WHERE connection_id = %s AND state = 'pending') AS events",
            self.id, self.id,
        )  # fmt: skip
        return (self.simulator.stats()["writes"], *here.values())

    def hurry(self) -> None:
        """Let what waits for another try be due now.

        Jobs first, then what they are for, and at once: a job that is woken before its message is due finds nothing,
        and only the sweeper comes for it. What is due already is not touched: a delivery passes over rows
        that another transaction has locked.
        """
        self.stack.sql(
            "UPDATE queue_job SET eta = NULL WHERE state = 'pending' AND eta IS NOT NULL;"
            "UPDATE retail_sync_message SET next_try_at = NULL WHERE state = 'pending'"
            " AND next_try_at > now() AT TIME ZONE 'UTC';"
            "UPDATE retail_sync_message SET next_try_at = now() AT TIME ZONE 'UTC' WHERE state = 'retrying'"
            " AND next_try_at > now() AT TIME ZONE 'UTC'"
        )

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass on both sides at once: all that Odoo remembers is that much longer ago."""
        # A job at work, or about to start, would note its waiting time after this, as if no time had passed.
        self.wait_at_rest()
        self.simulator.advance(seconds)
        # One transaction for all of Odoo's memory: a job that wakes because its moment has come must find the call
        # guard as much later, or it goes back to waiting for its full time.
        sets = ", ".join(
            f"{column} = CASE WHEN {column} > 0 THEN {column} - {seconds} ELSE 0 END" for column in _CALL_GUARD
        )
        updates = [f"UPDATE retail_sync_call_guard SET {sets}"]
        for guard in self.query("SELECT connection_id, budget FROM retail_sync_call_guard WHERE budget IS NOT NULL"):
            budget = json.dumps(_earlier(guard["budget"], seconds))
            updates.append(
                f"UPDATE retail_sync_call_guard SET budget = '{budget}' WHERE connection_id = {guard['connection_id']}"
            )
        for table, (columns, which) in _MOMENTS.items():
            sets = ", ".join(f"{column} = {column} - interval '{seconds} seconds'" for column in columns)
            updates.append(f"UPDATE {table} SET {sets} WHERE {which}")
        self.stack.sql("; ".join(updates))

    def wait_at_rest(self) -> None:
        """Wait until no job runs or could run now; those that wait for a moment may be left."""
        at_work = (
            "SELECT id FROM queue_job WHERE state IN ('enqueued', 'started')"
            " OR state = 'pending' AND (eta IS NULL OR eta <= now() AT TIME ZONE 'UTC')"
        )
        # The job runner finds after a minute that a job it started was locked at that moment, and starts it again.
        self.stack.wait_for(lambda: not self.query(at_work), timeout=150, interval=0.05)

    def call_guard(self) -> dict[str, Any]:
        """Breaker and budget, as stored."""
        return self.query("SELECT * FROM retail_sync_call_guard WHERE connection_id = %s", self.id)[0]

    def retire(self) -> None:
        """Take no part in later tests."""
        self.simulator.clear_faults()
        self.hurry()
        try:
            self.wait_idle()
        finally:  # what a test has left behind is not to fail the tests of others too
            self.call("action_pause")
            self.stack.rpc("retail.sync.connection", "write", [[self.id], {"active": False}])

    # ------------------------------------------------------------------ events
    def event_url(self, kind: str) -> str:
        """Where the platform sends events: kind is soap or event (signed JSON)."""
        [connection] = self.stack.rpc("retail.sync.connection", "read", [[self.id], ["event_url"]])
        path = connection["event_url"].partition("/retail_sync/")[2].rpartition("/")[0]
        return f"{self.stack.url}/retail_sync/{path}/{kind}"

    def event_key(self) -> str:
        """Make a signing key, as a manager does."""
        return self.call("action_renew_event_key")["context"]["default_key"]

    def listen(self, name: str, *, kind: str = "soap", **options: Any) -> int:
        """Have the platform send events about an object, not those of our own writes; the subscription's number."""
        address = self.event_url("soap" if kind == "soap" else "event")
        if kind == "json" and "secret" not in options:
            options["secret"] = self.event_key()
        options.setdefault("skip_users", ["integration"])
        # An answer of a busy machine may be late, and JSON is not sent a second time.
        options.setdefault("timeout_seconds", 60)
        fields = ["Name"] if kind == "soap" else []
        return self.simulator.subscribe(name, address, fields, kind=kind, **options)


def seconds_until(condition: Any, timeout: float = 60) -> float:
    """Seconds until ``condition`` returns something true, looked at every few milliseconds.

    Raises TimeoutError after ``timeout`` seconds.
    """
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() - started > timeout:
            raise TimeoutError(f"not within {timeout} s")
        time.sleep(0.01)
    return time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Family:
    """An account with two contacts: their ids there, and the partners here."""

    account: str
    contact: str
    other: str
    firm: int
    person: int
    colleague: int


class Shelf:
    """Families that were loaded together; each test takes fresh ones."""

    def __init__(self, connection: BothWays, customers: Customers, size: int) -> None:
        self.connection, self.customers = connection, customers
        org = connection.simulator
        accounts = org.seed("Account", [customers.account() for _ in range(size)])
        contacts = org.seed(
            "Contact", [customers.contact(AccountId=accounts[number // 2], Title="Buyer") for number in range(2 * size)]
        )
        connection.load()
        partners = {b["external_id"]: b["res_id"] for b in connection.links(part="main")}
        org.advance(5)
        self._left = []
        for account, *people in zip(accounts, contacts[::2], contacts[1::2], strict=True):
            self._left.append(Family(account, *people, *(partners[key] for key in (account, *people))))

    def take(self) -> Family:
        """A family that no test has had."""
        return self._left.pop()
