"""Pays refunds back in processes that are killed: runs in ``odoo shell``, with its task in REFUNDS_TASK, a JSON object.

``kills``: how many at least; ``seed``; ``out``: the file that gets {"kills", "refunds", "seconds", "wrong", "points"};
``root``: the checkout. Each worker is a fork with connections of its own. The ledger of the provider is a table that is
written outside of every transaction of Odoo.
"""

import json
import os
import sys
import time
from typing import Any

TASK = json.loads(os.environ["REFUNDS_TASK"])
sys.path.insert(0, TASK["root"])

from tests.simulators.refunds.kills import Kills  # noqa: E402


def main(env: Any) -> None:
    """Kill workers until it was often enough; write down what became of the money."""
    started = time.monotonic()
    trial = Kills(env, TASK["seed"])
    while trial.kills < TASK["kills"]:
        trial.refund_once()
    found = {
        "kills": trial.kills,
        "refunds": trial.refunds,
        "seconds": round(time.monotonic() - started, 1),
        "wrong": trial.wrong(),
        "points": dict(trial.points),
    }
    with open(TASK["out"], "w", encoding="utf-8") as out:
        json.dump(found, out)


main(globals()["env"])
