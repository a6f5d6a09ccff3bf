"""Kills what an installation is made of: workers, queue_job's runner, PostgreSQL's backends."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress

from tests.stack import Stack

from .killer import Killer

KINDS = ("worker", "runner", "backend")


class Reaper(Killer):
    """A killer that has more than workers on its list.

    postgres: "kill" sends SIGKILL to a backend, upon which PostgreSQL ends all sessions and recovers; "terminate"
    ends one session by ``pg_terminate_backend``, for a server that is not ours to crash. By default by whose it is;
    ``CHAOS_POSTGRES`` says otherwise.
    """

    def __init__(self, stack: Stack, seed: int, postgres: str = "") -> None:
        super().__init__(stack, seed)
        private = stack.environment.databases.connection.private
        self.postgres = postgres or os.environ.get("CHAOS_POSTGRES") or ("kill" if private else "terminate")
        self.kills: Counter[str] = Counter()

    def strike_at(self, kind: str) -> bool:
        """Kill something of that kind; whether something died."""
        struck = {"worker": self.strike, "runner": self._runner, "backend": self._backend}[kind]()
        self.kills[kind] += struck
        return struck

    def _runner(self) -> bool:
        pids = self.stack.worker_pids("WorkerJobRunner")
        if not pids:
            return False
        with suppress(ProcessLookupError):
            os.kill(pids[0], signal.SIGKILL)
        self.stack.wait_for(lambda: pids[0] not in self.stack.worker_pids("WorkerJobRunner"), 30, 0.02)
        return True

    def _backend(self) -> bool:
        """A session of a worker, by preference one in the middle of a transaction."""
        rows = self.stack.sql(
            "SELECT pid, state FROM pg_stat_activity WHERE datname = %s AND application_name LIKE 'odoo-%%'"
            " AND pid <> pg_backend_pid() ORDER BY pid",
            (self.stack.db,),
        )
        busy = [pid for pid, state in rows if state != "idle"] or [pid for pid, _state in rows]
        if not busy:
            return False
        pid = self.random.choice(busy)
        if self.postgres == "terminate":
            return self.stack.sql("SELECT pg_terminate_backend(%s)", (pid,)) == [(True,)]
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True
