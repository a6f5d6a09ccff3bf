"""Starts a simulator for a test and speaks its control API."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60


class ControlError(Exception):
    """The control API refused a call."""


class RunningSimulator:
    """A running simulator. Use as a context manager, or call :meth:`stop`.

    ``facts`` is what the simulator wrote when it was ready. ``process`` is ``None`` when another process started it.
    """

    def __init__(self, facts: dict[str, Any], process: subprocess.Popen[bytes] | None = None) -> None:
        self.facts = facts
        self.base_url: str = facts["base_url"]
        self.ca: str = facts["ca"]
        self.client_id: str = facts["client_id"]
        self.client_secret: str = facts["client_secret"]
        self.pid: int = facts["pid"]
        self.process = process
        self._context = ssl.create_default_context(cafile=self.ca)

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def control(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call ``/__sim__/<path>``. Raises :class:`ControlError` when refused."""
        connection = http.client.HTTPSConnection("localhost", self.facts["port"], context=self._context, timeout=300)
        try:
            payload = None if body is None else json.dumps(body).encode()
            if payload:
                headers["Content-Type"] = "application/json"
            connection.request(method, f"/__sim__/{path.lstrip('/')}", payload, headers)
            answer = connection.getresponse()
            data = json.loads(answer.read() or b"null")
        finally:
            connection.close()
        if answer.status >= 300:
            raise ControlError(f"{method} {path}: {answer.status} {data}")
        return data

    # -- behaviour
    def config(self, **switches: Any) -> dict[str, Any]:
        return self.control("PATCH", "config", switches)

    def fault(
        self, kind: str, match: dict[str, Any] | None = None, *, times: int = 1, skip: int = 0, **parameters: Any
    ) -> int:
        """Script a fault of ``kind``; ``parameters`` go into its action, but ``probability``, ``seed`` and
        ``for_seconds`` (of the platform's clock: an outage is ``times=-1, for_seconds=3600``) beside it."""
        spec: dict[str, Any] = {"match": match or {}, "times": times, "skip": skip}
        for name in ("probability", "seed", "for_seconds"):
            if name in parameters:
                spec[name] = parameters.pop(name)
        spec["action"] = {"kind": kind, **parameters}
        return self.control("POST", "faults", spec)["id"]

    def faults(self) -> list[dict[str, Any]]:
        return self.control("GET", "faults")

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def freeze(self, moment: str | None) -> str:
        return self.control("POST", "clock", {"freeze": moment})["now"]

    def advance(self, seconds: float) -> str:
        return self.control("POST", "clock", {"advance_seconds": seconds})["now"]

    def now(self) -> str:
        return self.control("GET", "clock")["now"]

    # -- watching
    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        return self.control("GET", f"calls?since={since}")

    def stats(self) -> dict[str, Any]:
        return self.control("GET", "stats")


def start_process(
    module: str, state_dir: str | Path, arguments: Sequence[str], config: dict[str, Any]
) -> tuple[dict[str, Any], subprocess.Popen[bytes]]:
    """Start a simulator in its own process and wait until it answers; what it wrote then, and the process."""
    directory = Path(state_dir)
    directory.mkdir(parents=True, exist_ok=True)
    facts_path = directory / "simulator.json"
    facts_path.unlink(missing_ok=True)
    command = [sys.executable, "-m", module, "--dir", str(directory), *arguments]
    if config:
        command += ["--config", json.dumps(config)]
    with (directory / "simulator.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while not facts_path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"the simulator did not start: {(directory / 'simulator.log').read_text()[-2000:]}")
        time.sleep(0.02)
    return read_facts(directory), process


def read_facts(state_dir: str | Path) -> dict[str, Any]:
    """What a simulator that was started with ``--dir state_dir`` wrote when it was ready."""
    facts: dict[str, Any] = json.loads((Path(state_dir) / "simulator.json").read_text(encoding="utf-8"))
    return facts
