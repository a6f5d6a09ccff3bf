"""A credit hold while a load keeps the workers busy: committed in Odoo until it is stored in Salesforce."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from setup.lib.odoo_config import CHANNELS
from tests.end_to_end.two_way import BothWays, seconds_until

from .loads import connected, import_retailer, percentile

BLOCKED = "Odoo_Account_Blocked__c"


def run(ctx: BenchContext) -> dict:
    """Blocks of single customers, one after the other, with the shipped channels."""
    with connected(ctx, "bench_critical", 200, 300, jobs=2, kind=BothWays, channels=CHANNELS) as connection:
        connection.load()
        connection.quiet()
        firms = [row for row in connection.links(part="main") if row["remote_object"] == "Account"]
        import_retailer(connection.simulator, ctx.size(8_000), ctx.size(12_000), seed=99)
        connection.call("start_first_load")
        time.sleep(5)
        times = [hold(connection, firm, number) for number, firm in enumerate(firms[: ctx.size(100)])]
        if connection.call("get_progress")["done"]:
            raise RuntimeError("the load was over before the last hold: make it larger")
        connection.wait_loaded(timeout=1800)
    return {
        "metrics": {"holds": len(times), "p50_s": round(percentile(times, 0.5), 2), "max_s": round(max(times), 2)},
        "bars": [
            {"name": "p95 (s)", "value": round(percentile(times, 0.95), 2), "op": "<", "bar": 5},
            {"name": "p99 (s)", "value": round(percentile(times, 0.99), 2), "op": "<", "bar": 15},
        ],
    }


def hold(connection: BothWays, firm: dict, number: int) -> float:
    """Seconds from the end of the call that blocks a customer to the value's being there; each customer once."""
    connection.write(firm["res_id"], account_block=True, account_block_reason=f"Hold {number}")
    seconds = seconds_until(lambda: connection.record(firm["external_id"]).get(BLOCKED) is True, timeout=120)
    time.sleep(0.1)
    return seconds
