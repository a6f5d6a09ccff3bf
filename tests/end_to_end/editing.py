"""Edits in Odoo at a steady pace, by a process of their own that writes through the ORM and commits each edit.

Edits over HTTP would share the workers with the jobs and the processor with a client: they would say more about both
than about polls.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from setup.lib import odoo_config, paths
from setup.lib.process import Process
from tests.stack import Stack

SCRIPT = Path(__file__).with_name("editing_shell.py")
PEOPLE = 4
# The limits of a process that hangs, not measures of speed.
START_SECONDS, END_SECONDS = 300, 120


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: when it was committed (monotonic clock, seconds), how many seconds it took, the races that it lost."""

    moment: float
    seconds: float
    lost_races: int


class Editing(Process):
    """Context manager: so many edits a second, of one partner after the other, from its begin to its end.

    It begins when Odoo has started, and the process ends with it in any case; then ``edits`` has what was done. Raises
    RuntimeError when the process does not start, and at the end, unless the block has failed itself, when an edit
    failed for good or none was made.
    """

    def __init__(self, stack: Stack, partners: Sequence[int], a_second: float) -> None:
        name = f"{stack.name}_editing"
        self._folder = paths.RUN / name
        shutil.rmtree(self._folder, ignore_errors=True)
        conf = odoo_config.write(name, stack.environment.databases.connection, stack.environment.source, stack.db)
        task = {
            # Each edits contacts of their own share: no race is between two edits.
            "people": [list(partners[person::PEOPLE]) for person in range(PEOPLE)],
            "a_second": a_second,
            "folder": str(self._folder),
        }
        super().__init__(
            [paths.PYTHON, paths.LAUNCHER, "shell", "-c", conf, "-d", stack.db, "--no-http", "--log-level=error"],
            self._folder / "log",
            stdin=SCRIPT,
            environment={"EDITING_TASK": json.dumps(task)},
        )
        self.edits: list[Edit] = []
        self._began = self._ended = 0.0

    def __enter__(self) -> Editing:
        try:
            self.start()
            self._wait_for(lambda: (self._folder / "ready").exists() or self.pid is None, START_SECONDS)
            if self.pid is None:
                raise RuntimeError(f"the edits did not start: {self.log_tail()}")
        except BaseException:
            self.stop()
            raise
        self._began = time.monotonic()
        (self._folder / "begin").touch()
        return self

    def __exit__(self, error: type[BaseException] | None, *rest: object) -> None:
        self._ended = time.monotonic()
        failed = True
        try:
            (self._folder / "over").touch()
            self._wait_for(lambda: self.pid is None, END_SECONDS)
            failed = self._process is None or self._process.returncode != 0
        finally:
            self.stop()
            self.edits = self._read()
        if error is None and (failed or not self.edits):
            raise RuntimeError(f"{len(self.edits)} edits, then no more: {self.log_tail()}")
        if error is None:  # the log of a failure is what one wants to read
            shutil.rmtree(self._folder, ignore_errors=True)

    def __str__(self) -> str:
        """How many edits were made, at what rate, and what each cost."""
        lasted = self._ended - self._began
        made = [edit for edit in self.edits if edit.moment <= self._ended]
        if not made:
            return "no edits"
        return (
            f"{len(made)} edits in {lasted:.0f} s ({len(made) / lasted:.1f} a second),"
            f" {1000 * mean(edit.seconds for edit in made):.0f} ms each,"
            f" {max(edit.seconds for edit in made):.1f} s at most, {sum(edit.lost_races for edit in made)} races lost"
        )

    def _read(self) -> list[Edit]:
        """The edits that the process wrote down; a line that it was ended in is none."""
        path = self._folder / "edits"
        text = path.read_text() if path.is_file() else ""
        return [Edit(*json.loads(line)) for line in text[: text.rfind("\n") + 1].splitlines()]

    @staticmethod
    def _wait_for(condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the edits neither began nor ended within {seconds} s")
            time.sleep(0.05)
