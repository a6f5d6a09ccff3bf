"""Look-ups of eight agents among 100,000 orders, while a shop and jobs keep the server busy."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

from setup.lib.bench import BenchContext
from tests.stack import Stack

from .helpdesk_calls import percentile
from .helpdesk_stack import Desk, helpdesk
from .order_copies import BASE, copy_order

ORDERS = 100_000
AGENTS = 8
SECONDS = 60
_MS = 1000


def run(ctx: BenchContext) -> dict[str, Any]:
    """Let eight agents look orders and customers up for a minute, with a bulk load of partners beside them."""
    with helpdesk(ctx, "bench_helpdesk_look_ups", 2, workers=4) as desk:
        orders = ctx.size(ORDERS)
        copy_order(desk.stack, desk.orders[0], orders, orders * 5)
        ctx.say(f"{orders:,} orders")
        quiet = _measure(desk, orders, seconds=SECONDS / 2)
        stop = threading.Event()
        busy = threading.Thread(target=_bulk, args=(desk.stack, stop))
        busy.start()
        try:
            loaded = _measure(desk, orders, seconds=SECONDS)
        finally:
            stop.set()
            busy.join()
    metrics: dict[str, Any] = {"orders": orders, "agents": AGENTS}
    for title, found in (("alone", quiet), ("beside a load", loaded)):
        for name, times in found.items():
            metrics[f"{name}, {title}: calls"] = len(times)
            metrics[f"{name}, {title}: p50 (ms)"] = round(percentile(times, 0.5) * _MS)
            metrics[f"{name}, {title}: p95 (ms)"] = round(percentile(times, 0.95) * _MS)
    failed = len(quiet["failed"]) + len(loaded["failed"])
    return {
        "metrics": metrics,
        "bars": [
            {"name": "order, p95 (ms)", "value": round(percentile(loaded["order"], 0.95) * _MS), "op": "<", "bar": 100},
            {"name": "360, p95 (ms)", "value": round(percentile(loaded["360"], 0.95) * _MS), "op": "<", "bar": 250},
            {"name": "answers other than 200", "value": failed, "op": "<=", "bar": 0},
        ],
    }


def _measure(desk: Desk, orders: int, seconds: float) -> dict[str, list[float]]:
    """Return {kind: seconds of each call}. An agent thinks for a moment between two calls, as people do."""
    found: dict[str, list[float]] = {"order": [], "360": [], "failed": []}
    [customer] = desk.stack.rpc("sale.order", "read", [[desk.orders[1]], ["partner_id"]])
    until = time.monotonic() + seconds

    def work(number: int) -> None:
        draw, agent = random.Random(number), desk.agent()
        while time.monotonic() < until:
            kind = draw.choices(("order", "360"), (3, 1))[0]
            path = f"/orders/{BASE + draw.randint(1, orders)}"
            answer = agent.get(path if kind == "order" else f"/customers/{customer['partner_id'][0]}/360")
            found[kind if answer.status == 200 else "failed"].append(answer.seconds)
            time.sleep(draw.uniform(0.2, 0.6))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AGENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _bulk(stack: Stack, stop: threading.Event) -> None:
    """Create customers in bulk through one worker, as a first load does."""
    number = 0
    while not stop.is_set():
        number += 1
        stack.rpc("res.partner", "create", [[{"name": f"Load {number}-{row}"} for row in range(200)]])
