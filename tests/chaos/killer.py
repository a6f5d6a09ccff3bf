"""Kills workers over their jobs, and shortens the waits that only time would end."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from random import Random

from tests.stack import Stack

MERCY = 2  # a job that dies over and over is taken for one that kills its worker, and its page is cut up: another test


class Killer:
    """Sends SIGKILL to workers that run a job.

    A kill counts only when it was fatal to a job: the worker died and its job was left behind as started.
    """

    def __init__(self, stack: Stack, seed: int) -> None:
        self.stack = stack
        self.random = Random(seed)
        self.fatal = 0
        self.methods: Counter[str] = Counter()
        self._deaths: Counter[str] = Counter()

    def strike(self) -> bool:
        """Kill the worker of one running job, chosen at random; whether the job died of it."""
        alive = set(self.stack.worker_pids())
        running = [
            (uuid, pid, f"{model}.{method}")
            for uuid, pid, model, method in self.stack.sql(
                "SELECT uuid, worker_pid, model_name, method_name FROM queue_job WHERE state = 'started' ORDER BY id"
            )
            if pid in alive and self._deaths[uuid] < MERCY
        ]
        if not running:
            return False
        uuid, pid, name = self.random.choice(running)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.stack.wait_for(lambda: pid not in self.stack.worker_pids(), timeout=30, interval=0.02)
        # What the worker had committed before it died is visible by now; a finished job was not hit.
        [(state,)] = self.stack.sql("SELECT COALESCE((SELECT state FROM queue_job WHERE uuid = %s), 'gone')", (uuid,))
        if state != "started":
            return False
        self.fatal += 1
        self._deaths[uuid] += 1
        self.methods[name] += 1
        return True

    def wake(self) -> None:
        """Spare the test the waits: queue_job finds a dead job 10 s after its start, once a minute when idle.

        Only jobs whose worker is dead and whose lock is free are made older; the finding itself is queue_job's own.
        """
        alive = self.stack.worker_pids() or [0]
        dead = self.stack.sql(
            "UPDATE queue_job SET date_enqueued = date_enqueued - interval '1 minute' WHERE state = 'started'"
            " AND date_enqueued > now() AT TIME ZONE 'utc' - interval '30 seconds' AND worker_pid <> ALL(%s)"
            " AND id IN (SELECT queue_job_id FROM queue_job_lock FOR UPDATE SKIP LOCKED) RETURNING uuid",
            (alive,),
        )
        for (uuid,) in dead:
            self.stack.sql("SELECT pg_notify('queue_job', %s)", (uuid,))

    def tend(self) -> None:
        """Run the addons' own scheduled actions now instead of at their next time, and wake the runner."""
        self.wake()
        for cron in self.stack.rpc("ir.cron", "search", [[["model_id.model", "=like", "retail.sync.%"]]]):
            with suppress(OSError):  # the worker that serves this call may be the one that was killed
                self.stack.rpc("ir.cron", "method_direct_trigger", [[cron]])
