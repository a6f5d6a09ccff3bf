"""The agent API under load, races and kills."""

from __future__ import annotations

import importlib
from typing import Any

from setup.lib.bench import BenchContext

# Each part on a stack of its own, as one that breaks must not take the others' figures with it.
PARTS = ("refusals", "parallel", "races", "kills", "money", "look_ups", "paths", "outage")


def run(ctx: BenchContext) -> dict[str, Any]:
    """Run the parts that were asked for; a part that breaks is a bar that is missed, with its reason."""
    metrics: dict[str, Any] = {}
    bars: list[dict[str, Any]] = []
    for name in ctx.chosen(PARTS):
        ctx.say(f"helpdesk: {name}")
        try:
            found = importlib.import_module(f"tests.benchmarks.helpdesk_{name}").run(ctx)
        except (AssertionError, RuntimeError, TimeoutError, OSError) as error:
            metrics[f"{name}: broke"] = str(error)[:500]
            bars.append({"name": f"{name} ran to its end", "value": 0, "op": ">=", "bar": 1})
            continue
        metrics |= found["metrics"]
        bars += found["bars"]
    return {"metrics": metrics, "bars": bars}
