"""What the sync costs whoever confirms an order: rounds with and without it, in turn, in one process."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from setup.lib import odoo_config, paths
from setup.lib.bench import BenchContext

ROUNDS = 1_000


def run(ctx: BenchContext) -> dict[str, Any]:
    """Median ratio of paired rounds: one order of four lines confirmed, commit included; rows that were captured."""
    with ctx.stack("bench_confirm") as stack, tempfile.TemporaryDirectory(prefix="retail-sync-confirm-") as folder:
        stack.stop()
        result = Path(folder, "result.json")
        conf = odoo_config.write(
            f"{stack.name}_confirm", stack.environment.databases.connection, stack.environment.source, stack.db
        )
        command = [paths.PYTHON, paths.LAUNCHER, "shell", "-c", conf, "-d", stack.db, "--no-http", "--log-level=error"]
        with Path(__file__).with_name("confirm_rounds.py").open("rb") as stdin:
            done = subprocess.run(
                [str(word) for word in command], stdin=stdin, capture_output=True, text=True, timeout=7200,
                env={**os.environ, "CONFIRM_OUT": str(result), "CONFIRM_ROUNDS": str(ctx.size(ROUNDS))},
            )  # fmt: skip
        if not result.is_file():
            raise RuntimeError(f"the rounds failed: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        found = json.loads(result.read_text(encoding="utf-8"))
    return {
        "metrics": {
            "confirm with sync, ms": round(found["on_ms"], 1),
            "confirm without, ms": round(found["off_ms"], 1),
            "change rows an order": found["rows"],
            "time in triggers, ms": round(found["trigger_ms"], 2),
        },
        "bars": [{"name": "confirming, with / without", "value": round(found["ratio"], 3), "op": "<=", "bar": 1.05}],
    }
