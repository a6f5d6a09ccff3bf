"""A change in Salesforce until it is visible in Odoo: idle, and while a load is under way."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from setup.lib.odoo_config import CHANNELS
from tests.end_to_end.two_way import BothWays, seconds_until

from .loads import connected, import_retailer, percentile


def run(ctx: BenchContext) -> dict:
    """Edits one after the other, each timed from the commit there to the commit here, by Outbound Messages."""
    with connected(ctx, "bench_event", 200, 300, jobs=2, kind=BothWays, channels=CHANNELS) as connection:
        connection.load()
        connection.quiet()
        connection.listen("Contact")
        contacts = [row for row in connection.links(part="main") if row["remote_object"] == "Contact"]
        idle = _edits(connection, contacts, ctx.size(60), "idle")
        ctx.say(f"idle: median {percentile(idle, 0.5):.2f} s")
        import_retailer(connection.simulator, ctx.size(8_000), ctx.size(12_000), seed=99)
        connection.call("start_first_load")
        time.sleep(5)
        busy = _edits(connection, contacts, ctx.size(60), "busy")
        progress = connection.call("get_progress")
        if progress["done"]:
            raise RuntimeError("the load was over before the last edit: make it larger")
        connection.wait_loaded(timeout=1800)
    return {
        "metrics": {
            "edits": len(idle),
            "idle_p50_s": round(percentile(idle, 0.5), 2),
            "idle_max_s": round(max(idle), 2),
            "load_p50_s": round(percentile(busy, 0.5), 2),
            "load_max_s": round(max(busy), 2),
        },
        "bars": [
            {"name": "idle p95 (s)", "value": round(percentile(idle, 0.95), 2), "op": "<", "bar": 2},
            {"name": "under load p95 (s)", "value": round(percentile(busy, 0.95), 2), "op": "<", "bar": 10},
        ],
    }


def _edits(connection: BothWays, contacts: list[dict], count: int, word: str) -> list[float]:
    found = []
    for number in range(count):
        row = contacts[number % len(contacts)]
        title = f"{word} {number}"
        connection.simulator.edit("Contact", row["external_id"], {"Title": title})
        found.append(seconds_until(lambda row=row, title=title: _has(connection, row["res_id"], title), timeout=120))
        time.sleep(0.1)
    return found


def _has(connection: BothWays, partner: int, title: str) -> bool:
    [(shown,)] = connection.stack.sql("SELECT function FROM res_partner WHERE id = %s", (partner,))
    return shown == title
