"""Changed partners to the platform: records a second and API calls, from the routing to the last delivered message."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from tests.end_to_end.equality import differences
from tests.end_to_end.two_way import BothWays

from .loads import connected, load_all

OPEN = "('pending', 'sending', 'parked', 'open', 'retrying')"


def run(ctx: BenchContext) -> dict:
    """10,000 partners changed by one statement of plain SQL, as an import does; two jobs at a time."""
    accounts, contacts = ctx.size(4_000), ctx.size(6_000)
    with connected(ctx, "bench_outbound", accounts, contacts, jobs=2, kind=BothWays) as connection:
        load_all(connection)
        connection.quiet(timeout=1800)
        stack, simulator = connection.stack, connection.simulator
        simulator.reset_counters()
        ctx.say("loaded; changing all")
        changed = stack.sql(
            "UPDATE res_partner SET phone = '+39043' || (2000000 + id) WHERE id IN (SELECT res_id FROM"
            " retail_sync_link WHERE connection_id = %s AND part = 'main' AND is_primary) RETURNING id",
            (connection.id,),
        )
        started = time.perf_counter()
        connection.sweep()
        stack.wait_for(lambda: _nothing_left(connection), timeout=1800, interval=0.1)
        seconds = time.perf_counter() - started
        counters = simulator.counters()
        connection.wait_idle(timeout=600)
        connection.quiet(timeout=1800)
        wrong = differences(connection, ours=True)
        if wrong:
            raise RuntimeError(f"{len(wrong)} records differ, first: {wrong[:3]}")
    count, calls = len(changed), counters["calls"]
    return {
        "metrics": {"records": count, "seconds": round(seconds, 1), "api_calls": calls, "writes": counters["writes"]},
        "bars": [
            {"name": "records/s", "value": round(count / seconds), "op": ">=", "bar": 500},
            {"name": "API calls a record", "value": round(calls / count, 5), "op": "<=", "bar": 0.01},
        ],
    }


def _nothing_left(connection: BothWays) -> bool:
    [(left,)] = connection.stack.sql(
        f"SELECT (SELECT count(*) FROM retail_sync_change) + (SELECT count(*) FROM retail_sync_message"
        f" WHERE direction = 'out' AND state IN {OPEN})"
    )
    return not left
