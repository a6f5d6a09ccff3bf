"""The process in which refunds are paid back by workers that are killed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from setup.lib import odoo_config, paths
from setup.lib.environment import Environment
from setup.lib.process import Process

_SCRIPT = Path(__file__).with_name("shell.py")


class RefundKills(Process):
    """One Odoo shell that kills its workers; see ``shell.py``."""

    def __init__(self, environment: Environment, database: str, kills: int, seed: int) -> None:
        conf = odoo_config.write(database, environment.databases.connection, environment.source, database)
        folder = paths.RUN / database
        self.out = folder / "refunds.json"
        self.out.unlink(missing_ok=True)
        task = {"kills": kills, "seed": seed, "out": str(self.out), "root": str(paths.ROOT)}
        command = [paths.PYTHON, paths.LAUNCHER, "shell", "-c", conf, "-d", database, "--no-http", "--log-level=error"]
        super().__init__(command, folder / "refunds.log", stdin=_SCRIPT, environment={"REFUNDS_TASK": json.dumps(task)})

    def result(self) -> dict[str, Any] | None:
        """Return what was found; None while it works. Raises RuntimeError when it ended without a result."""
        if self.pid is not None:
            return None
        if not self.out.is_file():
            raise RuntimeError(f"the trial ended early: {self.log_tail()}")
        found: dict[str, Any] = json.loads(self.out.read_text(encoding="utf-8"))
        return found
