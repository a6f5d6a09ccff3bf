"""Starts a Zendesk simulator for a test and speaks its control API."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ..common.process import ControlError, RunningSimulator, read_facts, start_process

__all__ = ["ControlError", "Simulator", "attach", "start_simulator"]
SLICE = 5_000


class Simulator(RunningSimulator):
    """A running simulated account. Use as a context manager, or call :meth:`stop`.

    ``users`` holds the ids of the people by key: admin, integration, agent, agent2.
    """

    def __init__(self, facts: dict[str, Any], process: subprocess.Popen[bytes] | None = None) -> None:
        super().__init__(facts, process)
        self.api_token: str = facts["api_token"]
        self.email: str = facts["email"]
        self.subdomain: str = facts["subdomain"]
        self.users: dict[str, int] = facts["users"]

    def __enter__(self) -> Simulator:
        return self

    # -- data
    def seed(self, kind: str, records: Iterable[dict[str, Any]], **options: Any) -> list[int]:
        """Load records past triggers, mails and events; ids in order. Options: ``user``, ``channel``."""
        records, ids = list(records), []
        for start in range(0, len(records), SLICE):
            body = {"object": kind, "records": records[start : start + SLICE], **options}
            ids += self.control("POST", "seed", body)["ids"]
        return ids

    def records(self, kind: str, ids: Iterable[int] = (), ticket: int | None = None) -> list[dict[str, Any]]:
        """Stored rows, all or those of ``ids``; comments and audits also by ``ticket``."""
        query = {"object": kind, "ids": ",".join(map(str, ids)), "ticket": ticket or ""}
        return self.control("GET", f"records?{urlencode(query)}")

    def create(self, kind: str, user: str | int = "agent", at: str | None = None, channel: str = "web",
               **fields: Any) -> int:  # fmt: skip
        """One record in the name of a user, with all that follows from it."""
        body = {"object": kind, "fields": fields, "user": user, "at": at, "channel": channel}
        return self.control("POST", "create", body)["id"]

    def edit(self, kind: str, number: int, user: str | int = "agent", at: str | None = None, channel: str = "web",
             **fields: Any) -> int:  # fmt: skip
        body = {"object": kind, "id": number, "fields": fields, "user": user, "at": at, "channel": channel}
        return self.control("POST", "edit", body)["id"]

    def comment(self, ticket: int, text: str, user: str | int = "agent", public: bool = True, **fields: Any) -> int:
        """A comment of an agent, or of a customer (by e-mail address or id)."""
        return self.edit("ticket", ticket, user, comment={"body": text, "public": public}, **fields)

    def edit_many(
        self, kind: str, edits: Iterable[tuple[int, dict[str, Any]]], user: str | int = "agent"
    ) -> list[dict[str, Any]]:
        """Update many records, each in a write of its own; returns what was refused."""
        edits, refused = list(edits), []
        for start in range(0, len(edits), SLICE):
            body = {"object": kind, "records": edits[start : start + SLICE], "user": user}
            refused += self.control("POST", "edit_many", body)["refused"]
        return refused

    def delete(self, kind: str, number: int, user: str | int = "agent") -> None:
        self.control("POST", "delete", {"object": kind, "id": number, "user": user})

    def destroy(self, ticket: int) -> None:
        """Delete a deleted ticket for good."""
        self.control("POST", "destroy", {"id": ticket})

    def touch(self, tickets: Iterable[int]) -> None:
        """System updates: exports show the tickets again, ``updated_at`` stays."""
        self.control("POST", "touch", {"ids": list(tickets)})

    def reset(self) -> None:
        self.users = self.control("POST", "reset")["users"]

    # -- behaviour
    def run_automations(self) -> int:
        """Close what was solved long enough ago, without waiting for the full hour; how many tickets."""
        return self.control("POST", "automations/run")["closed"]

    def refresh_index(self) -> int:
        """Let search show everything; how many changes were waiting."""
        return self.control("POST", "index/refresh")["indexed"]

    def kill_job(self, number: str) -> str:
        return self.control("POST", "jobs/kill", {"id": number})["status"]

    def revoke_tokens(self) -> int:
        return self.control("POST", "tokens/revoke")["revoked"]

    def client(self, client_id: str, client_secret: str, **options: Any) -> None:
        """A further OAuth client. Options: ``user``, ``redirect_uris``."""
        self.control("POST", "clients", {"client_id": client_id, "client_secret": client_secret, **options})

    def consent(self, client_id: str, **options: Any) -> str:
        """The code that a person's consent gives. Options: ``user``, ``scope``, ``redirect_uri``."""
        return self.control("POST", "consent", {"client_id": client_id, **options})["code"]

    # -- watching
    def journal(self, since: int = 0, **wanted: Any) -> list[dict[str, Any]]:
        """Committed writes. ``object``, ``id``, ``op``, ``user``, ``origin``, ``call``, ``request_id`` choose."""
        return self.control("GET", f"journal?{urlencode({'since': since, **wanted})}")

    def mails(self, since: int = 0, **wanted: Any) -> list[dict[str, Any]]:
        """Who was mailed what. ``ticket``, ``user``, ``email`` and ``reason`` choose."""
        return self.control("GET", f"mails?{urlencode({'since': since, **wanted})}")

    def counters(self, clear: bool = False) -> dict[str, Any]:
        """Calls by endpoint and status, by minute, and the busiest minute of each; see ``counters.py``."""
        return self.control("DELETE" if clear else "GET", "counters")

    # -- webhooks
    def webhook(self, endpoint: str, subscriptions: Iterable[str], **values: Any) -> tuple[str, str]:
        """Create a webhook past the API: its id and signing secret. Event types may leave their prefix out."""
        names = [name if ":" in name or "." not in name else f"zen:event-type:{name}" for name in subscriptions]
        body = {"name": "test", "endpoint": endpoint, "subscriptions": names, **values}
        made = self.control("POST", "webhooks", body)
        return made["id"], made["secret"]

    def webhook_state(self, number: str) -> dict[str, Any]:
        return next(each for each in self.control("GET", "webhooks") if each["id"] == number)

    def set_webhook(self, number: str, **options: Any) -> dict[str, Any]:
        """``hold``, ``reorder``, ``duplicate_rate``; ``flaws`` of the next deliveries: wrong_signature,
        stale_timestamp."""
        return self.control("PATCH", "webhooks", {"id": number, **options})

    def release(self, number: str, shuffle: bool = False, duplicate_rate: float = 0.0) -> int:
        body = {"id": number, "shuffle": shuffle, "duplicate_rate": duplicate_rate}
        return self.control("POST", "webhooks/release", body)["waiting"]

    def replay(self, number: str, count: int = 1) -> int:
        """Send the last deliveries again exactly as they were sent; how many."""
        return self.control("POST", "webhooks/replay", {"id": number, "count": count})["sent"]

    def deliveries(self, number: str) -> list[dict[str, Any]]:
        return self.control("GET", f"webhooks/deliveries?id={number}")

    def wait_sent(self, number: str, seconds: float = 20) -> dict[str, Any]:
        """Wait until nothing is queued or under way; retries that wait for the clock do not count."""
        deadline = time.monotonic() + seconds
        while (state := self.webhook_state(number))["queued"] or state["in_flight"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"deliveries are still waiting: {state}")
            time.sleep(0.02)
        return state


def start_simulator(state_dir: str | Path, *, port: int = 0, **config: Any) -> Simulator:
    """Start a simulator in its own process and wait until it answers."""
    return Simulator(*start_process("tests.simulators.zendesk", state_dir, ["--port", str(port)], config))


def attach(state_dir: str | Path) -> Simulator:
    """Return a simulator that another process started with ``--dir state_dir``."""
    return Simulator(read_facts(state_dir))
