"""The demo's shop: products, stock and orders in all states, made in Odoo by a process of its own."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import paths
from .process import Process

_SCRIPT = paths.ROOT / "tests" / "simulators" / "shop" / "shell.py"


@dataclass(frozen=True)
class ShopResult:
    """What a shop has done: ids of its orders, steps, steps that were repeated, and what failed by order."""

    orders: list[int]
    steps: int
    lost_races: int
    failed: dict[str, str]
    milliseconds: dict[str, float]


class Shop(Process):
    """One process that lets a shop live; ``task``: see tests/simulators/shop/shell.py."""

    def __init__(self, conf: Path, database: str, folder: Path, task: Mapping[str, Any]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self._result = folder / f"done-{(task.get('part') or [0])[0]}.json"
        task = {"seed": 1, "products": 40, "partners": [], **task, "folder": str(folder), "root": str(paths.ROOT)}
        command = [paths.PYTHON, paths.LAUNCHER, "shell", "-c", conf, "-d", database, "--no-http", "--log-level=error"]
        super().__init__(command, folder / "log", stdin=_SCRIPT, environment={"SHOP_TASK": json.dumps(task)})

    def result(self) -> ShopResult | None:
        """What it has done, None while it works. Raises RuntimeError when it ended without a result."""
        if self.pid is not None:
            return None
        if not self._result.is_file():
            raise RuntimeError(f"the shop ended early: {self.log_tail()}")
        found = json.loads(self._result.read_text())
        return ShopResult(found["orders"], found["steps"], found["lost_races"], found["failed"], found["ms"])


def linked_partners(rpc: Any, connection_id: int, wanted: int) -> list[int]:
    """Ids of customers who are linked, companies and people in turn, so many at most."""
    ids: list[int] = []
    for remote_object in ("Account", "Contact"):
        domain = [
            ("connection_id", "=", connection_id),
            ("remote_object", "=", remote_object),
            ("part", "=", "main"),
            ("is_primary", "=", True),
            ("state", "=", "in_sync"),
        ]
        found = rpc("retail.sync.link", "search_read", [domain, ["res_id"]], {"limit": wanted // 2 + 1, "order": "id"})
        ids += [link["res_id"] for link in found]
    return usable(rpc, ids)[:wanted]


def usable(rpc: Any, ids: Sequence[int]) -> list[int]:
    """Those of the partners that can order: in use, and not blocked."""
    domain = [("id", "in", list(ids)), ("account_blocked", "=", False)]
    return [int(found) for found in rpc("res.partner", "search", [domain])]
