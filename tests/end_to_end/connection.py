"""A connected connection as a person would have it: made, tested, loaded and polled through the public methods."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.simulators.salesforce.client import Simulator
from tests.stack import Stack

Row = dict[str, Any]


class Connection:
    """One connection of a stack, connected to a simulator.

    connect: test the connection, as one must before the first load. live: agree to what is written to the platform, as
    an administrator does in the wizard's last step; without it, the platform is only read. history: of the published
    streams. Every method goes over RPC
    as the screens do, or reads the database; none reaches into the addons' code.
    """

    def __init__(
        self,
        stack: Stack,
        simulator: Simulator,
        name: str = "Acme",
        *,
        connect: bool = True,
        live: bool = True,
        history: str = "none",
        **values: Any,
    ) -> None:
        self.stack = stack
        self.simulator = simulator
        self.expect_failed_jobs()
        self.id: int = stack.rpc(
            "retail.sync.connection",
            "create",
            [
                {
                    "name": name,
                    "system": "salesforce",
                    "environment": "simulator",
                    "base_url": simulator.base_url,
                    "auth_method": "client_credentials",
                    "client_id": simulator.client_id,
                    "new_client_secret": simulator.client_secret,
                    "ca_bundle": Path(simulator.ca).read_text(),
                    "sf_private_customers": "private",
                    **values,
                }
            ],
        )
        if isinstance(self.id, list):
            self.id = self.id[0]
        if connect and not (answer := self.test())["ok"]:
            raise AssertionError(f"the connection does not work: {answer}")
        if live:
            # What other tests have left in the database is no history of this connection.
            self.tune(history=history)
            self.call("go_live")

    # ------------------------------------------------------------------ doing
    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the connection over RPC."""
        return self.stack.rpc("retail.sync.connection", method, [[self.id], *args], kwargs)

    def test(self) -> dict:
        """Test the connection as the wizard does."""
        return self.call("action_test_connection")

    def tune(self, remote_object: str | None = None, **values: Any) -> None:
        """Write settings of one stream, or of all."""
        ids = [stream["id"] for stream in self.streams() if remote_object in (None, stream["remote_object"])]
        self.stack.rpc("retail.sync.stream", "write", [ids, values])

    def load(self, timeout: float = 180) -> dict:
        """Run the first load to its end and return the last progress."""
        self.call("start_first_load")
        return self.wait_loaded(timeout)

    def wait_loaded(self, timeout: float = 180) -> dict:
        """Wait until the load says it is done; its progress."""
        deadline = time.monotonic() + timeout
        while not (progress := self.call("get_progress"))["done"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"load not done after {timeout} s: {progress}\n{self.stack.log_tail(60)}")
            time.sleep(0.3)
        self.wait_idle(timeout)
        return self.call("get_progress")

    def poll(self, times: int = 1, timeout: float = 120) -> None:
        """Ask for changes and wait until all that follows from it is done."""
        for _ in range(times):
            self.call("start_poll")
            self.wait_idle(timeout)

    def wait_idle(self, timeout: float = 120) -> dict[str, int]:
        """Wait until no job is left; jobs by state. A job of the sync that failed is an error of the engine."""
        states = self.stack.wait_for_jobs(timeout)
        failed = self.query(
            "SELECT id, name, exc_info FROM queue_job WHERE state = 'failed' AND id > %s", self._seen_job
        )
        self._seen_job = max((job["id"] for job in failed), default=self._seen_job)
        if failed:
            raise AssertionError("jobs failed:\n" + "\n".join(f"{job['name']}: {job['exc_info']}" for job in failed))
        return states

    def expect_failed_jobs(self) -> None:
        """What failed so far was meant to fail; see :meth:`wait_idle`."""
        self._seen_job = max((job["id"] for job in self.query("SELECT id FROM queue_job")), default=0)

    # ---------------------------------------------------------------- reading
    def query(self, text: str, *params: Any) -> list[Row]:
        """Rows of a SELECT as dicts; ``%s`` where a parameter goes."""
        return [row for (row,) in self.stack.sql(f"SELECT row_to_json(answer) FROM ({text}) answer", params)]

    def streams(self) -> list[Row]:
        """The connection's streams, parents first; without those that are switched off."""
        return self.query(
            "SELECT * FROM retail_sync_stream WHERE connection_id = %s AND active ORDER BY sequence, id", self.id
        )

    def reading_streams(self) -> list[Row]:
        """The connection's streams that take records in: those of customers."""
        return [stream for stream in self.streams() if stream["entity"] == "customer"]

    def stream(self, remote_object: str) -> Row:
        """The stream of one remote object."""
        return next(stream for stream in self.streams() if stream["remote_object"] == remote_object)

    def links(self, external_id: str | None = None, part: str | None = None) -> list[Row]:
        """The connection's links, of one record or part if given."""
        return self.query(
            "SELECT *, (SELECT min(waiting.ref) FROM retail_sync_deferred_reference waiting"
            " WHERE waiting.link_id = retail_sync_link.id) AS waits_for"
            " FROM retail_sync_link WHERE connection_id = %s AND (%s::text IS NULL OR external_id = %s)"
            " AND (%s::text IS NULL OR part = %s) ORDER BY id",
            self.id, external_id, external_id, part, part,
        )  # fmt: skip

    def link(self, external_id: str, part: str = "main") -> Row:
        """The one link of a record's part; fails when there is none or more than one."""
        found = self.links(external_id, part)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} links of {external_id}/{part}: {found}; messages {self.messages()}")
        return found[0]

    def partner(self, external_id: str, part: str = "main") -> Row:
        """The partner that a record's part is bound to, as a row of res_partner."""
        return self.partner_row(self.link(external_id, part)["res_id"])

    def partner_row(self, partner_id: int) -> Row:
        """A partner as stored, with the codes of its country and state."""
        return self.query(
            "SELECT p.*, c.code AS country_code, s.code AS state_code FROM res_partner p"
            " LEFT JOIN res_country c ON c.id = p.country_id LEFT JOIN res_country_state s ON s.id = p.state_id"
            " WHERE p.id = %s", partner_id,
        )[0]  # fmt: skip

    def messages(self, *states: str, external_id: str | None = None) -> list[Row]:
        """The connection's messages, newest last; of some states or one record if given."""
        return self.query(
            "SELECT m.*, r.next_step FROM retail_sync_message m LEFT JOIN retail_sync_fault_rule r ON r.id = m.rule_id"
            " WHERE m.connection_id = %s AND (%s OR m.state = ANY(%s)) AND (%s::text IS NULL OR m.external_id = %s)"
            " ORDER BY m.id",
            self.id, not states, list(states), external_id, external_id,
        )  # fmt: skip

    def exceptions(self, external_id: str | None = None) -> list[Row]:
        """Messages that a person has to see to, or that will be tried again."""
        return self.messages("open", "review", "retrying", external_id=external_id)

    def runs(self) -> list[Row]:
        """The connection's runs, oldest first."""
        return self.query("SELECT * FROM retail_sync_run WHERE connection_id = %s ORDER BY id", self.id)

    def message_call(self, message: Row, method: str, *args: Any) -> Any:
        """Press a button of a message, and wait for what follows."""
        answer = self.stack.rpc("retail.sync.message", method, [[message["id"]], *args])
        self.wait_idle()
        return answer
