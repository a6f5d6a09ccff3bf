"""What change capture costs users who save partners: with it against without, commit included."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from setup.lib import odoo_config, paths
from setup.lib.bench import BenchContext

BARS = {"create": 1.02, "batch write": 1.10, "single write": 1.15}


def run(ctx: BenchContext) -> dict:
    """Median ratios of rounds that take turns in one process: a batch of 200 created, written, 40 single writes."""
    with ctx.stack("bench_capture") as stack, tempfile.TemporaryDirectory(prefix="retail-sync-capture-") as folder:
        stack.stop()
        result = Path(folder, "result.json")
        conf = odoo_config.write(
            f"{stack.name}_capture", stack.environment.databases.connection, stack.environment.source, stack.db
        )
        command = [paths.PYTHON, paths.LAUNCHER, "shell", "-c", conf, "-d", stack.db, "--no-http", "--log-level=error"]
        with Path(__file__).with_name("capture_rounds.py").open("rb") as stdin:
            done = subprocess.run(
                [str(word) for word in command], stdin=stdin, capture_output=True, text=True, timeout=7200,
                env={**os.environ, "CAPTURE_OUT": str(result), "CAPTURE_ROUNDS": str(ctx.size(30))},
            )  # fmt: skip
        if not result.is_file():
            raise RuntimeError(f"the rounds failed: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        found = json.loads(result.read_text(encoding="utf-8"))
    metrics = {}
    for name, figures in found.items():
        metrics[f"{name} with, ms"] = round(figures["on_ms"], 2)
        metrics[f"{name} without, ms"] = round(figures["off_ms"], 2)
    return {
        "metrics": metrics,
        "bars": [
            {"name": f"{name}, with / without", "value": round(found[name]["ratio"], 3), "op": "<=", "bar": bar}
            for name, bar in BARS.items()
        ],
    }
