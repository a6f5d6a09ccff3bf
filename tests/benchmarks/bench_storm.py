"""A storm of events: many for the same records, out of order and doubled."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from tests.end_to_end.equality import differences
from tests.end_to_end.two_way import BothWays

from .loads import connected


def run(ctx: BenchContext) -> dict:
    """20,000 events for 2,000 changed records, shuffled, 30 % of them sent twice."""
    records = ctx.size(2_000)
    with connected(ctx, "bench_storm", ctx.size(800), records, jobs=2, kind=BothWays) as connection:
        connection.load(timeout=900)
        connection.quiet(timeout=900)
        stack, simulator = connection.stack, connection.simulator
        number = connection.listen("Contact", hold=True, parallel=2)
        contacts = [row["external_id"] for row in connection.links(part="main") if row["remote_object"] == "Contact"]
        contacts = contacts[:records]
        simulator.edit_many("Contact", [(key, {"Title": f"After {at}"}) for at, key in enumerate(contacts)])
        simulator.notify(number, contacts, times=9)
        before = _updated(connection)
        simulator.reset_counters()
        started = time.perf_counter()
        simulator.release(number, shuffle=True, duplicate_rate=0.3)
        simulator.wait_sent(number)
        stack.wait_for(lambda: _all_done(connection), timeout=900, interval=0.2)
        seconds = time.perf_counter() - started
        connection.wait_idle(timeout=300)
        calls, writes = simulator.counters()["calls"], _updated(connection) - before
        [(events,)] = stack.sql("SELECT count(*) FROM retail_sync_event")
        wrong = [key for at, key in enumerate(contacts) if connection.partner(key)["function"] != f"After {at}"]
        connection.quiet(timeout=900)
        wrong += differences(connection, ours=True)
        if wrong:
            raise RuntimeError(f"{len(wrong)} records are wrong, first: {wrong[:3]}")
    return {
        "metrics": {"events": events, "records": len(contacts), "seconds": round(seconds, 1)},
        "bars": [
            {"name": "record writes in Odoo", "value": writes, "op": "<=", "bar": round(1.3 * len(contacts))},
            {"name": "API calls", "value": calls, "op": "<=", "bar": 60},
        ],
    }


def _all_done(connection: BothWays) -> bool:
    [(waiting, done)] = connection.stack.sql(
        "SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FROM retail_sync_event"
    )
    return bool(done) and not waiting


def _updated(connection: BothWays) -> int:
    return sum(run["n_updated"] for run in connection.runs() if run["kind"] == "events")
