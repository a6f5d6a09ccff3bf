"""Workers that are killed while money goes back: between any two steps, and at any moment. It leaves once."""

from __future__ import annotations

import time
from typing import Any

from setup.lib.bench import BenchContext
from tests.simulators.refunds.process import RefundKills

KILLS = 200
_PATIENCE = 3600


def run(ctx: BenchContext) -> dict[str, Any]:
    """Kill so many workers, and count the money in the ledger of the provider and in the books."""
    kills = ctx.size(KILLS)
    with ctx.stack("bench_helpdesk_money", workers=2, cron_threads=0, channels="root:0") as stack:
        trial = RefundKills(stack.environment, stack.db, kills=kills, seed=1)
        trial.start()
        try:
            until = time.monotonic() + _PATIENCE
            while (found := trial.result()) is None and time.monotonic() < until:
                time.sleep(0.5)
        finally:
            trial.stop()
    if found is None:
        raise TimeoutError(f"the trial is not done: {trial.log_tail()}")
    return {
        "metrics": {
            "money: kills": found["kills"],
            "money: refunds": found["refunds"],
            "money: seconds": found["seconds"],
            **{f"money: killed at {point}": number for point, number in sorted(found["points"].items())},
        },
        "bars": [
            {"name": "workers killed over refunds", "value": found["kills"], "op": ">=", "bar": kills},
            {"name": "refunds not paid exactly once", "value": len(found["wrong"]), "op": "<=", "bar": 0},
        ],
    }
