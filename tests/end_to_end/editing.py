"""Edits in Odoo at a steady rate: one Odoo process that writes through the ORM and commits each edit.

Edits over HTTP would share the workers with the jobs and the processor with a client, and say more about both than
about polls.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from setup.lib import odoo_config, paths
from tests.stack import Stack

# So many people edit in turn: the next need not wait where a commit takes longer than the time between two edits.
EDITORS = 4
# Run by Odoo's shell, which gives `env`. Each edit has a cursor of its own, as a request of a user has; a lost race is
# repeated, as Odoo repeats a request.
_SCRIPT = """
import json, os, threading, time
from psycopg2.errors import DeadlockDetected, SerializationFailure
task = json.loads(os.environ["EDITING_TASK"])
partners, editors, admin = task["partners"], task["editors"], env.ref("base.user_admin").id
registry, env_class, log, lock = env.registry, type(env), open(task["edits"], "a"), threading.Lock()
env.cr.rollback()
began = time.monotonic()

def edit(number):
    lost = 0
    while True:
        try:
            with registry.cursor() as cr:
                partner = env_class(cr, admin, {})["res.partner"].browse(partners[number % len(partners)])
                partner.phone = f"+39 02 {10_000_000 + number}"
            return lost
        except (DeadlockDetected, SerializationFailure):
            lost += 1

def editing(number):
    while not os.path.exists(task["over"]):
        time.sleep(max(0.0, began + number / task["rate"] - time.monotonic()))
        started, used = time.monotonic(), time.thread_time()
        lost = edit(number)
        ended = time.monotonic()
        with lock:
            log.write(f"{ended} {ended - started} {time.thread_time() - used} {lost}\\n")
            log.flush()
        number += editors

threads = [threading.Thread(target=editing, args=(number,)) for number in range(editors)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: when it was committed (monotonic clock), its seconds, those of Odoo's processor, races that it lost."""

    moment: float
    seconds: float
    processor: float
    lost_races: float


@contextmanager
def editing(stack: Stack, partners: Sequence[int], a_second: float) -> Iterator[Callable[[], list[Edit]]]:
    """Edit the phone of one partner after the other until the block ends; the block begins with the first edit.

    Who is late makes up for it: each edit is due by the clock. Yields a function that returns the edits so far. Raises
    RuntimeError when the process fails.
    """
    conf = odoo_config.write(
        f"{stack.name}_editing", stack.environment.databases.connection, stack.environment.source, stack.db
    )
    command = [paths.PYTHON, paths.LAUNCHER, "shell", "-c", conf, "-d", stack.db, "--no-http", "--log-level=error"]
    with tempfile.TemporaryDirectory(prefix="retail-sync-editing-") as folder:
        edits, over, log = Path(folder, "edits"), Path(folder, "over"), Path(folder, "log")
        task = {"partners": list(partners), "rate": a_second, "editors": EDITORS}
        task |= {"edits": str(edits), "over": str(over)}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, "EDITING_TASK": json.dumps(task)},
            )  # fmt: skip

        def made() -> list[Edit]:
            text = edits.read_text() if edits.is_file() else ""
            return [Edit(*map(float, line.split())) for line in text[: text.rfind("\n") + 1].splitlines()]

        try:
            assert process.stdin
            process.stdin.write(_SCRIPT.encode())
            process.stdin.close()
            deadline = time.monotonic() + 180
            while not made() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.2)
            yield made
            running = process.poll() is None and bool(made())
            over.touch()
            process.wait(60)
            printed = log.read_text(errors="replace")
            if not running or "Traceback" in printed:
                raise RuntimeError(f"the editing process failed: {printed[-4000:]}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
